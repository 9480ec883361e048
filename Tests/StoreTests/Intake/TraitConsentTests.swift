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

    private func identify(_ id: String, _ consents: String, at: String = "2026-03-10T03:00:00Z") throws
        -> [SourceOutcome]
    {
        let channels = [
            ChannelDeclaration(id: "sms", address: .phone),
            ChannelDeclaration(id: "email", address: .email, doubleOptIn: true),
        ]
        let dialect = SegmentDialect(SourceTerms(zone: zone, channels: channels))
        let call =
            #"{"type":"identify","messageId":"\#(id)","userId":"u1","timestamp":"\#(at)","traits":{"email":"u1@example.com","consents":\#(consents)}}"#
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

    @Test("refuse the call where one cannot be read, or where they have a shape that nobody knows")
    func shapes() throws {
        let wrong = [
            #"{"fax":"granted"}"#, #"{"sms":"perhaps"}"#, #"{"sms":{}}"#, #"{"sms":[{"state":"withdrawn"}]}"#,
            "true", "false", #""withdrawn""#, #"["sms"]"#, #"[{"state":"withdrawn"}]"#, #"[{"channel":"sms"}]"#,
        ]
        for (index, wrong) in wrong.enumerated() {
            #expect(try identify("wrong\(index)", wrong) != [.accepted])
        }
        for (index, nothing) in ["null", "{}", "[]"].enumerated() {
            #expect(try identify("nothing\(index)", nothing) == [.accepted])
        }
        #expect(try rows("SELECT channel FROM consents") == [])
    }

    @Test("may be a list, as they are posted to the API")
    func list() throws {
        let said =
            #"[{"channel":"短信","state":"withdrawn","source":"form"},{"channel":"sms","state":"granted","purpose":"service"}]"#
        #expect(try identify("a", said) == [.accepted])
        let kept = try rows(
            "SELECT DISTINCT channel || ' ' || purpose || ' ' || state || ' ' || source FROM consents ORDER BY 1")
        #expect(kept == ["sms marketing withdrawn form", "sms service granted identify"])
    }

    @Test("act at once where they refuse, however far ahead their date or that of their call is; a yes does not")
    func ahead() throws {
        let call = "2026-03-10T20:00:00Z"
        let date = #"{"sms":{"state":"withdrawn","at":"2027-03-01 10:00"}}"#
        for (index, (said, at)) in [(#"{"sms":"withdrawn"}"#, call), (date, call), (date, "2026-03-10T03:00:00Z")]
            .enumerated()
        {
            try store.writer.write { try $0.run("DELETE FROM consents") }
            #expect(try identify("no\(index)", said, at: at) == [.accepted])
            let now = try rows("SELECT DISTINCT state FROM consents WHERE at = \(now.micros)")
            #expect(now == ["withdrawn"])
        }
        #expect(try identify("yes", #"{"sms":"granted"}"#, at: call) != [.accepted])
        #expect(try identify("yes2", #"{"sms":{"state":"granted","at":"2027-03-01 10:00"}}"#) != [.accepted])
    }
}
