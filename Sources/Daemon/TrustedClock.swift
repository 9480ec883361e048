import Kit
import Rules
import Synchronization

/// What the evaluator last found the clock to be, for those who act between its looks: a clock that jumps must stop the
/// next message, not the one half a second later.
package final class TrustedClock: Sendable {
    package typealias Moment = ContinuousClock.Instant

    private struct State {
        var last: (wall: Instant, moment: Moment)?
        var isHeld = false
    }
    private let state = Mutex(State())

    package init() {}

    package func trust(wall: Instant, moment: Moment) {
        state.withLock { $0 = State(last: (wall, moment), isHeld: false) }
    }

    /// Not to be trusted until `trust`.
    package func hold() { state.withLock { $0.isHeld = true } }

    /// False too while nothing was ever trusted.
    package func isGood(wall: Instant, moment: Moment) -> Bool {
        let state = state.withLock { $0 }
        return !state.isHeld && state.last.map { TrustedClock.agrees($0, wall, moment) } ?? false
    }

    /// `wall`, or where it jumped what it would be if it had not.
    package func believable(wall: Instant, moment: Moment) -> Instant {
        guard let last = state.withLock({ $0.last }), !TrustedClock.agrees(last, wall, moment) else { return wall }
        return last.wall.adding(micros: last.moment.duration(to: moment).micros)
    }

    private static func agrees(_ last: (wall: Instant, moment: Moment), _ wall: Instant, _ moment: Moment) -> Bool {
        let drift =
            Duration.microseconds(wall.micros) - .microseconds(last.wall.micros) - last.moment.duration(to: moment)
        return drift <= ClockGuard.tolerance && drift >= .zero - ClockGuard.tolerance
    }
}
