import CCurl
import CCurlShim

/// HTTP to providers: one attempt per call, over libcurl, on one thread of its own (libcurl blocks, and the
/// cooperative pool has as many threads as the machine has cores).
///
/// A request never leaves twice. Redirects are not followed and nothing is retried here. libcurl itself sends a
/// request a second time when a kept-alive connection dies before the first byte of the reply (lib/transfer.c,
/// `Curl_retry_request`), and RFC 9110 §9.2.2 forbids that for a POST. It asks CURLOPT_PREREQFUNCTION before each
/// writing, so `HTTPTransfer` refuses the second: the result is `unknown`. Connections are still reused, but only
/// while they are fresh (`keepAliveSeconds`), which makes that case rare.
package final class HTTPTransport: Sendable {
    private let loop: HTTPLoop
    private let trusted: String?
    /// What replaces the deadlines of requests; nil: nothing.
    private let timeouts: HTTPTimeouts?
    /// The connections that its requests share; nil: as many as there are requests.
    private let share: ConnectionShare?
    /// The one whose loop this one uses; nil for the one that ends it.
    private let owner: HTTPTransport?

    /// Nil when libcurl cannot start: out of threads or of descriptors.
    ///
    /// - Parameters:
    ///   - maxInFlight: further requests wait their turn, within their total deadline.
    ///   - trusted: a file of certificates to trust in place of the system's, for tests with servers of their own.
    package init?(maxInFlight: Int = 64, trusted: String? = nil) {
        guard HTTPTransport.libraryReady, let loop = HTTPLoop(maxInFlight: max(1, maxInFlight)) else { return nil }
        self.loop = loop
        self.trusted = trusted
        (timeouts, share, owner) = (nil, nil, nil)
    }

    private init(_ owner: HTTPTransport, _ timeouts: HTTPTimeouts?, _ share: ConnectionShare?) {
        (loop, trusted) = (owner.loop, owner.trusted)
        (self.timeouts, self.share, self.owner) = (timeouts, share, owner)
    }

    /// Runs tasks on the thread of the connections. They may wait for requests there; nothing in them may block it.
    package var executor: any TaskExecutor { loop }

    /// The same connections with other limits.
    /// - Parameters:
    ///   - timeouts: nil keeps the deadlines of the adapters.
    ///   - connections: how many its requests have at once; further ones wait within their total deadline. Nil is no limit.
    package func limited(to timeouts: HTTPTimeouts?, connections: Int? = nil) -> HTTPTransport {
        guard timeouts != nil || connections != nil else { return self }
        return HTTPTransport(self, timeouts, connections.map { ConnectionShare(id: loop.nextID(), most: $0) })
    }

    deinit { if owner == nil { loop.stop() } }

    /// Always returns within the total deadline. Cancelling the task withdraws a request that has not been written
    /// (`notSent`); one that has is waited for, because its answer is what decides whether it may be sent again.
    package func perform(_ request: HTTPRequest) async -> HTTPResult {
        guard request.isWellFormed else { return .notSent(.badRequest) }
        var request = request
        request.trusted = trusted
        if let timeouts { request.deadlines = request.deadlines.limited(to: timeouts) }
        return await perform(.http(request))
    }

    /// Hands one mail over. A reply has the server's last code as its status and that line as its body; `unknown`: all of
    /// the mail had left, and the server did not say whether it took it.
    package func perform(_ request: MailRequest) async -> HTTPResult {
        guard request.isWellFormed else { return .notSent(.badRequest) }
        var request = request
        if let timeouts { request.deadlines = request.deadlines.limited(to: timeouts) }
        return await perform(.mail(request))
    }

    private func perform(_ request: TransferRequest) async -> HTTPResult {
        let id = loop.nextID()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { reply in
                let order = HTTPLoop.Order(id: id, request, share: share, reply: reply)
                guard loop.submit(order) else { return reply.resume(returning: .notSent(.shutDown)) }
                // The handler below may have run before there was anything to cancel.
                if Task.isCancelled { loop.cancel(id) }
            }
        } onCancel: {
            loop.cancel(id)
        }
    }

    /// Returns when every request in flight has its result; those still waiting get `notSent`, as do later ones.
    package func shutDown() async { await loop.drain() }

    /// libcurl wants this before any other thread uses it.
    private static let libraryReady = ccurl_global_init() == CURLE_OK
}
