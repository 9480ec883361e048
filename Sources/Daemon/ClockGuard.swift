import Kit
import Rules
import Store

/// Notices a wall clock that cannot be right: a bad hardware clock would otherwise send a year of birthdays at once
/// (guarantees, fault 31). Pure; the evaluator holds all sends when it objects.
package struct ClockGuard: Sendable {
    /// `ContinuousClock` also counts while the machine sleeps, and nobody can set it.
    package typealias Moment = ContinuousClock.Instant

    package enum Verdict: Sendable, Equatable {
        case steady
        /// The wall clock was set: it went this much further (or less) than time.
        case jumped(Duration)
        /// A start comes this long after anything was last evaluated.
        case ahead(Duration)
        /// The last evaluation lies this far in the future: the clock is wrong now, or it was then.
        case behind(Duration)
    }

    package static let tolerance = Duration.microseconds(ClockHold.tolerance)
    package static let longestAbsence = Duration.seconds(31 * 86_400)

    private var last: (wall: Instant, moment: Moment)?

    package init() {}

    /// - Parameters:
    ///   - mark: the latest instant known to be good; nil on a new store.
    ///   - evaluated: how far the rules were evaluated.
    package mutating func check(
        wall: Instant, moment: Moment, mark: Instant?, evaluated: Instant? = nil
    ) -> Verdict {
        defer { last = (wall, moment) }
        if let last {
            let passed = last.moment.duration(to: moment)
            let drift = Duration.microseconds(wall.micros - last.wall.micros) - passed
            if drift > ClockGuard.tolerance || drift < .zero - ClockGuard.tolerance { return .jumped(drift) }
        }
        if let evaluated, evaluated > ClockHold.farthest(at: wall) {
            return .behind(.microseconds(evaluated.micros - wall.micros))
        }
        if let mark {
            let absence = Duration.microseconds(wall.micros - mark.micros)
            if absence > ClockGuard.longestAbsence { return .ahead(absence) }
        }
        return .steady
    }

    /// Takes the time as it is, once a hold was released.
    package mutating func accept(wall: Instant, moment: Moment) { last = (wall, moment) }
}

extension ClockGuard.Verdict {
    /// For `stops.reason` and the log; nil when there is nothing to say.
    package var reason: String? {
        switch self {
        case .steady: nil
        case .jumped(let drift): "the clock was set by \(drift.components.seconds) seconds"
        case .ahead(let absence):
            "the clock is \(absence.components.seconds / 86_400) days after the last evaluation"
        case .behind(let distance):
            "the rules were evaluated until \(distance.components.seconds / 60) minutes from now: now the clock is wrong, "
                + "or it was then; set it right, then `nudged release --clock`"
        }
    }
}
