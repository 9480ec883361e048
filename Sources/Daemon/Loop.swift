import ServiceLifecycle

/// A loop of the daemon under the life cycle: `body` works until `stop`, which is called once, when the daemon ends.
struct Loop: Service {
    let name: String
    let body: @Sendable () async throws -> Void
    let stop: @Sendable () -> Void

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await body()
        } onGracefulShutdown: {
            stop()
        }
    }
}

/// Says that something went wrong when it begins and when it ends, not every time in between.
struct Complaint {
    private var current: String?

    /// True when `text` is news.
    mutating func begins(_ text: String) -> Bool {
        defer { current = text }
        return current != text
    }

    /// True when a complaint is over.
    mutating func ends() -> Bool {
        defer { current = nil }
        return current != nil
    }
}

/// Is due at first, and then whenever `seconds` have passed.
struct Periodic {
    let period: Duration
    private var last: ContinuousClock.Instant?

    init(seconds: Int) { period = .seconds(seconds) }
    init(milliseconds: Int) { period = .milliseconds(milliseconds) }

    mutating func isDue(at moment: ContinuousClock.Instant) -> Bool {
        if let last, last.duration(to: moment) < period { return false }
        last = moment
        return true
    }
}
