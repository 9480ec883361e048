import Intake
import Kit
import Rules

/// The ids by which this store has the people of the replaced one. Whoever was merged into a member there since the
/// backup is somebody of their own here, and whoever was merged into another one here only is that one.
struct SameNames {
    /// The ids that were merged into a member there.
    fileprivate var merged: [String: [String]] = [:]

    /// The member's own id, and those of before.
    func former(_ member: String) -> [String] { [member] + merged[member, default: []] }

    /// The members of this store who are that person.
    func current(_ member: String, _ rows: inout RowWriter) throws -> [String] {
        var ids: [String] = []
        for id in former(member) {
            let today = try rows.merged.member(id)
            if !ids.contains(today) { ids.append(today) }
        }
        return ids
    }
}

extension RefusalCarry {
    /// - Parameter members: those of a page.
    func names(of members: [String]) throws -> SameNames {
        try ask { db in
            var names = SameNames()
            guard try db.hasTable("merged_members"), try MergedMembers.isAny(db) else { return names }
            let sql = "SELECT member, id FROM merged_members WHERE member IN {texts ?} ORDER BY member, id"
            for row in try db.all(sql, [JSONRows.encode(members)]) {
                names.merged[try row[0], default: []].append(try row[1])
            }
            return names
        }
    }

    // MARK: personalisation

    /// How little a member's texts may draw on.
    private struct Bound {
        let member: String
        let choice: MemberRow.Personalisation
        /// Of a choice of the member; nil for what a file said.
        let source: String?
        let at: Int64?

        init(_ cells: SQLRow) throws {
            guard let choice = try MemberRow.Personalisation(rawValue: cells[1]) else {
                throw DamagedCell(column: "personalisation")
            }
            self.choice = choice
            (member, source, at) = try (cells[0], cells[2], cells[3])
        }

        func write(_ rows: inout RowWriter, _ names: SameNames, at now: Instant) throws -> Bool {
            var isNew = false
            for id in try names.current(member, &rows) {
                if let source, let at {
                    let chosen = Instant(micros: min(at, now.micros))
                    if try rows.bound(id, by: choice, source: source, at: chosen) { isNew = true }
                }
                if try rows.tighten(id, to: choice) { isNew = true }
            }
            return isNew
        }
    }

    /// The last choice of each member, and then what their rows say: of the two stores the stricter holds.
    mutating func personalisations() throws {
        if try ask({ try $0.hasTable("personalisation_choices") }) {
            try bounds(
                """
                SELECT c.member, c.choice, c.source, c.at FROM personalisation_choices c
                WHERE c.member > ? AND c.choice <> 'personalised' AND c.source <> 'row' AND NOT EXISTS (
                  SELECT 1 FROM personalisation_choices o
                  WHERE o.member = c.member AND o.at > c.at AND o.source <> 'row')
                ORDER BY c.member LIMIT ?
                """)
        }
        try bounds(
            """
            SELECT id, personalisation, NULL, NULL FROM members WHERE personalisation <> 'personalised' AND id > ?
            ORDER BY id LIMIT ?
            """)
    }

    private mutating func bounds(_ sql: String) throws {
        var last = ""
        while true {
            let page = try ask { db in try db.all(sql, [last, RefusalCarry.pageSize]).map { try Bound($0) } }
            guard let end = page.last else { return }
            let names = try names(of: page.map(\.member))
            count += try store.writer.write { db in
                var rows = rows(db)
                return try page.filter { try $0.write(&rows, names, at: now) }.count
            }
            last = end.member
        }
    }
}
