import Kit
import Policies
import Rules

/// An occurrence that was found for a rule, which is given by its index among the plans.
package struct AgendaItem {
    package var plan: Int
    package var found: Candidate

    package init(plan: Int, found: Candidate) { (self.plan, self.found) = (plan, found) }
}

/// A rule, by its index among the plans, and a member.
package struct AgendaPair: Hashable {
    package var plan: Int
    package var member: String

    package init(plan: Int, member: String) { (self.plan, self.member) = (plan, member) }
}

/// The part of an agenda that does not fit into memory.
package final class AgendaDatabase {
    private let queue: Connections
    private var isOrdered = false
    /// The round under way: its last instant, the newest row that belongs to it, and the last row that was read.
    private var round: (through: Instant, newest: Int64)?
    private var read: SQLRow?
    private var zones: [String: Zone] = [:]
    /// Items that are not stored yet: together they cost one turn at the database.
    private var fresh: [AgendaItem] = []
    private static let together = 500

    package init() throws {
        queue = try ScratchDatabase.workspace()
        try queue.writeWithoutTransaction { db in
            try db.script(
                """
                CREATE TABLE items (n INTEGER PRIMARY KEY, at INTEGER, kind INTEGER, plan INTEGER, member TEXT,
                  occasion TEXT, rule TEXT, because TEXT, due INTEGER, ready INTEGER, start INTEGER, zone TEXT,
                  date INTEGER, passes INTEGER, anchor INTEGER, ref TEXT, seq INTEGER, lo INTEGER, flags INTEGER,
                  former TEXT);
                CREATE TABLE touched (plan INTEGER, member TEXT, PRIMARY KEY (plan, member)) WITHOUT ROWID
                """)
        }
    }

    deinit { try? queue.close() }

    package func add(_ item: AgendaItem) throws {
        fresh.append(item)
        if fresh.count == AgendaDatabase.together { try store() }
    }

    private func store() throws {
        guard !fresh.isEmpty else { return }
        try queue.writeWithoutTransaction { db in for item in fresh { try insert(item, db) } }
        fresh.removeAll(keepingCapacity: true)
    }

    private func insert(_ item: AgendaItem, _ db: Session) throws {
        let occurrence = item.found.occurrence
        let anchor = occurrence.anchor
        let (kind, because) = StoredFound.words(item.found)
        let flags = (occurrence.asksEveryone ? 1 : 0) | (occurrence.isRelease ? 2 : 0) | (occurrence.isStored ? 4 : 0)
        try db.run(
            "INSERT INTO items VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                item.found.at.micros, kind, item.plan, occurrence.member, occurrence.occasion, occurrence.rule,
                because,
                occurrence.due.micros, occurrence.ready.micros, occurrence.start.micros, occurrence.zone.name,
                occurrence.date?.days, occurrence.passes?.micros, anchor.kind, anchor.ref, anchor.event,
                anchor.touch?.micros ?? anchor.expiry.map { Int64($0.days) },
                flags, occurrence.formerZone?.name,
            ])
    }

    package func remove(_ pair: AgendaPair) throws {
        try order()
        try queue.writeWithoutTransaction { db in
            try db.run("DELETE FROM items WHERE plan = ? AND member = ?", [pair.plan, pair.member])
        }
    }

    package func remove(plan: Int) throws {
        try store()
        try queue.writeWithoutTransaction { db in try db.run("DELETE FROM items WHERE plan = ?", [plan]) }
    }

    package func first() throws -> Instant? {
        try order()
        return try queue.writeWithoutTransaction { db in
            try (db.value("SELECT MIN(at) FROM items") as Int64?).map(Instant.init(micros:))
        }
    }

    package func people() throws -> [Int: Int] {
        try order()
        return try queue.writeWithoutTransaction { db in
            try db.all(
                """
                SELECT plan, COUNT(*) FROM (SELECT DISTINCT plan, member FROM items WHERE kind = 1 AND NOT flags & 2)
                GROUP BY plan
                """
            ).reduce(into: [:]) { try $0[$1[0]] = $1[1] }
        }
    }

    /// Creates the indexes once everything of the first scan is stored, which is faster than growing them with it.
    private func order() throws {
        try store()
        guard !isOrdered else { return }
        isOrdered = true
        try queue.writeWithoutTransaction { db in
            try db.script(
                """
                CREATE INDEX items_order ON items (at, kind, plan, member, occasion, n);
                CREATE INDEX items_pair ON items (plan, member)
                """)
        }
    }

    // MARK: rounds

    package func beginRound(through instant: Instant) throws {
        try order()
        let newest = try queue.writeWithoutTransaction { db in
            try db.run(
                """
                DELETE FROM items WHERE n IN (SELECT d.n FROM items c CROSS JOIN items d ON d.plan = c.plan
                    AND d.member = c.member AND d.occasion = c.occasion AND d.kind = 1 AND d.at <= :through
                  WHERE c.kind = 0 AND c.at <= :through)
                """, ["through": instant.micros])
            return try (db.value("SELECT MAX(n) FROM items") as Int64?) ?? 0
        }
        (round, read) = ((instant, newest), nil)
    }

    /// The next items of the round, without repetitions. At its end they are empty, and its rows deleted.
    package func nextOfRound(_ most: Int) throws -> [AgendaItem] {
        guard let round else { return [] }
        while true {
            var bounds: SQLArguments = ["through": round.through.micros, "newest": round.newest, "most": most]
            var after = ""
            if let read {
                after = "AND (at, kind, plan, member, occasion, n) > (:at, :kind, :plan, :member, :occasion, :n)"
                for name in ["at", "kind", "plan", "member", "occasion", "n"] {
                    bounds += [name: try read[name] as SQLValue]
                }
            }
            let rows = try queue.writeWithoutTransaction { db in
                try db.all(
                    """
                    SELECT * FROM items WHERE at <= :through AND n <= :newest \(after)
                    ORDER BY at, kind, plan, member, occasion, n LIMIT :most
                    """, bounds)
            }
            guard !rows.isEmpty else { break }
            var items: [AgendaItem] = []
            for row in rows {
                if try !isRepeated(row) { items.append(try item(row)) }
                read = row
            }
            if !items.isEmpty { return items }
        }
        try queue.writeWithoutTransaction { db in
            try db.run("DELETE FROM items WHERE at <= ? AND n <= ?", [round.through.micros, round.newest])
        }
        (self.round, read) = (nil, nil)
        return []
    }

    private func isRepeated(_ row: SQLRow) throws -> Bool {
        guard let read else { return false }
        return try ["at", "kind", "plan", "member", "occasion", "flags"].allSatisfy {
            try row[$0] as SQLValue == read[$0] as SQLValue
        }
    }

    private func item(_ row: SQLRow) throws -> AgendaItem {
        let (date, passes): (Int?, Int64?) = try (row["date"], row["passes"])
        let flags: Int = try row["flags"]
        var occurrence = try Occurrence(
            rule: row["rule"], member: row["member"], occasion: row["occasion"], due: Instant(micros: row["due"]),
            start: Instant(micros: row["start"]), zone: zone(row["zone"]), date: date.map { LocalDate(days: $0) },
            passes: passes.map(Instant.init(micros:)), asksEveryone: flags & 1 != 0)
        occurrence.ready = try Instant(micros: row["ready"])
        occurrence.formerZone = try (row["former"] as String?).map(zone)
        occurrence.isRelease = flags & 2 != 0
        occurrence.isStored = flags & 4 != 0
        occurrence.anchor =
            try Occurrence.Anchor(kind: row["anchor"], ref: row["ref"], event: row["seq"], lo: row["lo"])
        let found = try StoredFound.found(occurrence, kind: row["kind"], at: row["at"], because: row["because"])
        return try AgendaItem(plan: row["plan"], found: found)
    }

    private func zone(_ name: String) -> Zone {
        if let zone = zones[name] { return zone }
        let zone = Zone(named: name) ?? .utc
        zones[name] = zone
        return zone
    }

    // MARK: members to scan again

    package func touch(_ pair: AgendaPair) throws {
        try queue.writeWithoutTransaction { db in
            try db.run("INSERT OR IGNORE INTO touched (plan, member) VALUES (?, ?)", [pair.plan, pair.member])
        }
    }

    package func nextTouched(_ most: Int) throws -> (plan: Int, members: [String])? {
        try queue.writeWithoutTransaction { db in
            guard let plan: Int = try db.value("SELECT MIN(plan) FROM touched") else {
                return nil
            }
            let members: [String] = try db.values(
                "SELECT member FROM touched WHERE plan = ? ORDER BY member LIMIT ?", [plan, most])
            try db.run("DELETE FROM touched WHERE plan = ? AND member <= ?", [plan, members.last])
            return (plan, members)
        }
    }
}

/// A candidate as columns. `kind` 0 is a cancellation, which comes before what is due at its instant (1).
private enum StoredFound {
    static func words(_ found: Candidate) -> (kind: Int, because: String?) {
        switch found {
        case .due: (1, nil)
        case .cancelled(_, _, let because): (0, "\(because.code)\u{1F}\(because.event)")
        }
    }

    static func found(_ occurrence: Occurrence, kind: Int, at: Int64, because: String?) -> Candidate {
        let words = (because ?? "").split(separator: "\u{1F}", maxSplits: 1).map(String.init)
        guard kind == 0, let code = words.first,
            let because = Reason(code: code, value: words.count > 1 ? words[1] : "", actual: nil)
        else { return .due(occurrence) }
        return .cancelled(occurrence, at: Instant(micros: at), because)
    }
}

extension Reason {
    /// The event or occasion that a cancellation names.
    fileprivate var event: String {
        if case .text(let text) = pairs(in: .utc)[0].value { return text }
        return ""
    }
}
