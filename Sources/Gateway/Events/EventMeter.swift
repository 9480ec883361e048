import Kit
import Store
import Synchronization

/// How many events each source sent since the start, by what became of them.
package final class EventMeter: Sendable {
    package struct Counts: Sendable {
        package var outcomes: [SourceOutcome: Int] = [:]
        /// When the last event was taken; nil before the first.
        package var last: Instant?
    }

    private let counts: Mutex<[String: Counts]>

    /// - Parameter sources: all that there are, so that each is counted from zero.
    package init(_ sources: [String]) {
        counts = Mutex(Dictionary(sources.map { ($0, Counts()) }) { first, _ in first })
    }

    package var bySource: [String: Counts] { counts.withLock { $0 } }

    func note(_ outcomes: [SourceOutcome], of source: String, at now: Instant) {
        counts.withLock { counts in
            for outcome in outcomes { counts[source, default: Counts()].outcomes[outcome, default: 0] += 1 }
            if outcomes.contains(.accepted) { counts[source]?.last = now }
        }
    }
}
