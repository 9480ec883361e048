import ServiceLifecycle

/// A loop of the daemon under the life cycle: `body` works until `stop`, which comes once, when the daemon is told to
/// end.
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
