import Kit

/// What of a store may need a person. It is read from rows and indexes that hold nothing else, so that a daemon can ask
/// again and again.
package struct StoreTroubles: Sendable {
    /// Deliveries of one kind, and when the oldest of them was handed over, or decided.
    package struct Pile: Sendable, Hashable {
        package var count: Int
        package var oldest: Instant
    }

    /// A rule that cannot be evaluated.
    package struct RuleFault: Sendable, Hashable {
        package var rule: String
        /// In English, as the log has it.
        package var reason: String
        package var since: Instant
    }

    package var clock: ClockHold
    package var stops: [StopListing]
    package var channels: [ChannelState]
    /// Deliveries of which nobody knows whether they arrived; nil: none.
    package var unclear: Pile?
    /// Deliveries that were given up within the last days; nil: none.
    package var dead: Pile?
    package var faults: [RuleFault]
    /// When the last backup was made; nil: never, or by an earlier version.
    package var backedUp: Instant?

    /// How far back deliveries that were given up still count, in microseconds.
    package static let deadFor: Int64 = 7 * 86_400_000_000
}

extension MemberStore {
    package func troubles(at now: Instant) throws -> StoreTroubles {
        let stops = try stops()
        let states = try channelStates()
        let clock = try clockHoldNow()
        return try writer.read { db in
            let unclear = try db.first(
                """
                SELECT COUNT(*), MIN(a.intent_at) FROM deliveries d
                JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
                WHERE d.state = 'unknown' AND d.state IN ('claimed', 'sending', 'unknown')
                """)
            let dead = try db.first(
                "SELECT COUNT(*), MIN(created_at) FROM deliveries WHERE state = 'dead' AND created_at > ?",
                [now.micros - StoreTroubles.deadFor])
            return StoreTroubles(
                clock: clock, stops: stops, channels: states, unclear: try unclear.flatMap(StoreTroubles.Pile.init),
                dead: try dead.flatMap(StoreTroubles.Pile.init), faults: try RuleFaults(db: db).all(),
                backedUp: try Outbox(db: db).meta(MemberStore.backedUpAt).map(Instant.init(micros:)))
        }
    }

    fileprivate static let backedUpAt = "backed_up_at"

    /// Records that a backup was made, for `nudged status` and the audit trail.
    package func noteBackup(_ account: Backup.Account, at path: String, _ now: Instant) throws {
        try MemberStore.insisting {
            try writer.write { db in
                try Outbox(db: db).setMeta(MemberStore.backedUpAt, now.micros)
                try db.audit(
                    AuditEntry(
                        .backup, subject: path,
                        detail: .object(["bytes": .int(Int(account.bytes)), "sha256": .text(account.checksum)])),
                    at: now)
            }
        }
    }

    /// Writes down which rules cannot be evaluated, with the reason of each; what is on record keeps its begin.
    package func note(faults: [String: String], at now: Instant) async throws {
        try await writer.write { try RuleFaults(db: $0).replace(with: faults, at: now) }
    }
}

extension StoreTroubles.Pile {
    fileprivate init?(_ row: SQLRow) throws {
        guard let oldest: Int64 = try row[1] else { return nil }
        self.init(count: try row[0], oldest: Instant(micros: oldest))
    }
}

private struct RuleFaults {
    let db: Session

    func all() throws -> [StoreTroubles.RuleFault] {
        try db.all("SELECT rule, reason, since FROM rule_faults ORDER BY rule").map {
            StoreTroubles.RuleFault(rule: try $0[0], reason: try $0[1], since: Instant(micros: try $0[2]))
        }
    }

    func replace(with faults: [String: String], at now: Instant) throws {
        for fault in try all() where faults[fault.rule] == nil {
            try db.run("DELETE FROM rule_faults WHERE rule = ?", [fault.rule])
        }
        for (rule, reason) in faults {
            try db.run(
                """
                INSERT INTO rule_faults (rule, reason, since) VALUES (?, ?, ?)
                ON CONFLICT (rule) DO UPDATE SET reason = excluded.reason
                """, [rule, reason, now.micros])
        }
    }
}
