/// When to try again after a definite "not sent" (guarantees §1.7): full jitter, so that a thousand deliveries
/// that failed together do not come back together.
package enum Backoff {
    package static let longest = Duration.seconds(15 * 60)
    /// The longest that a provider's own limit lasts; a header is believed for less (`RetryAfter.longest`).
    private static let longestAsked = Duration.seconds(86_400)

    /// `random(0, min(15 min, 2 s · 2^n))` after `n` earlier failures of the same delivery, from 0. The provider's
    /// `retryAfter` wins when larger, with up to a tenth on top so that those told the same time spread out.
    package static func delay(
        failures n: Int, retryAfter: Duration? = nil, using random: inout some RandomNumberGenerator
    ) -> Duration {
        let jitter = Duration.milliseconds(Int64.random(in: 0...ceilingMilliseconds(n), using: &random))
        guard let retryAfter, retryAfter > .zero else { return jitter }
        let asked = min(retryAfter, Backoff.longestAsked)
        let spread = asked.components.seconds * 100
        return max(jitter, asked + .milliseconds(Int64.random(in: 0...spread, using: &random)))
    }

    private static func ceilingMilliseconds(_ n: Int) -> Int64 {
        let longest = Backoff.longest.components.seconds * 1000
        return n >= 9 ? longest : min(longest, 2000 << max(n, 0))
    }
}
