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
///
/// Tasks that prefer it run on that thread, between the transfers: what makes a request of a message and an outcome of its
/// reply takes microseconds, and to wake another thread for either takes longer.
final class HTTPLoop: TaskExecutor {
    /// An object, because it is handed on often and has many parts.
    final class Order: Sendable {
        let id: UInt64
        let request: TransferRequest
        /// The connections that it has to wait for; nil: none in particular.
        let share: ConnectionShare?
        let placedAt = ContinuousClock.now
        let reply: CheckedContinuation<HTTPResult, Never>

        init(
            id: UInt64, _ request: TransferRequest, share: ConnectionShare?,
            reply: CheckedContinuation<HTTPResult, Never>
        ) {
            (self.id, self.request, self.share, self.reply) = (id, request, share, reply)
        }
    }

    struct Inbox: Sendable {
        var arrivals: [Order] = []
        var cancelled: [UInt64] = []
        /// Parts of tasks.
        var jobs: [UnownedJob] = []
        /// The thread looks in here before it waits, so that nobody has to ring.
        var isAwake = true
        var stopping = false
        /// Everything has been answered.
        var ended = false
        var farewells: [CheckedContinuation<Void, Never>] = []

        /// Whether the thread has taken what came.
        var isEmpty: Bool { arrivals.isEmpty && cancelled.isEmpty && jobs.isEmpty }
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

    /// Once everything has been answered, what is left of a task runs where other tasks do.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isTaken = post { inbox in
            if !inbox.ended { inbox.jobs.append(job) }
            return !inbox.ended
        }
        if !isTaken { globalConcurrentExecutor.enqueue(job) }
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
            // The thread takes all there is at once, so that one ring is enough for it.
            if !inbox.isAwake { ring() }
            inbox.isAwake = true
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
        guard let mails = curl_multi_init() else {
            curl_multi_cleanup(multi)
            return refuse()
        }
        // HTTP/1.1 only, one request per connection at a time.
        ccurl_multi_setopt_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        for multi in [multi, mails] { ccurl_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, maxInFlight) }
        guard let watch = SocketWatch(multis: [multi, mails], bell: bell) else {
            for multi in [multi, mails] { curl_multi_cleanup(multi) }
            return refuse()
        }
        var transfers = HTTPTransfers(
            multi: multi, sessions: MailSessions(multi: mails, watch: watch), maxInFlight: maxInFlight)
        serve(&transfers, watch)
        // While connections are closed, libcurl still speaks to the watch.
        withExtendedLifetime(watch) {
            transfers.close()
            for multi in [multi, mails] { curl_multi_cleanup(multi) }
        }
    }

    private func serve(_ transfers: inout HTTPTransfers, _ watch: SocketWatch) {
        while true {
            let news = take()
            transfers.queue(news.arrivals)
            for id in news.cancelled { transfers.cancel(id) }
            if news.stopping { transfers.refuseWaiting() }
            run(news.jobs)
            // What these asked for leaves with the rest.
            transfers.queue(takeArrivals())
            transfers.turn(at: .now)
            if transfers.isIdle && end() { return }
            let ready = watch.wait(until: fallsAsleep() ? transfers.nextDeadline : .now)
            transfers.goOn(ready, at: .now)
        }
    }

    private func run(_ jobs: [UnownedJob]) {
        for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    private func take() -> Inbox {
        inbox.withLock { inbox in
            let news = inbox
            (inbox.arrivals, inbox.cancelled, inbox.jobs, inbox.isAwake) = ([], [], [], true)
            return news
        }
    }

    private func takeArrivals() -> [Order] {
        inbox.withLock { inbox in
            defer { inbox.arrivals = [] }
            return inbox.arrivals
        }
    }

    /// True when there is nothing to be taken: from now on whoever has something rings.
    private func fallsAsleep() -> Bool {
        inbox.withLock { inbox in
            inbox.isAwake = !inbox.isEmpty
            return inbox.isEmpty
        }
    }

    /// libcurl could not start: nothing is sent.
    private func refuse() {
        inbox.withLock { $0.stopping = true }
        repeat {
            let news = take()
            for order in news.arrivals { order.reply.resume(returning: .notSent(.connectFailed)) }
            run(news.jobs)
        } while !end()
    }

    /// True when stopping: everything has been answered.
    private func end() -> Bool {
        inbox.withLock { inbox in
            // An order may have come in since the last look.
            inbox.ended = inbox.stopping && inbox.arrivals.isEmpty && inbox.jobs.isEmpty
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
