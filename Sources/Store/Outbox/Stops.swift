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

    /// The rows that a release of it ends: the operator's, and those of the guards that watch over the same. Each has
    /// a row of its own, so that none of them is lifted by another.
    fileprivate var released: [String] {
        switch self {
        case .all: ["all", ClockHold.scope, HighWaterMark.scope]
        case .rule(let id): [text, Stops.blast(id)]
        case .channel: [text]
        }
    }
}

/// The emergency stops in force. What the blast guard holds is not among them: it holds the deciding of a rule, and what
/// is decided already may go.
struct Stops {
    private(set) var all = false
    private(set) var rules: Set<String> = []
    private(set) var channels: Set<String> = []

    init(_ db: Database) throws {
        for scope in try String.fetchAll(db.cachedStatement(sql: "SELECT scope FROM stops")) {
            if StopScope.all.released.contains(scope) { all = true }
            if scope.hasPrefix("rule:") { rules.insert(String(scope.dropFirst("rule:".count))) }
            if scope.hasPrefix("channel:") { channels.insert(String(scope.dropFirst("channel:".count))) }
        }
    }

    /// Whether a stop of the rule or of the channel is in force; a stop of all is asked for apart.
    func covers(rule: String, channel: String) -> Bool { rules.contains(rule) || channels.contains(channel) }

    /// The blast guard's row for a rule.
    static func blast(_ rule: String) -> String { "blast:\(rule)" }
}

extension MemberStore {
    /// Looks at a busy store for five minutes: each of them waits for 30 seconds by itself.
    static let mostStopAttempts = 10

    /// Takes effect before the next send and survives a restart. An emergency stop does not give up when an import keeps
    /// the store busy.
    package func stop(_ scope: StopScope, reason: String, who: String, at now: Instant) throws {
        try MemberStore.insisting {
            try writer.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?)
                        ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason, who = excluded.who, at = excluded.at
                        """, arguments: [scope.text, reason, who, now.micros])
            }
        }
    }

    /// Again while the store is busy; any other error is final.
    static func insisting<T>(_ work: () throws -> T) throws -> T {
        for _ in 1..<mostStopAttempts {
            do { return try work() } catch let error as DatabaseError
                where error.resultCode.primaryResultCode == .SQLITE_BUSY
            { continue }
        }
        return try work()
    }

    /// False when there was no such stop. Releasing a rule that the blast guard holds lets it reach as many as it wants
    /// until its text changes. Releasing all ends the holds of the clock and of a restored backup too.
    package func release(_ scope: StopScope) throws -> Bool {
        try writer.write { db in
            var ended: [String] = []
            for row in scope.released {
                try db.execute(sql: "DELETE FROM stops WHERE scope = ?", arguments: [row])
                if db.changesCount > 0 { ended.append(row) }
            }
            if case .rule(let rule) = scope, ended.contains(Stops.blast(rule)) {
                try db.execute(
                    sql: """
                        INSERT INTO blast_releases (rule, text_hash) SELECT rule, text_hash FROM live_rules WHERE rule = ?
                        ON CONFLICT (rule) DO UPDATE SET text_hash = excluded.text_hash
                        """, arguments: [rule])
            }
            // Before the commit: until then the daemon sends nothing, and so cannot be ahead of what is written here.
            if ended.contains(HighWaterMark.scope), let file = markFile { try file.write(try Outbox(db: db).mark()) }
            return !ended.isEmpty
        }
    }

    /// The scopes of the stops in force, without reasons: those may be long.
    package func stopScopes() async throws -> [String] {
        try await writer.read { try String.fetchAll($0, sql: "SELECT scope FROM stops ORDER BY scope") }
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
