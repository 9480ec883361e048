import Kit
import Policies
import Rules
import Testing

@testable import Intake
@testable import Store

@Suite("Customers of WeCom")
struct ContactTests {
    private let store: MemberStore
    private static let now = Instant(rfc3339: "2026-03-08T12:00:00+08:00") ?? .distantPast
    private static let source = CallbackSource(channel: "wecom", address: .wecomExternalUserID)

    init() throws {
        store = try MemberStore.inMemory()
        try store.writer.write {
            try $0.script("INSERT INTO members (id, status, wecom_external_userid) VALUES ('m1', 'active', 'wmLin')")
        }
    }

    private func note(_ address: String, _ kind: ContactChange.Kind, late: Int64 = 60) async throws -> CallbackCounts {
        let at = Self.now.adding(micros: -late * 1_000_000)
        return try await store.note(
            [.contact(ContactChange(address: address, kind: kind, clerk: "wangfang", at: at))], from: Self.source,
            at: Self.now)
    }

    private var events: [String] {
        get throws { try store.writer.read { try $0.values("SELECT member || ' ' || name FROM events ORDER BY seq") } }
    }

    @Test("an added, an edited and a lost customer are events of the member, each once")
    func member() async throws {
        #expect(try await note("wmLin", .added).contacts == 1)
        #expect(try await note("wmLin", .added).repeated == 1)
        #expect(try await note("wmLin", .edited).contacts == 1)
        #expect(try await note("wmLin", .left, late: 0).contacts == 1)
        #expect(try events == ["m1 wecom.contact_added", "m1 wecom.contact_edited", "m1 wecom.contact_left"])
    }

    @Test("of somebody who is no member yet it is kept, and is the member's with the identify that names the id")
    func unknown() async throws {
        #expect(try await note("wmNew", .added).contacts == 1)
        #expect(try events == ["anonymous:wmNew wecom.contact_added"])
        let dialect = SegmentDialect(SourceTerms(zone: .utc))
        let identify =
            #"{"type":"identify","messageId":"1","userId":"m2","anonymousId":"wmNew","traits":{"phone":"13800000002"}}"#
        let event = dialect.read(try StrictJSON(parsing: identify), at: Self.now)
        _ = try store.take(SourceBatch(source: "crm", at: Self.now, events: [event]))
        #expect(try events.contains("m2 wecom.contact_added"))
    }
}
