import Foundation
import TestSupport
import Testing

@testable import Channels

private func ok(_ body: String, headers: String = "") -> String {
    "HTTP/1.1 202 Accepted\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

private func thread() -> UInt { pthread_self() }

private let brisk = HTTPDeadlines(connect: .seconds(5), firstByte: .milliseconds(1000), total: .milliseconds(1000))

@Suite("HTTP transport")
struct HTTPTransportTests {
    private let transport: HTTPTransport

    init() throws { transport = try #require(HTTPTransport(maxInFlight: 4)) }

    private func post(_ url: String, _ body: String = "hello", deadlines: HTTPDeadlines = .standard) async -> HTTPResult
    {
        await transport.perform(HTTPRequest(.post, url, body: Array(body.utf8), deadlines: deadlines))
    }

    @Test("writes the request as asked and reads the reply")
    func exchange() async throws {
        let server = try ScriptedServer([.reply(ok("fine", headers: "retry-AFTER:  7 \r\n"))])
        defer { server.stop() }
        let request = HTTPRequest(
            .post, server.url, headers: [("Content-Type", "text/plain"), ("X-Empty", ""), ("X-From", "星河")],
            body: Array("你好\u{0}!".utf8))
        let expected = HTTPResponse(status: 202, retryAfter: "7", body: Array("fine".utf8))
        #expect(await transport.perform(request) == .response(expected))
        let seen = try #require(server.seen.first)
        #expect(seen.body == Array("你好\u{0}!".utf8))
        for line in ["POST /cgi-bin/sendsms HTTP/1.1", "Content-Type: text/plain", "X-Empty:", "X-From: 星河"] {
            #expect(seen.head.split(separator: "\r\n").contains { $0 == line }, "\(line)")
        }
        #expect(!seen.head.lowercased().contains("expect:") && !seen.head.lowercased().contains("cookie"))
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let answer: ScriptedServer.Answer
        let result: HTTPResult
        var requests = 1
        var scheme = "http"
        var testDescription: String { name }
    }

    static let faults = [
        Fault(name: "hang", answer: .hang, result: .unknown(.timeout)),
        Fault(name: "close after the request", answer: .closeAfterRequest, result: .unknown(.connectionLost)),
        Fault(name: "reset after the request", answer: .resetAfterRequest, result: .unknown(.connectionLost)),
        Fault(name: "garbage", answer: .replyAndClose("nonsense\r\n\r\n"), result: .unknown(.badResponse)),
        Fault(
            name: "cut within the body", answer: .replyAndClose("HTTP/1.1 202 OK\r\nContent-Length: 99\r\n\r\n0: Acc"),
            result: .unknown(.connectionLost)),
        Fault(
            name: "drip", answer: .drip(head: "HTTP/1.1 202 OK\r\nContent-Length: 9999\r\n\r\n"),
            result: .unknown(.timeout)),
        Fault(name: "two megabytes", answer: .huge(bytes: 2 << 20), result: .unknown(.responseTooLarge)),
        Fault(
            name: "plain text where TLS is due", answer: .greetAndClose("HTTP/1.1 400 Bad Request\r\n\r\n"),
            result: .notSent(.tls), requests: 0, scheme: "https"),
    ]

    @Test("tells what is proven unsent from what is unknown, and asks once", arguments: faults)
    func fault(_ fault: Fault) async throws {
        let server = try ScriptedServer([fault.answer])
        defer { server.stop() }
        // First byte and total end together above: here the total must win.
        let total: Duration = fault.result == .unknown(.timeout) ? .seconds(1) : .seconds(60)
        let deadlines = HTTPDeadlines(connect: .seconds(5), firstByte: .seconds(60), total: total)
        let url = server.url.replacingOccurrences(of: "http", with: fault.scheme)
        #expect(await post(url, deadlines: deadlines) == fault.result)
        #expect(server.seen.count == fault.requests)
    }

    /// The reset may come before libcurl has the connection, or after it has written the request.
    @Test("takes a reset before reading for anything but an answer")
    func resetBeforeReading() async throws {
        let server = try ScriptedServer([.resetBeforeReading])
        defer { server.stop() }
        let result = await post(server.url)
        #expect([.unknown(.connectionLost), .notSent(.refused), .notSent(.connectFailed)].contains(result))
        #expect(server.seen.isEmpty)
    }

    @Test("stops waiting for a first byte before the total is over")
    func firstByte() async throws {
        let server = try ScriptedServer([.hang])
        defer { server.stop() }
        let deadlines = HTTPDeadlines(connect: .seconds(5), firstByte: .milliseconds(200), total: .seconds(60))
        #expect(await post(server.url, deadlines: deadlines) == .unknown(.firstByteTimeout))
    }

    @Test("follows no redirect", arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) async throws {
        let server = try ScriptedServer([
            .reply("HTTP/1.1 \(status) Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        ])
        defer { server.stop() }
        #expect(await post(server.url) == .response(HTTPResponse(status: status)))
        #expect(server.seen.count == 1)
    }

    @Test("reuses a connection, and never writes a request twice when it dies")
    func keepAlive() async throws {
        let server = try ScriptedServer([.reply(ok("one")), .closeAfterRequest, .reply(ok("three"))])
        defer { server.stop() }
        let patient = HTTPDeadlines(
            connect: .seconds(60), firstByte: .seconds(60), total: .seconds(60), keepAlive: .seconds(600))
        #expect(
            await post(server.url, "first", deadlines: patient)
                == .response(HTTPResponse(status: 202, body: Array("one".utf8))))
        #expect(await post(server.url, "second", deadlines: patient) == .unknown(.connectionLost))
        #expect(server.seen.map { String(decoding: $0.body, as: UTF8.self) } == ["first", "second"])
        #expect(server.seen.map(\.connection) == [1, 1])
        #expect(
            await post(server.url, "third", deadlines: patient)
                == .response(HTTPResponse(status: 202, body: Array("three".utf8))))
        #expect(server.seen.count == 3)
    }

    @Test("proves that nothing left when there is no one to talk to")
    func unreachable() async throws {
        let bound = try Loopback.listen()
        close(bound.socket)
        #expect(await post("http://127.0.0.1:\(bound.port)/") == .notSent(.refused))
        let unnamed = await post("http://no-such-host.invalid/", deadlines: brisk)
        #expect(unnamed == .notSent(.dns) || unnamed == .notSent(.connectTimeout))
    }

    @Test("proves that nothing left when a connection is never made")
    func connectTimeout() async throws {
        let full = try Loopback.listen(backlog: 0)
        let fillers = (0..<4).compactMap { _ in Loopback.connect(full.port, nonblocking: true) }
        defer {
            for socket in fillers + [full.socket] { close(socket) }
        }
        let deadlines = HTTPDeadlines(connect: .milliseconds(300), firstByte: .seconds(10), total: .seconds(20))
        #expect(await post("http://127.0.0.1:\(full.port)/", deadlines: deadlines) == .notSent(.connectTimeout))
    }

    @Test(
        "refuses what could smuggle or leave HTTP",
        arguments: [
            "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y", "file:///etc/hostname", "ftp://127.0.0.1/", "nonsense",
            "http://user:pw@127.0.0.1/", "http://127.0.0.1:99999/",
        ])
    func badURL(url: String) async {
        #expect(await post(url) == .notSent(.badRequest))
    }

    @Test("refuses a header with a line break")
    func badHeader() async {
        let request = HTTPRequest(.get, "http://127.0.0.1:9/", headers: [("X-To", "1\r\nX-Other: 2")])
        #expect(await transport.perform(request) == .notSent(.badRequest))
    }

    @Test("withdraws a request that waits for a slot, and waits for one that has been written")
    func cancellation() async throws {
        let server = try ScriptedServer([.hang])
        let one = try #require(HTTPTransport(maxInFlight: 1))
        defer { server.stop() }
        let written = Task { await one.perform(HTTPRequest(.post, server.url)) }
        while server.seen.isEmpty { await Task.yield() }
        let waiting = Task { await one.perform(HTTPRequest(.post, server.url)) }
        waiting.cancel()
        written.cancel()
        #expect(await waiting.value == .notSent(.cancelled))
        server.letGo()
        #expect(await written.value == .unknown(.connectionLost))
        #expect(server.seen.count == 1)
    }

    @Test("gives up a request that finds no slot in time")
    func noSlot() async throws {
        let server = try ScriptedServer([.hang])
        let one = try #require(HTTPTransport(maxInFlight: 1))
        defer { server.stop() }
        let first = Task { await one.perform(HTTPRequest(.post, server.url)) }
        while server.seen.isEmpty { await Task.yield() }
        let short = HTTPDeadlines(connect: .seconds(5), firstByte: .seconds(5), total: .milliseconds(100))
        #expect(await one.perform(HTTPRequest(.post, server.url, deadlines: short)) == .notSent(.noSlot))
        server.letGo()
        #expect(await first.value == .unknown(.connectionLost))
    }

    @Test("drains: the one in flight gets its answer, the rest are not sent")
    func drain() async throws {
        let server = try ScriptedServer([.hang])
        let one = try #require(HTTPTransport(maxInFlight: 1))
        defer { server.stop() }
        let inFlight = Task { await one.perform(HTTPRequest(.post, server.url)) }
        while server.seen.isEmpty { await Task.yield() }
        let waiting = Task { await one.perform(HTTPRequest(.post, server.url)) }
        let drained = Task { await one.shutDown() }
        #expect(await waiting.value == .notSent(.shutDown))
        server.letGo()
        await drained.value
        #expect(await inFlight.value == .unknown(.connectionLost))
        #expect(await one.perform(HTTPRequest(.post, server.url)) == .notSent(.shutDown))
        await one.shutDown()
    }

    @Test("runs a task on its own thread, also one that waits for a request, and elsewhere once it is shut down")
    func executor() async throws {
        let server = try ScriptedServer([.reply(ok("yes"))])
        defer { server.stop() }
        let one = try #require(HTTPTransport())
        let url = server.url
        func ran() async -> (before: UInt, after: UInt, result: HTTPResult) {
            await Task(executorPreference: one.executor) {
                let before = thread()
                let result = await one.perform(HTTPRequest(.post, url))
                return (before, thread(), result)
            }.value
        }
        let first = await ran()
        #expect(first.result == .response(HTTPResponse(status: 202, body: Array("yes".utf8))))
        #expect(first.before == first.after)
        #expect(await ran().before == first.before)
        await one.shutDown()
        #expect(await ran().result == .notSent(.shutDown))
    }

    @Test("carries many at once over few connections, each answered with its own reply")
    func many() async throws {
        let server = try ScriptedServer([.reply(ok("yes"))])
        defer { server.stop() }
        let results = await withTaskGroup(of: HTTPResult.self) { group in
            for n in 0..<200 { group.addTask { await post(server.url, "\(n)") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.allSatisfy { $0 == .response(HTTPResponse(status: 202, body: Array("yes".utf8))) })
        #expect(Set(server.seen.map { String(decoding: $0.body, as: UTF8.self) }).count == 200)
        #expect(server.seen.count == 200 && Set(server.seen.map(\.connection)).count <= 4)
    }

    @Test("keeps to the connections of a channel, and lets the others go meanwhile")
    func connections() async throws {
        let (slow, server) = (
            try ScriptedServer([.hang, .hang, .reply(ok("yes"))]), try ScriptedServer([.reply(ok("yes"))])
        )
        defer {
            slow.stop()
            server.stop()
        }
        let channel = transport.limited(to: nil, connections: 2)
        let results = await withTaskGroup(of: HTTPResult.self) { group in
            for n in 0..<20 {
                group.addTask { await channel.perform(HTTPRequest(.post, slow.url, body: Array("\(n)".utf8))) }
            }
            // Two of four places are taken by requests that hang; eighteen more wait for them.
            _ = slow.seen(atLeast: 2)
            #expect(await post(server.url) == .response(HTTPResponse(status: 202, body: Array("yes".utf8))))
            #expect(slow.seen.count == 2)
            slow.letGo()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.filter { $0 == .unknown(.connectionLost) }.count == 2)
        #expect(slow.seen.count == 20 && Set(slow.seen.map(\.connection)).count <= 4)
    }
}
