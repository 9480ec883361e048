import Kit
import Rules

/// What a merge did, or would do.
package struct MemberMerge: Sendable, Hashable {
    /// A refusal that the member has from the merge on, because one of the two had it.
    package struct Refusal: Sendable, Hashable {
        package let channel: String
        package let purpose: Rule.Purpose
    }

    package struct Occasion: Sendable, Hashable {
        package let rule: String
        package let occasion: String
    }

    /// Rows of the duplicate, by the name of the table as `members export` has it; those that have none are left out.
    package var moved: [String: Int] = [:]
    /// The columns that the member lacked and has from the duplicate, by their names in an import.
    package var filled: [String] = []
    /// The kinds of address of which the member keeps another one, and how many noes of the duplicate stay with those.
    package var dropped: [ChannelDeclaration.Address] = []
    package var addressRefusals = 0
    package var refusals: [Refusal] = []
    /// The channels for which the duplicate was asked to confirm a consent and has not yet: that yes is dropped.
    package var unconfirmed: [String] = []
    package var decisions = 0
    /// Occasions of a rule for which both had a decision.
    package var repeated = 0
    package var cancelled = 0
    /// What the cancelled deliveries were for.
    package var cancelledFor: [Occasion] = []
    package var underWay = 0
}

/// Why two members cannot be merged.
package enum MergeObjection: Error, Sendable, Hashable {
    case same
    case unknown(String)
    /// One of the two is another member's old name.
    case isMerged(String, into: String)
}

package enum MergeAnswer: Sendable, Hashable {
    case merged(MemberMerge)
    /// It was done before, and nothing was changed.
    case already
}

extension MemberStore {
    /// Makes a duplicate of a member that member, in one transaction. It does not give up when an import keeps the store
    /// busy. Throws a `MergeObjection`.
    ///
    /// - Parameter isTrial: all of it is taken back again.
    package func merge(
        _ duplicate: String, into member: String, reason: String?, by who: String = Typist.name, isTrial: Bool = false,
        at now: Instant
    ) throws -> MergeAnswer {
        try MemberStore.insisting {
            try writer.write { db in
                try db.merge(duplicate, into: member, reason: reason, by: who, isTrial: isTrial, at: now)
            }
        }
    }
}

extension Session {
    /// The same within the caller's transaction.
    package func merge(
        _ duplicate: String, into member: String, reason: String?, by who: String, isTrial: Bool = false,
        at now: Instant
    ) throws -> MergeAnswer {
        guard try MergeWriting.isNeeded(duplicate, member, self) else { return .already }
        var merge = MemberMerge()
        try savepoint {
            var writing = MergeWriting(self, member: member, duplicate: duplicate, at: now)
            merge = try writing.run()
            let detail: JSONText = .object([
                "duplicate": .text(try AuditTrail.member(duplicate, self)), "decisions": .int(merge.decisions),
                "cancelled": .int(merge.cancelled), "refusals": .int(merge.refusals.count),
            ])
            try audit(
                AuditEntry(
                    .merge, who: who, subject: AuditTrail.member(member, self), reason: reason, detail: detail),
                at: now)
            return isTrial ? .takeBack : .keep
        }
        return .merged(merge)
    }

    /// The member whom an id means today: another one, where its own was merged into that.
    package func memberToday(_ id: String) throws -> String {
        var merged = MergedMembers(self)
        return try merged.member(id)
    }
}

extension MergeWriting {
    /// False where the duplicate was merged into that member before.
    static func isNeeded(_ duplicate: String, _ member: String, _ db: Session) throws -> Bool {
        guard duplicate != member else { throw MergeObjection.same }
        var merged = MergedMembers(db)
        if let other = try merged.merge(of: member)?.member { throw MergeObjection.isMerged(member, into: other) }
        if let other = try merged.merge(of: duplicate)?.member {
            guard other == member else { throw MergeObjection.isMerged(duplicate, into: other) }
            return false
        }
        let rows = RowWriter(db, origin: .fixtures)
        for id in [member, duplicate] where try !rows.hasMember(id) { throw MergeObjection.unknown(id) }
        return true
    }
}
