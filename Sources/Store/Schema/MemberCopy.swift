import Rules

/// Copies one member, and what belongs to nobody, out of a live store: an explanation of one does not read a million.
private struct MemberCopy {
    let source: Session
    let copy: Session
    let member: String

    func run() throws {
        let tables = Set(try source.values("SELECT name FROM sqlite_master WHERE type = 'table'") as [String])
        let every: [String] = try copy.values(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        let own = every.filter { tables.contains($0) && !$0.hasPrefix("grdb_") }
        // Rows that refer to others come after them.
        for table in own.sorted(by: { MemberCopy.isDependent($0) ? false : MemberCopy.isDependent($1) }) {
            try copyRows(of: table)
        }
    }

    private static func isDependent(_ table: String) -> Bool { table == "attempts" || table == "transitions" }

    private func copyRows(of table: String) throws {
        let columns = try source.columns(in: table).map(\.name)
        let (filter, isPersonal) = filter(table, columns)
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        let names = columns.joined(separator: ", ")
        try source.each("SELECT \(names) FROM \(table) \(filter)", isPersonal ? ["member": member] : []) { row in
            try copy.run("INSERT OR REPLACE INTO \(table) (\(names)) VALUES (\(places))", SQLArguments(row.values))
        }
    }

    private func filter(_ table: String, _ columns: [String]) -> (String, isPersonal: Bool) {
        let traces = """
            SELECT trace FROM decisions WHERE member = :member UNION SELECT trace FROM waits WHERE member = :member
            """
        switch table {
        case "members": return ("WHERE id = :member", true)
        case "attempts", "transitions":
            return ("WHERE delivery IN (SELECT id FROM deliveries WHERE member = :member)", true)
        case "traces":
            return (
                """
                WHERE id IN (WITH RECURSIVE kept (id) AS (\(traces) UNION
                  SELECT t.earlier FROM traces t JOIN kept k ON k.id = t.id) SELECT id FROM kept)
                """, true
            )
        // One free code of a template stands for all.
        case "coupon_codes":
            return (
                """
                WHERE coupon IN (SELECT id FROM coupons WHERE member = :member) OR (template, code) IN
                  (SELECT template, MIN(code) FROM coupon_codes WHERE coupon IS NULL GROUP BY template)
                """, true
            )
        // The words and messages of others with the same address.
        case "address_consents", "address_suppressions", "address_sends", "list_consents":
            return ("WHERE address IN (SELECT address FROM shared_addresses WHERE member = :member)", true)
        // The row of member '' says that a draw was made.
        case "picks": return ("WHERE member IN (:member, '')", true)
        default: return columns.contains("member") ? ("WHERE member = :member", true) : ("", false)
        }
    }
}

extension MemberStore {
    /// As `privateCopy`, of one member alone and in memory: what others did is not in it, so nothing may be drawn among all or counted
    /// over all on it.
    package static func inMemoryCopy(of url: String, member: String) throws -> MemberStore {
        let live = try reading(url)
        let copy = try inMemory()
        do {
            try live.writer.read { source in
                try copy.writer.write { try MemberCopy(source: source, copy: $0, member: member).run() }
            }
            return copy
        } catch {
            throw OpenError(error, path: live.path)
        }
    }
}
