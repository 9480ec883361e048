import Foundation
import Kit
import Policies
import Rules
import Testing

@testable import Engine
@testable import Store

/// Nothing personal of an erased member is left, nothing goes out to them, and what was promised of deliveries holds.
@Suite("Erasure of a member")
struct ErasureTests {
    private static func erase(_ desk: OutboxDesk, at time: String = "2026-03-10 11:30") throws -> Erasure {
        try #require(try desk.store.erase("lin", reason: "request", by: "wang", at: desk.world.instant(time)))
    }

    private static func strings(_ store: MemberStore, _ sql: String) throws -> [String] {
        try store.writer.read { try ($0.values(sql) as [String]) }
    }

    private static func rows(_ store: MemberStore, of table: String) throws -> [String] {
        try store.writer.read { try $0.all("SELECT * FROM \(table)").map { "\($0.values)" } }
    }

    @Test("every table with a column that names a member has its way in an erasure")
    func everyTable() throws {
        let store = try MemberStore.inMemory()
        let tables = try ErasureTests.strings(
            store,
            """
            SELECT DISTINCT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
            WHERE m.type = 'table' AND c.name = 'member'
            """)
        #expect(tables.count > 15)
        #expect(Set(tables) == Set(ErasureWriting.tables).union(ErasureWriting.otherTables))
    }

    @Test("what is owed is cancelled in the same transaction, and nothing of the person is left in any table")
    func owed() async throws {
        let desk = try await OutboxDesk()
        let erasure = try ErasureTests.erase(desk)
        #expect(erasure.cancelled == 1 && erasure.decisions == 1 && erasure.rows > 3 && erasure.othersWithAddress == 0)
        #expect(try await desk.states() == ["sms cancelled"])
        #expect(try await desk.causes() == ["decided", "erasure"])
        #expect(try desk.broken() == [])
        for table in try ErasureTests.strings(desk.store, "SELECT name FROM sqlite_schema WHERE type = 'table'") {
            for row in try ErasureTests.rows(desk.store, of: table) {
                #expect(
                    !["13800000001", "林小姐", "oLin12345", "\"lin\"", "o1\""].contains(where: row.contains),
                    "\(table): \(row)")
            }
        }
        #expect(try desk.store.person("lin") == nil && desk.store.wasErased("lin"))
        #expect(try desk.store.erase("lin", reason: "again", at: desk.world.instant("2026-03-10 11:31")) == nil)
    }

    @Test("a claimed message does not leave any more; one that is on its way is answered and matched as before")
    func underWay() async throws {
        let claimed = try await OutboxDesk()
        let claims = try await claimed.claim(at: "2026-03-10 11:00")
        _ = try ErasureTests.erase(claimed, at: "2026-03-10 11:00")
        #expect(try await claimed.intend(claims, at: "2026-03-10 11:00").isEmpty)
        #expect(try await claimed.states() == ["sms cancelled"])

        let sent = try await ReceiptTests.Sent()
        let erasure = try ErasureTests.erase(sent.desk, at: "2026-03-10 11:00:01")
        #expect(erasure.underWay == 1 && erasure.cancelled == 0)
        try await sent.answer(.accepted(providerID: "p1"))
        #expect(try await sent.desk.states() == ["sms accepted"])
        try await sent.note(ReceiptTests.receipt(.delivered, reference: sent.reference))
        #expect(try await sent.desk.states() == ["sms delivered"])
        #expect(try sent.desk.broken() == [])
    }

    @Test("a message that was under way and was not taken is not tried again")
    func notTaken() async throws {
        let sent = try await ReceiptTests.Sent()
        _ = try ErasureTests.erase(sent.desk, at: "2026-03-10 11:00:01")
        let again = try sent.desk.world.instant("2026-03-10 11:10")
        try await sent.answer(.notSent(code: "busy", retryAt: again, counts: true))
        let claims = try await sent.desk.claim(at: "2026-03-10 11:30")
        #expect(try await sent.desk.intend(claims, at: "2026-03-10 11:30").isEmpty)
        #expect(try await sent.desk.states() == ["sms suppressed"])
        #expect(try sent.desk.broken() == [])
    }

    @Test("what a tick had found of somebody who is erased before it is decided leaves no trace")
    func foundBefore() async throws {
        let desk = try await OutboxDesk()
        let now = try desk.world.instant("2026-03-10 11:40")
        _ = try ErasureTests.erase(desk)
        let found = Occurrence(
            rule: "thanks", member: "lin", occasion: "order:o2", due: now, start: now,
            zone: desk.world.set.settings.zone,
            date: nil, passes: nil, asksEveryone: false)
        #expect(try ErasureTests.decide(desk, .cancelled(found, at: now, .unless("order.refunded")), at: now) == 0)
        #expect(try ErasureTests.decide(desk, .due(found), at: now) == 0)
        #expect(try ErasureTests.strings(desk.store, "SELECT member FROM decisions WHERE member = 'lin'") == [])
    }

    private static func decide(_ desk: OutboxDesk, _ found: Candidate, at now: Instant) throws -> Int {
        try desk.store.writer.write { db in
            let evaluation = Evaluation(db: db, prepared: desk.prepared)
            return try evaluation.decide([Evaluation.Item(plan: 0, found: found)], at: now).lines.count
        }
    }

    @Test("an unclear delivery is closed as unclear")
    func unclear() async throws {
        let sent = try await ReceiptTests.Sent()
        try await sent.answer(.unknown(code: "timeout"))
        _ = try ErasureTests.erase(sent.desk, at: "2026-03-10 11:10")
        #expect(try await sent.desk.states() == ["sms unknown_closed"])
        #expect(try sent.desk.broken() == [])
    }

    @Test(
        "what the reason of a decision keeps is its code, not what it says of the member",
        arguments: [
            (#"{"condition":"member.city","actual":"上海"}"#, #"{"condition":"member.city"}"#),
            (#"{"superseded":"order:o1"}"#, #"{"superseded":""}"#), (#"{"passed":"2026-03-08"}"#, #"{"passed":""}"#),
            (#"{"unreachable":"no_consent"}"#, #"{"unreachable":"no_consent"}"#),
        ])
    func reasons(stored: String, kept: String) { #expect(ErasureWriting.impersonal(stored) == kept) }

    @Test(
        "verify names what is left of an erased member",
        arguments: [
            ("UPDATE deliveries SET text = '您好'", "I14"), ("UPDATE deliveries SET address = '13800000001'", "I14"),
            ("UPDATE decisions SET occasion = 'order:o1'", "I14"), ("DELETE FROM erasures", "I14"),
            ("INSERT INTO member_tags (member, tag) SELECT member, 'vip' FROM decisions", "I14"),
        ])
    func verified(damage: String, promise: String) async throws {
        let desk = try await OutboxDesk()
        _ = try ErasureTests.erase(desk)
        #expect(try desk.broken() == [])
        try await desk.sql(damage)
        #expect(try desk.broken().contains { $0.hasPrefix(promise + " ") })
    }

    // MARK: an old file

    private static func write(_ store: MemberStore, at now: Instant, _ body: (inout RowWriter) throws -> Void) throws {
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            try body(&rows)
        }
    }

    private static func onWeChat(_ store: MemberStore, at now: Instant) throws -> String? {
        let contact = ContactSQL(member: "'lin'", channel: "'wechat'", shared: nil)
        return try store.writer.read { try $0.value("SELECT \(contact.consent(.marketing))", ["now": now.micros]) }
    }

    @Test("who comes back by an old file stays silent, with another number or under another id too")
    func oldFile() async throws {
        let desk = try await OutboxDesk()
        _ = try ErasureTests.erase(desk)
        let later = try desk.world.instant("2026-04-01 10:00")
        var (same, moved, renamed) = (MemberRow(id: "lin"), MemberRow(id: "lin"), MemberRow(id: "lin2"))
        (same.phone, moved.phone, renamed.phone) = ("13800000001", "13911112222", "13800000001")
        for row in [same, moved, renamed] {
            try await desk.sql("DELETE FROM members; DELETE FROM consents; DELETE FROM shared_addresses")
            try ErasureTests.write(desk.store, at: later) { rows in
                _ = try rows.write(member: row)
                for at in [nil, try desk.world.instant("2026-01-01")] {
                    _ = try rows.write(
                        consent: ConsentRow(
                            memberID: row.id, channel: "sms", state: .granted, at: at, source: "old.csv"))
                }
                // Later than the erasure, but nobody can say where it is from.
                _ = try rows.write(
                    consent: ConsentRow(memberID: row.id, channel: "sms", state: .granted, at: later))
            }
            let reach = try desk.store.lastWords(of: row.id, at: later)
            #expect(reach[0] != "granted" && reach[1] == "withdrawn", "\(row.id) \(reach)")
        }
    }

    @Test("an address that a merge gave up is withdrawn from too, for whoever has it and for an old file with a new id")
    func givenUp() async throws {
        let desk = try await MergeDesk.desk()
        try desk.merge()
        let later = try desk.world.instant("2026-04-01 10:00")
        let old = try desk.world.instant("2026-01-01 10:00")
        for id in ["cai", "till-7"] {
            if id == "till-7" { #expect(try ErasureTests.erase(desk).othersWithAddress == 1) }
            try ErasureTests.write(desk.store, at: later) { rows in
                _ = try rows.write(member: MemberRow(id: id, phone: "13800000002"))
                _ = try rows.write(
                    consent: ConsentRow(memberID: id, channel: "sms", state: .granted, at: old, source: "old.csv"))
            }
            #expect(try desk.store.lastWords(of: id, at: later)[0] == (id == "cai" ? "granted" : "withdrawn"))
        }
        for id in ["cai", "till-7"] {
            #expect(try desk.store.lastWords(of: id, at: later) == ["withdrawn", "withdrawn"])
        }
        #expect(try await desk.numbers("SELECT COUNT(*) FROM merged_addresses") == [0])
        #expect(try desk.broken() == [])
    }

    @Test("a consent that is later and has a proof lets them hear again, on its channel alone")
    func newConsent() async throws {
        let desk = try await OutboxDesk()
        _ = try ErasureTests.erase(desk)
        let later = try desk.world.instant("2026-04-01 10:00")
        var member = MemberRow(id: "lin")
        (member.phone, member.wechatOpenID) = ("13800000001", "oLin12345")
        try ErasureTests.write(desk.store, at: later) { rows in _ = try rows.write(member: member) }
        let unproven = ConsentRow(memberID: "lin", channel: "sms", state: .granted, at: later)
        #expect(try desk.store.consent(unproven, by: "wang", at: later) == .refused(.unproven))
        let row = ConsentRow(memberID: "lin", channel: "sms", state: .granted, at: later, source: "form 9")
        #expect(try desk.store.consent(row, by: "wang", at: later) == .written)
        #expect(try desk.store.consent(row, by: "wang", at: later) == .held)
        #expect(try desk.store.lastWords(of: "lin", at: later)[0] == "granted")
        #expect(try ErasureTests.onWeChat(desk.store, at: later) == "withdrawn")
        #expect(
            try desk.store.consent(ConsentRow(memberID: "nobody", channel: "sms", state: .granted), at: later)
                == .noMember)
    }

    @Test("who takes back what WeChat may tell has no openid any more, and the channel is off for it")
    func revoked() async throws {
        let desk = try await OutboxDesk()
        try await desk.sql("UPDATE deliveries SET channel = 'wechat', address = 'oLin12345'")
        let source = CallbackSource(channel: "wechat", address: .wechatOpenID)
        let at = try desk.world.instant("2026-03-10 11:05")
        for (revocations, repeated) in [(1, 0), (0, 1)] {
            let counts = try await desk.store.note(
                [.revoked(Revocation(address: "oLin12345", at: at))], from: source, at: at)
            #expect(counts.revocations == revocations && counts.repeated == repeated)
        }
        let left = try ErasureTests.strings(
            desk.store,
            """
            SELECT id FROM members WHERE wechat_openid IS NOT NULL
            UNION ALL SELECT address FROM deliveries WHERE address IS NOT NULL
            """)
        #expect(left == [])
        try await desk.sql("UPDATE members SET wechat_openid = 'oLin12345'")
        try ErasureTests.write(desk.store, at: at) { rows in
            try rows.book.settle("lin", .wechatOpenID, "oLin12345", isNew: false, number: 99)
        }
        let wechat = try ErasureTests.objections(desk.store, to: "oLin12345", at: at)
        #expect(wechat == [.withdrawn, .withdrawn])
    }

    private static func objections(
        _ store: MemberStore, to openid: String, at now: Instant
    ) throws -> [AddressObjection.Reason] {
        guard let address = CanonicalAddress(.wechatOpenID, openid) else { return [] }
        return try Rule.Purpose.allCases.flatMap { purpose in
            try store.objections(to: address, on: "wechat", purpose: purpose, at: now)
        }.filter { $0.member == nil }.map(\.reason)
    }

    @Test("a bounce outlives the erasure and a later consent")
    func bounced() async throws {
        let desk = try await OutboxDesk()
        try await desk.sql(
            "INSERT INTO suppressions (member, channel, reason, at, seq) VALUES ('lin', 'sms', 'bounce', 1, 1)")
        _ = try ErasureTests.erase(desk)
        let kept = try ErasureTests.strings(desk.store, "SELECT channel || ' ' || reason FROM address_suppressions")
        #expect(kept == ["sms bounce", "sms bounce"])
    }
}
