import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

@Suite("Links at the handover")
struct LinkHandoverTests {
    @Test("get their rows with the attempt, one for each address, and the text keeps its stand-ins")
    func rows() async throws {
        let desk = try await LinkShop.desk()
        let intent = try #require(try await desk.depart(at: "2026-03-10 11:00").first)
        #expect(intent.links.map(\.place.part) == [.text, .text, .text])
        #expect(intent.links.map(\.row.kind) == [.short, .short, .unsubscribe])
        #expect(intent.links[0].row == intent.links[1].row)
        #expect(intent.text.contains(LinkForm.standIn.short("xxxxxxxxxxxxxxxxxx")))
        #expect(intent.unsubscribe == nil)
        let short = try #require(try await desk.store.shortLink(intent.links[0].row.id))
        #expect(short.row == intent.links[0].row)
        #expect(
            [short.name, short.url, short.rule, short.member, short.channel] == [
                "sale", "https://shop.example.com/a", "thanks", "lin", "sms",
            ])
        let no = try #require(try await desk.store.unsubscribeLink(intent.links[2].row.id))
        #expect(no.row == intent.links[2].row && no.member == "lin" && no.channel == "sms")
        #expect(try await desk.store.shortLink(99) == nil)
        #expect(try await desk.store.unsubscribeLink(99) == nil)
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("are the same in every attempt")
    func attempts() async throws {
        let desk = try await LinkShop.desk()
        let first = try await desk.depart(at: "2026-03-10 11:00")
        let later = try desk.world.instant("2026-03-10 11:01")
        try await desk.finish(first, .notSent(code: "dns", retryAt: later, counts: true), at: "2026-03-10 11:00")
        let second = try await desk.depart(at: "2026-03-10 11:02")
        #expect(second.count == 1 && second[0].links == first[0].links)
        #expect(try await desk.numbers("SELECT COUNT(*) FROM short_links") == [1])
        #expect(try await desk.numbers("SELECT COUNT(*) FROM unsubscribe_links") == [1])
    }

    @Test("that say no are the same in every message to one address")
    func sameForEver() async throws {
        let orders = ["o1", "o2"].map { "{id: \($0), paid_at: \"2026-03-10 10:00\", total: 10}" }
        let desk = try await LinkShop.desk(members: OutboxDesk.member(order: orders.joined(separator: ", ")))
        let intents = try await desk.depart(at: "2026-03-10 11:00")
        #expect(intents.count == 2)
        #expect(Set(intents.map { $0.links[2].row }).count == 1)
        #expect(Set(intents.map { $0.links[0].row }).count == 2)
    }

    @Test("of the next entry of `try` are its own, and stand in the provider's values")
    func fallback() async throws {
        let rule = LinkShop.rule(
            "{sms: {template: hello}}, {wechat: {template: hello_wx}}",
            fill: "name: member.display_name, url: member.wecom_external_userid")
        let member = OutboxDesk.member().replacing(
            "orders:", with: "wecom_external_userid: \"https://shop.example.com/b\", orders:")
        let desk = try await LinkShop.desk(rule, members: member)
        let first = try await desk.depart(at: "2026-03-10 11:00")
        try await desk.finish(first, .rejected(code: "no"), at: "2026-03-10 11:00")
        let second = try #require(try await desk.depart(at: "2026-03-10 11:01").first)
        #expect(second.channel == "wechat")
        #expect(second.values.map(\.0) == ["url", "unsubscribe_url"])
        #expect(second.links.map(\.place.part) == [.text, .text, .value("url"), .value("unsubscribe_url")])
        #expect(second.links[0].row == second.links[2].row && second.links[0].row != first[0].links[0].row)
        #expect(second.links[1].row != first[0].links[2].row, "another channel, another link")
        #expect(
            try await desk.texts("SELECT url FROM short_links ORDER BY id") == [
                "https://shop.example.com/a", "https://shop.example.com/b",
            ])
    }

    @Test("beside the text are in marketing alone, on channels that name them")
    func offered() async throws {
        let email = "email: lin@example.com, consent: {email: granted}, "
        for (purpose, offers, expected) in [("marketing", true, 1), ("marketing", false, 0), ("service", true, 0)] {
            let rule = LinkShop.rule("{email: {template: mail}}").replacing(
                "purpose: marketing", with: "purpose: \(purpose)")
            let settings = "version: 1\nservice_owners: [crm]"
            var desk = try await OutboxDesk(
                settings: settings, rules: rule,
                members: OutboxDesk.member().replacing("consent: {sms: granted, wechat: granted}, ", with: "")
                    .replacing("orders:", with: email + "orders:").replacing(
                        "consent: {sms: granted, wechat: granted},", with: ""),
                more: ["templates.yaml": LinkShop.templates])
            let mail = ChannelDeclaration(id: "email", address: .email, offersUnsubscribe: offers, links: .standIn)
            let planned = PlannedSet(desk.world.set, rules: desk.world.set.rules, channels: [mail])
            desk.prepared = try PreparedRules(planned, rulesVersion: 1, in: desk.store)
            let now = try desk.world.instant("2026-03-10 11:00")
            let claimed = try await desk.store.claim(
                ClaimRequest(places: ["email": 10], quotas: [:], limit: 10, suspects: false, epoch: desk.epoch), at: now
            ).claimed
            let intents = try await desk.intend(claimed, at: "2026-03-10 11:00")
            #expect(intents.count == 1 && intents[0].links.isEmpty)
            #expect(intents.compactMap(\.unsubscribe).count == expected)
        }
    }

    @Test("in a damaged cell stop the message, not the program")
    func damaged() async throws {
        let desk = try await LinkShop.desk()
        try await desk.sql("UPDATE deliveries SET links = '[{\"in\":\"text\",\"at\":1e9}]'")
        let claimed = try await desk.claim(at: "2026-03-10 11:00")
        await #expect(throws: DamagedCell.self) { try await desk.intend(claimed, at: "2026-03-10 11:00") }
    }
}
