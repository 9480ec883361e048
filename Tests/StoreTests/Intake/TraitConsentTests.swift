@testable import Intake
import Kit
import Rules
import Testing

@testable import Store

@Suite("Consents in the traits of an identify call")
struct TraitConsentTests {
    private let store: MemberStore
    private let zone = Zone(named: "Asia/Shanghai") ?? .utc
    private let now: Instant

    init() throws {
        store = try MemberStore.inMemory()
        now = try #require(Instant(rfc3339: "2026-03-10T12:00:00+08:00"))
    }

    private func identify(_ id: String, _ consents: String) throws -> [SourceOutcome] {
        let channels = [
            ChannelDeclaration(id: "sms", address: .phone),
            ChannelDeclaration(id: "email", address: .email, doubleOptIn: true),
        ]
        let dialect = SegmentDialect(SourceTerms(zone: zone, channels: channels))
        let call =
            #"{"type":"identify","messageId":"\#(id)","userId":"u1","timestamp":"2026-03-10T03:00:00Z","traits":{"email":"u1@example.com","consents":\#(consents)}}"#
        let event = dialect.read(try StrictJSON(parsing: call), at: now)
        return try store.take(SourceBatch(source: "shop", at: now, events: [event]))
    }

    private func rows(_ sql: String) throws -> [String] {
        try store.writer.read { try ($0.values(sql) as [String]) }
    }

    @Test("are kept as stated, with a member who is new")
    func kept() throws {
        let said =
            #"{"sms":{"state":"granted","text_version":"v2","proof":"form 1","guardian":true},"短信":{"state":"withdrawn","purpose":"service"}}"#
        #expect(try identify("a", said) == [.accepted])
        let kept = try rows(
            """
            SELECT purpose || ' ' || state || ' ' || source || ' ' || COALESCE(text_version, '-') || ' ' ||
              COALESCE(proof, '-') || ' ' || guardian FROM consents WHERE at < 0 ORDER BY 1
            """)
        #expect(kept == ["marketing granted identify v2 form 1 1", "service withdrawn identify - - 0"])
    }

    @Test("wait for their confirmation where the channel asks for it, and the same call later asks nobody again")
    func waits() throws {
        #expect(try identify("a", #"{"email":"granted"}"#) == [.accepted])
        #expect(try identify("b", #"{"email":"granted"}"#) == [.accepted])
        #expect(try rows("SELECT channel FROM consents") == [])
        #expect(try rows("SELECT channel || ' ' || source FROM consent_requests") == ["email identify"])
    }

    @Test("refuse the call where one cannot be read, and a trait of another shape is left alone")
    func shapes() throws {
        for (index, wrong) in [#"{"fax":"granted"}"#, #"{"sms":"perhaps"}"#, #"{"sms":{}}"#].enumerated() {
            #expect(try identify("wrong\(index)", wrong) != [.accepted])
        }
        for (index, other) in ["true", "null", #"["sms"]"#, #""sms""#].enumerated() {
            #expect(try identify("other\(index)", other) == [.accepted])
        }
        #expect(try rows("SELECT channel FROM consents") == [])
    }
}
