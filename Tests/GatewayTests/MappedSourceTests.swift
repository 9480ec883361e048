import Channels
import Crypto
import Foundation
import Gateway
import Intake
import Kit
import Rules
import Store
import TestSupport
import Testing

/// Messages of a shop's own system over real sockets, into a real store.
@Suite("A source with a mapping over HTTP")
struct MappedSourceTests {
    private static let mapping = """
        version: 1
        signature: {in: "header:Event-Sign", algorithm: md5, of: [/client_id, body, secret]}
        id: /id
        answer: {body: '{"code":0,"msg":"success"}'}
        messages: [{when: {/type: paid}, rows: [{order: {id: /o, member_id: /m, paid_at: /t, total: /s}}]}]
        """
    private static let body =
        #"{"client_id":"c","id":"1","type":"paid","o":"o1","m":"m1","t":"2026-03-08 10:00:00","s":"9.90"}"#

    private func desk(_ store: MemberStore, take: EventDesk.Take? = nil) async throws -> GatewayDesk {
        let file = YAMLReader.read(bytes: Array(Self.mapping.utf8), path: "m.yaml")
        let mapping = try #require(MappingReader.read(file).0)
        return try await GatewayDesk(events: { log in
            EventDesk(
                [
                    EventSource(id: "youzan", key: SecretHash("secret"), mapping: mapping, secret: "secret"),
                    EventSource(id: "shop", key: SecretHash("WKEY")),
                ], log: log.logger, terms: { SourceTerms(zone: Zone(named: "Asia/Shanghai") ?? .utc) },
                take: take ?? { try await store.take($0) })
        })
    }

    private func post(
        _ desk: GatewayDesk, _ body: String = MappedSourceTests.body, path: String = "/sources/youzan", sign: String?
    ) async throws -> String {
        let fields = sign.map { ["Event-Sign: \($0)"] } ?? []
        let head =
            ["POST \(path) HTTP/1.1", "Host: h", "Connection: close", "Content-Length: \(body.utf8.count)"] + fields
        return try await desk.ask(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    private static func sign(_ body: String = MappedSourceTests.body) -> String {
        Hex.text(Array(Insecure.MD5.hash(data: Array("c\(body)secret".utf8))))
    }

    private func orders(_ store: MemberStore) throws -> Int? {
        try store.writer.read { try $0.value("SELECT COUNT(*) FROM orders") }
    }

    @Test(
        "a signed message is on disk when it is answered as the platform expects; sent again, it is answered and changes nothing"
    )
    func signed() async throws {
        let store = try MemberStore.inMemory()
        let desk = try await desk(store)
        for _ in 0..<2 {
            let answer = try await post(desk, sign: Self.sign())
            #expect(answer.status == 200 && answer.hasSuffix(#"{"code":0,"msg":"success"}"#), "\(answer)")
            #expect(try orders(store) == 1)
        }
        // What cannot be taken is kept, and thanked for too.
        let odd = #"{"client_id":"c","id":"2","type":"shipped"}"#
        #expect(try await post(desk, odd, sign: Self.sign(odd)).status == 200)
        #expect(try store.quarantineCount() == 1)
        try await desk.stop()
    }

    @Test("a wrong signature, one of another body, none, and a source that nobody has are refused alike")
    func refused() async throws {
        let store = try MemberStore.inMemory()
        let desk = try await desk(store)
        let changed = Self.body.replacing("9.90", with: "0.01")
        for answer in [
            try await post(desk, sign: "00"), try await post(desk, sign: nil),
            try await post(desk, changed, sign: Self.sign()),
            try await post(desk, path: "/sources/other", sign: Self.sign()),
            try await post(desk, path: "/sources/shop", sign: Self.sign()),
        ] {
            #expect(answer.status == 401 && answer.contains("unauthorized"), "\(answer)")
        }
        #expect(try await post(desk, "{", sign: Self.sign("{")).status == 400)
        #expect(try orders(store) == 0 && store.quarantineCount() == 0)
        // The secret of a mapping is no write key.
        let basic = "Authorization: Basic \(Data("secret:".utf8).base64EncodedString())"
        let head = ["POST /v1/track HTTP/1.1", "Host: h", "Connection: close", "Content-Length: 2", basic]
        #expect(try await desk.ask(head.joined(separator: "\r\n") + "\r\n\r\n{}").status == 401)
        try await desk.stop()
    }

    @Test("while the store cannot be written, the platform is to come again")
    func busy() async throws {
        struct Full: Error {}
        let store = try MemberStore.inMemory()
        let desk = try await desk(store, take: { _ in throw Full() })
        let answer = try await post(desk, sign: Self.sign())
        #expect(answer.status == 503 && answer.contains("Retry-After"))
        try await desk.stop()
    }
}
