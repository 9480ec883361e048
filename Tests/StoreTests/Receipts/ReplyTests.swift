import Kit
import Foundation
import Policies
import Rules
import Testing

@testable import Store

@Suite("Replies")
struct ReplyTests {
    private func note(
        _ desk: OutboxDesk, _ text: String, from address: String = "+8613800000001", id: String = "r1",
        at time: String = "2026-03-10 10:59"
    ) async throws -> CallbackCounts {
        let now = try desk.world.instant(time)
        return try await desk.store.note(
            [.reply(Reply(address: address, text: text, id: id, at: now))], from: ReceiptTests.source, at: now)
    }

    private func events(_ desk: OutboxDesk) async throws -> [String] {
        try await desk.store.writer.read {
            try
                ($0.values(
                    "SELECT member || ' ' || data FROM events WHERE name = 'message.replied' ORDER BY seq") as [String])
        }
    }

    @Test(
        "A word of refusal stops what was decided already",
        arguments: [
            "R", "r", " Ｒ ", "td。", "ＴＤ", "「退订」", "拒收!", "t", "N", "[stop]", "退 订", "回复R", "回复：TD",
        ])
    func optOut(text: String) async throws {
        let desk = try await OutboxDesk()
        #expect(try await note(desk, text).optOuts == 1)
        #expect(try await desk.depart(at: "2026-03-10 11:00").isEmpty)
        #expect(try await desk.states() == ["sms suppressed"])
        #expect(try await events(desk) == [])
        #expect(try desk.broken() == [])
    }

    @Test(
        "A sentence that says no stops it too, and is an event as well: it may ask something",
        arguments: ["退订怎么弄", "退订，谢谢", "请帮我退订这个短信。", "再发就投诉，拒收！", "我要退訂", "please unsubscribe me"])
    func sentence(text: String) async throws {
        let desk = try await OutboxDesk()
        let counts = try await note(desk, text)
        #expect(counts.optOuts == 1 && counts.replies == 1)
        #expect(try await desk.depart(at: "2026-03-10 11:00").isEmpty)
        #expect(try await events(desk) == ["lin {\"text\":\"\(text)\",\"channel\":\"sms\"}"])
        #expect(try desk.broken() == [])
    }

    @Test(
        "A channel has words of its own beside them; a survey's answer is none",
        arguments: [("QX", true), ("1", false)])
    func ownWords(text: String, isRefusal: Bool) async throws {
        let desk = try await OutboxDesk()
        let now = try desk.world.instant("2026-03-10 10:59")
        let source = CallbackSource(channel: "sms", address: .phone, optOutWords: ["qx", ""])
        let reply = Reply(address: "+8613800000001", text: text, id: "r1", at: now)
        let counts = try await desk.store.note([.reply(reply)], from: source, at: now)
        #expect(counts.optOuts == (isRefusal ? 1 : 0) && counts.replies == (isRefusal ? 0 : 1))
    }

    @Test("So it does for everyone with the number, and for whoever gets it later")
    func everyone() async throws {
        let members =
            OutboxDesk.member() + OutboxDesk.member("wang", order: "{id: o2, paid_at: \"2026-03-10 10:00\", total: 10}")
        let desk = try await OutboxDesk(members: members)
        #expect(try await note(desk, "退订").optOuts == 1)
        #expect(try await desk.depart(at: "2026-03-10 11:00").isEmpty)
        #expect(try await desk.states() == ["sms suppressed", "sms suppressed"])
        #expect(try desk.broken() == [])
    }

    @Test("It stays with whoever had the number then, and not with whoever got it before the reply is told again")
    func newNumber() async throws {
        let desk = try await OutboxDesk()
        #expect(try await note(desk, "TD").optOuts == 1)
        try await desk.move("lin", to: "13900000009", at: "2026-03-10 10:59")
        let now = try desk.world.instant("2026-03-10 10:59")
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            _ = try rows.write(member: MemberRow(id: "neu", phone: "13800000001"))
        }
        #expect(try await note(desk, "TD").repeated == 1)
        #expect(
            try await desk.texts(
                "SELECT member || ' ' || channel || ' ' || source FROM consents WHERE state = 'withdrawn'")
                == ["lin sms reply"])
        #expect(try await desk.depart(at: "2026-03-10 11:00").isEmpty)
        #expect(try await desk.states() == ["sms suppressed"])
        #expect(try await desk.wanted(by: "lin", at: "13900000009", "2026-03-10 11:01") == [.service])
        let later = try desk.world.instant("2026-03-10 11:05")
        try await desk.store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: later))
            _ = try rows.write(consent: ConsentRow(memberID: "lin", channel: "sms", state: .granted, at: later))
        }
        #expect(
            try await desk.wanted(by: "lin", at: "13900000009", "2026-03-10 11:06") == [.marketing, .service])
        #expect(try desk.broken() == [])
    }

    @Test("The same refusal again is counted as known, and a stranger's holds for the number")
    func again() async throws {
        let desk = try await OutboxDesk()
        #expect(try await note(desk, "R", from: "13700000007").optOuts == 1)
        #expect(try await note(desk, "R", from: "13700000007").repeated == 1)
        let listed = try await desk.store.writer.read {
            try ($0.value("SELECT COUNT(*) FROM list_consents WHERE state = 'withdrawn'") as Int?)
        }
        #expect(listed == 1)
        #expect(try await desk.depart(at: "2026-03-10 11:00").count == 1)
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("Anything else is an event of the member, once", arguments: ["1", "R吗", "收到谢谢", "NO", ""])
    func event(text: String) async throws {
        let desk = try await OutboxDesk()
        #expect(try await note(desk, text).replies == 1)
        #expect(try await note(desk, text, at: "2026-03-10 11:05").repeated == 1)
        #expect(try await events(desk) == ["lin {\"text\":\"\(text)\",\"channel\":\"sms\"}"])
        #expect(try await desk.depart(at: "2026-03-10 11:00").count == 1)
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("of each member with the number")
    func shared() async throws {
        let desk = try await OutboxDesk(members: OutboxDesk.member() + OutboxDesk.member("wang"))
        #expect(try await note(desk, "5").replies == 1)
        #expect(try await events(desk).count == 2)
        #expect(try desk.broken() == [])
    }

    @Test("A stranger's text is dropped, as is a reply that names no address")
    func stranger() async throws {
        let desk = try await OutboxDesk()
        #expect(try await note(desk, "你好", from: "13700000007").dropped == 1)
        #expect(try await note(desk, "R", from: " ").dropped == 1)
        #expect(try await events(desk) == [])
        #expect(try desk.broken() == [])
    }

    @Test("Control characters and great lengths do no harm, and lose nobody else's reply")
    func hostile() async throws {
        let desk = try await OutboxDesk()
        let now = try desk.world.instant("2026-03-10 10:59")
        let counts = try await desk.store.note(
            [
                .reply(Reply(address: "13800000001", text: "a\u{0}b\"\\\u{2028}", id: "1", at: .distantFuture)),
                .reply(Reply(address: "13800000001", text: String(repeating: "很", count: 300_000), id: "2", at: now)),
                .reply(Reply(address: "13800000001", text: "R", id: "3", at: .distantFuture)),
            ], from: ReceiptTests.source, at: now)
        #expect(counts.replies == 2 && counts.optOuts == 1)
        let events = try await events(desk)
        #expect(events[0].hasPrefix("lin {\"text\":\"ab\\\"\\\\") && events[1].count < 2100)
        #expect(try await desk.depart(at: "2026-03-10 11:00").isEmpty)
        #expect(try desk.broken() == [])
    }

    @Test("A rule may answer a reply")
    func rule() async throws {
        let rules = """
              - {id: survey, name: 问卷, status: live, owner: crm, purpose: marketing,
                 when: {event: {name: message.replied, where: {channel: sms, text: ["1", "2"]}}},
                 do: [{create_task: {assign_to: member.advisor, or_else: boss, title: call}}]}
            """
        let desk = try await OutboxDesk(rules: rules)
        #expect(try await note(desk, "1", at: "2026-03-10 11:01").replies == 1)
        #expect(try await note(desk, "5", id: "r2", at: "2026-03-10 11:01").replies == 1)
        _ = try desk.store.tick(desk.prepared, at: try desk.world.instant("2026-03-10 11:02"))
        let tasks = try await desk.store.writer.read { try ($0.value("SELECT COUNT(*) FROM tasks") as Int?) }
        #expect(tasks == 1)
        #expect(try desk.broken() == [])
    }
}
