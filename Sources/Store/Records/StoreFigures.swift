import Kit

/// Counts of the store for its metrics, read at one moment. They cost what is owed, not what is stored.
package struct StoreFigures: Sendable {
    package struct Owed: Sendable {
        package var channel: String
        /// `due`, `waiting` or `leased`.
        package var state: String
        package var count: Int
    }

    /// No more deliveries than this are counted of those that wait for a time.
    package static let mostWaiting = 100_000

    package private(set) var owed: [Owed] = []
    /// The instant since which the oldest delivery that is due could have left, by channel.
    package private(set) var oldest: [String: Instant] = [:]
    /// Events in quarantine by source.
    package private(set) var quarantine: [String: Int] = [:]
    /// Holds in force by the kind of their scope: `all, rule, channel, clock, rollback, blast`.
    package private(set) var holds: [String: Int] = [:]
    /// Whether messages leave by each channel that ever sent.
    package private(set) var channels: [String: Bool] = [:]
    package private(set) var bytes: Int64 = 0
    package private(set) var logBytes: Int64 = 0

    fileprivate init(_ db: Session) throws {
        var counts: [String: [String: Int]] = [:]
        let due = """
            SELECT channel, COUNT(*), MIN(id) FROM deliveries WHERE state = 'pending' AND parked = 0 AND claim_count = 0
            GROUP BY channel
            """
        var first: [(channel: String, id: Int64)] = []
        try db.each(due) { row in
            counts[try row[0], default: [:]]["due", default: 0] += try row[1]
            first.append((try row[0], try row[2]))
        }
        for (channel, id) in first {
            guard let row = try db.first("SELECT not_before, created_at FROM deliveries WHERE id = ?", [id]) else {
                continue
            }
            oldest[channel] = max(Instant(micros: try row[0]), Instant(micros: try row[1]))
        }
        let suspects = """
            SELECT channel, COUNT(*) FROM deliveries WHERE state = 'pending' AND parked = 0 AND claim_count > 0
            GROUP BY channel
            """
        try db.each(suspects) { counts[try $0[0], default: [:]]["due", default: 0] += try $0[1] }
        let waiting = """
            SELECT channel, COUNT(*) FROM (SELECT channel FROM deliveries WHERE parked = 1 LIMIT ?) w GROUP BY channel
            """
        try db.each(waiting, [StoreFigures.mostWaiting]) {
            counts[try $0[0], default: [:]]["waiting", default: 0] += try $0[1]
        }
        let leased = """
            SELECT channel, COUNT(*) FROM deliveries WHERE state IN ('claimed', 'sending', 'unknown') GROUP BY channel
            """
        try db.each(leased) { counts[try $0[0], default: [:]]["leased", default: 0] += try $0[1] }
        owed = counts.flatMap { channel, states in
            states.map { Owed(channel: channel, state: $0.key, count: $0.value) }
        }
        try db.each("SELECT source, COUNT(*) FROM quarantine GROUP BY source") {
            quarantine[try $0[0]] = try $0[1] as Int
        }
        for scope in try (db.values("SELECT scope FROM stops") as [String]) {
            holds[String(scope.prefix { $0 != ":" }), default: 0] += 1
        }
        try db.each("SELECT channel, state FROM channel_states") {
            let standing = ChannelState.Standing(rawValue: try $0[1]) ?? .ready
            channels[try $0[0]] = standing == .ready || standing == .throttled
        }
    }

    package static func read(_ store: MemberStore) async throws -> StoreFigures {
        var figures = try await store.writer.read { try StoreFigures($0) }
        figures.bytes = store.path.map(StoreFile.size) ?? 0
        figures.logBytes = store.logSize
        return figures
    }
}
