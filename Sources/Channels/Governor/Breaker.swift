import Kit

/// Stops a channel that keeps failing (guarantees §1.7). Pure: the caller names the time.
/// Closed, everything passes. Open, nothing does. After the rest it lets one message through and goes by its fate.
package struct Breaker: Sendable {
    package typealias Moment = ContinuousClock.Instant

    /// Belongs to one message; handed back with its outcome. A permit from before the breaker last changed is
    /// ignored, so that stragglers neither close it nor lengthen the rest.
    package struct Permit: Sendable, Equatable { fileprivate let era: Int }
    package enum Admission: Sendable, Equatable {
        case go(Permit)
        case wait(Duration)
    }

    private enum State: Sendable {
        case closed
        case open(until: Moment)
        case probing(giveUpAt: Moment)
    }

    package static let failuresInARow = 5
    package static let window = (outcomes: 20, age: Duration.seconds(60))
    package static let rest = (first: Duration.seconds(30), longest: Duration.seconds(300))
    /// A probe whose outcome never comes back (its task died) is given up: longer than any request may take.
    package static let probeLease = Duration.seconds(60)

    private var state = State.closed
    private var era = 0
    private var failures = 0
    private var recent: [(at: Moment, failed: Bool)] = []
    private var nextRest = Breaker.rest.first

    package init() {}

    /// For status and metrics: true while messages are held back.
    package var isOpen: Bool { if case .closed = state { false } else { true } }

    package mutating func admit(at now: Moment) -> Admission {
        switch state {
        case .closed: return .go(Permit(era: era))
        case .open(let until):
            if now < until { return .wait(now.duration(to: until)) }
            return probe(at: now)
        case .probing(let giveUpAt):
            if now < giveUpAt { return .wait(.seconds(1)) }
            return probe(at: now)
        }
    }

    package mutating func record(_ outcome: SendOutcome, _ permit: Permit, at now: Moment) {
        guard permit.era == era else { return }
        let failed = Breaker.isFailure(outcome)
        switch state {
        case .open: return
        case .probing: failed ? open(at: now) : close()
        case .closed:
            failures = failed ? failures + 1 : 0
            recent.append((now, failed))
            recent.removeAll { $0.at.duration(to: now) > Breaker.window.age }
            recent.removeFirst(max(0, recent.count - Breaker.window.outcomes))
            if failures >= Breaker.failuresInARow || halfFailed { open(at: now) }
        }
    }

    /// A refusal of one message shows a working provider; an unknown counts as a failure.
    package static func isFailure(_ outcome: SendOutcome) -> Bool {
        switch outcome {
        case .accepted, .rejected, .suppressed: false
        case .notSent, .throttled, .misconfigured, .unknown: true
        }
    }

    /// How long nothing passes from `now` on; nil while everything or a probe does.
    package func wait(at now: Moment) -> Duration? {
        guard case .open(let until) = state, now < until else { return nil }
        return now.duration(to: until)
    }

    /// Closes it, whatever it has seen: an operator says that the cause is mended. Answers under way count no more.
    package mutating func reset() {
        close()
        (failures, recent) = (0, [])
    }

    private var halfFailed: Bool {
        recent.count == Breaker.window.outcomes && recent.count(where: \.failed) * 2 >= recent.count
    }

    private mutating func probe(at now: Moment) -> Admission {
        era += 1
        state = .probing(giveUpAt: now.advanced(by: Breaker.probeLease))
        return .go(Permit(era: era))
    }

    private mutating func open(at now: Moment) {
        era += 1
        state = .open(until: now.advanced(by: nextRest))
        nextRest = min(nextRest * 2, Breaker.rest.longest)
        failures = 0
        recent = []
    }

    private mutating func close() {
        era += 1
        state = .closed
        nextRest = Breaker.rest.first
    }
}
