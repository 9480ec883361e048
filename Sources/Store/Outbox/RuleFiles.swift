import GRDB
import Rules

extension MemberStore {
    /// The files of the rule set that was last in force, in their order; nil on a new store.
    package func lastRuleFiles() throws -> [(path: String, text: String)]? {
        try writer.read { db in
            guard let files = try String.fetchOne(db, sql: "SELECT files FROM rule_sets ORDER BY version DESC LIMIT 1")
            else { return nil }
            return try Row.fetchAll(db, sql: "SELECT key, value FROM json_each(?) ORDER BY id", arguments: [files])
                .map { ($0[0], $0[1]) }
        }
    }

    /// Throws when the file's structure is damaged.
    package func quickCheck() throws {
        let answer = try writer.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard answer == "ok" else {
            throw OpenError(description: "the store is damaged (\(answer ?? "no answer")); restore a backup")
        }
    }
}
