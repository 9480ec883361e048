import Rules

/// Copies one member, and the rows that belong to nobody, out of a live store without reading the others.
private struct MemberCopy {
    let source: Session
    let copy: Session
    let member: String

    func run() throws {
        let tables = Set(try source.values("SELECT name FROM sqlite_master WHERE type = 'table'") as [String])
        let every: [String] = try copy.values("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        let own = try every.filter(tables.contains).map { table in
            let columns = try source.columns(in: table).map(\.name)
            return (name: table, columns: columns, kind: CopiedTable(table, columns: columns))
        }
        // Rows that refer to others are copied after them.
        for table in own.sorted(by: { $0.kind.place < $1.kind.place }) {
            guard let filter = filter(table.kind) else { continue }
            try copyRows(of: table.name, table.columns, filter)
        }
    }

    private func copyRows(of table: String, _ columns: [String], _ filter: String) throws {
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        let names = columns.joined(separator: ", ")
        let arguments: SQLArguments = filter.isEmpty ? [] : ["member": member]
        try source.each("SELECT \(names) FROM \(table) \(filter)", arguments) { row in
            try copy.run("INSERT OR REPLACE INTO \(table) (\(names)) VALUES (\(places))", SQLArguments(row.values))
        }
    }

    /// Nil where nothing is copied.
    private func filter(_ kind: CopiedTable) -> String? {
        switch kind {
        case .members: "WHERE id = :member"
        case .ofDecisions: "WHERE decision IN (SELECT id FROM decisions WHERE member = :member)"
        case .ofDeliveries: "WHERE delivery IN (SELECT id FROM v_deliveries WHERE member = :member)"
        case .traces:
            """
            WHERE id IN (WITH RECURSIVE kept (id) AS (
              SELECT trace FROM decisions WHERE member = :member UNION SELECT trace FROM waits WHERE member = :member
              UNION SELECT t.earlier FROM traces t JOIN kept k ON k.id = t.id) SELECT id FROM kept)
            """
        // One free code of a template represents all.
        case .codes:
            """
            WHERE coupon IN (SELECT id FROM coupons WHERE member = :member) OR (template, code) IN
              (SELECT template, MIN(code) FROM coupon_codes WHERE coupon IS NULL GROUP BY template)
            """
        case .ofAddresses: "WHERE address IN (SELECT address FROM shared_addresses WHERE member = :member)"
        case .picks: "WHERE member IN (:member, '')"
        case .ofMembers: "WHERE member = :member"
        case .ofNobody: ""
        case .internals: nil
        }
    }
}

extension CopiedTable {
    fileprivate var place: Int {
        switch self {
        case .ofDecisions: 1
        case .ofDeliveries: 2
        default: 0
        }
    }
}

extension MemberStore {
    /// Like `privateCopy`, but of one member and in memory. Other members are not in it, so no draw among all members
    /// and no count over them may be made on it.
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
