import Kit
import Rules
import Synchronization

/// What the evaluator last found about the clock, for those who act between its looks: a clock that jumps must stop the
/// very next message, not the one half a second later.
package final class TrustedClock: Sendable {
    package typealias Moment = ContinuousClock.Instant

    private struct State {
        var last: (wall: Instant, moment: Moment)?
        var isHeld = false
        /// Since this moment the clock has kept pace with real time.
        var steadySince: Moment?
    }
    /// How far a clock under gradual correction may be off between two looks.
    private static let trembling = Duration.seconds(1)
    private let state = Mutex(State())

    package init() {}

    package func trust(wall: Instant, moment: Moment) {
        state.withLock { state in
            let wentOn = state.last.map { TrustedClock.drift($0, wall, moment) <= TrustedClock.trembling } ?? false
            let since = wentOn && !state.isHeld ? state.steadySince : moment
            state = State(last: (wall, moment), isHeld: false, steadySince: since)
        }
    }

    /// No longer trusted, until `trust`.
    package func hold() { state.withLock { $0.isHeld = true } }

    /// Also false before the first `trust`.
    package func isGood(wall: Instant, moment: Moment) -> Bool {
        let state = state.withLock { $0 }
        return !state.isHeld && state.last.map { TrustedClock.agrees($0, wall, moment) } ?? false
    }

    /// Good, and not set for `length`, not even by as little as is tolerated otherwise.
    package func isSteady(wall: Instant, moment: Moment, for length: Duration) -> Bool {
        let state = state.withLock { $0 }
        guard !state.isHeld, let last = state.last, let since = state.steadySince else { return false }
        return TrustedClock.drift(last, wall, moment) <= TrustedClock.trembling && since.duration(to: moment) >= length
    }

    /// `wall`, or if it jumped, the time it would show if it had not.
    package func believable(wall: Instant, moment: Moment) -> Instant {
        guard let last = state.withLock({ $0.last }), !TrustedClock.agrees(last, wall, moment) else { return wall }
        return last.wall.adding(micros: last.moment.duration(to: moment).micros)
    }

    private static func agrees(_ last: (wall: Instant, moment: Moment), _ wall: Instant, _ moment: Moment) -> Bool {
        drift(last, wall, moment) <= ClockGuard.tolerance
    }

    /// How much faster or slower the wall clock ran than real time; never negative.
    private static func drift(_ last: (wall: Instant, moment: Moment), _ wall: Instant, _ moment: Moment) -> Duration {
        let drift =
            Duration.microseconds(wall.micros) - .microseconds(last.wall.micros) - last.moment.duration(to: moment)
        return max(drift, .zero - drift)
    }
}
