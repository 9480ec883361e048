import Kit
import Rules

/// Finds the names of rules that nobody in the store has.
struct NameSurvey {
    private let store: MemberStore

    init(_ store: MemberStore) { self.store = store }

    /// As many names of a kind are read to find the nearest one.
    private static let mostKnown = 500

    /// The unknown names of each kind, with the nearest that the store has. A kind of which the store has no name at all
    /// is left out: its data is still to come. Each question is a read of its own.
    func unknown(_ names: [UsedNames.Kind: [String]]) throws -> [UsedNames.Kind: [String: String?]] {
        var unknown: [UsedNames.Kind: [String: String?]] = [:]
        for (kind, used) in names {
            let found = Set(try store.writer.read { try NameSurvey.names(kind, among: used, $0) })
            let missing = used.filter { !found.contains($0) }
            guard !missing.isEmpty else { continue }
            let known = try store.writer.read { try NameSurvey.names(kind, among: nil, $0) }
            guard !known.isEmpty else { continue }
            unknown[kind] = Dictionary(
                uniqueKeysWithValues: missing.map { name in
                    // A number that differs in a digit is another number, not a typing error.
                    let isNumber = name.allSatisfy(\.isNumber)
                    return (name, isNumber ? nil : Suggestion.nearest(to: name, among: known))
                })
        }
        return unknown
    }

    /// Those of `used` that the store has; nil: some of all that it has.
    private static func names(_ kind: UsedNames.Kind, among used: [String]?, _ db: Session) throws -> [String] {
        let list = used.map { JSONRows.encode($0) }
        switch kind {
        case .event: return try names(in: "events", "name", among: list, db)
        case .tag: return try names(in: "member_tags", "tag", among: list, db)
        case .city: return try names(in: "members", "city", among: list, db)
        case .date: return try names(in: "dates", "name", among: list, db)
        case .category:
            return try names(in: "products", "category", among: list, db)
                + names(in: "order_items", "category", among: list, db)
        case .sku:
            return try names(in: "products", "sku", among: list, db) + names(in: "order_items", "sku", among: list, db)
        case .attribute(let field):
            guard let list else {
                return try db.values(
                    "SELECT DISTINCT value FROM member_attributes WHERE name = ? LIMIT \(mostKnown)", [field])
            }
            return try db.values(
                "SELECT DISTINCT value FROM member_attributes WHERE name = ? AND value IN {texts ?}", [field, list])
        }
    }

    private static func names(in table: String, _ column: String, among list: String?, _ db: Session) throws -> [String]
    {
        guard let list else {
            return try db.values(
                "SELECT DISTINCT \(column) FROM \(table) WHERE \(column) IS NOT NULL LIMIT \(mostKnown)", [])
        }
        return try db.values("SELECT DISTINCT \(column) FROM \(table) WHERE \(column) IN {texts ?}", [list])
    }
}
