import Kit
import CCurl
import CCurlShim
import Glibc
import Synchronization

/// Connections that the requests of one channel share.
struct ConnectionShare: Sendable {
    let id: UInt64
    let most: Int
}

/// The thread behind `HTTPTransport`. Other threads only ever touch the inbox and the wake-up; the transfers and
/// libcurl's handles live on the thread's own stack, in `HTTPTransfers`.
final class HTTPLoop: Sendable {
    struct Order: Sendable {
        let id: UInt64
        let request: TransferRequest
        /// The connections that it has to wait for; nil: none in particular.
        let share: ConnectionShare?
        let placedAt: ContinuousClock.Instant
        let reply: CheckedContinuation<HTTPResult, Never>
    }

    struct Inbox: Sendable {
        var arrivals: [Order] = []
        var cancelled: [UInt64] = []
        var stopping = false
        /// Everything has been answered.
        var ended = false
        var farewells: [CheckedContinuation<Void, Never>] = []

        /// Whether the thread has taken what came.
        var isEmpty: Bool { arrivals.isEmpty && cancelled.isEmpty }
    }

    private let inbox = Mutex(Inbox())
    private let ids = Atomic<UInt64>(0)
    /// An eventfd, which wakes the thread.
    private let bell: Int32
    private let maxInFlight: Int

    init?(maxInFlight: Int) {
        bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        self.maxInFlight = maxInFlight
        guard bell >= 0, startThread() else { return nil }
    }

    deinit { if bell >= 0 { close(bell) } }

    func nextID() -> UInt64 { ids.wrappingAdd(1, ordering: .relaxed).newValue }

    /// False once stopping, or where libcurl could not start: the order was not taken and will not be answered from here.
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
            let isNews = inbox.isEmpty
            let result = change(&inbox)
            // The thread takes all there is at once, so that one ring is enough for it.
            if isNews { ring() }
            return result
        }
    }

    private func ring() {
        var one: UInt64 = 1
        _ = write(bell, &one, 8)
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
        serve()
        let farewells = inbox.withLock { inbox in
            defer { inbox.farewells = [] }
            return inbox.farewells
        }
        for farewell in farewells { farewell.resume() }
    }

    /// Returns when everything has been answered after a stop, and libcurl's handles are released.
    private func serve() {
        guard let multi = curl_multi_init() else { return refuse() }
        // HTTP/1.1 only, one request per connection at a time.
        ccurl_multi_setopt_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        ccurl_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, maxInFlight)
        guard let watch = SocketWatch(multi: multi, bell: bell) else {
            curl_multi_cleanup(multi)
            return refuse()
        }
        var transfers = HTTPTransfers(multi: multi, maxInFlight: maxInFlight)
        defer {
            // While connections are closed, libcurl still speaks to the watch.
            withExtendedLifetime(watch) {
                transfers.close()
                curl_multi_cleanup(multi)
            }
        }
        while true {
            let news = take()
            transfers.queue(news.arrivals)
            for id in news.cancelled { transfers.cancel(id) }
            if news.stopping { transfers.refuseWaiting() }
            transfers.turn(at: .now)
            if transfers.isIdle && end() { return }
            watch.wait(until: transfers.nextDeadline)
        }
    }

    private func take() -> Inbox {
        inbox.withLock { inbox in
            let news = inbox
            inbox.arrivals = []
            inbox.cancelled = []
            return news
        }
    }

    /// libcurl could not start: nothing is sent.
    private func refuse() {
        inbox.withLock { $0.stopping = true }
        repeat { for order in take().arrivals { order.reply.resume(returning: .notSent(.connectFailed)) } } while !end()
    }

    /// True when stopping: everything has been answered.
    private func end() -> Bool {
        inbox.withLock { inbox in
            // An order may have come in since the last look.
            inbox.ended = inbox.stopping && inbox.arrivals.isEmpty
            return inbox.ended
        }
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
