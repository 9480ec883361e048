import Kit
import Synchronization

/// What the evaluator and the reloader did since the start: words and numbers, nothing about a member.
package final class WorkMeter: Sendable {
    struct Counts: Sendable {
        /// The start.
        let began: Instant
        /// By rule and outcome.
        var decisions: [String: [String: Int]] = [:]
        /// By rule and the key of the reason.
        var skipped: [String: [String: Int]] = [:]
        /// Ticks in which a rule could not be evaluated.
        var errors: [String: Int] = [:]
        var ticks = Histogram([0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60])
        /// The instant up to which everything is decided; nil before the first evaluation.
        var evaluated: Instant?
        var isReloadGood = true
        var reloaded: Instant?
    }

    private let state: Mutex<Counts>

    package init(began: Instant = .now) { state = Mutex(Counts(began: began)) }

    var counts: Counts { state.withLock { $0 } }

    /// For how many seconds nothing was decided: since the start, where nothing was yet.
    func lag(at now: Instant) -> Double {
        let counts = counts
        return max(0, Double(now.micros - (counts.evaluated ?? counts.began).micros) / 1_000_000)
    }

    /// - Parameter reason: the key of the reason, of the closed list of semantics §5.
    package func note(decision outcome: String, of rule: String, reason: String?) {
        state.withLock {
            $0.decisions[rule, default: [:]][outcome, default: 0] += 1
            if let reason { $0.skipped[rule, default: [:]][reason, default: 0] += 1 }
        }
    }

    package func noteError(of rule: String) { state.withLock { $0.errors[rule, default: 0] += 1 } }

    package func noteTick(at now: Instant, took duration: Duration) {
        state.withLock {
            $0.ticks.note(duration)
            $0.evaluated = now
        }
    }

    /// - Parameter isGood: the rules that were read are in force, or will be with the next evaluation.
    package func noteReload(isGood: Bool, at now: Instant) {
        state.withLock {
            $0.isReloadGood = isGood
            if isGood { $0.reloaded = now }
        }
    }
}
