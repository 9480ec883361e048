import Intake
import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

@Suite("Messages that ask for a yes")
struct ConfirmHandoverTests {
    private static let rule = """
          - {id: ask, name: 确认, status: live, owner: crm, purpose: service,
             when: {event: {name: consent.requested, where: {channel: sms}}}, if_late: {send_within: 30d},
             do: [{send: {try: [{sms: {template: ask}}]}}]}
        """
    private static let templates = """
        version: 1
        templates:
          - {id: ask, channel: sms, text: "【星河百货】请确认 {{ confirm_url }}", values: {}}
        """
    private static let member = """
          lin: {phone: "13800000001", events: [{name: consent.requested, at: "2026-03-10 10:00", data: {channel: sms}}]}

        """

    /// A message is owed, and `isAsked` says whether a grant waits for it.
    private func desk(isAsked: Bool = true) async throws -> OutboxDesk {
        let desk = try await OutboxDesk(
            settings: "version: 1\nservice_owners: [crm]", rules: Self.rule, members: Self.member,
            more: ["templates.yaml": Self.templates])
        if isAsked { try await say(desk, .granted) }
        return desk
    }

    private func say(_ desk: OutboxDesk, _ state: ConsentRow.State, at time: String = "2026-03-10 10:59") async throws {
        let now = try desk.world.instant(time)
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            var row = ConsentRow(memberID: "lin", channel: "sms", state: state, source: "form", textVersion: "v2")
            if state == .granted { row.confirmedBy = .phone }
            _ = try rows.write(consent: row)
        }
    }

    @Test("leave without any grant, with the link of the request, and the link makes the grant")
    func leaves() async throws {
        let desk = try await desk()
        let intent = try #require(try await desk.depart(at: "2026-03-10 11:00").first)
        #expect(intent.text.contains(LinkForm.standIn.confirm("xxxxxxxxxxxxxxxx")))
        let row = try #require(intent.links.first?.row)
        #expect(row.kind == .confirm)
        let request = try #require(try await desk.store.consentRequest(row.id))
        #expect(request.row == row && request.member == "lin" && request.channel == "sms")
        let at = try desk.world.instant("2026-03-10 12:00")
        #expect(try await desk.store.confirm(request, .phone, at: at) == .confirmed)
        #expect(
            try await desk.texts("SELECT state || ' ' || source || ' ' || text_version FROM consents")
                == ["granted form v2"])
        #expect(try await desk.store.consentRequest(99) == nil)
        #expect(try desk.broken(atRest: false) == [])
    }

    enum End: CaseIterable { case neverAsked, refused, confirmed, tooLate, movedAway }

    @Test("stay where the link would confirm nothing", arguments: End.allCases)
    func stay(_ end: End) async throws {
        let desk = try await desk(isAsked: end != .neverAsked)
        var time = "2026-03-10 11:30"
        switch end {
        case .neverAsked: break
        case .refused: try await say(desk, .withdrawn, at: "2026-03-10 11:10")
        case .confirmed:
            let request = try #require(try await desk.store.consentRequest(1))
            let at = try desk.world.instant("2026-03-10 11:10")
            #expect(try await desk.store.confirm(request, .phone, at: at) == .confirmed)
        case .tooLate: time = "2026-03-17 11:00"
        case .movedAway: try await desk.move("lin", to: "13800000002", at: "2026-03-10 11:10")
        }
        #expect(try await desk.depart(at: time).isEmpty)
        #expect(try await desk.states() == ["sms suppressed"])
        #expect(try await desk.causes().last == "no_request")
    }
}
