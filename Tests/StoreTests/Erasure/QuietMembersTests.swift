import Intake
import Kit
import Policies
import Rules
import Testing

@testable import Store

/// Whom a store no longer keeps, when nudged.yaml says how long members are kept.
@Suite("Members of whom nothing is heard")
struct QuietMembersTests {
    private static let now = Instant(seconds: 1_773_100_800)
    private static let before = now.adding(micros: -1095 * 86_400_000_000)
    private static let channels: [String: ChannelDeclaration.Address] = ["sms": .phone, "log": .none]

    private static func instant(_ date: String) throws -> Instant {
        try #require(Instant(rfc3339: "\(date)T10:00:00+08:00"))
    }

    private static func terms() -> RetentionTerms {
        RetentionTerms(members: before, channels: channels, at: now)
    }

    private static func walk(_ store: MemberStore, slice: Int = 500, isDry: Bool = false) throws -> RetentionWalk {
        var walk = RetentionWalk(terms())
        while !walk.isOver { try isDry ? store.preview(&walk, slice: slice) : store.retain(&walk, slice: slice) }
        return walk
    }

    struct Word {
        var state = ConsentRow.State.granted
        var channel = "sms"
        var purpose = Rule.Purpose.marketing
        var at = "2020-01-02"
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var registered: String? = "2020-01-01"
        var order: String?
        var event: String?
        var phone: String? = "13800000001"
        var words: [Word] = []
        var bounces = false
        var goes: Bool
    }

    @Test(
        "go when the last order, event and registration are old and no channel has an address and a yes",
        arguments: [
            Case(testDescription: "bought long ago and said nothing", order: "2021-05-01", goes: true),
            Case(testDescription: "never bought, and joined long ago", goes: true),
            Case(testDescription: "joined last year", registered: "2025-05-01", goes: false),
            Case(testDescription: "bought last year", order: "2025-05-01", goes: false),
            Case(testDescription: "was in the shop last year", event: "2025-05-01", goes: false),
            Case(testDescription: "of whom no instant is known", registered: nil, goes: false),
            Case(testDescription: "with a yes", words: [Word()], goes: false),
            Case(testDescription: "with a yes to everything", words: [Word(channel: "*")], goes: false),
            Case(testDescription: "with a yes to service", words: [Word(purpose: .service)], goes: false),
            Case(testDescription: "with a yes, and no number", phone: nil, words: [Word()], goes: true),
            Case(
                testDescription: "with a yes to what needs no address", phone: nil, words: [Word(channel: "log")],
                goes: false),
            Case(
                testDescription: "with a yes to a channel that nudged.yaml does not have now",
                words: [Word(channel: "app")], goes: false),
            Case(
                testDescription: "who took the yes back",
                words: [Word(), Word(state: .withdrawn, at: "2021-01-01")], goes: true),
            Case(testDescription: "whose number is dead", words: [Word()], bounces: true, goes: true),
        ])
    func each(_ one: Case) throws {
        let store = try MemberStore.inMemory()
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: QuietMembersTests.now))
            let registered = try one.registered.map(QuietMembersTests.instant)
            _ = try rows.write(member: MemberRow(id: "lin", registeredAt: registered, phone: one.phone))
            if let order = one.order {
                let paid = try QuietMembersTests.instant(order)
                _ = try rows.write(order: OrderRow(id: "o1", memberID: "lin", paidAt: paid, total: 100))
            }
            if let event = one.event {
                let row = EventRow(memberID: "lin", name: "store.visited", at: try QuietMembersTests.instant(event))
                _ = try rows.write(event: row, source: "shop")
            }
            for word in one.words {
                _ = try rows.write(
                    consent: ConsentRow(
                        memberID: "lin", channel: word.channel, purpose: word.purpose, state: word.state,
                        at: QuietMembersTests.instant(word.at)))
            }
            if one.bounces, let address = CanonicalAddress(.phone, one.phone) {
                _ = try rows.write(suppression: SuppressionRow(address: address, reason: .bounce))
            }
        }
        #expect(try QuietMembersTests.walk(store, isDry: true).counts[.members]?.rows == (one.goes ? 1 : 0))
        #expect(try store.person("lin") != nil)
        #expect(try QuietMembersTests.walk(store).counts[.members]?.rows == (one.goes ? 1 : 0))
        #expect(try (store.person("lin") == nil) == one.goes && store.wasErased("lin") == one.goes)
        #expect(try store.verify(Invariants(at: QuietMembersTests.now, atRest: true)) == [])
    }

    @Test(
        "go page by page, each as by an erasure with its place in the audit trail, and others stay",
        arguments: [7, 500])
    func pages(slice: Int) throws {
        let store = try MemberStore.inMemory()
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: QuietMembersTests.now))
            for number in 0..<60 {
                let year = number.isMultiple(of: 4) ? "2025" : "2020"
                let registered = try QuietMembersTests.instant("\(year)-01-01")
                _ = try rows.write(member: MemberRow(id: "m\(number)", registeredAt: registered))
            }
        }
        let dry = try QuietMembersTests.walk(store, slice: slice, isDry: true)
        let done = try QuietMembersTests.walk(store, slice: slice)
        #expect(dry.counts == done.counts)
        #expect(
            try done.counts[.members]?.rows == 45
                && done.counts[.members]?.oldest == QuietMembersTests.instant("2020-01-01"))
        let left: [Int64?] = try store.writer.read { db in
            try [
                db.value("SELECT COUNT(*) FROM members"),
                db.value("SELECT COUNT(*) FROM audit WHERE action = 'erase' AND who = 'retention'"),
            ]
        }
        #expect(left == [15, 45])
        #expect(try QuietMembersTests.walk(store).counts[.members]?.rows == 0)
    }

    @Test("stay while a message is owed to them or a task about them is open")
    func open() async throws {
        let desk = try await OutboxDesk()
        try await desk.sql("DELETE FROM consents; DELETE FROM address_consents")
        let far = try desk.world.instant("2033-01-01 00:00")
        let terms = RetentionTerms(members: far, channels: QuietMembersTests.channels, at: far)
        func gone() throws -> Int? {
            var walk = RetentionWalk(terms)
            while !walk.isOver { try desk.store.retain(&walk) }
            return walk.counts[.members]?.rows
        }
        #expect(try gone() == 0)
        try await desk.sql(
            """
            UPDATE deliveries SET state = 'cancelled';
            INSERT INTO tasks (member, rule, occasion, title, created_at) VALUES ('lin', 'thanks', 'x', 't', 0)
            """)
        #expect(try gone() == 0)
        try await desk.sql("UPDATE tasks SET state = 'done'")
        #expect(try gone() == 1 && desk.store.person("lin") == nil)
    }
}
