import Kit
import Rules

/// What a store no longer keeps: everything of a kind before an instant. Nil means that the kind is kept for ever.
package struct RetentionTerms: Sendable, Hashable {
    /// The texts of deliveries that have ended.
    package var texts: Instant?
    /// What sources sent, by which a second copy of it is recognised.
    package var received: Instant?
    /// What sources sent and could not be taken.
    package var quarantine: Instant?
    /// Decisions with their deliveries; the last one of each member and rule stays.
    package var ledger: Instant?
    /// Members of whom nothing was heard since and whom no channel reaches, see `QuietMembers`.
    package var members: Instant?
    /// By which channels a member may be reached, with the kind of address of each.
    package var channels: [String: ChannelDeclaration.Address] = [:]
    /// When members who go are erased.
    package var at: Instant

    package init(
        texts: Instant? = nil, received: Instant? = nil, quarantine: Instant? = nil, ledger: Instant? = nil,
        members: Instant? = nil, channels: [String: ChannelDeclaration.Address] = [:], at now: Instant = .distantFuture
    ) {
        (self.texts, self.received, self.quarantine, self.ledger) = (texts, received, quarantine, ledger)
        (self.members, self.channels, at) = (members, channels, now)
    }

    package subscript(_ kind: RetentionKind) -> Instant? {
        switch kind {
        case .quarantine: quarantine
        case .received: received
        case .texts: texts
        case .ledger: ledger
        case .members: members
        }
    }
}

/// In the order in which they are gone through.
package enum RetentionKind: String, Sendable, CaseIterable { case quarantine, received, texts, ledger, members }

/// One walk through a store, a slice at a time. A walk that is cut short is begun again: what is gone is not looked at
/// twice.
package struct RetentionWalk: Sendable {
    package struct Count: Sendable, Hashable {
        /// How many rows go, or went.
        package var rows = 0
        /// The oldest of them; nil where there are none.
        package var oldest: Instant?
        /// The first of the members who go, or went, in the order of their ids.
        package var members: [String] = []

        package init() {}

        init(rows: Int, oldest: Instant?, members: [String] = []) {
            (self.rows, self.oldest, self.members) = (rows, oldest, members)
        }
    }

    package let terms: RetentionTerms
    package private(set) var counts: [RetentionKind: Count] = [:]
    private var left: ArraySlice<RetentionKind>
    /// Where the walk is in its kind.
    private var place = Place()

    fileprivate struct Place: Sendable {
        var number: Int64 = 0
        var source = ""
        var event = ""
        var member = ""
    }

    /// What one slice did.
    fileprivate struct Slice {
        var place: Place
        var removed = Count()
        var isLast: Bool
    }

    package init(_ terms: RetentionTerms) {
        self.terms = terms
        left = RetentionKind.allCases.filter { terms[$0] != nil }[...]
    }

    package var isOver: Bool { left.isEmpty }

    private mutating func take(_ slice: Slice, of kind: RetentionKind) {
        var count = counts[kind] ?? Count()
        count.rows += slice.removed.rows
        count.oldest = [count.oldest, slice.removed.oldest].compactMap(\.self).min()
        count.members += slice.removed.members.prefix(RetentionWalk.named - count.members.count)
        counts[kind] = count
        place = slice.isLast ? Place() : slice.place
        if slice.isLast { left.removeFirst() }
    }

    /// How many members are named at most.
    package static let named = 1000

    /// How many rows one slice looks at: some ten milliseconds of the writer.
    package static let slice = 500
}

extension MemberStore {
    /// Goes on with the walk by one slice, in one transaction.
    package func retain(_ walk: inout RetentionWalk, slice: Int = RetentionWalk.slice) throws {
        try step(&walk, slice: slice) { body in try writer.write { try body($0, true) } }
        // What was erased is not to stay in the log.
        if walk.isOver, (walk.counts[.members]?.rows ?? 0) > 0 { _ = try emptyLog() }
    }

    /// The same, and removes nothing.
    package func preview(_ walk: inout RetentionWalk, slice: Int = 20 * RetentionWalk.slice) throws {
        try step(&walk, slice: slice) { body in try writer.read { try body($0, false) } }
    }
}

extension MemberStore {
    private typealias Body = (Session, Bool) throws -> RetentionWalk.Slice

    private func step(
        _ walk: inout RetentionWalk, slice: Int, within run: (Body) throws -> RetentionWalk.Slice
    ) throws {
        guard let (kind, before, place) = walk.current else { return }
        let terms = walk.terms
        let done = try run { db, removes in
            let reader = RetentionSlice(db: db, before: before, most: slice, removes: removes)
            switch kind {
            case .quarantine: return try reader.quarantine(place)
            case .received: return try reader.received(place)
            case .texts: return try reader.texts(place)
            case .ledger: return try reader.ledger(place)
            case .members:
                let quiet = QuietMembers(db: db, terms: terms, before: before)
                let page = try quiet.page(after: place.member, most: slice, erasing: removes ? self : nil)
                var next = place
                next.member = page.last
                return RetentionWalk.Slice(place: next, removed: page.gone, isLast: page.isLast)
            }
        }
        walk.note(done, of: kind)
    }
}

extension RetentionWalk {
    fileprivate var current: (RetentionKind, Instant, Place)? {
        left.first.flatMap { kind in terms[kind].map { (kind, $0, place) } }
    }

    fileprivate mutating func note(_ slice: Slice, of kind: RetentionKind) { take(slice, of: kind) }
}

/// One slice of one kind.
private struct RetentionSlice {
    typealias Place = RetentionWalk.Place
    typealias Slice = RetentionWalk.Slice

    let db: Session
    let before: Instant
    /// How many rows it looks at.
    let most: Int
    let removes: Bool

    /// By its number, which grows with time.
    func quarantine(_ place: Place) throws -> Slice {
        let rows = try db.all(
            "SELECT id, at FROM quarantine WHERE id > ? ORDER BY id LIMIT ?", [place.number, most])
        let old = try rows.filter { try $0[1] < before.micros }
        if removes { try db.run("DELETE FROM quarantine WHERE id IN {numbers ?}", [try list(old)]) }
        return try slice(place, rows, old, at: 1)
    }

    /// By its key: it has no index by time, which every event would have to be written into.
    func received(_ place: Place) throws -> Slice {
        let rows = try db.all(
            """
            SELECT source, event_id, at FROM received WHERE (source, event_id) > (?, ?) ORDER BY source, event_id LIMIT ?
            """, [place.source, place.event, most])
        let old = try rows.filter { try $0[2] < before.micros }
        if removes {
            for row in old {
                try db.run(
                    "DELETE FROM received WHERE source = ? AND event_id = ?",
                    [try row[0] as String, try row[1] as String])
            }
        }
        var next = place
        if let last = rows.last { (next.source, next.event) = (try last[0], try last[1]) }
        return Slice(place: next, removed: try count(old, at: 2), isLast: rows.count < most)
    }

    /// What a person could read of a message. The address stays with the delivery, because caps of an address count by it.
    func texts(_ place: Place) throws -> Slice {
        let rows = try db.all(
            """
            SELECT id, created_at, COALESCE(text, subject, html, template_values) IS NOT NULL
              AND state NOT IN ('pending', 'claimed', 'sending', 'retry_wait', 'unknown')
            FROM deliveries WHERE id > ? ORDER BY id LIMIT ?
            """, [place.number, most])
        let old = try rows.filter { try $0[1] < before.micros && $0[2] }
        if removes {
            try db.run(
                """
                UPDATE deliveries SET subject = NULL, text = NULL, html = NULL, template_values = NULL, links = NULL
                WHERE id IN {numbers ?}
                """, [try list(old)])
        }
        return try slice(place, rows, old, at: 1)
    }

    func ledger(_ place: Place) throws -> Slice {
        let rows = try db.all(
            """
            SELECT id, at, member, rule, occasion, trace FROM decisions WHERE id > ? ORDER BY id LIMIT ?
            """, [place.number, most])
        let old = try rows.filter { try $0[1] < before.micros && isSpent($0) }
        if removes, !old.isEmpty { try LedgerPruning(db: db).remove(old, before: before) }
        return try slice(place, rows, old, at: 1)
    }

    /// Whether nobody asks for it any more: a later one of its member and rule says that the rule has acted, nothing of it
    /// is open, and no link of it can be opened. The last number of all stays, so that none is given twice.
    private func isSpent(_ row: SQLRow) throws -> Bool {
        let (id, at): (Int64, Int64) = try (row[0], row[1])
        let (member, rule, occasion): (String, String, String) = try (row[2], row[3], row[4])
        return try db.value(
            """
            SELECT :id < (SELECT MAX(id) FROM decisions)
              AND EXISTS (SELECT 1 FROM decisions l WHERE l.member = :member AND l.rule = :rule
                AND (l.at > :at OR (l.at = :at AND l.id > :id)))
              AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.member = :member AND t.rule = :rule
                AND t.occasion = :occasion AND t.state = 'open')
              AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.decision = :id
                AND (d.state IN ('pending', 'claimed', 'sending', 'retry_wait', 'unknown')
                  OR EXISTS (SELECT 1 FROM short_links s WHERE s.delivery = d.id)))
            """, ["member": member, "rule": rule, "occasion": occasion, "at": at, "id": id]) ?? false
    }

    private func slice(_ place: Place, _ rows: [SQLRow], _ old: [SQLRow], at column: Int) throws -> Slice {
        var next = place
        if let last = rows.last { next.number = try last[0] }
        // Numbers grow with time: a page of which nothing is old enough is followed by none that is.
        let isRecent = try rows.allSatisfy { try $0[1] >= before.micros }
        return Slice(place: next, removed: try count(old, at: column), isLast: rows.count < most || isRecent)
    }

    private func count(_ rows: [SQLRow], at column: Int) throws -> RetentionWalk.Count {
        let oldest: Int64? = try rows.map { try $0[column] as Int64 }.min()
        return RetentionWalk.Count(rows: rows.count, oldest: oldest.map(Instant.init(micros:)))
    }

    private func list(_ rows: [SQLRow]) throws -> String { Outbox.list(try rows.map { try $0[0] }) }
}
