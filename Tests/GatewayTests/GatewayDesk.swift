import Channels
import Config
import Foundation
import Gateway
import Kit
import Logging
import Policies
import Review
import ServiceLifecycle
import Synchronization
import TestSupport

/// A gateway on a loopback port, with one channel whose reader is the test's.
struct GatewayDesk {
    static let token = "0123456789abcdef"

    let port: Int
    let log: LogKeeper
    private let group: ServiceGroup
    private let end: Task<Void, any Error>

    /// What a channel makes of a call: one event that repeats the body.
    static let echo: @Sendable (CallbackRequest) -> CallbackResult = { request in
        let text = String(decoding: request.body, as: UTF8.self)
        return CallbackResult(
            events: [.reply(Reply(address: request.url, text: text, id: request.method, at: request.at))],
            answer: CallbackAnswer(contentType: "application/json", body: "{\"code\":0}"))
    }

    init(
        publicURL: String? = nil, allowed: [String] = [], limits: Gateway.Limits = Gateway.Limits(),
        read: @escaping @Sendable (CallbackRequest) -> CallbackResult = echo,
        isReady: @escaping @Sendable () async -> Bool = { true },
        links: (LogKeeper) throws -> LinkDesk? = { _ in nil },
        events: (LogKeeper) -> EventDesk? = { _ in nil },
        api: (LogKeeper) -> APIDesk? = { _ in nil },
        note: @escaping CallbackDesk.Note = { _, _, _ in }
    ) async throws {
        let log = LogKeeper()
        let channel = CallbackChannel(
            id: "sms", address: try CallbackAddress(token: GatewayDesk.token, publicURL: publicURL, allowed: allowed),
            read: read)
        let gateway = Gateway(
            Configuration.HTTP(host: "127.0.0.1", port: 0), channels: [channel], links: try links(log),
            events: events(log), api: api(log),
            limits: limits,
            log: log.logger, isReady: isReady, note: note)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: gateway)], logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }))
        end = Task { try await group.run() }
        guard let port = await gateway.listening() else { throw Loopback.Failure(step: "no gateway") }
        self.port = port
        self.log = log
        self.group = group
    }

    func stop() async throws {
        await group.triggerGracefulShutdown()
        try await end.value
    }

    func beginStop() async { await group.triggerGracefulShutdown() }
    func ended() async throws { try await end.value }

    /// One request on a connection of its own, and everything that comes back until its end.
    func ask(_ request: String) async throws -> String {
        let port = port
        return try await GatewayDesk.blocking {
            guard let connection = Loopback.connect(port) else { throw Loopback.Failure(step: "connect") }
            defer { close(connection) }
            Loopback.send(request, to: connection)
            return GatewayDesk.rest(of: connection)
        }
    }

    func get(_ path: String) async throws -> String {
        try await ask("GET \(path) HTTP/1.1\r\nHost: shop.example:8080\r\nConnection: close\r\n\r\n")
    }

    func post(_ path: String, _ body: String) async throws -> String {
        try await ask(
            "POST \(path) HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
    }

    static func rest(of connection: Int32) -> String {
        var bytes: [UInt8] = []
        while let more = Loopback.receive(connection) { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Sockets block: they do so on a thread of their own.
    static func blocking<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { reply in
            Thread.detachNewThread { reply.resume(with: Result { try work() }) }
        }
    }
}

extension String {
    var status: Int? { split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) } }
}

/// Every line of a log, at every level.
final class LogKeeper: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(keeper: self) } }

    private struct Handler: LogHandler {
        let keeper: LogKeeper
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            let data = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            keeper.kept.withLock { $0.append("\(event.level) \(event.message) \(data.joined(separator: " "))") }
        }
    }
}

/// A door that stays shut until somebody opens it.
final class Door: Sendable {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let opening = AsyncStream.makeStream(of: Void.self)

    func open() { opening.continuation.finish() }
    /// Waits for the first that stands before it.
    func someoneWaits() async { for await _ in arrivals.stream { return } }
    func pass() async {
        arrivals.continuation.yield()
        for await _ in opening.stream {}
    }
}
