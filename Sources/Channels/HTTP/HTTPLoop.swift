import Kit
import CCurl
import CCurlShim
import Glibc
import Synchronization

/// The thread behind `HTTPTransport`. Other threads only ever touch the inbox and the wake-up; the transfers and
/// libcurl's handles live on the thread's own stack, in `HTTPTransfers`.
final class HTTPLoop: Sendable {
    struct Order: Sendable {
        let id: UInt64
        let request: TransferRequest
        let placedAt: ContinuousClock.Instant
        let reply: CheckedContinuation<HTTPResult, Never>
    }

    struct Inbox: Sendable {
        var arrivals: [Order] = []
        var cancelled: [UInt64] = []
        var stopping = false
        /// The multi handle is gone: no more wake-ups.
        var ended = false
        var farewells: [CheckedContinuation<Void, Never>] = []
    }

    /// `curl_multi_wakeup` is the one call on a multi handle that libcurl allows from any thread.
    private struct Multi: @unchecked Sendable { let handle: UnsafeMutableRawPointer }

    private let inbox = Mutex(Inbox())
    private let ids = Atomic<UInt64>(0)
    private let multi: Multi
    private let maxInFlight: Int

    init?(maxInFlight: Int) {
        guard let handle = curl_multi_init() else { return nil }
        multi = Multi(handle: handle)
        self.maxInFlight = maxInFlight
        // HTTP/1.1 only, one request per connection at a time.
        ccurl_multi_setopt_long(handle, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        ccurl_multi_setopt_long(handle, CURLMOPT_MAXCONNECTS, maxInFlight)
        guard startThread() else {
            curl_multi_cleanup(handle)
            return nil
        }
    }

    func nextID() -> UInt64 { ids.wrappingAdd(1, ordering: .relaxed).newValue }

    /// False once stopping: the order was not taken and will not be answered from here.
    func submit(_ order: Order) -> Bool {
        post { inbox in
            if inbox.stopping { return false }
            inbox.arrivals.append(order)
            return true
        }
    }

    func cancel(_ id: UInt64) { post { $0.cancelled.append(id) } }
    func stop() { post { $0.stopping = true } }

    func drain() async {
        await withCheckedContinuation { farewell in
            let over = post { inbox in
                inbox.stopping = true
                if !inbox.ended { inbox.farewells.append(farewell) }
                return inbox.ended
            }
            if over { farewell.resume() }
        }
    }

    private func post<Result: Sendable>(_ change: (inout sending Inbox) -> sending Result) -> Result {
        inbox.withLock { inbox in
            let result = change(&inbox)
            if !inbox.ended { curl_multi_wakeup(multi.handle) }
            return result
        }
    }

    // MARK: The thread

    private func startThread() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let this = Unmanaged.passRetained(self)
        let failed = pthread_create(
            &thread, &attributes,
            { context in
                if let context { Unmanaged<HTTPLoop>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, this.toOpaque())
        if failed != 0 { this.release() }
        return failed == 0
    }

    private func run() {
        HTTPLoop.leaveSignalsToOthers()
        var bench = HTTPTransfers(multi: multi.handle, maxInFlight: maxInFlight)
        repeat {
            let news = inbox.withLock { inbox in
                let news = (inbox.arrivals, inbox.cancelled, inbox.stopping)
                inbox.arrivals = []
                inbox.cancelled = []
                return news
            }
            bench.queue(news.0)
            for id in news.1 { bench.cancel(id) }
            if news.2 { bench.refuseWaiting() }
            bench.turn(at: .now)
            if bench.isIdle && end() { return }
            curl_multi_poll(multi.handle, nil, 0, bench.milliseconds(from: .now), nil)
        } while true
    }

    /// True when stopping: everything has been answered, and the handle is released.
    private func end() -> Bool {
        let farewells = inbox.withLock { inbox -> [CheckedContinuation<Void, Never>]? in
            // An order may have come in since the last look.
            guard inbox.stopping, inbox.arrivals.isEmpty else { return nil }
            inbox.ended = true
            defer { inbox.farewells = [] }
            return inbox.farewells
        }
        guard let farewells else { return false }
        curl_multi_cleanup(multi.handle)
        for farewell in farewells { farewell.resume() }
        return true
    }

    /// The daemon's signals belong to its own threads, and a provider that hangs up must not raise SIGPIPE here.
    /// Traps stay, so that a crash is reported.
    private static func leaveSignalsToOthers() {
        var signals = sigset_t()
        sigfillset(&signals)
        for trap in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, trap) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
