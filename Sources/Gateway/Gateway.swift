import Channels
import Config
import Glibc
import HummingbirdCore
import Kit
import Logging
import NIOCore
import NIOPosix
import Review
import ServiceLifecycle

/// The HTTP server of the daemon: HTTP/1.1, a few routes, nothing about itself in any answer.
package struct Gateway: Service {
    /// What a peer may take of our time and room.
    package struct Limits: Sendable {
        /// From the connection to the end of the first request's headers, and from the first byte of a later request to
        /// the end of its headers.
        package var head = Duration.seconds(10)
        /// From there to the end of its body.
        package var body = Duration.seconds(30)
        /// From an answer to the first byte of the next request.
        package var idle = Duration.seconds(60)
        /// From an answer that ends the connection to its end, for a peer that goes on sending.
        package var farewell = Duration.seconds(2)
        /// From a whole call to its answer. WeChat gives up after five seconds.
        package var commit = Duration.seconds(4)
        /// Beyond it a connection that is not at a request is closed for a new one; where all are, one more is taken, and
        /// the next have to wait.
        package var connections = 256
        package var headerBytes = 16 << 10
        package var bodyBytes = 1 << 20
        package init() {}
    }

    /// Answers for the paths that are not the gateway's own; nil: nothing is there.
    package typealias Pages = @Sendable (CallbackRequest) async -> CallbackAnswer?

    private let http: Configuration.HTTP
    private let limits: Limits
    private let routes: Routes
    private let port = AsyncStream.makeStream(of: Int.self)

    /// - Parameters:
    ///   - pages: further pages; the daemon has none, `demo --serve` has its phones.
    ///   - isReady: asked at most once a second, however often `/readyz` is.
    package init(
        _ http: Configuration.HTTP, channels: [CallbackChannel], links: LinkDesk? = nil, events: EventDesk? = nil,
        api: APIDesk? = nil, metrics: Metrics? = nil, pages: Pages? = nil, limits: Limits = Limits(), log: Logger,
        isReady: @escaping @Sendable () async -> Bool, note: @escaping CallbackDesk.Note
    ) {
        self.http = http
        self.limits = limits
        routes = Routes(
            desk: CallbackDesk(channels, log: log, patience: limits.commit, note: note), links: links, events: events,
            api: api, metrics: metrics, pages: pages, readiness: Readiness(isReady), limits: limits, log: log)
    }

    /// Waits until the server listens. Nil where it does not come to that.
    package func listening() async -> Int? {
        for await port in port.stream { return port }
        return nil
    }

    /// Runs until the end of the life cycle: then requests under way are answered first. Throws `Refusal` where the
    /// address cannot be had.
    package func run() async throws {
        let routes = routes
        let limits = limits
        let calls = routes.events?.calls
        let port = port.continuation
        let crowd = Crowd(atMost: limits.connections)
        let server = Server(
            childChannelSetup: HTTP1Channel(
                responder: { request, writer, connection in
                    try await routes.respond(to: request, from: connection.remoteAddress?.ipAddress, by: writer)
                },
                configuration: .init(
                    additionalChannelHandlers: [ConnectionClock(limits, crowd, calls: calls)],
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                        maxHeaderFieldCount: 100))),
            configuration: ServerConfiguration(
                address: .hostname(http.host, port: http.port),
                availableConnectionsDelegate: .maximum(limits.connections + 1, logger: Gateway.quietLog)),
            onServerRunning: { channel in
                port.yield(channel.localAddress?.port ?? 0)
                port.finish()
            },
            eventLoopGroup: Gateway.thread, logger: Gateway.quietLog)
        defer { port.finish() }
        do { try await server.run() } catch { throw refusal(error) }
    }

    /// It only reads and writes: requests are answered on the cooperative pool. It lives as long as the process, because
    /// connections may outlive the server by a moment.
    private static let thread = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private func refusal(_ error: any Error) -> Refusal {
        let code = (error as? IOError)?.errnoCode
        return Refusal(code == EACCES ? .refused : .locked, http.unheard(code))
    }

    /// The server's own messages add nothing to ours, and may hold what came in.
    private static let quietLog = Logger(label: "nudged.http") { _ in SwiftLogNoOpLogHandler() }
}
