import Kit

/// The rate of one channel. Pure: the caller names the time and does the waiting.
package struct TokenBucket: Sendable {
    package typealias Moment = ContinuousClock.Instant

    private let rate: Double
    private let burst: Double
    private var tokens: Double
    private var filledAt: Moment?
    private var pausedUntil: Moment?
    private var slowSince: Moment?

    /// `rate` messages per second on average, at most `burst` at once; it starts full. A rate that is not positive
    /// counts as one message per hour, a burst below one as one.
    package init(rate: Double, burst: Double) {
        self.rate = rate.isFinite && rate > 0 ? rate : 1 / 3600
        self.burst = burst.isFinite ? max(burst, 1) : 1
        tokens = self.burst
    }

    /// Nil: one message may go now, and is counted. Otherwise nothing is counted; ask again after the wait.
    package mutating func take(at now: Moment) -> Duration? {
        if let until = pausedUntil {
            if now < until { return now.duration(to: until) }
            pausedUntil = nil
        }
        refill(at: now)
        if tokens >= 1 - 1e-9 {
            tokens = max(0, tokens - 1)
            return nil
        }
        let seconds = min((1 - tokens) / currentRate(at: now), 3600)
        return .nanoseconds(Int64((seconds * 1e9).rounded(.up)))
    }

    /// Nothing goes before `until`: what a provider's `Retry-After` means for the whole channel.
    package mutating func pause(until: Moment) {
        pausedUntil = max(pausedUntil ?? until, until)
    }

    /// How long a pause lasts from `now` on; nil without one.
    package func pause(at now: Moment) -> Duration? {
        guard let until = pausedUntil, now < until else { return nil }
        return now.duration(to: until)
    }

    package mutating func endPause() { pausedUntil = nil }

    /// After an outage: a tenth of the rate, doubling every minute (guarantees §1.7), and no saved-up burst.
    package mutating func startSlowly(at now: Moment) {
        refill(at: now)
        tokens = min(tokens, 1)
        slowSince = now
    }

    private mutating func refill(at now: Moment) {
        defer { filledAt = max(filledAt ?? now, now) }
        guard let filledAt, now > filledAt else { return }
        tokens = min(burst, tokens + seconds(from: filledAt, to: now) * currentRate(at: now))
    }

    private mutating func currentRate(at now: Moment) -> Double {
        guard let since = slowSince else { return rate }
        let share = doubled(0.1, times: Int(seconds(from: since, to: now) / 60))
        if share >= 1 { slowSince = nil }
        return rate * min(share, 1)
    }

    private func doubled(_ share: Double, times: Int) -> Double {
        times >= 4 ? 1 : share * Double(1 << max(times, 0))
    }

    private func seconds(from start: Moment, to end: Moment) -> Double {
        let (seconds, attoseconds) = start.duration(to: end).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
