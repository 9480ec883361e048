import Testing

@testable import Channels

/// Draws the same number for ever: a small one makes every draw the least, the largest the greatest. (Zero would be
/// drawn again for ever: the standard library refuses it, to keep its draws even.)
private struct Fixed: RandomNumberGenerator {
    let value: UInt64
    mutating func next() -> UInt64 { value }
}

@Suite("Backoff")
struct BackoffTests {
    @Test(
        "doubles its ceiling up to a quarter of an hour",
        arguments: [(0, 2), (1, 4), (2, 8), (8, 512), (9, 900), (12, 900), (Int.max, 900), (-1, 2)])
    func ceiling(failures: Int, seconds: Int) {
        var lowest = Fixed(value: 1 << 40)
        var highest = Fixed(value: .max)
        #expect(Backoff.delay(failures: failures, using: &lowest) == .zero)
        #expect(Backoff.delay(failures: failures, using: &highest) == .seconds(seconds))
    }

    @Test("lets a larger Retry-After win, up to a day, and spreads it")
    func retryAfter() {
        var lowest = Fixed(value: 1 << 40)
        var highest = Fixed(value: .max)
        #expect(Backoff.delay(failures: 0, retryAfter: .seconds(60), using: &lowest) == .seconds(60))
        #expect(Backoff.delay(failures: 0, retryAfter: .seconds(60), using: &highest) == .seconds(66))
        #expect(Backoff.delay(failures: 9, retryAfter: .seconds(60), using: &highest) == .seconds(900))
        #expect(Backoff.delay(failures: 0, retryAfter: .seconds(900_000), using: &lowest) == .seconds(86_400))
    }
}
