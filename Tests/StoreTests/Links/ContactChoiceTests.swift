import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

/// What a link that says no writes down.
@Suite("Choices by a link")
struct ContactChoiceTests {
    /// lin and zbo have one number, and are owed one message each.
    private func desk() async throws -> OutboxDesk {
        try await LinkShop.desk(
            members: OutboxDesk.member("lin")
                + OutboxDesk.member("zbo", order: "{id: o2, paid_at: \"2026-03-10 10:00\", total: 10}"))
    }

    private static let no = ContactChoice(channel: "sms", purpose: .marketing, isWanted: false)
    private static let yes = ContactChoice(channel: "sms", purpose: .marketing, isWanted: true)

    private func choose(
        _ desk: OutboxDesk, _ choices: [ContactChoice], _ link: UnsubscribeLink, at time: String = "2026-03-10 10:59"
    ) async throws -> Int {
        try await desk.store.choose(choices, by: link, among: LinkShop.channels, at: try desk.world.instant(time))
    }

    private func shown(_ desk: OutboxDesk, _ link: UnsubscribeLink, at time: String = "2026-03-10 11:00") async throws
        -> [String]
    {
        let choices = try await desk.store.choices(
            of: link, among: LinkShop.channels, at: try desk.world.instant(time))
        return choices.items.map { item in
            let wanted = [Rule.Purpose.marketing, .service].filter(item.wanted.contains).map(\.rawValue)
            return "\(item.channel) \(item.address ?? "-") \(wanted.joined(separator: "+"))"
        }
    }

    @Test("end marketing to the address, whoever has it, before anything else leaves")
    func byAddress() async throws {
        let desk = try await desk()
        let link = try await desk.link(of: "lin")
        #expect(
            try await shown(desk, link) == ["sms 138****0001 marketing+service", "wechat oL****45 marketing+service"])
        #expect(try await choose(desk, [Self.no], link) == 1)
        #expect(try await shown(desk, link) == ["sms 138****0001 service", "wechat oL****45 marketing+service"])
        #expect(try await desk.depart(at: "2026-03-10 11:00").isEmpty)
        #expect(try await desk.states() == ["sms suppressed", "sms suppressed"])
        #expect(try await desk.texts("SELECT source FROM list_consents") == ["link"])
        #expect(try desk.broken() == [])
    }

    @Test("confirm, by a yes on a channel that asks for it, the address of the link alone")
    func confirmsAddress() async throws {
        let desk = try await LinkShop.desk()
        let link = try await desk.link(of: "lin")
        let channels = [LinkChannel("sms", .phone, doubleOptIn: true)]
        for (choice, time) in [(Self.no, "2026-03-10 10:10"), (Self.yes, "2026-03-10 10:20")] {
            let at = try desk.world.instant(time)
            #expect(try await desk.store.choose([choice], by: link, among: channels, at: at) == 1)
        }
        let granted = "SELECT source FROM consents WHERE state = 'granted' AND source = 'link'"
        #expect(try await desk.texts(granted) == ["link"])
        try await desk.move("lin", to: "13800000002")
        #expect(try await desk.texts(granted) == [])
        try await desk.move("lin", to: "13800000001")
        #expect(try await desk.texts(granted) == ["link"])
    }

    @Test("are written once, however often they are made")
    func again() async throws {
        let desk = try await desk()
        let link = try await desk.link(of: "lin")
        for minute in 10...40 { _ = try await choose(desk, [Self.no], link, at: "2026-03-10 10:\(minute)") }
        #expect(try await desk.numbers("SELECT COUNT(*) FROM list_consents") == [1])
        #expect(try await desk.numbers("SELECT COUNT(*) FROM consents WHERE source = 'link'") == [1])
    }

    @Test("stay with whoever said no when the number changes, and with nobody else; a later yes of theirs ends that")
    func newNumber() async throws {
        let desk = try await desk()
        let link = try await desk.link(of: "lin")
        #expect(try await choose(desk, [Self.no], link, at: "2026-03-10 10:10") == 1)
        #expect(
            try await desk.texts(
                "SELECT member || ' ' || channel || ' ' || source FROM consents WHERE state = 'withdrawn'")
                == ["lin sms link"])
        try await desk.move("lin", to: "13900000009")
        try await desk.move("zbo", to: "13700000007")
        #expect(try await desk.wanted(by: "lin", at: "13900000009", "2026-03-10 10:59") == [.service])
        #expect(try await desk.wanted(by: "zbo", at: "13700000007", "2026-03-10 10:59") == [.marketing, .service])
        _ = try await desk.depart(at: "2026-03-10 11:00")
        #expect(try await desk.texts("SELECT state FROM v_deliveries WHERE member = 'lin'") == ["suppressed"])
        #expect(try desk.broken(atRest: false) == [])
        let later = try await desk.link(of: "lin", address: "13900000009")
        #expect(try await choose(desk, [Self.yes], later, at: "2026-03-10 11:05") == 1)
        #expect(
            try await desk.wanted(by: "lin", at: "13900000009", "2026-03-10 11:06") == [.marketing, .service])
    }

    @Test("by a link to a former address that nobody else has are the member's too")
    func formerAddressOfNobody() async throws {
        let desk = try await LinkShop.desk()
        _ = try await desk.depart(at: "2026-03-10 11:00")
        let link = try #require(try await desk.store.unsubscribeLink(1))
        try await desk.move("lin", to: "13900000009", at: "2026-03-10 11:05")
        #expect(try await choose(desk, [Self.no], link, at: "2026-03-10 11:10") == 1)
        #expect(try await choose(desk, [Self.no], link, at: "2026-03-10 11:11") == 0)
        #expect(try await desk.wanted(by: "lin", at: "13900000009", "2026-03-10 11:12") == [.service])
    }

    @Test("may be taken back, and made again")
    func back() async throws {
        let desk = try await desk()
        let link = try await desk.link(of: "lin")
        #expect(try await choose(desk, [Self.no], link, at: "2026-03-10 10:10") == 1)
        #expect(try await choose(desk, [Self.yes], link, at: "2026-03-10 10:11") == 1)
        #expect(try await choose(desk, [Self.yes], link, at: "2026-03-10 10:12") == 0)
        #expect(try await shown(desk, link)[0] == "sms 138****0001 marketing+service")
        let own = "SELECT state FROM consents WHERE member = 'lin' AND source = 'link' ORDER BY at"
        #expect(try await desk.texts(own) == ["withdrawn", "granted"])
        #expect(try await choose(desk, [Self.no], link, at: "2026-03-10 10:13") == 1)
        #expect(try await shown(desk, link)[0] == "sms 138****0001 service")
    }

    @Test("of a service are the member's own")
    func service() async throws {
        let desk = try await desk()
        let link = try await desk.link(of: "lin")
        let no = ContactChoice(channel: "sms", purpose: .service, isWanted: false)
        #expect(try await choose(desk, [no], link) == 1)
        #expect(try await choose(desk, [no], link) == 0)
        #expect(try await shown(desk, link)[0] == "sms 138****0001 marketing")
        let other = try await desk.link(of: "zbo")
        #expect(try await shown(desk, other)[0] == "sms 138****0001 marketing+service")
    }

    @Test("are about channels of nudged.yaml by which the member can be reached")
    func unknownChannel() async throws {
        let desk = try await desk()
        let link = try await desk.link(of: "lin")
        let choices = ["fax", "email", ""].map { ContactChoice(channel: $0, purpose: .marketing, isWanted: true) }
        #expect(try await choose(desk, choices, link) == 0)
        #expect(try await desk.numbers("SELECT COUNT(*) FROM consents WHERE source = 'link'") == [0])
    }

    @Test("by a link to an address that the member no longer has are about that address alone")
    func formerAddress() async throws {
        let desk = try await LinkShop.desk()
        _ = try await desk.depart(at: "2026-03-10 11:00")
        let link = try #require(try await desk.store.unsubscribeLink(1))
        try await desk.sql(
            """
            UPDATE members SET phone = '13900000009' WHERE id = 'lin';
            INSERT INTO members (id, status, phone) VALUES ('wang', 'active', '13800000001');
            INSERT INTO consents (member, channel, purpose, at, state, seq) VALUES ('wang', 'sms', 'marketing', 1, 'granted', 1)
            """)
        #expect(try await shown(desk, link) == ["sms 138****0001 marketing"])
        let choices = [
            ContactChoice(channel: "wechat", purpose: .marketing, isWanted: false),
            ContactChoice(channel: "sms", purpose: .service, isWanted: false), Self.yes,
        ]
        #expect(try await choose(desk, choices, link, at: "2026-03-10 12:00") == 0)
        #expect(try await choose(desk, [Self.no], link, at: "2026-03-10 12:00") == 1)
        #expect(try await shown(desk, link, at: "2026-03-10 12:01") == ["sms 138****0001 "])
        let wang = try await desk.link(of: "wang")
        #expect(try await shown(desk, wang, at: "2026-03-10 12:01") == ["sms 138****0001 service"])
        let lin = try await desk.link(of: "lin", address: "+8613900000009")
        #expect(try await shown(desk, lin, at: "2026-03-10 12:01")[0] == "sms 139****0009 marketing+service")
    }

    @Test("of an address that nobody knows any more still hold for whoever gets it")
    func erased() async throws {
        let desk = try await LinkShop.desk()
        let link = try await desk.link(of: "gone", address: "+8613700000007")
        #expect(try await shown(desk, link) == ["sms - marketing"])
        #expect(try await choose(desk, [Self.no], link) == 1)
        #expect(try await shown(desk, link) == ["sms - "])
        #expect(try await desk.numbers("SELECT COUNT(*) FROM consents WHERE member = 'gone'") == [0])
        let now = try desk.world.instant("2026-03-10 11:30")
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            _ = try rows.write(member: MemberRow(id: "neu", phone: "13700000007"))
            _ = try rows.write(consent: ConsentRow(memberID: "neu", channel: "sms", state: .granted, at: .distantPast))
        }
        let neu = try await desk.link(of: "neu", address: "+8613700000007")
        #expect(try await shown(desk, neu, at: "2026-03-10 12:00") == ["sms 137****0007 service"])
    }

    @Test("of a channel without addresses are the member's")
    func withoutAddress() async throws {
        let desk = try await LinkShop.desk()
        let link = try await desk.link(of: "lin", on: "push", address: nil)
        let no = ContactChoice(channel: "push", purpose: .marketing, isWanted: false)
        let yes = ContactChoice(channel: "push", purpose: .marketing, isWanted: true)
        #expect(try await choose(desk, [yes], link, at: "2026-03-10 10:10") == 1)
        #expect(try await choose(desk, [no], link, at: "2026-03-10 10:11") == 1)
        #expect(try await choose(desk, [no], link, at: "2026-03-10 10:12") == 0)
        #expect(try await shown(desk, link).last == "push - service")
    }
}
