import Channels
import Config
import Foundation
import Gateway
import Kit
import Logging
import Review
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// The server over real sockets. No test sleeps: what waits, waits for an event.
@Suite("The gateway")
struct GatewayTests {
    private static let path = "/callbacks/sms/\(GatewayDesk.token)"
    private struct Full: Error {}

    @Test("a call reaches its channel's reader, its events the store, and the reader's answer the provider")
    func call() async throws {
        let noted = Mutex<[String]>([])
        let desk = try await GatewayDesk(
            publicURL: "https://shop.example/callbacks/sms/",
            note: { events, channel, _ in noted.withLock { $0.append("\(channel): \(events)") } })
        let posted = try await desk.post(Self.path + "?a=1&b=%E5%A5%BD", "delivered")
        #expect(posted.hasPrefix("HTTP/1.1 200 OK\r\n") && posted.hasSuffix("\r\n\r\n{\"code\":0}"))
        #expect(posted.lowercased().contains("content-type: application/json\r\n"))
        #expect(!posted.lowercased().contains("server:"))
        #expect(try await desk.get(Self.path).status == 200)
        let lines = noted.withLock { $0 }
        #expect(lines.count == 2 && lines[0].hasPrefix("sms: "))
        #expect(lines[0].contains("https://shop.example\(Self.path)?a=1&b=%E5%A5%BD"))
        #expect(lines[0].contains("delivered") && lines[0].contains("POST") && lines[1].contains("GET"))
        try await desk.stop()
    }

    @Test("a reader sees the method, the query, the headers and the address that was called")
    func request() async throws {
        let seen = Mutex<CallbackRequest?>(nil)
        let desk = try await GatewayDesk(read: { request in
            seen.withLock { $0 = request }
            return CallbackResult()
        })
        #expect(try await desk.get(Self.path + "?status=1&answer=a+%C4%B1%FF").status == 200)
        let request = try #require(seen.withLock { $0 })
        #expect(request.method == "GET" && request.body.isEmpty)
        #expect(
            request.query.map(\.name) == ["status", "answer"] && request.query.map(\.value) == ["1", "a ı\u{FFFD}"])
        #expect(request.url == "http://shop.example:8080\(Self.path)?status=1&answer=a+%C4%B1%FF")
        #expect(request.headers.contains { $0.name == "host" && $0.value == "shop.example:8080" })
        try await desk.stop()
    }

    @Test(
        "a call from outside `allow_ips` is refused unread; a proxy on this machine says who calls, nobody else does",
        arguments: [
            (["127.0.0.1"], nil, 200), (["203.0.113.0/24"], nil, 403), (["203.0.113.0/24"], "203.0.113.9", 200),
            (["203.0.113.0/24"], "203.0.113.9, 198.51.100.1", 403), (["2001:db8::/32"], "2001:db8::7", 200),
            (["203.0.113.0/24"], "someone", 403), ([], "someone", 200),
        ] as [([String], String?, Int)])
    func origin(allowed: [String], forwarded: String?, status: Int) async throws {
        let noted = Mutex(0)
        let desk = try await GatewayDesk(allowed: allowed, note: { _, _, _ in noted.withLock { $0 += 1 } })
        let header = forwarded.map { "X-Forwarded-For: \($0)\r\n" } ?? ""
        let answer = try await desk.ask("GET \(Self.path) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\(header)\r\n")
        #expect(answer.status == status)
        #expect(noted.withLock { $0 } == (status == 200 ? 1 : 0))
        try await desk.stop()
        #expect(!desk.log.lines.joined().contains("203.0.113.9"))
    }

    @Test(
        "a wrong channel, a wrong token and a wrong path have one answer, and nobody reads what came",
        arguments: [
            "/callbacks/sms/0123456789abcdeF", "/callbacks/sms/", "/callbacks/sms", "/callbacks/mail/0123456789abcdef",
            "/callbacks//", "/callbacks/sms/0123456789abcdef/", "//callbacks/sms/0123456789abcdef", "/", "/metrics",
            "/healthz/", "*",
        ])
    func strangers(path: String) async throws {
        let desk = try await GatewayDesk(
            read: { _ in
                Issue.record("read")
                return CallbackResult()
            })
        let answer = try await desk.ask("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
        let reference = try await desk.ask("GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(answer == reference)
        #expect(answer.status == 404 && answer.hasSuffix("\r\n\r\n") && answer.contains("lose"))
        #expect(try await desk.ask("PUT \(Self.path) HTTP/1.1\r\nHost: h\r\n\r\n") == reference)
        try await desk.stop()
    }

    @Test("a body of a megabyte is taken, one byte more is not, whether announced or not")
    func large() async throws {
        let desk = try await GatewayDesk()
        let megabyte = String(repeating: "a", count: 1 << 20)
        #expect(try await desk.post(Self.path, megabyte).status == 200)
        #expect(try await desk.post(Self.path, megabyte + "a").status == 413)
        let chunk = String(repeating: "b", count: 1 << 16)
        let chunks = String(repeating: "10000\r\n\(chunk)\r\n", count: 17) + "0\r\n\r\n"
        let head = "POST \(Self.path) HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try await desk.ask(head + chunks).status == 413)
        let wide = try await desk.ask(
            "GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "c", count: 1 << 16))\r\n\r\n")
        #expect([400, 431].contains(wide.status) || wide.isEmpty, "\(wide.prefix(40))")
        try await desk.stop()
    }

    @Test("a commit that takes too long is answered 503 and written all the same")
    func tooSlowStore() async throws {
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let (written, writing) = AsyncStream<Int>.makeStream()
        var limits = Gateway.Limits()
        limits.commit = .milliseconds(20)
        let desk = try await GatewayDesk(
            limits: limits,
            note: { events, _, _ in
                for await _ in gate { break }
                writing.yield(events.count)
            })
        #expect(try await desk.post(Self.path, "1").status == 503)
        opening.yield()
        for await count in written {
            #expect(count == 1)
            break
        }
        try await desk.stop()
    }

    @Test("what a store does not take is answered 503, without a word of the reason, and told once")
    func full() async throws {
        let desk = try await GatewayDesk(note: { _, _, _ in throw Full() })
        for _ in 0..<2 {
            let answer = try await desk.post(Self.path, "13800000001")
            #expect(answer.status == 503 && answer.lowercased().contains("retry-after: 30\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n"))
        }
        try await desk.stop()
        #expect(desk.log.lines.filter { $0.hasPrefix("error") }.count == 1)
    }

    @Test("what the channel refuses is answered as it says, and nothing is kept")
    func refused() async throws {
        let desk = try await GatewayDesk(
            read: { _ in .refused("bad_signature") }, note: { _, _, _ in Issue.record("kept") })
        #expect(try await desk.post(Self.path, "x").status == 403)
        try await desk.stop()
        #expect(desk.log.lines.contains("warning a provider's call was refused channel=sms reason=bad_signature"))
    }

    @Test("the answer goes out only after the commit, and a stop waits for it")
    func commit() async throws {
        let door = Door()
        let desk = try await GatewayDesk(note: { _, _, _ in await door.pass() })
        let port = desk.port
        let connection = try #require(Loopback.connect(port))
        defer { close(connection) }
        Loopback.send("GET \(Self.path) HTTP/1.1\r\nHost: h\r\n\r\n", to: connection)
        await door.someoneWaits()
        #expect(!Loopback.waitForInput(connection, milliseconds: 0))
        await desk.beginStop()
        door.open()
        let answer = try await GatewayDesk.blocking { GatewayDesk.rest(of: connection) }
        #expect(answer.status == 200)
        try await desk.ended()
        #expect(Loopback.connect(port) == nil)
    }

    @Test("a peer that is slow with its headers or its body is cut off; one that is quick is not")
    func slow() async throws {
        var limits = Gateway.Limits()
        limits.head = .milliseconds(50)
        limits.body = .milliseconds(50)
        limits.idle = .milliseconds(50)
        let desk = try await GatewayDesk(limits: limits, note: { _, _, _ in Issue.record("kept") })
        #expect(try await desk.ask("GET /healthz HTTP/1.1\r\nHo") == "")
        #expect(try await desk.ask("") == "")
        #expect(try await desk.ask("POST \(Self.path) HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx") == "")
        // Kept open after the answer, and ended by us.
        #expect(try await desk.ask("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n").status == 200)
        try await desk.stop()
    }

    @Test("a later request has the limit of the first from its first byte on, not the time of a connection that rests")
    func slowLater() async throws {
        var limits = Gateway.Limits()
        limits.head = .milliseconds(50)
        limits.idle = .seconds(600)
        let desk = try await GatewayDesk(limits: limits)
        let whole = "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"
        let answers = try await GatewayDesk.blocking { [port = desk.port] in
            guard let connection = Loopback.connect(port) else { throw Loopback.Failure(step: "connect") }
            defer { close(connection) }
            Loopback.send(whole, to: connection)
            let first = Loopback.receive(connection)
            // Only the limit of a head ends this within the ten minutes of a rest.
            Loopback.send("GET /healthz HTTP/1.1\r\nHo", to: connection)
            return (String(decoding: first ?? [], as: UTF8.self), GatewayDesk.rest(of: connection))
        }
        #expect(answers.0.status == 200 && answers.1 == "")
        // In pieces, but in time.
        let pieces = try await desk.ask(whole + "GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        #expect(pieces.components(separatedBy: "HTTP/1.1 200").count == 3)
        try await desk.stop()
    }

    @Test("a HEAD is answered as a GET, without its body", arguments: ["/healthz", "/readyz"])
    func head(path: String) async throws {
        let desk = try await GatewayDesk()
        let next = "GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n"
        let answers = try await desk.ask("HEAD \(path) HTTP/1.1\r\nHost: h\r\n\r\n" + next)
        #expect(answers.status == 200 && answers.lowercased().contains("content-length: 3\r\n"))
        // The next answer begins where the head ends.
        #expect(answers.contains("\r\n\r\nHTTP/1.1 404 "))
        #expect(try await desk.ask("HEAD \(Self.path) HTTP/1.1\r\nHost: h\r\n\r\n").status == 404)
        try await desk.stop()
    }

    @Test("a method that is not there is 405 with those that are, where something is served; callbacks say nothing")
    func methods() async throws {
        let desk = try await GatewayDesk()
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            let answer = try await desk.ask("\(method) /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
            #expect(answer.status == 405 && answer.lowercased().contains("\r\nallow: get, head\r\n"), "\(answer)")
        }
        for path in ["/metrics", "/u/0123456789abcdef", "/v1/track", Self.path] {
            let answer = try await desk.ask("DELETE \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(answer.status == 404, "\(path): nothing is served there")
        }
        try await desk.stop()
    }

    @Test("78: more headers than are taken are 431, what cannot be read is 400")
    func headers() async throws {
        let desk = try await GatewayDesk()
        let many = String(repeating: "X: y\r\n", count: 120)
        #expect(try await desk.ask("GET /healthz HTTP/1.1\r\nHost: h\r\n\(many)\r\n").status == 431)
        #expect(try await desk.ask("GET /healthz HTTP/1.1\r\nHost: h\r\nX\u{1}: y\r\n\r\n").status == 400)
        #expect(try await desk.get("/healthz").status == 200)
        try await desk.stop()
    }

    @Test("a store that takes its time is not taken for a slow peer")
    func slowStore() async throws {
        var limits = Gateway.Limits()
        limits.body = .milliseconds(1)
        limits.idle = .milliseconds(1)
        let door = Door()
        let desk = try await GatewayDesk(limits: limits, note: { _, _, _ in await door.pass() })
        let connection = try #require(Loopback.connect(desk.port))
        defer { close(connection) }
        Loopback.send("GET \(Self.path) HTTP/1.1\r\nHost: h\r\n\r\n", to: connection)
        await door.someoneWaits()
        #expect(!Loopback.waitForInput(connection, milliseconds: 100))
        door.open()
        #expect(try await GatewayDesk.blocking { GatewayDesk.rest(of: connection) }.status == 200)
        try await desk.stop()
    }

    @Test("a peer that leaves in the middle of its body said nothing")
    func truncated() async throws {
        let desk = try await GatewayDesk(note: { _, _, _ in Issue.record("kept") })
        let port = desk.port
        try await GatewayDesk.blocking {
            let connection = try #require(Loopback.connect(port))
            defer { close(connection) }
            Loopback.send("POST \(Self.path) HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n1234", to: connection)
            shutdown(connection, Int32(SHUT_WR))
            #expect(GatewayDesk.rest(of: connection).status != 200)
        }
        try await desk.stop()
    }

    @Test("several requests on one connection, and many connections at once")
    func many() async throws {
        let count = Mutex(0)
        let desk = try await GatewayDesk(note: { events, _, _ in count.withLock { $0 += events.count } })
        let two = "GET \(Self.path) HTTP/1.1\r\nHost: h\r\n\r\n"
        let last = "GET \(Self.path) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
        let answers = try await desk.ask(two + two + last)
        #expect(answers.split(separator: "HTTP/1.1 200 OK").count == 3)
        try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<100 { group.addTask { try await desk.post(Self.path, "x").status } }
            for try await status in group { #expect(status == 200) }
        }
        #expect(count.withLock { $0 } == 103)
        try await desk.stop()
    }

    @Test("requests under way are answered before more connections than the limit are looked at")
    func crowd() async throws {
        var limits = Gateway.Limits()
        limits.connections = 1
        limits.commit = .seconds(3600)
        let (calls, call) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let gate = Task { for await _ in released { break } }
        let desk = try await GatewayDesk(
            limits: limits,
            note: { _, _, _ in
                call.yield()
                await gate.value
            })
        var underWay = calls.makeAsyncIterator()
        let request = "GET \(Self.path) HTTP/1.1\r\nHost: h\r\n\r\n"
        let first = try #require(Loopback.connect(desk.port))
        defer { close(first) }
        Loopback.send(request, to: first)
        _ = await underWay.next()
        let second = try #require(Loopback.connect(desk.port))
        defer { close(second) }
        Loopback.send(request, to: second)
        _ = await underWay.next()
        let third = try #require(Loopback.connect(desk.port))
        defer { close(third) }
        Loopback.send("GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", to: third)
        #expect(!Loopback.waitForInput(third, milliseconds: 100))
        release.yield()
        for connection in [first, third] {
            #expect(try await GatewayDesk.blocking { GatewayDesk.rest(of: connection) }.status == 200)
        }
        #expect(try await GatewayDesk.blocking { Loopback.receive(second) } != nil)
        try await desk.stop()
    }

    @Test(
        "connections that idle between requests, or do not end their headers, keep nobody from being answered",
        .timeLimit(.minutes(5)),
        arguments: ["GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost"])
    func idlers(beginning: String) async throws {
        var limits = Gateway.Limits()
        limits.connections = 32
        (limits.head, limits.idle) = (.seconds(3600), .seconds(3600))
        let (most, isWhole) = (limits.connections, beginning.hasSuffix("\r\n\r\n"))
        let desk = try await GatewayDesk(limits: limits)
        let port = desk.port
        try await GatewayDesk.blocking {
            var open: [Int32] = []
            defer { for connection in open { close(connection) } }
            for _ in 0..<most + 50 {
                let connection = try #require(Loopback.connect(port))
                open.append(connection)
                Loopback.send(beginning, to: connection)
                if isWhole { try #require(Loopback.waitForInput(connection, milliseconds: 60_000)) }
            }
            let last = try #require(Loopback.connect(port))
            open.append(last)
            Loopback.send("GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", to: last)
            try #require(Loopback.waitForInput(last, milliseconds: 60_000))
            #expect(GatewayDesk.rest(of: last).status == 200)
            // The first of them made room.
            #expect(GatewayDesk.rest(of: open[0]).status == (isWhole ? 200 : nil))
        }
        try await desk.stop()
    }

    @Test("the daemon lives, and is ready when it says so; asked often, it is put to the store once")
    func health() async throws {
        let asked = Mutex(0)
        let desk = try await GatewayDesk(isReady: {
            asked.withLock { $0 += 1 }
            return false
        })
        #expect(try await desk.get("/healthz").status == 200)
        async let one = desk.get("/readyz")
        async let two = desk.get("/readyz")
        #expect(try await [one.status, two.status] == [503, 503])
        #expect(asked.withLock { $0 } == 1)
        try await desk.stop()
        let ready = try await GatewayDesk()
        #expect(try await ready.get("/readyz").hasSuffix("\r\n\r\nok\n"))
        try await ready.stop()
    }

    @Test("a log of every level holds neither tokens nor numbers nor paths")
    func silence() async throws {
        let desk = try await GatewayDesk(note: { _, _, _ in throw Full() })
        _ = try await desk.post(Self.path + "?from=13800000001", "13800000001 R")
        _ = try await desk.get("/13800000001")
        _ = try await desk.ask("T13800000001 / HTTP/1.1\r\nHost: h\r\n\r\n")
        try await desk.stop()
        let lines = desk.log.lines
        #expect(lines.contains { $0.hasPrefix("debug request method=POST ms=") })
        #expect(!lines.contains { $0.contains("1380000") || $0.contains(GatewayDesk.token) })
    }

    @Test("a port that is taken ends the start with 75 and a sentence")
    func taken() async throws {
        let taken = try Loopback.listen()
        defer { close(taken.socket) }
        let gateway = Gateway(
            Configuration.HTTP(host: "127.0.0.1", port: taken.port), channels: [], log: LogKeeper().logger,
            isReady: { true }, note: { _, _, _ in })
        let refusal = try await #require(throws: Refusal.self) { try await gateway.run() }
        #expect(refusal.code == .locked && refusal.description.contains("another process listens on 127.0.0.1:"))
        #expect(await gateway.listening() == nil)
    }
}
