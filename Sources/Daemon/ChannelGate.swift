import Channels
import Store

/// The rate, the breaker and the slow start of one channel. Pure: the caller names the time.
struct ChannelGate {
    typealias Moment = Breaker.Moment

    /// What changed with an outcome, for the log.
    enum News: Equatable { case opened, closed, misconfigured(code: String) }

    private var bucket: TokenBucket
    private var breaker = Breaker()
    private var isMisconfigured = false
    /// How many messages may be under way at once. A channel that has accepted nothing yet gets one, so that one wrong
    /// page of a gateway costs that one and not a whole burst.
    private var window = 1
    /// Messages sent and not answered yet.
    private(set) var underWay = 0
    /// How many connections it has; nil where nothing of ours limits them.
    private let connections: Int?
    private var pace = AnswerPace()

    /// While so many messages wait for its connections, that many answers are worth a turn of the dispatcher: a turn has two
    /// syncs, whatever it carries, and the channel is busy without it.
    static let (waiting, gathering) = (50, 100)

    /// - Parameter answered: the answers that are not written yet.
    func wantsTurn(after answered: Int) -> Bool {
        let inLine = connections.map { underWay - $0 } ?? 0
        return inLine < ChannelGate.waiting || answered >= ChannelGate.gathering
    }

    /// More than `max_inflight` may ever be.
    private static let widest = 1 << 20

    /// - Parameters:
    ///   - perSecond: nil is no limit.
    ///   - connections: beyond them only what is answered within a quarter of a second may be under way, and waits for
    ///     one of them; nil is no limit.
    init(perSecond: Double?, connections: Int? = nil) {
        self.connections = connections
        let rate = perSecond ?? 1_000_000
        bucket = TokenBucket(rate: rate, burst: max(1, rate))
    }

    /// How many messages could go now, at most `limit`. It works on copies, so nothing is counted.
    func places(upTo limit: Int, at now: Moment) -> Int {
        var (breaker, bucket) = (breaker, bucket)
        guard case .go = breaker.admit(at: now) else { return 0 }
        let reach = min(window, connections.map { $0 + pace.perSlice(at: now) } ?? window)
        let most = self.breaker.isOpen ? 1 : min(limit, reach - underWay)
        var places = 0
        while places < most, bucket.take(at: now) == nil { places += 1 }
        return places
    }

    /// True while the breaker holds messages back, or lets a single one through to probe.
    var isClosed: Bool { breaker.isOpen }

    /// How the channel stands, and for how long nothing leaves from `now` on.
    func standing(at now: Moment) -> (ChannelState.Standing, wait: Duration?) {
        if breaker.isOpen { return (isMisconfigured ? .misconfigured : .closed, breaker.wait(at: now)) }
        return bucket.pause(at: now).map { (.throttled, $0) } ?? (.ready, nil)
    }

    /// An operator says that the cause is mended: the next message is tried at once, alone.
    mutating func reset() {
        breaker.reset()
        bucket.endPause()
        isMisconfigured = false
        window = 1
    }

    /// Counts one message; nil when the channel closed after `places` was asked.
    mutating func admit(at now: Moment) -> Breaker.Permit? {
        guard case .go(let permit) = breaker.admit(at: now) else { return nil }
        _ = bucket.take(at: now)
        underWay += 1
        return permit
    }

    mutating func record(_ outcome: SendOutcome, _ permit: Breaker.Permit, at now: Moment) -> News? {
        underWay -= 1
        pace.note(at: now)
        let wasOpen = breaker.isOpen
        breaker.record(outcome, permit, at: now)
        switch outcome {
        case .misconfigured(let code):
            // Every further message would fail alike: once is enough.
            for _ in 1..<Breaker.failuresInARow { breaker.record(outcome, permit, at: now) }
            defer { isMisconfigured = true }
            return isMisconfigured ? nil : .misconfigured(code: code)
        case .throttled(_, let retryAfter): bucket.pause(until: now.advanced(by: retryAfter))
        case .accepted:
            isMisconfigured = false
            window = min(window * 2, ChannelGate.widest)
        case .rejected, .suppressed: isMisconfigured = false
        // Messages under way cannot be called back; no more join them until one is accepted again.
        case .unknown: window = 1
        case .notSent: break
        }
        guard wasOpen != breaker.isOpen else { return nil }
        window = 1
        if wasOpen { bucket.startSlowly(at: now) }
        return wasOpen ? .closed : .opened
    }
}
