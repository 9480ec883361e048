import Crypto
import Foundation
import Kit
import Rules
import Testing

@testable import Intake
@testable import Store

/// A mapping, the messages that it reads, and a store.
private struct MappingDesk {
    let mapping: SourceMapping
    let store: MemberStore
    private let zone = Zone(named: "Asia/Shanghai") ?? .utc

    static let now = Instant(rfc3339: "2026-03-08T12:00:00+08:00") ?? .distantPast

    init(_ messages: String, _ more: String = "") throws {
        let text =
            "version: 1\ntoken: {in: \"query:token\"}\nid: /id\nvaries: /count\n\(more)\nmessages:\n\(messages)\n"
        let file = YAMLReader.read(bytes: Array(text.utf8), path: "m.yaml")
        let (mapping, found) = MappingReader.read(file)
        #expect((file.diagnostics + found).map(\.short) == [])
        self.mapping = try #require(mapping)
        store = try MemberStore.inMemory()
    }

    func event(_ message: String) throws -> SourceEvent {
        MappingDialect(mapping, SourceTerms(zone: zone, attributes: ["skin": .text])).read(
            try StrictJSON(parsing: message), at: MappingDesk.now)
    }

    @discardableResult
    func take(_ messages: String...) throws -> [SourceOutcome] {
        try store.take(
            SourceBatch(source: "shop", at: MappingDesk.now, events: try messages.map { try event($0) }))
    }

    func rows(_ sql: String) throws -> [String] {
        try store.writer.read { db in
            try db.all(sql).map {
                $0.values.map { String.read($0) ?? Int64.read($0).map(String.init) ?? "-" }.joined(separator: " ")
            }
        }
    }

    /// Why messages were not taken.
    var reasons: [String] { (try? store.quarantine(atMost: 10).map(\.reason.english)) ?? ["unreadable"] }
}

@Suite("Messages by a mapping")
struct MappingTests {
    private static let order = """
          - when: {/type: paid}
            rows:
              - order:
                  id: /o
                  member_id: /m
                  paid_at: /t
                  total: {at: /fen, unit: fen}
                  store_id: {value: web}
                  items: {each: /lines, sku: [/code, /no], name: /title, quantity: /n, price: {at: /p, unit: fen}}
        """

    private func message(_ id: String, _ more: String = "", fen: String = "29950", t: String = "1772935200") -> String {
        #"{"id":"\#(id)","type":"paid","o":"o1","m":"m1","t":\#(t),"fen":\#(fen)\#(more)}"#
    }

    @Test("an order is the event, the order and its lines; the same message again is known, though a counter differs")
    func order() throws {
        let desk = try MappingDesk(MappingTests.order)
        let lines = #","lines":[{"code":"null","no":7,"title":"壶","n":1,"p":"19950"},{"code":"B","n":"2","p":5000}]"#
        #expect(
            try desk.take(message("a", lines + #","count":1"#), message("a", lines + #","count":2"#)) == [
                .accepted, .duplicate,
            ])
        #expect(try desk.rows("SELECT name, member, ref, source FROM events") == ["order.paid m1 o1 shop"])
        #expect(try desk.rows("SELECT id, total, store_id, paid_at FROM orders") == ["o1 29950 web 1772935200000000"])
        #expect(
            try desk.rows("SELECT sku, name, quantity, price FROM order_items ORDER BY line") == [
                "7 壶 1 19950", "B - 2 5000",
            ])
        #expect(try desk.take(message("a", #","count":3,"more":1"#)) == [.conflict])
    }

    @Test(
        "money keeps its digits: fen are counted, yuan are read as they are written",
        arguments: [
            ("29950", "fen", 29_950), ("\"5\"", "fen", 5), ("0", "fen", 0), ("299.5", "yuan", 29_950),
            ("\"299.50\"", "yuan", 29_950), ("299.90000000000003", "yuan", 29_990), ("\"¥1,299.00\"", "yuan", 129_900),
            ("2.9950e4", "fen", 29_950), ("1000000000", "fen", 1_000_000_000),
        ] as [(String, String, Int)])
    func money(text: String, unit: String, fen: Int) throws {
        let desk = try MappingDesk(MappingTests.order.replacing("unit: fen}\n", with: "unit: \(unit)}\n"))
        #expect(try desk.take(message("a", fen: text)) == [.accepted], "\(desk.reasons)")
        #expect(try desk.rows("SELECT total FROM orders") == ["\(fen)"])
    }

    @Test(
        "what is no amount, and no time, refuses the message and names our column",
        arguments: [
            ("299.5", "1772935200", "total"), ("-5", "1772935200", "negative"), ("\"x\"", "1772935200", "total"),
            ("99999999999", "1772935200", "total"), ("1e99", "1772935200", "total"),
            ("null", "1772935200", "total is empty"),
            ("5", "\"soon\"", "paid_at"), ("5", "\"2027-01-01 00:00\"", "in the future"), ("5", "-3", "paid_at"),
        ])
    func wrong(fen: String, time: String, says: String) throws {
        let desk = try MappingDesk(MappingTests.order)
        #expect(try desk.take(message("a", fen: fen, t: time)) == [.quarantined])
        #expect(desk.reasons.allSatisfy { $0.contains(says) }, "\(desk.reasons)")
        #expect(try desk.rows("SELECT 1 FROM orders") == [])
    }

    @Test(
        "instants are what their form says: digits since 1970, or local text in the mapping's zone",
        arguments: [
            ("/t", "1772935200", "1772935200"), ("/t", "\"1772935200000\"", "1772935200"),
            ("/t", "\"2026-03-08 10:00:00\"", "1772935200"), ("/t", "\"2026-03-08T02:00:00Z\"", "1772935200"),
            ("{at: /t, time: seconds}", "\"86400\"", "86400"), ("{at: /t, time: milliseconds}", "86400000", "86400"),
        ])
    func instants(value: String, text: String, seconds: String) throws {
        let desk = try MappingDesk(MappingTests.order.replacing("paid_at: /t", with: "paid_at: \(value)"))
        #expect(try desk.take(message("a", t: text)) == [.accepted], "\(desk.reasons)")
        #expect(try desk.rows("SELECT paid_at / 1000000 FROM orders") == [seconds])
    }

    @Test("the zone of the mapping is that of its local times")
    func zone() throws {
        let desk = try MappingDesk(MappingTests.order, "zone: UTC")
        try desk.take(message("a", t: "\"2026-03-08 02:00:00\""))
        #expect(try desk.rows("SELECT paid_at / 1000000 FROM orders") == ["1772935200"])
    }

    @Test("a member keeps what the message does not tell; several rows of one message are several events")
    func member() throws {
        let desk = try MappingDesk(
            """
              - rows:
                  - member:
                      id: /m
                      phone: /mobile
                      gender: {at: /g, words: {"2": female}}
                      tags: /tags
                      attributes: {skin: /skin}
                  - event: {member_id: /m, name: {value: card.opened}, data: {shop: /shop, fee: {at: /fee, unit: fen}}}
            """)
        #expect(
            try desk.take(
                #"{"id":"1","m":"m1","mobile":"138-0000-0001","g":2,"tags":["a","b"],"skin":"dry","shop":{"no":7},"fee":50}"#
            )
                == [.accepted], "\(desk.reasons)")
        #expect(try desk.rows("SELECT id, phone, gender FROM members") == ["m1 13800000001 female"])
        #expect(try desk.rows("SELECT tag FROM member_tags ORDER BY tag") == ["a", "b"])
        #expect(
            try desk.rows("SELECT event_id, name, data FROM events ORDER BY name") == [
                #"1#2 card.opened {"shop":{"no":7},"fee":"0.50"}"#, "1 member.identified {}",
            ])
        try desk.take(#"{"id":"2","m":"m1","mobile":"null"}"#)
        #expect(try desk.rows("SELECT phone FROM members") == ["13800000001"])
    }

    @Test("points and consents need their member: they wait in the quarantine, and are taken with the member")
    func rows() throws {
        let desk = try MappingDesk(
            """
              - when: {/k: p}
                rows: [{points: {id: /i, member_id: /m, points: /n, earned_at: /t}}]
              - when: {/k: c}
                rows: [{consent: {member_id: /m, channel: /ch, state: {at: /s, words: {"0": withdrawn}}}}]
              - when: {/k: [m, n]}
                rows: [{member: {id: /m}}]
              - when: {/k: x}
                ignore: true
            """, "skip: {/test: \"true\"}")
        let points = #"{"id":"1","k":"p","i":"b1","m":"m1","n":300,"t":"2026-03-08"}"#
        #expect(try desk.take(points) == [.quarantined])
        #expect(desk.reasons == ["there is no member with this member_id; import members first"])
        #expect(try desk.take(#"{"id":"2","k":"n","m":"m1"}"#, points) == [.accepted, .accepted])
        #expect(try desk.rows("SELECT points, remaining FROM points") == ["300 300"])
        #expect(try desk.take(#"{"id":"3","k":"c","m":"m1","ch":"短信","s":0}"#) == [.accepted], "\(desk.reasons)")
        #expect(try desk.rows("SELECT DISTINCT channel, state FROM consents") == ["sms withdrawn"])
        #expect(
            try desk.take(#"{"id":"4","k":"x"}"#, #"{"id":"5","k":"?","test":true}"#, #"{"id":"6","k":"?"}"#)
                == [.accepted, .accepted, .quarantined])
        #expect(desk.reasons.last?.contains("no message of the mapping") == true)
    }

    @Test("each element of a list is a row of its own, and may name a place of the message")
    func each() throws {
        let desk = try MappingDesk(
            """
              - rows: [{refund: {each: /orders, order_id: /no, member_id: "body:/user", at: /at}}]
            """)
        let orders = #"[{"no":"o1","at":"2026-03-01"},{"no":"o2","at":"2026-03-02"}]"#
        #expect(
            try desk.take(#"{"id":"1","user":"m1","orders":\#(orders)}"#, #"{"id":"2","user":"m1","orders":[]}"#) == [
                .accepted, .accepted,
            ])
        #expect(
            try desk.rows("SELECT event_id, name, ref FROM events ORDER BY ref") == [
                "1 order.refunded o1", "1#2 order.refunded o2",
            ])
        #expect(try desk.take(#"{"id":"3","user":"m1","orders":7}"#) == [.quarantined])
        #expect(desk.reasons == ["/orders is not a list"])
    }

    @Test("JSON within texts is decoded, percent-encoded or not; what is none refuses the message")
    func decoding() throws {
        let row = "  - rows: [{refund: {order_id: /msg/o, member_id: /msg/m}}]"
        let url = try MappingDesk(row, "decode: [{at: /msg, as: url_json}]")
        #expect(try url.take(#"{"id":"1","msg":"%7B%22o%22%3A%22o1%22%2C%22m%22%3A%22m1+x%22%7D"}"#) == [.accepted])
        #expect(try url.rows("SELECT member FROM events") == ["m1 x"])
        let plain = try MappingDesk(row, "decode: [{at: /msg, as: json}]")
        #expect(
            try plain.take(#"{"id":"1","msg":"{\"o\":\"o1\",\"m\":\"m1\"}"}"#, #"{"id":"2","msg":"{"}"#) == [
                .accepted, .quarantined,
            ])
        #expect(plain.reasons == ["/msg is not the JSON that the mapping says"])
    }

    @Test("what is shown of a message is masked")
    func shown() throws {
        let desk = try MappingDesk("  - rows: [{member: {id: /m, phone: /p, display_name: /n}}]")
        let dialect = MappingDialect(desk.mapping, SourceTerms(zone: .utc))
        let body = Array(#"{"id":"1","m":"13800000001","p":"13800000001","n":"林小姐"}"#.utf8)
        let shown = dialect.shown(line: body, at: MappingDesk.now, in: .english)
        #expect(shown == ["member: id=138****0001  display_name=林**  phone=138****0001"])
        #expect(dialect.shown(line: Array("13800000001 {".utf8), at: MappingDesk.now, in: .chinese)[0].hasPrefix("拒绝"))
    }

    // MARK: who

    private func proof(_ text: String) throws -> SourceProof {
        let file = YAMLReader.read(
            bytes: Array("version: 1\n\(text)\nmessages: [{ignore: true}]\n".utf8), path: "m.yaml")
        return try #require(MappingReader.read(file).0).proof
    }

    private func accepts(
        _ proof: SourceProof, _ shown: String?, body: String = #"{"client_id":"c","sign":"x"}"#, secret: String = "s"
    ) throws -> Bool {
        let bytes = Array(body.utf8)
        let request = SourceProof.Request(
            body: bytes, json: try StrictJSON(parsing: body), header: { $0 == "S" ? shown : nil },
            query: { $0 == "q" ? shown : nil })
        return proof.accepts(request, secret: secret)
    }

    private func hex(_ bytes: some Swift.Sequence<UInt8>) -> String { Hex.text(Array(bytes)) }

    @Test("signatures are those that the recipe makes; another body, another secret and none are refused")
    func signatures() throws {
        let body = #"{"client_id":"c","sign":"x"}"#
        let key = SymmetricKey(data: Array("s".utf8))
        let mac = Array(HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: key))
        let recipes = [
            (
                #"{in: "header:S", algorithm: md5, of: [/client_id, body, secret]}"#,
                hex(Insecure.MD5.hash(data: Array("c\(body)s".utf8)))
            ),
            (
                #"{in: "query:q", algorithm: sha256, of: [body, "text:|", secret]}"#,
                hex(SHA256.hash(data: Array("\(body)|s".utf8)))
            ),
            (
                #"{in: "header:S", algorithm: sha1, of: [secret, body]}"#,
                hex(Insecure.SHA1.hash(data: Array("s\(body)".utf8)))
            ),
            (
                #"{in: "header:S", algorithm: hmac-sha256, of: [body], encoding: base64}"#,
                Data(mac).base64EncodedString()
            ),
            (#"{in: "header:S", algorithm: hmac-sha256, of: [body], prefix: "sha256="}"#, "sha256=" + hex(mac)),
        ]
        for (recipe, signature) in recipes {
            let proof = try proof("signature: \(recipe)")
            #expect(try accepts(proof, signature), "\(recipe)")
            #expect(try !accepts(proof, signature, body: body + " ") && !accepts(proof, signature, secret: "t"))
            #expect(
                try !accepts(proof, nil) && !accepts(proof, "") && !accepts(proof, "zz")
                    && !accepts(proof, signature, secret: ""))
        }
        let upper = try proof("signature: \(recipes[0].0)")
        #expect(try accepts(upper, recipes[0].1.uppercased()))
    }

    @Test("a token is the secret itself")
    func token() throws {
        let proof = try proof(#"token: {in: "query:q"}"#)
        #expect(
            try accepts(proof, "s") && !accepts(proof, "S") && !accepts(proof, nil) && !accepts(proof, "", secret: ""))
    }
}
