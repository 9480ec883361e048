import Kit
import Synchronization

/// The clock of `demo --serve`: it stands still until somebody asks for the next day.
final class DemoClock: Sendable {
    private let start: Instant
    private let began = ContinuousClock.now
    private let current: Mutex<Instant>

    init(_ start: Instant) {
        self.start = start
        current = Mutex(start)
    }

    var now: Instant { current.withLock { $0 } }

    /// Real time as it would have passed with this clock.
    func moment(of instant: Instant) -> ContinuousClock.Instant {
        began.advanced(by: .microseconds(instant.micros - start.micros))
    }

    func set(_ instant: Instant) { current.withLock { $0 = instant } }
}
