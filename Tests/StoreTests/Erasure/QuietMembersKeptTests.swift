import Intake
import Kit
import Policies
import Rules
import Testing

@testable import Store

/// Whom retention leaves alone, and what its erasures leave.
@Suite("Members of whom something is left to say")
struct QuietMembersKeptTests {
    private static let now = Instant(seconds: 1_773_100_800)
    private static let before = now.adding(micros: -1095 * 86_400_000_000)
    private static let channels: [String: ChannelDeclaration.Address] = ["sms": .phone, "email": .email]

    private static func instant(_ date: String) throws -> Instant {
        try #require(Instant(rfc3339: "\(date)T10:00:00+08:00"))
    }

    private static func walk(_ store: MemberStore, isDry: Bool = false) throws -> RetentionWalk {
        var walk = RetentionWalk(RetentionTerms(members: before, channels: channels, at: now))
        while !walk.isOver { try isDry ? store.preview(&walk) : store.retain(&walk) }
        return walk
    }

    private static func write(_ store: MemberStore, _ body: (inout RowWriter) throws -> Void) throws {
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            try body(&rows)
        }
    }

    private static func quiet(_ id: String, _ phone: String? = nil) throws -> MemberRow {
        MemberRow(id: id, registeredAt: try instant("2020-01-01"), phone: phone)
    }

    // MARK: what is newer than the limit

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let table: String
        let columns: String
        /// `OLD`, `NEW` and `AHEAD` are instants before the limit, since then, and after today.
        let values: String
        let goes: Bool

        init(_ what: String, _ table: String, _ columns: String, _ values: String, goes: Bool = false) {
            (testDescription, self.table, self.columns) = (what, table, columns)
            (self.values, self.goes) = (values, goes)
        }
    }

    private static let consent = "channel, purpose, at, state, seq"
    private static let coupon = "id, template, state, issued_at, used_at, expires_at"
    private static let points = "id, points, remaining, earned_at, expires_at"
    private static let request = "channel, address, at, made_at, confirmed_at, seq"
    private static let task = "rule, occasion, title, state, created_at, due_at"

    @Test(
        "stay while a row about them is newer than the limit, or what they have is valid",
        arguments: [
            Row("a no of last year", "consents", consent, "'sms', 'marketing', NEW, 'withdrawn', 1"),
            Row(
                "a yes of last year, by what they have no address for", "consents", consent,
                "'email', 'service', NEW, 'granted', 1"),
            Row("a no of long ago", "consents", consent, "'sms', 'marketing', OLD, 'withdrawn', 1", goes: true),
            Row("a request of last year to confirm", "consent_requests", request, "'email', x'00', NULL, NEW, NULL, 1"),
            Row("a confirmation of last year", "consent_requests", request, "'email', x'00', OLD, OLD, NEW, 1"),
            Row("a request of long ago", "consent_requests", request, "'email', x'00', OLD, OLD, NULL, 1", goes: true),
            Row("a coupon of last year", "coupons", coupon, "'k', 'T', 'expired', NEW, NULL, OLD"),
            Row("a coupon used last year", "coupons", coupon, "'k', 'T', 'used', OLD, NEW, OLD"),
            Row("a coupon that is valid", "coupons", coupon, "'k', 'T', 'unused', OLD, NULL, AHEAD"),
            Row("a coupon without an end", "coupons", coupon, "'k', 'T', 'unused', OLD, NULL, NULL"),
            Row("a coupon that ended long ago", "coupons", coupon, "'k', 'T', 'expired', OLD, NULL, OLD", goes: true),
            Row("a coupon used long ago", "coupons", coupon, "'k', 'T', 'used', OLD, OLD, NULL", goes: true),
            Row("points of last year", "points", points, "'p', 5, 0, NEW, NULL"),
            Row("points that are valid", "points", points, "'p', 5, 5, OLD, AHEAD"),
            Row("points without an end", "points", points, "'p', 5, 5, OLD, NULL"),
            Row("points that are spent", "points", points, "'p', 5, 0, OLD, NULL", goes: true),
            Row("points that ended long ago", "points", points, "'p', 5, 5, OLD, OLD", goes: true),
            Row("a date that lies ahead", "dates", "name, key, year", "'appointment', 's1224', 2026"),
            Row("a date of long ago", "dates", "name, key, year", "'wedding', 's1224', 2015", goes: true),
            Row("a day of every year", "dates", "name, key, year", "'wedding', 's1224', NULL", goes: true),
            Row("a task of last year that is done", "tasks", task, "'r', 'o', 't', 'done', NEW, NULL"),
            Row("a task that was due last year", "tasks", task, "'r', 'o', 't', 'done', OLD, NEW"),
            Row("a task of long ago", "tasks", task, "'r', 'o', 't', 'done', OLD, OLD", goes: true),
            Row(
                "an order refunded last year", "orders", "id, paid_at, total, status, refunded_at",
                "'o', OLD, 1, 'refunded', NEW"),
            Row("a cart of last year", "carts", "id, at", "'c', NEW"),
            Row(
                "a choice of last year", "personalisation_choices", "at, choice, source, seq", "NEW, 'none', 'page', 1"),
            Row("a complaint of last year", "suppressions", "channel, reason, at, seq", "'sms', 'complaint', NEW, 1"),
            Row(
                "an event of last year that could not be taken", "quarantine",
                "source, event_id, hash, kind, at, reason, reason_chinese, body",
                "'shop', 'e', x'00', 'rejected', NEW, 'r', 'r', '{}'"),
        ])
    func newer(_ row: Row) throws {
        let store = try MemberStore.inMemory()
        try QuietMembersKeptTests.write(store) { rows in
            _ = try rows.write(member: QuietMembersKeptTests.quiet("lin", "13800000001"))
        }
        let instants = [
            ("OLD", try QuietMembersKeptTests.instant("2021-05-01")),
            ("NEW", try QuietMembersKeptTests.instant("2025-05-01")),
            ("AHEAD", try QuietMembersKeptTests.instant("2027-05-01")),
        ]
        let values = instants.reduce(row.values) { $0.replacing($1.0, with: String($1.1.micros)) }
        try store.writer.write { db in
            try db.run("INSERT INTO \(row.table) (member, \(row.columns)) VALUES ('lin', \(values))")
        }
        #expect(try QuietMembersKeptTests.walk(store, isDry: true).counts[.members]?.rows == (row.goes ? 1 : 0))
        _ = try QuietMembersKeptTests.walk(store)
        #expect(try (store.person("lin") == nil) == row.goes)
    }

    @Test(
        "stay when a list spoke of their address since, and not when it did so long ago",
        arguments: ["2025-05-01", "2021-05-01"])
    func listed(date: String) throws {
        let store = try MemberStore.inMemory()
        try QuietMembersKeptTests.write(store) { rows in
            _ = try rows.write(member: QuietMembersKeptTests.quiet("lin", "13800000001"))
            let address = try #require(CanonicalAddress(.phone, "13800000001"))
            let at = try QuietMembersKeptTests.instant(date)
            _ = try rows.write(
                consent: ConsentRow(memberID: "", channel: "sms", state: .withdrawn, at: at), of: address)
        }
        #expect(try QuietMembersKeptTests.walk(store).counts[.members]?.rows == (date < "2023" ? 1 : 0))
    }

    // MARK: addresses that somebody else has

    struct Pair: Sendable {
        var old = MemberRow(id: "old")
        var new = MemberRow(id: "new")
    }

    @Test(
        "stay while somebody else has one of their addresses, who goes on to be reached",
        arguments: [
            Pair(old: MemberRow(id: "old", phone: "13800000001"), new: MemberRow(id: "new", phone: "13800000001")),
            Pair(
                old: MemberRow(id: "old", email: "Li@example.com"), new: MemberRow(id: "new", email: "li@example.com")),
            Pair(old: MemberRow(id: "old", wechatOpenID: "oLin1"), new: MemberRow(id: "new", wechatOpenID: "oLin1")),
        ])
    func shared(_ pair: Pair) throws {
        let store = try MemberStore.inMemory()
        try QuietMembersKeptTests.write(store) { rows in
            for (member, date) in [(pair.old, "2020-01-01"), (pair.new, "2025-01-01")] {
                var member = member
                member.registeredAt = try QuietMembersKeptTests.instant(date)
                _ = try rows.write(member: member)
            }
            let at = try QuietMembersKeptTests.instant("2025-01-01")
            _ = try rows.write(
                consent: ConsentRow(memberID: "new", channel: "sms", state: .granted, at: at, source: "form 2"))
            _ = try rows.write(member: QuietMembersKeptTests.quiet("alone", "13800000009"))
        }
        #expect(try QuietMembersKeptTests.walk(store, isDry: true).counts[.members]?.members == ["alone"])
        #expect(try QuietMembersKeptTests.walk(store).counts[.members]?.rows == 1)
        #expect(try store.person("old") != nil && store.person("alone") == nil)
        #expect(try store.lastWords(of: "new", at: QuietMembersKeptTests.now)[0] == "granted")
        #expect(try store.verify(Invariants(at: QuietMembersKeptTests.now, atRest: true)) == [])
    }

    // MARK: what is left

    @Test(
        "who comes back after it is silent only where they said no, with the number and with the id",
        arguments: [false, true])
    func back(saidNo: Bool) throws {
        let store = try MemberStore.inMemory()
        let no = try QuietMembersKeptTests.instant("2021-05-01")
        try QuietMembersKeptTests.write(store) { rows in
            _ = try rows.write(member: QuietMembersKeptTests.quiet("lin", "13800000001"))
            if saidNo {
                _ = try rows.write(
                    consent: ConsentRow(memberID: "lin", channel: "sms", state: .withdrawn, at: no, source: "shop"))
            }
        }
        #expect(try QuietMembersKeptTests.walk(store).counts[.members]?.rows == 1)
        #expect(try store.wasErased("lin"))
        #expect(try store.verify(Invariants(at: QuietMembersKeptTests.now, atRest: true)) == [])
        let rows: [String] = try store.writer.read { db in
            try db.values("SELECT channel || ' ' || purpose || ' ' || state || ' ' || source FROM list_consents")
        }
        #expect(rows == (saidNo ? Array(repeating: "sms marketing withdrawn shop", count: 2) : []))
        try QuietMembersKeptTests.write(store) { rows in
            _ = try rows.write(member: MemberRow(id: "other", phone: "13800000001"))
            _ = try rows.write(member: MemberRow(id: "lin", phone: "13911112222"))
            // From an old file, and from before what they said last.
            for member in ["other", "lin"] {
                let at = try QuietMembersKeptTests.instant("2020-02-01")
                _ = try rows.write(
                    consent: ConsentRow(memberID: member, channel: "sms", state: .granted, at: at, source: "old.csv"))
            }
        }
        for member in ["other", "lin"] {
            let said = try store.lastWords(of: member, at: QuietMembersKeptTests.now)
            #expect(said[1] == nil && (said[0] == "granted") == !saidNo, "\(member) \(said)")
        }
        #expect(try store.verify(Invariants(at: QuietMembersKeptTests.now, atRest: true)) == [])
    }

    @Test("a no that a later yes ended is not left")
    func ended() throws {
        let store = try MemberStore.inMemory()
        try QuietMembersKeptTests.write(store) { rows in
            _ = try rows.write(member: QuietMembersKeptTests.quiet("lin"))
            for (date, state) in [("2020-05-01", ConsentRow.State.withdrawn), ("2021-05-01", .granted)] {
                let at = try QuietMembersKeptTests.instant(date)
                _ = try rows.write(
                    consent: ConsentRow(memberID: "lin", channel: "sms", state: state, at: at, source: "shop"))
            }
        }
        #expect(try QuietMembersKeptTests.walk(store).counts[.members]?.rows == 1)
        #expect(try store.writer.read { try $0.value("SELECT COUNT(*) FROM list_consents") as Int? } == 0)
    }

    @Test("what arrives late is taken where it is of the time since the limit")
    func late() throws {
        let store = try MemberStore.inMemory()
        try QuietMembersKeptTests.write(store) { rows in
            _ = try rows.write(member: QuietMembersKeptTests.quiet("lin"))
        }
        _ = try QuietMembersKeptTests.walk(store)
        for (date, isPassedOver) in [("2021-05-01", true), ("2025-05-01", false)] {
            let order = EventRow(
                memberID: "lin", name: "order.paid", at: try QuietMembersKeptTests.instant(date))
            try QuietMembersKeptTests.write(store) { rows in
                let isOfErased = try rows.isOfErased([.event(order, lacksCart: false)])
                #expect(isOfErased == isPassedOver)
            }
        }
    }

    @Test("a trial names the first thousand and counts them all")
    func names() throws {
        let store = try MemberStore.inMemory()
        try QuietMembersKeptTests.write(store) { rows in
            for number in 0..<1003 { _ = try rows.write(member: QuietMembersKeptTests.quiet("m\(10_000 + number)")) }
        }
        let count = try QuietMembersKeptTests.walk(store, isDry: true).counts[.members]
        #expect(count?.rows == 1003 && count?.members == (0..<1000).map { "m\(10_000 + $0)" })
    }

    @Test("a backup from before is cleaned when it is put back, and nobody is silent for it")
    func restored() async throws {
        let shelf = try StoreShelf(try await OutboxDesk())
        let store = try shelf.open()
        try await store.writer.write { db in
            for table in ["consents", "address_consents"] { try db.run("DELETE FROM \(table)") }
            try db.run("UPDATE deliveries SET state = 'cancelled'")
        }
        let backup = shelf.directory.appending(path: "bak").path
        _ = try store.backUp(to: backup)
        let far = shelf.now.adding(micros: 86_400_000_000)
        var walk = RetentionWalk(RetentionTerms(members: far, channels: QuietMembersKeptTests.channels, at: far))
        while !walk.isOver { try store.retain(&walk) }
        #expect(walk.counts[.members]?.members == ["lin"])
        try store.writer.close()
        let outcome = try Restore(Backup(path: backup), to: shelf.path).run(at: far)
        #expect(outcome.erasedAgain == 1)
        let back = try shelf.open()
        #expect(try back.person("lin") == nil && back.wasErased("lin"))
        #expect(try await back.writer.read { try $0.value("SELECT COUNT(*) FROM list_consents") as Int? } == 0)
        try back.writer.close()
    }
}
