import Kit
import Foundation
import Policies
import Rules
import TestSupport
import Testing

@testable import Store

/// The address book against what it stands for, worked out anew from every row.
@Suite("Address book") struct AddressBookTests {
    private struct Said {
        /// A member, or a number of a list.
        var speaker: String
        /// Days, in thousandths.
        var at: Int
        var isYes: Bool
        /// When it was written: what stands beside a member's new number may be older.
        var turn: Int
    }
    private struct Shop {
        var phones: [String: String] = [:]
        var said: [Said] = []

        /// By hand: a no ends what its speaker, and whoever has the number, granted before it was written, so it also stands
        /// just after the latest of these grants.
        mutating func say(_ speaker: String, at: Int, isYes: Bool, turn: Int) {
            let phone = phones[speaker] ?? speaker
            let heard = said.filter {
                $0.speaker == speaker || !phone.isEmpty && ($0.speaker == phone || phones[$0.speaker] == phone)
            }
            let grant = heard.filter(\.isYes).map(\.at).max() ?? 0
            let isHeld = said.contains { $0.speaker == speaker && !$0.isYes && $0.at >= grant }
            said.append(Said(speaker: speaker, at: at, isYes: isYes, turn: turn))
            guard !isYes, grant > at, !isHeld else { return }
            said.append(Said(speaker: speaker, at: grant + 1, isYes: false, turn: turn))
        }

        /// A list that named the number after the member had granted counts for them, too.
        mutating func move(_ member: String, to phone: String, turn: Int) {
            guard phones[member] != phone else { return }
            phones[member] = phone
            let words = said
            var grants: [Int] = []
            for no in words where no.speaker == phone && !no.isYes {
                grants += words.filter { grant in
                    grant.speaker == member && grant.isYes && grant.at > no.at && grant.turn < no.turn
                        && !words.contains { $0.speaker == phone && $0.at > grant.at }
                }.map(\.at)
            }
            if let last = grants.max() { said.append(Said(speaker: phone, at: last + 1, isYes: false, turn: turn)) }
        }

        /// By hand: the latest word of the member and of lists of the number must be a yes, and so must that of all who
        /// have the number; of one instant the no.
        func consent(_ member: String) -> String? {
            let phone = phones[member] ?? ""
            let own = said.filter { $0.speaker == member || $0.speaker == phone }
            let everyone = said.filter { $0.speaker == phone || (phones[$0.speaker] ?? "-") == phone }
            guard let last = latest(own) else { return nil }
            guard last else { return "withdrawn" }
            return phone.isEmpty || latest(everyone) == true ? "granted" : "refused"
        }

        private func latest(_ said: [Said]) -> Bool? {
            said.max { ($0.at, $0.isYes ? 0 : 1) < ($1.at, $1.isYes ? 0 : 1) }?.isYes
        }
    }

    @Test("says what every row together says, in whatever order they came", arguments: 0..<12)
    func sameAsByHand(_ seed: UInt64) throws {
        let desk = try IntakeDesk()
        var random = SeededGenerator(seed: seed)
        var shop = Shop()
        let phones = ["", "13800000001", "13800000002", "13800000003"]
        for turn in 0..<40 {
            let member = "m\(Int.random(in: 0..<6, using: &random))"
            let day = Int.random(in: 1...9, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let phone = phones.randomElement(using: &random) ?? ""
                _ = try desk.run(.members, "id,phone\n\(member),\(phone)\n")
                // An empty cell may keep what is stored.
                let stored = try desk.row("SELECT ifnull(phone, '') FROM members WHERE id = '\(member)'")[0]
                shop.move(member, to: stored, turn: turn)
            case 1, 2:
                guard shop.phones[member] != nil else { continue }
                try say(member, column: "member_id", (day, turn), desk, &shop, &random)
            default:
                let phone = phones[Int.random(in: 1..<4, using: &random)]
                try say(phone, column: "address", (day, turn), desk, &shop, &random)
            }
            for member in shop.phones.keys {
                #expect(try desk.contact(member).consent == shop.consent(member), "\(member)")
            }
        }
    }

    /// Each day is used once by a speaker: what a second word of one instant does is the writer's business.
    private func say(
        _ speaker: String, column: String, _ time: (day: Int, turn: Int), _ desk: IntakeDesk, _ shop: inout Shop,
        _ random: inout SeededGenerator
    ) throws {
        let (day, turn) = time
        guard !shop.said.contains(where: { $0.speaker == speaker && $0.at == day * 1000 }) else { return }
        let isYes = Bool.random(using: &random)
        let row = "\(speaker),sms,\(isYes ? "granted" : "withdrawn"),2026-03-0\(day) 10:00"
        _ = try desk.run(.consents, "\(column),channel,state,at\n\(row)\n")
        shop.say(speaker, at: day * 1000, isYes: isYes, turn: turn)
    }

    @Test("who has an address is found by an index", arguments: CanonicalAddress.kinds)
    func indexed(_ kind: ChannelDeclaration.Address) throws {
        let address = try #require(CanonicalAddress(kind, kind == .phone ? "13800000001" : "a@b.cn"))
        let plan = try IntakeDesk().store.writer.read { db in
            try db.all(
                "EXPLAIN QUERY PLAN SELECT id FROM members WHERE \(address.isHeld) AND id <> 'x' LIMIT 1",
                [address.text]
            ).map { try $0["detail"] as String }
        }
        #expect(plan.count == 1 && plan[0].contains("USING"), "\(plan)")
        #expect(plan[0].contains("INDEX members_"), "\(plan)")
    }

    @Test("an address is one in every spelling, and another kind's is another")
    func spellings() {
        #expect(CanonicalAddress(.phone, "008613800000001") == CanonicalAddress(.phone, "13800000001"))
        #expect(CanonicalAddress(.email, " Lin@Example.COM") == CanonicalAddress(.email, "lin@example.com"))
        #expect(CanonicalAddress(.wechatOpenID, "oLin") != CanonicalAddress(.wechatOpenID, "olin"))
        #expect(CanonicalAddress(.email, "x") != CanonicalAddress(.wechatOpenID, "x"))
        #expect(CanonicalAddress(.phone, " ") == nil && CanonicalAddress(.none, "x") == nil)
    }

    @Test("a store of the version before knows its shared addresses, words for every channel and a no dated ahead")
    func broughtUp() throws {
        let queue = try Connections.one(nil) { try SQLFunctions.register(on: $0) }
        try Migrations.migrate(queue, upTo: "v4-strict")
        try queue.write { db in
            try db.script(
                """
                INSERT INTO members (id, phone, email) VALUES ('lin', '13800000001', 'A@b.cn'), ('bo', '13800000001', NULL),
                  ('wu', '13800000002', 'a@B.cn'), ('zoe', '13800000003', NULL);
                INSERT INTO consents (member, channel, purpose, at, state, seq) VALUES ('lin', 'sms', 'marketing', 1, 'granted', 1),
                  ('bo', '手机短信', 'marketing', 2, 'withdrawn', 1), ('wu', 'all', 'marketing', 2, 'withdrawn', 1),
                  ('lin', 'email', 'marketing', 1, 'granted', 1), ('zoe', 'sms', 'marketing', 1, 'granted', 1),
                  ('zoe', 'sms', 'marketing', 250000000000000000, 'withdrawn', 1);
                INSERT INTO members (id, status) VALUES ('gone', 'closed');
                INSERT INTO waits (member, rule, occasion, kind, due, first_due, start, zone)
                  VALUES ('gone', 'r', 'o', 'held', 0, 0, 0, 'UTC')
                """)
        }
        try Migrations.migrate(queue)
        let desk = try IntakeDesk(store: MemberStore(writer: queue, path: nil))
        let now = try #require(Instant(rfc3339: "2200-01-01T00:00:00Z"))
        #expect(try desk.contact("lin", at: now).consent == "refused")
        #expect(try desk.contact("lin", "email", .email, at: now).consent == "refused")
        #expect(try desk.contact("zoe", at: now).consent == "withdrawn")
        #expect(try desk.rows("SELECT * FROM waits").isEmpty)
    }

    @Test("closing a member takes its waits away")
    func closed() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("lin", "bo")
        try desk.store.writer.write { db in
            for member in ["lin", "bo"] {
                try db.run(
                    """
                    INSERT INTO waits (member, rule, occasion, kind, due, first_due, start, zone)
                    VALUES (?, 'r', 'o', 'held', 0, 0, 0, 'UTC')
                    """, [member])
            }
        }
        _ = try desk.run(.members, "id,status\nlin,已注销\nbo,正常\n")
        #expect(try desk.rows("SELECT member FROM waits") == [["bo"]])
    }
}
