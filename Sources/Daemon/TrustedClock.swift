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
        /// Since then the clock went on with time.
        var steadySince: Moment?
    }
    /// What a clock that is kept right by and by may be off in the time between two looks.
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

    /// Not to be trusted until `trust`.
    package func hold() { state.withLock { $0.isHeld = true } }

    /// False too while nothing was ever trusted.
    package func isGood(wall: Instant, moment: Moment) -> Bool {
        let state = state.withLock { $0 }
        return !state.isHeld && state.last.map { TrustedClock.agrees($0, wall, moment) } ?? false
    }

    /// Good, and not set for so long: not even by as little as is good at other times.
    package func isSteady(wall: Instant, moment: Moment, for length: Duration) -> Bool {
        let state = state.withLock { $0 }
        guard !state.isHeld, let last = state.last, let since = state.steadySince else { return false }
        return TrustedClock.drift(last, wall, moment) <= TrustedClock.trembling && since.duration(to: moment) >= length
    }

    /// `wall`, or where it jumped what it would be if it had not.
    package func believable(wall: Instant, moment: Moment) -> Instant {
        guard let last = state.withLock({ $0.last }), !TrustedClock.agrees(last, wall, moment) else { return wall }
        return last.wall.adding(micros: last.moment.duration(to: moment).micros)
    }

    private static func agrees(_ last: (wall: Instant, moment: Moment), _ wall: Instant, _ moment: Moment) -> Bool {
        drift(last, wall, moment) <= ClockGuard.tolerance
    }

    /// By how much the wall clock went faster or slower than time.
    private static func drift(_ last: (wall: Instant, moment: Moment), _ wall: Instant, _ moment: Moment) -> Duration {
        let drift =
            Duration.microseconds(wall.micros) - .microseconds(last.wall.micros) - last.moment.duration(to: moment)
        return max(drift, .zero - drift)
    }
}
