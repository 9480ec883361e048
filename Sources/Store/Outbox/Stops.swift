import Kit
import Rules

/// The scope of an emergency stop, or of a guard's hold.
package enum StopScope: Sendable, Hashable {
    case all
    case rule(String)
    case channel(String)
    /// The scopes of the guards: an operator's stop beside them neither replaces nor lifts them.
    case rollback, clock

    package var text: String {
        switch self {
        case .all: "all"
        case .rule(let id): "rule:\(id)"
        case .channel(let id): "channel:\(id)"
        case .rollback: HighWaterMark.scope
        case .clock: ClockHold.scope
        }
    }

    /// The rows that a release of this scope deletes. Each hold has its own row, so that none lifts another; only the
    /// blast guard's row is deleted with that of the rule it holds.
    fileprivate var released: [String] {
        if case .rule(let id) = self { [text, Stops.blast(id)] } else { [text] }
    }
}

/// The emergency stops in force. The holds of the blast guard are not among them: they hold the decisions of a rule,
/// and what it has already decided may go.
package struct Stops {
    package private(set) var all = false
    private(set) var rules: Set<String> = []
    private(set) var channels: Set<String> = []

    private static let ofEverything: Set<String> = ["all", ClockHold.scope, HighWaterMark.scope]

    package init(_ db: Session) throws {
        for scope in try (db.values("SELECT scope FROM stops") as [String]) {
            if Stops.ofEverything.contains(scope) { all = true }
            if scope.hasPrefix("rule:") { rules.insert(String(scope.dropFirst("rule:".count))) }
            if scope.hasPrefix("channel:") { channels.insert(String(scope.dropFirst("channel:".count))) }
        }
    }

    /// Whether a stop of the rule or of the channel is in force; a stop of all is asked for separately.
    package func covers(rule: String, channel: String) -> Bool { rules.contains(rule) || channels.contains(channel) }

    /// The blast guard's row for a rule.
    package static func blast(_ rule: String) -> String { "blast:\(rule)" }
}

/// A stop in force, or one that was just ended.
package struct StopListing: Sendable, Hashable {
    /// `all`, `rule:R` or `channel:C`; for the guards `rollback`, `clock` or `blast:R`.
    package var scope: String
    package var reason: String
    package var who: String
    package var at: Instant
}

extension MemberStore {
    /// Attempts on a busy store before giving up. Each waits for 30 seconds, so together five minutes.
    static let mostStopAttempts = 10

    /// Takes effect before the next send and survives a restart. An emergency stop does not give up when an import keeps
    /// the store busy.
    package func stop(_ scope: StopScope, reason: String, who: String, at now: Instant) throws {
        try MemberStore.insisting {
            try writer.write { try $0.stop(scope, reason: reason, who: who, at: now) }
        }
    }

    /// Repeats `work` while the store is busy; any other error is thrown at once.
    @discardableResult
    static func insisting<T>(_ work: () throws -> T) throws -> T {
        for _ in 1..<mostStopAttempts {
            do { return try work() } catch let fault as SQLFault where fault.kind == .busy { continue }
        }
        return try work()
    }

    /// Ends the named stops and returns those that were in force. Releasing a rule that the blast guard holds lifts its
    /// limit until its text changes; releasing the clock also moves marks in the future back.
    package func release(
        _ scopes: [StopScope], by who: String = Typist.name, at now: Instant
    ) throws -> [StopListing] {
        try writer.write { try release(scopes, by: who, at: now, $0) }
    }

    /// The same within the caller's transaction.
    package func release(
        _ scopes: [StopScope], by who: String, at now: Instant, _ db: Session
    ) throws -> [StopListing] {
        var ended: [StopListing] = []
        for scope in scopes {
            for row in scope.released {
                ended += try StopListing.fetch(db, "WHERE scope = ?", [row])
                try db.run("DELETE FROM stops WHERE scope = ?", [row])
            }
            if case .rule(let rule) = scope, ended.contains(where: { $0.scope == Stops.blast(rule) }) {
                try db.run(
                    """
                    INSERT INTO blast_releases (rule, text_hash) SELECT rule, text_hash FROM live_rules
                    WHERE rule = ? ON CONFLICT (rule) DO UPDATE SET text_hash = excluded.text_hash
                    """, [rule])
            }
            if scope == .clock, let mended = try ClockHold.mend(db, at: now) { ended.append(mended) }
        }
        if ended.contains(where: { $0.scope == HighWaterMark.scope }) { try acknowledge(Outbox(db: db)) }
        for stop in ended { try db.audit(AuditEntry(.release, who: who, subject: stop.scope), at: now) }
        return ended
    }

    /// Makes the store and its mark agree again, by a token that no copy has. The mark is written first, and nobody
    /// sends until the commit: a process that ends in between leaves the hold in force.
    private func acknowledge(_ outbox: Outbox) throws {
        try outbox.drawToken()
        try outbox.noteMarked()
        try markFile?.write(try outbox.mark())
    }

    /// The scopes of the stops in force, without reasons: those may be long.
    package func stopScopes() async throws -> [String] {
        try await writer.read { try ($0.values("SELECT scope FROM stops ORDER BY scope") as [String]) }
    }

    /// Every stop in force, the oldest first.
    package func stops() throws -> [StopListing] { try writer.read { try $0.stops() } }
}

extension Session {
    /// Every stop in force, the oldest first.
    package func stops() throws -> [StopListing] { try StopListing.fetch(self, "ORDER BY at, scope") }

    /// Stops sending within the caller's transaction, from its commit on.
    package func stop(_ scope: StopScope, reason: String, who: String, at now: Instant) throws {
        try run(
            """
            INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?)
            ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason, who = excluded.who, at = excluded.at
            """, [scope.text, reason, who, now.micros])
        try audit(AuditEntry(.hold, who: who, subject: scope.text, reason: reason), at: now)
    }
}

extension StopListing {
    fileprivate static func fetch(
        _ db: Session, _ clause: String, _ arguments: SQLArguments = []
    ) throws -> [StopListing] {
        try db.all("SELECT scope, reason, who, at FROM stops \(clause)", arguments).map {
            try StopListing(scope: $0[0], reason: $0[1], who: $0[2], at: Instant(micros: $0[3]))
        }
    }
}
