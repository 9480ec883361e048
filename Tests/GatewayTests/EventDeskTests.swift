import Channels
import Foundation
import Gateway
import Intake
import Kit
import Store
import TestSupport
import Testing

/// Events over real sockets, into a real store.
@Suite("Events over HTTP")
struct EventDeskTests {
    private static let key = "WKEY"
    private static let good = #"{"type":"track","messageId":"m1","userId":"u1","event":"x","timestamp":"2026-03-08"}"#

    private struct Busy: Error {}

    private func desk(
        _ store: MemberStore, sources: [(String, String)] = [("shop", "WKEY"), ("till", "TKEY")],
        limits: EventDesk.Limits = EventDesk.Limits(), take: EventDesk.Take? = nil
    ) async throws -> GatewayDesk {
        try await GatewayDesk(events: { log in
            EventDesk(
                sources.map { EventSource(id: $0.0, key: SecretHash($0.1)) }, limits: limits, log: log.logger,
                terms: { SourceTerms(zone: Zone(named: "Asia/Shanghai") ?? .utc) },
                take: take ?? { try await store.take($0) })
        })
    }

    private func request(_ path: String, _ body: [UInt8], _ fields: [String]) -> [UInt8] {
        let head = ["POST \(path) HTTP/1.1", "Host: h", "Connection: close", "Content-Length: \(body.count)"] + fields
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    private func post(
        _ desk: GatewayDesk, _ path: String, _ body: String, key: String? = EventDeskTests.key, fields: [String] = []
    ) async throws -> String {
        let shown = key.map { ["Authorization: Basic \(Data("\($0):".utf8).base64EncodedString())"] } ?? []
        return try await desk.ask(String(decoding: request(path, Array(body.utf8), shown + fields), as: UTF8.self))
    }

    private func events(_ store: MemberStore) throws -> [String] {
        try store.writer.read { db in
            try db.all("SELECT source, event_id, name, member FROM v_events ORDER BY source, event_id").map {
                $0.values.compactMap(String.read).joined(separator: " ")
            }
        }
    }

    @Test("every call of the specification is taken, and is on disk when it is answered")
    func calls() async throws {
        let store = try MemberStore.inMemory()
        let desk = try await desk(store)
        for call in SegmentCall.allCases where call != .batch {
            let own = [
                "track": #","event":"x""#, "alias": #","previousId":"d1""#, "group": #","groupId":"g""#,
            ][call.rawValue, default: ""]
            let answer = try await post(
                desk, "/v1/\(call.rawValue)", #"{"messageId":"\#(call.rawValue)","userId":"u1"\#(own)}"#)
            #expect(
                answer.status == 200
                    && answer.hasSuffix(#"{"success":true,"accepted":1,"duplicates":0,"quarantined":0}"#))
            #expect(answer.lowercased().contains("content-type: application/json"))
        }
        #expect(
            try events(store) == [
                "shop alias member.aliased u1", "shop group member.grouped u1", "shop identify member.identified u1",
                "shop page Page Viewed u1", "shop screen Screen Viewed u1", "shop track x u1",
            ])
        #expect(try await post(desk, "/v1/nothing", "{}").status == 404)
        let read = try await desk.get("/v1/track")
        #expect(read.status == 405 && read.lowercased().contains("\r\nallow: post\r\n"), "\(read)")
        try await desk.stop()
    }

    @Test("a source is known by its key, in the head or in the body; a missing colon does no harm")
    func keys() async throws {
        let store = try MemberStore.inMemory()
        let desk = try await desk(store)
        let bare = Data("TKEY".utf8).base64EncodedString()
        #expect(
            try await post(desk, "/v1/track", Self.good, key: nil, fields: ["Authorization: basic \(bare)"]).status
                == 200)
        let inBody = Self.good.replacing("{\"type\"", with: "{\"writeKey\":\"WKEY\",\"type\"")
        #expect(try await post(desk, "/v1/track", inBody, key: nil).status == 200)
        // The same event: the key is no part of it.
        #expect(try await post(desk, "/v1/track", Self.good).hasSuffix(#""duplicates":1,"quarantined":0}"#))
        #expect(try events(store) == ["shop m1 x u1", "till m1 x u1"])
        for (key, fields) in [
            ("OTHER", []), (nil, []), ("", []), (nil, ["Authorization: Bearer WKEY"]),
            (nil, ["Authorization: Basic !"]),
        ] as [(String?, [String])] {
            let answer = try await post(desk, "/v1/track", Self.good, key: key, fields: fields)
            #expect(
                answer.status == 401 && answer.contains(#""code":"unauthorized""#)
                    && answer.contains("WWW-Authenticate"))
        }
        // A wrong key in the head is not made right by one in the body.
        #expect(try await post(desk, "/v1/track", inBody, key: "OTHER").status == 401)
        #expect(!desk.log.lines.contains { $0.contains("KEY") })
        try await desk.stop()
    }

    @Test("without sources every call is answered 401")
    func noSources() async throws {
        let desk = try await GatewayDesk()
        #expect(try await post(desk, "/v1/batch", "{}").status == 401)
        try await desk.stop()
    }

    @Test(
        "what is no JSON is refused as a whole",
        arguments: [
            "{", #"{"a":"\ud800"}"#, #"{"a":1,"a":2}"#, "{\"a\":1e400}", #"{"a":NaN}"#, "", "\u{FEFF}{}",
            String(repeating: "[", count: 100_000),
        ])
    func broken(body: String) async throws {
        let desk = try await desk(try MemberStore.inMemory())
        let answer = try await post(desk, "/v1/batch", body)
        #expect(answer.status == 400 && answer.contains(#""code":"invalid_json","message":"the body is not JSON: "#))
        try await desk.stop()
    }

    @Test("one bad event among good ones is answered 200, and is in quarantine with its reason")
    func quarantine() async throws {
        let store = try MemberStore.inMemory()
        let desk = try await desk(store)
        let answer = try await post(
            desk, "/v1/batch",
            #"{"batch":[\#(Self.good),{"type":"track","messageId":"m2","event":"x"},[],{"type":"track","userId":"u1","event":"a\u0000"}]}"#
        )
        #expect(
            answer.status == 200 && answer.hasSuffix(#"{"success":true,"accepted":1,"duplicates":0,"quarantined":3}"#))
        let reasons = try store.quarantine(atMost: 9).map(\.reason.english)
        #expect(
            reasons == [
                "neither userId nor anonymousId says whose event it is",
                "event is not a JSON object that tells of an event", "event holds a NUL character (U+0000)",
            ])
        let other = try await post(desk, "/v1/track", Self.good.replacing("\"x\"", with: "\"y\""))
        #expect(other.status == 200 && other.hasSuffix(#""quarantined":1}"#))
        #expect(try store.quarantine(kind: .conflict, atMost: 9).map(\.eventID) == ["m1"])
        #expect(desk.log.lines.count { $0.contains("quarantine") } == 1)
        try await desk.stop()
    }

    private static func packed(_ text: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/gzip")
        process.arguments = ["-9"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        Thread.detachNewThread {
            try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try? input.fileHandleForWriting.close()
        }
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Array(bytes)
    }

    private func post(_ desk: GatewayDesk, packed body: [UInt8]) async throws -> String {
        let fields = ["Authorization: Basic V0tFWTo=", "Content-Encoding: gzip"]
        let whole = request("/v1/batch", body, fields)
        let port = desk.port
        return try await GatewayDesk.blocking {
            guard let connection = Loopback.connect(port) else { throw Loopback.Failure(step: "connect") }
            defer { close(connection) }
            var sent = 0
            while sent < whole.count {
                let count = whole[sent...].withUnsafeBytes {
                    send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { break }
                sent += count
            }
            return GatewayDesk.rest(of: connection)
        }
    }

    @Test("gzip is unpacked; a bomb, a cut and a false claim are refused")
    func gzip() async throws {
        let store = try MemberStore.inMemory()
        let desk = try await desk(store)
        let body = #"{"batch":[\#(Self.good)]}"#
        let packed = try Self.packed(body)
        #expect(try await post(desk, packed: packed).status == 200)
        #expect(try events(store) == ["shop m1 x u1"])
        #expect(try await post(desk, packed: Array(packed.dropLast(9))).status == 400)
        #expect(try await post(desk, packed: packed + [0]).status == 400)
        #expect(try await post(desk, packed: Array(body.utf8)).contains(#""code":"invalid_gzip""#))
        let bomb = try Self.packed(String(repeating: " ", count: 50 << 20))
        #expect(bomb.count < 100_000)
        #expect(try await post(desk, packed: bomb).status == 413)
        #expect(try await post(desk, "/v1/batch", body, fields: ["Content-Encoding: br"]).status == 415)
        try await desk.stop()
    }

    @Test("a body of 4 MB and a batch of 5,000 are taken, more is refused")
    func sizes() async throws {
        let store = try MemberStore.inMemory()
        let desk = try await desk(store)
        func batch(_ count: Int) -> String {
            let events = (0..<count).map { #"{"type":"track","messageId":"\#($0)","userId":"u1","event":"x"}"# }
            return #"{"batch":[\#(events.joined(separator: ","))]}"#
        }
        #expect(
            try await post(desk, "/v1/batch", batch(5000)).hasSuffix(
                #""accepted":5000,"duplicates":0,"quarantined":0}"#))
        #expect(try await post(desk, "/v1/batch", batch(5001)).contains(#""code":"batch_too_large""#))
        let padding = String(repeating: " ", count: (4 << 20) - Self.good.utf8.count)
        #expect(try await post(desk, "/v1/track", Self.good + padding).status == 200)
        #expect(try await post(desk, "/v1/track", Self.good + padding + " ").status == 413)
        // One whose sender is not known yet gets less room.
        #expect(try await post(desk, "/v1/track", Self.good + padding, key: nil).status == 413)
        try await desk.stop()
    }

    @Test("requests that come while a transaction is under way wait for the next one, and are answered after it")
    func groups() async throws {
        let (starts, start) = AsyncStream.makeStream(of: Int.self)
        let (opens, open) = AsyncStream.makeStream(of: Void.self)
        let desk = try await desk(
            try MemberStore.inMemory(),
            take: { batches in
                start.yield(batches.count)
                for await _ in opens { break }
                return batches.map { $0.events.map { _ in .accepted } }
            })
        async let first = post(desk, "/v1/track", Self.good)
        var sizes = starts.makeAsyncIterator()
        #expect(await sizes.next() == 1)
        async let second = post(desk, "/v1/track", Self.good)
        async let third = post(desk, "/v1/track", Self.good)
        open.yield()
        #expect(try await first.status == 200)
        open.yield()
        open.yield()
        open.finish()
        #expect(try await [second, third].map(\.status) == [200, 200])
        try await desk.stop()
    }

    @Test("a store that fails is answered 503, one that is behind 429, each with Retry-After; nothing is lost by it")
    func pressure() async throws {
        let failing = try await desk(try MemberStore.inMemory(), take: { _ in throw Busy() })
        let failed = try await post(failing, "/v1/track", Self.good)
        #expect(
            failed.status == 503 && failed.contains("Retry-After: 5") && failed.contains(#""code":"store_unavailable""#)
        )
        _ = try await post(failing, "/v1/track", Self.good)
        #expect(failing.log.lines.count { $0.hasPrefix("error") } == 1)
        try await failing.stop()
        let onFullDisk = try await desk(try MemberStore.inMemory(), take: { _ in throw SQLFault(code: 13) })
        let answer = try await post(onFullDisk, "/v1/track", Self.good)
        #expect(answer.status == 503 && answer.contains(#""code":"disk_full""#), "\(answer)")
        try await onFullDisk.stop()

        var limits = EventDesk.Limits()
        limits.waiting = 1
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let (opens, open) = AsyncStream.makeStream(of: Void.self)
        let behind = try await desk(
            try MemberStore.inMemory(), limits: limits,
            take: { batches in
                start.yield()
                for await _ in opens { break }
                return batches.map { $0.events.map { _ in .accepted } }
            })
        async let first = post(behind, "/v1/track", Self.good)
        for await _ in starts { break }
        let second = try await post(behind, "/v1/track", Self.good)
        #expect(second.status == 429 && second.contains("Retry-After: 1"))
        open.finish()
        #expect(try await first.status == 200)
        try await behind.stop()

        limits = EventDesk.Limits()
        limits.allBytes = 10
        let full = try await desk(try MemberStore.inMemory(), limits: limits)
        let busy = try await post(full, "/v1/track", Self.good)
        #expect(busy.status == 503 && busy.contains(#""code":"busy""#) && busy.contains("Retry-After: 1"))
        #expect(try await post(full, "/v1/track", "{}").status == 200)
        try await full.stop()
    }

    @Test(
        "a request that could be read in two ways, or has headers without end, is none",
        arguments: [
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n",
            "Content-Length: +5\r\n", "Transfer-Encoding: chunked, identity\r\n",
            String(repeating: "X: y\r\n", count: 100_000) + "Content-Length: 0\r\n",
        ])
    func ambiguous(fields: String) async throws {
        let store = try MemberStore.inMemory()
        let desk = try await desk(store)
        let smuggled =
            "POST /v1/track HTTP/1.1\r\nHost: h\r\nAuthorization: Basic V0tFWTo=\r\nContent-Length: \(Self.good.utf8.count)\r\n\r\n\(Self.good)"
        let head = "POST /v1/track HTTP/1.1\r\nHost: h\r\nAuthorization: Basic V0tFWTo=\r\n\(fields)\r\n"
        let answer = try await desk.ask(head + "0\r\n\r\n" + smuggled)
        #expect(!answer.contains(" 200 ") && !answer.contains("success\":true"), "\(answer.prefix(300))")
        #expect(try events(store) == [])
        #expect(try await desk.get("/healthz").status == 200)
        try await desk.stop()
    }
}
