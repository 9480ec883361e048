import GRDB
import Rules

/// What an emergency stop covers.
package enum StopScope: Sendable, Hashable {
    case all
    case rule(String)
    case channel(String)

    package var text: String {
        switch self {
        case .all: "all"
        case .rule(let id): "rule:\(id)"
        case .channel(let id): "channel:\(id)"
        }
    }
}

extension MemberStore {
    /// Takes effect before the next send and survives a restart.
    package func stop(_ scope: StopScope, reason: String, who: String, at now: Instant) throws {
        try writer.write { db in
            try db.execute(
                sql: """
                    INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason, who = excluded.who, at = excluded.at
                    """, arguments: [scope.text, reason, who, now.micros])
        }
    }

    /// False when there was no such stop. Releasing a rule lets it reach as many as it wants until its text changes.
    package func release(_ scope: StopScope) throws -> Bool {
        try writer.write { db in
            if case .rule(let rule) = scope {
                try db.execute(
                    sql: """
                        INSERT INTO blast_releases (rule, text_hash) SELECT rule, text_hash FROM live_rules WHERE rule = ?
                        ON CONFLICT (rule) DO UPDATE SET text_hash = excluded.text_hash
                        """, arguments: [rule])
            }
            try db.execute(
                sql: "DELETE FROM stops WHERE scope IN (?, ?)",
                arguments: [scope.text, scope.text.replacing("rule:", with: "blast:")])
            return db.changesCount > 0
        }
    }

    /// Every stop in force: scope, reason, who, when.
    package func stops() throws -> [(scope: String, reason: String, who: String, at: Instant)] {
        try writer.read { db in
            try Row.fetchAll(db, sql: "SELECT scope, reason, who, at FROM stops ORDER BY at").map {
                ($0[0], $0[1], $0[2], Instant(micros: $0[3]))
            }
        }
    }
}
