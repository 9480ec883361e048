import Foundation
import Glibc
import Kit
import Rules
import TestSupport
import Testing

@testable import Intake
@testable import Store

/// Batches are sorted, and read what the store has for all of their rows at once. What is stored must be what writing
/// row by row stores.
@Suite("Batches of an import")
struct BatchTests {
    @Test("store what the same rows store one by one, whatever is in the files", arguments: 0..<UInt64(24))
    func same(seed: UInt64) throws {
        var random = SeededGenerator(seed: UInt64(Seed.first) &+ seed)
        let batched = try seed % 4 == 0 ? IntakeDesk.onDisk() : IntakeDesk()
        let single = try IntakeDesk()
        batched.options.sizes.batch = [3, 10, 1000][Int(seed % 3)]
        batched.options.sizes.longest = 20
        batched.options.sizes.fewest = 1
        if seed % 2 == 1 {
            for desk in [batched, single] { try desk.goLive() }
        }
        for _ in 0..<12 {
            let kind = BatchTests.kinds.randomElement(using: &random) ?? .orders
            let text = RandomFile(kind, &random).text
            let summary = try batched.run(kind, text)
            let expected = try RowByRow(single).run(kind, text)
            let counts = [summary.accepted, summary.unchanged, summary.rejected]
            #expect(counts == expected, "seed \(seed), \(kind.rawValue):\n\(text)")
            let (found, wanted) = (try contents(of: batched), try contents(of: single))
            #expect(found == wanted, "seed \(seed), \(kind.rawValue):\n\(text)")
            if found != wanted { return }
        }
    }

    @Test("mark no arrivals before a rule went live, and mark each member after")
    func arrivals() throws {
        let desk = try IntakeDesk()
        try desk.addMembers("m1", "m2")
        let file = "id,member_id,paid_at,total\no1,m1,2026-03-01,1\no2,m2,2026-03-01,1\no3,m1,2026-03-02,1\n"
        _ = try desk.run(.orders, file)
        #expect(try desk.rows("SELECT member FROM arrivals").isEmpty)
        try desk.goLive()
        _ = try desk.run(.orders, file.replacing("2026-03-02", with: "2026-03-03"))
        #expect(try desk.rows("SELECT member FROM arrivals") == [["m1"]])
    }

    @Test("of a long transaction that fails leave the store as it was, with its indexes")
    func failed() throws {
        let desk = try IntakeDesk.onDisk()
        desk.options.sizes.batch = 2
        desk.options.sizes.fewest = 4
        try desk.addMembers("m1", "m2")
        try desk.store.writer.write { db in
            try db.script(
                """
                CREATE TRIGGER full BEFORE INSERT ON orders WHEN new.id = 'o5' BEGIN SELECT RAISE(ABORT, 'full'); END
                """)
        }
        let before = try desk.dump() + desk.indexes()
        let file = "id,member_id,paid_at,total\n" + (1...6).map { "o\($0),m1,2026-03-01,1\n" }.joined()
        #expect(throws: ImportRefusal.self) { try desk.run(.orders, file) }
        #expect(try desk.dump() + desk.indexes() == before)
        try desk.store.writer.write { try $0.script("DROP TRIGGER full") }
        #expect(try desk.run(.orders, file).accepted == 6)
        #expect(try desk.indexes() == IntakeDesk().indexes())
    }

    @Test("of first orders find an order again that an earlier one of them wrote for another member")
    func takenOver() throws {
        let desk = try IntakeDesk.onDisk()
        try desk.addMembers("m1", "m2")
        desk.options.sizes.fewest = 1
        // No row waits for the last one of its order.
        desk.options.sizes.deferred = 0
        let file = "id,member_id,paid_at,total\no1,m1,2026-03-01,1\no2,m1,2026-03-01,1\no1,m2,2026-03-02,2\n"
        #expect(try desk.run(.orders, file).accepted == 3)
        #expect(try desk.rows("SELECT id, member FROM orders ORDER BY id") == [["o1", "m2"], ["o2", "m1"]])
        #expect(try desk.rows("SELECT member, ref FROM events ORDER BY ref") == [["m2", "o1"], ["m1", "o2"]])
        #expect(try desk.indexes() == IntakeDesk().indexes())
    }

    @Test("of members grow with the file, within bounds")
    func sizes() {
        let own = BatchWriting.Sizes()
        let sizes = [(1, 12_500), (200_000, 12_500), (400_000, 20_000), (1_000_000, 50_000), (5_000_000, 50_000)]
        for (rows, size) in sizes { #expect(own.batch(of: .members, rows: rows) == size) }
        #expect(own.batch(of: .orders, rows: 200_000) == 100_000)
        #expect(BatchWriting.Sizes.withinDaemon.batch(of: .members, rows: 1_000_000) == 5000)
    }

    @Test("leave the connection the memory that it had before")
    func memory() throws {
        let desk = try IntakeDesk.onDisk()
        desk.options.sizes.fewest = 1
        let cache = { try desk.store.writer.writeWithoutTransaction { try $0.value("PRAGMA cache_size") as Int? } }
        let before = try cache()
        try desk.addMembers("m1", "m2")
        #expect(try cache() == before)
    }

    @Test("are cut into slices while a daemon has the store, and its commits come between them")
    func besideDaemon() throws {
        let desk = try IntakeDesk.onDisk()
        try desk.addMembers("m1", "m2")
        let path = try #require(desk.store.path)
        let lock = open(path + ".lock", O_RDWR | O_CREAT, 0o600)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        desk.options.sizes.slice = 2
        desk.options.sizes.fewest = 1
        try desk.goLive()
        let file = "id,member_id,paid_at,total\n" + (1...6).map { "o\($0),m\(1 + $0 % 2),2026-03-01,1\n" }.joined()
        let before = try desk.row("SELECT value FROM meta WHERE key = 'seq'")[0]
        #expect(try desk.run(.orders, file).accepted == 6)
        // Each transaction takes one number.
        let after = try desk.row("SELECT value FROM meta WHERE key = 'seq'")[0]
        #expect(Int(after) == Int(before).map { $0 + 3 })
    }

    private static let kinds: [ImportKind] = [
        .members, .orders, .orders, .orders, .events, .points, .coupons, .carts, .consents, .dates,
    ]

    /// Whether another member has the address now. A row that stays after the other has left depends on the order of
    /// the rows between, and says too much rather than too little.
    private let isShared = """
        EXISTS (SELECT 1 FROM members m JOIN members o ON o.id <> m.id WHERE m.id = s.member AND CASE s.kind
          WHEN 'phone' THEN o.phone = m.phone WHEN 'email' THEN lower(o.email) = lower(m.email) ELSE 1 END)
        """

    /// Everything but numbers that count transactions or rows.
    private func contents(of desk: IntakeDesk) throws -> [String] {
        let queries = [
            """
            SELECT id, display_name, gender, status, tier, birthday_key, birthday_year, birthday_seq IS NULL, registered_at,
              phone, email, wechat_openid, wecom_external_userid, city, region, store_id, advisor, language, timezone,
              preferred_channel, personalisation, zone FROM members ORDER BY id
            """, "SELECT * FROM member_tags ORDER BY member, tag",
            "SELECT * FROM member_attributes ORDER BY member, name", "SELECT * FROM dates ORDER BY member, name",
            "SELECT member, name, at, source, event_id, ref, data FROM events ORDER BY 1, 2, 3, 4, 5, 6, 7",
            "SELECT i.source, i.event_id, e.member, e.name, e.ref FROM event_ids i LEFT JOIN events e ON e.seq = i.event ORDER BY 1, 2",
            "SELECT * FROM latest ORDER BY member, name", "SELECT * FROM orders ORDER BY member, id",
            "SELECT * FROM order_items ORDER BY member, order_id, line", "SELECT * FROM points ORDER BY member, id",
            "SELECT * FROM coupons ORDER BY member, id", "SELECT * FROM carts ORDER BY member, id, at",
            "SELECT member, channel, purpose, at, state, source FROM consents ORDER BY 1, 2, 3, 4",
            "SELECT hex(l.address) IS NOT NULL, channel, purpose, at, state FROM list_consents l ORDER BY 2, 3, 4, 5",
            "SELECT member, kind FROM shared_addresses s WHERE \(isShared) ORDER BY 1, 2",
            """
            SELECT channel, at, state, member FROM address_consents c WHERE member = '' OR EXISTS (
              SELECT 1 FROM shared_addresses s WHERE s.member = c.member AND \(isShared)) ORDER BY 1, 2, 3, 4
            """,
            "SELECT member FROM arrivals ORDER BY member",
        ]
        return try queries.flatMap { query in try desk.rows(query).map { "\(query): \($0.joined(separator: "|"))" } }
    }
}

/// Applies a file as an import must: of the rows with one key the last good one, in the place of the last, each in a
/// transaction of its own.
private struct RowByRow {
    let desk: IntakeDesk

    init(_ desk: IntakeDesk) { self.desk = desk }

    /// How many rows were accepted, unchanged and rejected.
    func run(_ kind: ImportKind, _ text: String) throws -> [Int] {
        let path = desk.path("single.csv")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let file = try OpenedFile(path: path, encoding: nil)
        var records = try RecordReader(file, kind, attributes: nil)
        var read: [(record: ImportRecord, row: IntakeRow?)] = []
        var last: [String: Int] = [:]
        while let record = try records.next() {
            if let key = record.key(kind) { last[key] = read.count }
            read.append((record, row(record, kind)))
        }
        var good: [String: (record: ImportRecord, row: IntakeRow)] = [:]
        var counts = [0, 0, 0]
        for (index, (record, row)) in read.enumerated() {
            if row == nil { counts[2] += 1 }
            guard let key = record.key(kind) else {
                if let row { try write(row, record, &counts) }
                continue
            }
            if let row {
                if case .event(let first)? = good[key]?.row, case .event(let event) = row,
                    !EventContent(first).isSame(as: EventContent(event))
                {
                    // The first of two events counts.
                    counts[2] += 1
                } else {
                    // The row that is replaced counts as accepted.
                    if good[key] != nil { counts[0] += 1 }
                    good[key] = (record, row)
                }
            }
            if last[key] == index, let (record, row) = good[key] { try write(row, record, &counts) }
        }
        return counts
    }

    /// Under which its rows were written so far: a file is one statement.
    private final class Numbers { var all: Set<Int64> = [] }
    private let numbers = Numbers()

    private func row(_ record: ImportRecord, _ kind: ImportKind) -> IntakeRow? {
        guard record.damage == nil else { return nil }
        let today = desk.options.zone.date(of: IntakeDesk.now)
        var builder = RowBuilder(
            CellReader(record, DateText(zone: desk.options.zone)), today: today, tiers: TierNames(),
            channels: desk.options.channels)
        return try? builder.row(kind)
    }

    private func write(_ row: IntakeRow, _ record: ImportRecord, _ counts: inout [Int]) throws {
        let written = try desk.store.writer.write { db in
            var writer = RowWriter(db, origin: .world(now: IntakeDesk.now))
            if case .consent = row { writer.fileNumbers = numbers.all }
            defer { if let number = writer.usedNumber { numbers.all.insert(number) } }
            if let member = row.memberID, try !writer.hasMember(member) { return RowWriter.Written?.none }
            do {
                return try writer.write(row, stating: record.stated(.keep), at: RowWriter.LinePlace(1, isLast: true))
            } catch is Rejection {
                return nil
            }
        }
        counts[written == nil ? 2 : 0] += 1
        if written == .unchanged { counts[1] += 1 }
    }
}

/// A file with few members, ids and instants, so that rows meet: repeated keys, orders of another member, orders that
/// are void, rows that are bad.
private struct RandomFile {
    private(set) var text: String

    init(_ kind: ImportKind, _ random: inout SeededGenerator) {
        let lines = (0..<Int.random(in: 4...24, using: &random)).map { _ in
            RandomFile.line(kind, Int.random(in: 0..<9, using: &random), &random)
        }
        text = RandomFile.header(kind) + "\n" + lines.joined(separator: "\n") + "\n"
    }

    private static func header(_ kind: ImportKind) -> String {
        switch kind {
        case .members: "id,status,registered_at,phone,email,timezone,tags,attr.size"
        case .orders: "id,member_id,paid_at,total,status,cancelled_at,refunded_at"
        case .events: "id,member_id,name,at,data"
        case .points: "id,member_id,points,remaining,earned_at,expires_at"
        case .coupons: "id,member_id,template,state,expires_at"
        case .carts: "id,member_id,updated_at,total,state"
        case .consents: "member_id,address,channel,state,at"
        default: "member_id,name,date"
        }
    }

    private static func line(_ kind: ImportKind, _ id: Int, _ random: inout SeededGenerator) -> String {
        func one(_ of: String...) -> String { of.randomElement(using: &random) ?? "" }
        func at() -> String {
            "2026-0\(Int.random(in: 1...3, using: &random))-0\(Int.random(in: 1...9, using: &random))"
        }
        func member() -> String { one("m0", "m1", "m2", "m3", "m4", "m5", "nobody") }
        func amount() -> String { one("1", "2.50", "1,299.00", "x") }
        switch kind {
        case .members:
            let phone = one("13800000001", "13800000002", "", "")
            let email = one("a@example.com", "A@example.com", "b@example.com", "")
            let zone = one("Asia/Tokyo", "", "", "Nowhere")
            return "m\(id),\(one("active", "closed", "")),\(one(at(), "")),\(phone),\(email),\(zone),"
                + "\(one("a;b", "a", "")),\(one("1", "2", ""))"
        case .orders:
            let ends = one(
                ",,", ",,", ",\(at()),", ",,\(at())", "cancelled,,", "cancelled,\(at()),", "refunded,,\(at())")
            return "o\(id),\(member()),\(at()),\(amount()),\(ends)"
        case .events:
            let name = one("order.paid", "order.cancelled", "order.refunded", "coupon.used", "cart.updated", "visit")
            let quoted = "\"{\"\"order\"\":\"\"o\(id)\"\",\"\"cart\"\":\"\"c\(id)\"\",\"\"coupon\"\":\"\"k\(id)\"\"}\""
            return "\(one("e\(id)", "e\(id)", "")),\(member()),\(name),\(at()),\(one(quoted, quoted, "", "[]"))"
        case .points:
            return "p\(id),\(member()),\(one("10", "20", "x")),\(one("5", "")),\(one(at(), "")),\(one(at(), ""))"
        case .coupons: return "k\(id),\(member()),t,\(one("unused", "used", "expired", "?")),\(one(at(), ""))"
        case .carts: return "c\(id),\(member()),\(at()),\(amount()),\(one("open", "emptied", "ordered"))"
        case .consents:
            let address = one("", "", "", "13800000001", "a@example.com")
            return "\(member()),\(address),\(one("sms", "email", "*")),\(one("granted", "withdrawn")),\(one(at(), ""))"
        default: return "\(member()),\(one("wedding", "club")),\(at())"
        }
    }
}
