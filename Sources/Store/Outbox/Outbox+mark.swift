import Kit
import Rules

/// The two steps of the rollback guard: the token of a batch is committed with its intents, then written into the mark,
/// and only then may the first of them leave. A process that ends between the two leaves a mark that is one batch
/// behind: the store still knows that token, and nothing of the batch has left.
extension Outbox {
    func ownMark() throws -> OwnMark {
        let rows = try db.all(
            """
            SELECT key, value FROM meta
            WHERE key IN ('generation', 'epoch', 'seq', 'mark', 'mark_before', 'marked')
            """)
        // Read as cells: a random number may be any `Int64`.
        let values: [String: Int64] = try rows.reduce(into: [:]) { try $0[$1[0]] = Int64.read($1[1] as SQLValue) }
        let before = values["mark_before"] ?? 0
        let mark = HighWaterMark(
            generation: values["generation"] ?? 0, epoch: values["epoch"] ?? 0, sequence: values["seq"] ?? 0,
            token: values["mark"] ?? 0)
        let wasMarked = try before != 0 || values["marked"] ?? 0 != 0 || hasSent()
        return OwnMark(now: mark, tokenBefore: before, wasMarked: wasMarked)
    }

    func mark() throws -> HighWaterMark { try ownMark().now }

    private func hasSent() throws -> Bool {
        try (db.value("SELECT EXISTS (SELECT 1 FROM attempts)") as Bool?) ?? false
    }

    /// Draws a new token, which neither this store at another time nor a copy of it has.
    func drawToken() throws {
        try setMeta("mark_before", try meta("mark") ?? 0)
        try setMeta("mark", Int64.random(in: 1...Int64.max))
    }

    /// Records that a mark of this store is on disk.
    func noteMarked() throws {
        if try meta("marked") != 1 { try setMeta("marked", 1) }
    }

    /// Call this before anything is counted or sent. Holds all sends of a store that does not match its mark, and
    /// returns why. A mark that is one batch behind is written first, so that it is never behind by two.
    func holdIfRolledBack(_ file: HighWaterMarkFile, at now: Instant) throws -> String? {
        switch try ownMark().standing(to: file.read()) {
        case .same: return nil
        case .unwritten:
            // Until a person has looked, nothing may make the store and its mark agree.
            guard try !isHeldForRollback() else { return nil }
            if try mark().token == 0 { return nil }
            try file.write(try mark())
            return nil
        case .foreign(let reason):
            try db.run(
                "INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO NOTHING",
                [HighWaterMark.scope, reason.text, HighWaterMark.who, now.micros])
            return reason.text
        }
    }

    func isHeldForRollback() throws -> Bool {
        try (db.value("SELECT EXISTS (SELECT 1 FROM stops WHERE scope = ?)", [HighWaterMark.scope]) as Bool?) ?? false
    }
}

extension MemberStore {
    /// Writes the mark, after the commit of intents and before the first of them leaves.
    package func advanceMark() async throws {
        guard let file = markFile else { return }
        try await writer.read { db in try file.write(try Outbox(db: db).mark()) }
    }

    /// How the store disagrees with its mark (I19); nil when they agree. The daemon may write between the two reads, so
    /// only a disagreement that lasts is a breach.
    func brokenMark() throws -> String? {
        guard let file = markFile else { return nil }
        var found: String?
        for _ in 0..<5 {
            let content = file.read()
            let standing = try writer.read { try Outbox(db: $0).ownMark() }.standing(to: content)
            guard case .foreign(let reason) = standing else { return nil }
            found = reason.text
        }
        return found
    }
}
