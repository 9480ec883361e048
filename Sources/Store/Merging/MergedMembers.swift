import Intake
import Rules

/// The ids of members who were merged into others. What comes later under such an id is the other member's. Make one for
/// each transaction; where nobody was ever merged, nobody is looked for.
struct MergedMembers {
    private let db: Session
    private var isAny: Bool?
    /// Whoever was looked for with others at once; nil: nobody's old id.
    private var known: [String: Merge?] = [:]

    typealias Merge = (member: String, number: Int64)

    init(_ db: Session) { self.db = db }

    static func isAny(_ db: Session) throws -> Bool {
        try db.value("SELECT EXISTS (SELECT 1 FROM merged_members)") ?? false
    }

    /// The ids that are another name of that member.
    static func names(of member: String, _ db: Session) throws -> [String] {
        try db.values("SELECT id FROM merged_members WHERE member = ? ORDER BY id", [member])
    }

    /// The member whom that one was merged into, and the number of the merge; nil: nobody.
    mutating func merge(of id: String) throws -> Merge? {
        guard try areThereAny() else { return nil }
        if let known = known[id] { return known }
        let row = try db.first("SELECT member, seq FROM merged_members WHERE id = ?", [id])
        return try row.map { try ($0[0], $0[1]) }
    }

    /// Looks for all whom the rows of a batch name at once.
    mutating func look(for rows: [IntakeRow]) throws {
        guard try areThereAny() else { return }
        for row in rows {
            if case .member(let row) = row { known[row.id] = .some(nil) }
            if let id = row.namedMember { known[id] = .some(nil) }
        }
        let sql = "SELECT id, member, seq FROM merged_members WHERE id IN {texts ?}"
        for row in try db.all(sql, [JSONRows.encode(Array(known.keys))]) {
            let id: String = try row[0]
            known[id] = try (member: row[1], number: row[2])
        }
    }

    private mutating func areThereAny() throws -> Bool {
        let answer = try isAny ?? MergedMembers.isAny(db)
        isAny = answer
        return answer
    }

    /// The member whom that id means today.
    mutating func member(_ id: String) throws -> String { try merge(of: id)?.member ?? id }

    /// Points and coupons may have an id that the other member has for another one: then the number of the merge stands
    /// behind it.
    static func id(_ id: String, after number: Int64) -> String { "\(id)~\(number)" }

    // MARK: what comes later

    /// The row as one of the member whom it means today. Rows of members themselves stay: `RowWriter` knows what is taken
    /// of them.
    mutating func today(_ row: IntakeRow) throws -> IntakeRow {
        guard let named = row.namedMember, let (member, number) = try merge(of: named) else { return row }
        switch row {
        case .date(var row): return .date(changed(&row) { $0.memberID = member })
        case .order(var row): return .order(changed(&row) { $0.memberID = member })
        case .cart(var row): return .cart(changed(&row) { $0.memberID = member })
        case .event(var row): return .event(changed(&row) { $0.memberID = member })
        case .consent(var row, let address): return .consent(changed(&row) { $0.memberID = member }, of: address)
        case .points(var row):
            row.memberID = member
            row.id = try id(row.id, of: member, in: "points", number)
            return .points(row)
        case .coupon(var row):
            row.memberID = member
            row.id = try id(row.id, of: member, in: "coupons", number)
            return .coupon(row)
        case .member, .store, .orderItem, .product, .couponCode, .suppression: return row
        }
    }

    /// The same for what a source of events said.
    mutating func today(_ fact: SourceFact) throws -> SourceFact {
        switch fact {
        case .member: return fact
        case .event(var row, let lacksCart):
            row.memberID = try member(row.memberID)
            return .event(row, lacksCart: lacksCart)
        case .cart(var change):
            change.event.memberID = try member(change.event.memberID)
            return .cart(change)
        case .row(let row, let stated, let at): return .row(try today(row), stating: stated, at: at)
        case .merge(let anonymous, let named): return .merge(anonymous: anonymous, member: try member(named))
        }
    }

    private func changed<Row>(_ row: inout Row, _ change: (inout Row) -> Void) -> Row {
        change(&row)
        return row
    }

    private func id(_ id: String, of member: String, in table: String, _ number: Int64) throws -> String {
        let own = MergedMembers.id(id, after: number)
        let sql = "SELECT 1 FROM \(table) WHERE member = ? AND id = ?"
        return try db.first(sql, [member, own]) == nil ? id : own
    }
}

extension MemberStore {
    /// The member whom one with that id was merged into; nil: nobody.
    package func mergedMember(_ id: String) throws -> String? {
        try writer.read { db in
            var merged = MergedMembers(db)
            return try merged.merge(of: id)?.member
        }
    }
}
