import Rules
import Store
import Testing

@Suite("A provider that takes nothing more for an address")
struct SuppressedAnswerTests {
    private func desk(purpose: String = "marketing") async throws -> OutboxDesk {
        try await OutboxDesk(
            settings: "version: 1\nservice_owners: [crm]\n",
            rules: OutboxDesk.rule.replacing("purpose: marketing", with: "purpose: \(purpose)"),
            members: OutboxDesk.member("lin")
                + OutboxDesk.member("wang", order: "{id: o2, paid_at: \"2026-03-10 10:00\", total: 10}"))
    }

    @Test("a bounce ends everything to it, for everybody who has it; the answer is one transaction with that")
    func bounce() async throws {
        for purpose in ["marketing", "service"] {
            let desk = try await desk(purpose: purpose)
            let first = try await desk.depart(at: "2026-03-10 11:00", limit: 1)
            #expect(first.count == 1)
            try await desk.finish(
                first, .suppressed(code: "550_5.1.1", reason: .bounce, .phone), at: "2026-03-10 11:01")
            #expect(try await desk.depart(at: "2026-03-10 11:02").isEmpty)
            #expect(try await desk.states() == ["sms rejected", "sms suppressed"])
            #expect(try desk.broken() == [])
        }
    }

    @Test("an opt-out ends marketing to it, and a service message still leaves", arguments: ["marketing", "service"])
    func optOut(_ purpose: String) async throws {
        let desk = try await desk(purpose: purpose)
        let first = try await desk.depart(at: "2026-03-10 11:00", limit: 1)
        try await desk.finish(
            first, .suppressed(code: "isv.CUSTOMER_REFUSED", reason: .optOut, .phone), at: "2026-03-10 11:01")
        let second = try await desk.depart(at: "2026-03-10 11:02")
        #expect(second.count == (purpose == "service" ? 1 : 0))
        #expect(
            try await desk.states() == ["sms rejected", purpose == "service" ? "sms sending" : "sms suppressed"])
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("a plain refusal ends that message alone")
    func refusal() async throws {
        let desk = try await desk()
        let first = try await desk.depart(at: "2026-03-10 11:00", limit: 1)
        try await desk.finish(first, .rejected(code: "isv.SMS_CONTENT_ILLEGAL"), at: "2026-03-10 11:01")
        #expect(try await desk.depart(at: "2026-03-10 11:02").count == 1)
    }
}
