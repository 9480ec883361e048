import Kit
import Rules

/// Checks the SQL of a derived field by preparing it, without running it.
struct DerivedSQL {
    private let field: CustomField

    init(_ field: CustomField) { self.field = field }

    /// Tables that do not grow with the members.
    private static let small: Set<String> = [
        "stores", "products", "bestsellers", "rule_sets", "live_rules", "blast_releases", "stops", "meta",
    ]

    /// Nil when the SQL can be run and is served by indexes.
    func fault(_ db: Session, at now: Instant) throws -> StoreAnswers.Fault? {
        guard let expression = field.sqliteSQL else { return nil }
        let sql = DerivedSQL.statement(expression)
        do {
            let steps = try db.all("EXPLAIN QUERY PLAN \(sql)", ["now": now.micros]).map { try $0["detail"] as String }
            let tables = try scanned(steps, db)
            return tables.isEmpty ? nil : .scans(tables)
        } catch let fault as SQLFault where fault.isOfTheText || fault.isReadOnly {
            return .broken(fault.message ?? "")
        }
    }

    /// Nests the expression as deep as a rule's conditions may: SQLite limits the depth of a whole statement.
    private static func statement(_ expression: String) -> String {
        "SELECT \(String(repeating: "NOT ", count: 50))(\(expression)) FROM members m WHERE m.id = ''"
    }

    /// Whether the SQL exceeds the limits of SQLite, whatever is in the store.
    func isTooMuch(_ db: Session) -> Bool {
        guard let expression = field.sqliteSQL else { return false }
        do {
            try db.check(DerivedSQL.statement(expression))
            return false
        } catch {
            let words = (error as? SQLFault)?.message?.lowercased() ?? ""
            return ["too large", "overflow", "too many", "too big", "too long"].contains { words.contains($0) }
        }
    }

    /// The growing tables that the plan scans (`SCAN x`, or an automatic index; `x` is a table or its alias).
    private func scanned(_ steps: [String], _ db: Session) throws -> [String] {
        let names = steps.compactMap { step -> String? in
            let words = step.split(separator: " ")
            guard words.count > 1, words[0] == "SCAN" || words.contains("AUTOMATIC") else { return nil }
            return String(words[1])
        }
        guard !names.isEmpty else { return [] }
        let tables = try Set(
            db.values("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") as [String])
        let found = names.flatMap { standsFor($0, among: tables) }.filter { !DerivedSQL.small.contains($0) }
        return Set(found).sorted()
    }

    /// The tables that an alias of the SQL stands for; none for a subquery or a function.
    private func standsFor(_ name: String, among tables: Set<String>) -> [String] {
        if tables.contains(name.lowercased()) { return [name.lowercased()] }
        let words = (field.sqliteSQL ?? "").split { !($0.isLetter || $0.isNumber || $0 == "_") }.map {
            $0.lowercased()
        }
        return words.indices.compactMap { index in
            guard tables.contains(words[index]) else { return nil }
            let next = words.dropFirst(index + 1).first
            let alias = next == "as" ? words.dropFirst(index + 2).first : next
            return alias == name.lowercased() ? words[index] : nil
        }
    }
}
