import Testing

@testable import Channels

private let start = ContinuousClock.now

/// A bucket in a class: `#expect` calls no mutating methods. Times count from `start`.
private final class Queue {
    var bucket: TokenBucket
    init(_ rate: Double, burst: Double) { bucket = TokenBucket(rate: rate, burst: burst) }

    func take(at time: Duration = .zero) -> Duration? { bucket.take(at: start.advanced(by: time)) }

    /// How many go in `span` when the caller asks again after exactly the wait it was told.
    func sent(from: Duration = .zero, for span: Duration) -> Int {
        var time = from
        var count = 0
        while time < from + span {
            if let wait = take(at: time) { time += wait } else { count += 1 }
        }
        return count
    }
}

@Suite("Token bucket")
struct TokenBucketTests {
    @Test(
        "lets the burst go at once and then keeps the rate",
        arguments: [(10.0, 5.0, 1, 15), (1, 1, 10, 10), (0.5, 1, 10, 5), (100, 1, 2, 200), (3, 3, 1, 6)])
    func rate(perSecond: Double, burst: Double, seconds: Int, expected: Int) {
        let queue = Queue(perSecond, burst: burst)
        let count = queue.sent(for: .seconds(seconds))
        #expect(abs(count - expected) <= 1, "\(count)")
    }

    @Test("names a wait after which the message goes")
    func wait() throws {
        let queue = Queue(3, burst: 1)
        #expect(queue.take() == nil)
        let wait = try #require(queue.take())
        #expect(wait > .milliseconds(333) && wait < .milliseconds(334))
        #expect(queue.take(at: wait) == nil)
    }

    @Test("fills up no further than the burst, and not at all when time goes back")
    func ceiling() {
        let queue = Queue(10, burst: 2)
        #expect(queue.sent(from: .seconds(3600), for: .nanoseconds(1)) == 2)
        #expect(queue.take() != nil)
        #expect(queue.take(at: .seconds(3600)) != nil)
    }

    @Test("pauses the whole channel until the longest Retry-After")
    func pause() {
        let queue = Queue(10, burst: 10)
        queue.bucket.pause(until: start.advanced(by: .seconds(60)))
        queue.bucket.pause(until: start.advanced(by: .seconds(5)))
        #expect(queue.take() == .seconds(60))
        #expect(queue.take(at: .seconds(60)) == nil)
    }

    @Test("starts at a tenth after an outage and doubles every minute")
    func slowStart() {
        let queue = Queue(10, burst: 10)
        queue.bucket.startSlowly(at: start)
        let minutes = (0..<6).map { queue.sent(from: .seconds($0 * 60), for: .seconds(60)) }
        for (count, expected) in zip(minutes, [60, 120, 240, 480, 600, 600]) {
            #expect(abs(count - expected) <= 10, "\(minutes)")
        }
    }

    @Test("survives settings that make no sense", arguments: [0, -1, .nan, .infinity])
    func nonsense(rate: Double) {
        let queue = Queue(rate, burst: rate)
        #expect(queue.take() == nil)
        #expect(queue.take() == .seconds(3600))
    }
}
