@testable import Kit
import Foundation
import Testing

@testable import Rules

/// `members:` of one member `lin`, whose block is the given lines.
private func lin(_ lines: String, _ custom: [CustomField] = []) -> (MemberFixture?, [Diagnostic]) {
    let indented = lines.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    let (fixtures, found) = read(["version: 1\nmembers:\n  lin:\n\(indented)\n"], custom)
    return (fixtures.members.first, found)
}

private func read(_ texts: [String], _ custom: [CustomField] = []) -> (Fixtures, [Diagnostic]) {
    let files = texts.enumerated().map { YAMLReader.read(bytes: Array($1.utf8), path: "f\($0).yaml") }
    for file in files { #expect(file.diagnostics.map(\.short) == []) }
    let (fixtures, found) = FixtureReader.read(files: files, knownCustomFields: custom)
    #expect(Untranslated.sentences(of: found) == [])
    return (fixtures, found.filter { $0.code != "R002" })
}

private func utc(_ text: String) -> Instant? { Instant(rfc3339: text) }

@Suite("Fixtures")
struct FixtureReaderTests {
    /// Semantics §9, every entity.
    static let everything = """
        version: 1
        timezone: Asia/Shanghai
        stores: {s1: {name: 南京路店, timezone: Asia/Shanghai, manager: wang}}
        products: {SKU1: {name: 咖啡机, category: kitchen, price: 899, in_stock: true, pairs_with: [beans]}}
        members:
          lin:
            {display_name: 林小姐, status: active, tier: gold, birthday: "1990-03-10", phone: "13800000001", email: l@example.com, wechat_openid: oLin, store_id: s1}
          luna:
            birthday: {calendar: lunar, month: 6, day: 30, leap_month: true}
            consent: {sms: granted, push: granted, email: {marketing: withdrawn, service: granted}}
            dates: [{name: wedding, date: "2018-10-01", calendar: solar}]
            orders: [{id: o1, paid_at: "2026-03-01 10:00", total: 899, status: refunded, refunded_at: "2026-03-04 09:00", cart: c1, items: [{sku: SKU1, quantity: 2, price: 449.50}]}]
            carts: [{id: c1, updated_at: "2026-03-01 09:00", total: 899, in_stock_items: 1, state: open, items: [{sku: SKU1}]}]
            points: [{id: p1, points: 600, remaining: 520, earned_at: "2025-03-15 12:00", expires_at: "2026-03-15"}]
            coupons: [{id: k1, template: BDAY-30OFF, code: X1, face_value: 30, issued_at: "2026-02-01 00:00", expires_at: "2026-03-10T12:00:00+01:00", state: unused}]
            events: [{id: e1, name: store.visited, at: "2026-02-20 15:00", data: {store: s1}}]
            experiment: {winback-2026q1: story}
        """

    @Test("the example of the semantics is read whole")
    func example() throws {
        let (fixtures, found) = read([Self.everything])
        #expect(found.map(\.short) == [])
        #expect(fixtures.stores == [StoreRow(id: "s1", name: "南京路店", timezone: "Asia/Shanghai", manager: "wang")])
        let product = ProductRow(
            sku: "SKU1", name: "咖啡机", category: "kitchen", price: 89_900, inStock: true, pairsWith: ["beans"])
        #expect(fixtures.products == [product])
        let birthday = RecurringDate(year: 1990, month: 3, day: 10)
        let expected = MemberRow(
            id: "lin", displayName: "林小姐", tier: "gold", birthday: birthday, phone: "13800000001",
            email: "l@example.com", wechatOpenID: "oLin", storeID: "s1")
        #expect(fixtures.members.map(\.row.id) == ["lin", "luna"])
        #expect(fixtures.members.first == MemberFixture(row: expected))
    }

    @Test("the shipped example is read without a finding")
    func shipped() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "rules/fixtures/members.yaml"), encoding: .utf8)
        let (fixtures, found) = read([text])
        #expect(found.map(\.short) == [])
        #expect(Set(fixtures.members.map(\.row.id)).isSuperset(of: ["lin", "zhao", "leap", "luna", "notier"]))
    }

    @Test("history is read with money in fen and times in the file's zone")
    func history() throws {
        let luna = try #require(read([Self.everything]).0.members.last)
        #expect(luna.row.birthday == RecurringDate(calendar: .lunar, month: 6, day: 30, leapMonth: true))
        let order = try #require(luna.orders.first)
        #expect(order.paidAt == utc("2026-03-01T02:00:00Z"))
        #expect(order.refundedAt == utc("2026-03-04T01:00:00Z"))
        #expect(order.cancelledAt == nil)
        #expect(order.status == .refunded)
        #expect(order.cart == "c1")
        #expect(order.items == [ItemRow(orderID: "o1", sku: "SKU1", quantity: 2, price: 44_950)])
        let cart = CartRow(
            id: "c1", memberID: "luna", updatedAt: try #require(utc("2026-03-01T01:00:00Z")), total: 89_900,
            inStockItems: 1, items: [ItemRow(orderID: "c1", sku: "SKU1")])
        #expect(luna.carts == [cart])
        #expect(luna.points.first?.remaining == 520)
        #expect(luna.points.first?.expiresAt == utc("2026-03-15T16:00:00Z"))
        #expect(luna.coupons.first?.expiresAt == utc("2026-03-10T11:00:00Z"))
        #expect(luna.coupons.first?.faceValue == 3000)
        #expect(luna.dates.map(\.name) == ["wedding"])
        #expect(luna.events.first?.data == #"{"store":"s1"}"#)
        #expect(luna.experiment == ["winback-2026q1": "story"])
        let consents = [
            ConsentRow(memberID: "luna", channel: "sms", state: .granted),
            ConsentRow(memberID: "luna", channel: "push", state: .granted),
            ConsentRow(memberID: "luna", channel: "email", purpose: .marketing, state: .withdrawn),
            ConsentRow(memberID: "luna", channel: "email", purpose: .service, state: .granted),
        ]
        #expect(luna.consents == consents)
    }

    @Test("a bare expiry date means 24:00 in the file's own zone, not the member's")
    func expiryZone() {
        let text = """
            version: 1
            timezone: Europe/Paris
            members:
              lin: {timezone: Asia/Shanghai, points: [{id: p1, points: 1, expires_at: 2026-03-28}, {id: p2, points: 1, expires_at: 9999-12-31}]}
            """
        let member = read([text]).0.members.first
        #expect(member?.points.map(\.expiresAt) == [utc("2026-03-28T23:00:00Z"), .distantFuture])
    }

    @Test("derived fields are kept as typed, instants in UTC")
    func derived() {
        let custom = CustomField(
            id: "member.visits_90d", type: .number, description: "", canBeMissing: false, sqliteSQL: "1")
        let (member, found) = lin(
            """
            lifetime_spend: 8200
            last_order_at: "2026-03-01 10:00"
            lifecycle: sleeping
            rfm: {segment: core, recency: 5}
            visits_90d: 3
            tier_rank:
            """, [custom])
        #expect(found.map(\.short) == [])
        let expected = [
            "lifetime_spend": "8200", "last_order_at": "2026-03-01T02:00:00Z", "lifecycle": "sleeping",
            "rfm.segment": "core", "rfm.recency": "5", "visits_90d": "3",
        ]
        #expect(member?.derived == expected)
    }

    @Test(
        "a birthday has four spellings",
        arguments: [
            (#"birthday: "1990-03-10""#, RecurringDate(year: 1990, month: 3, day: 10)),
            (#"birthday: "--02-29""#, RecurringDate(month: 2, day: 29)),
            (
                "birthday: 1990-02-30\nbirthday_calendar: lunar",
                RecurringDate(calendar: .lunar, year: 1990, month: 2, day: 30)
            ),
            (
                "birthday: 1990-05-01\nbirthday_calendar: lunar\nbirthday_leap_month: true",
                RecurringDate(calendar: .lunar, year: 1990, month: 5, day: 1, leapMonth: true)
            ),
            ("birthday: {year: 1996, month: 2, day: 29}", RecurringDate(year: 1996, month: 2, day: 29)),
        ])
    func birthday(_ text: String, _ expected: RecurringDate?) {
        let (member, found) = lin(text)
        #expect(found.map(\.short) == [])
        #expect(member?.row.birthday == expected)
        #expect(expected != nil)
    }

    @Test(
        "a slip is found where it stands",
        arguments: [
            ("teir: gold", "4:5", "R101", "did you mean `tier`?"),
            ("name: 林小姐", "4:5", "R101", "did you mean `display_name`?"),
            ("status: asleep", "4:13", "R104", "allowed: active, closed"),
            ("birthday: 1990-02-30", "4:15", "R116", nil),
            ("birthday: 10.3.1990", "4:15", "R116", nil),
            ("birthday: 05-20", "4:15", "R116", "write  \"--05-20\""),
            ("birthday: 5月20日", "4:15", "R116", "write  \"--05-20\""),
            ("birthday: 1985/5/2", "4:15", "R116", "write  \"1985-05-02\""),
            ("birthday: {month: 6, day: 30, leap_month: true}", "4:15", "R116", "add  calendar: lunar"),
            ("birthday: {calendar: lunar, year: 1990, month: 6, day: 1, leap_month: true}", "4:15", "R116", nil),
            ("birthday: {calendar: lunar, year: 1850, month: 6, day: 1}", "4:15", "R301", nil),
            ("birthday: {day: 30}", "4:16", "R102", nil),
            ("birthday: {month: 3, day: 1}\nbirthday_calendar: lunar", "5:5", "R106", nil),
            ("phone: 010-87654321", "4:12", "R104", nil),
            ("email: lin.example.com", "4:12", "R104", nil),
            ("timezone: Asia/Shanghia", "4:15", "R104", nil),
            ("registered_at: 2026-03-01 24:00", "4:20", "R116", nil),
            ("lifetime_spend: many", "4:21", "R103", nil),
            ("rfm: {segment: coer}", "4:20", "R104", "did you mean `core`?"),
            ("consent: {sms: yes}", "4:20", "R104", "allowed: granted, withdrawn"),
            ("consent: {sms: {marketting: granted}}", "4:21", "R101", "did you mean `marketing`?"),
            ("orders: {id: o1}", "4:13", "R103", nil),
            ("orders: [{id: o1, total: 5}]", "4:15", "R102", nil),
            (#"orders: [{id: o1, paid_at: "2026-03-01 10:00", total: -5}]"#, "4:59", "R104", nil),
            (#"carts: [{id: c1, updated_at: "2026-03-01"}, {id: c1, updated_at: "2026-03-02"}]"#, "4:54", "T004", nil),
            ("points: [{id: p1, points: 1.5}]", "4:31", "R103", nil),
            ("events: [{name: a, at: 2026-03-01, data: s1}]", "4:46", "R103", nil),
            ("attr: {shoe: 38}", "4:12", "T005", nil),
        ] as [(String, String, String, String?)])
    func slip(_ text: String, _ place: String, _ code: String, _ help: String?) {
        let (_, found) = lin(text)
        #expect(found.map(\.code) == [code])
        #expect(found.first.map { "\($0.span.start.line):\($0.span.start.column)" } == place)
        if let help { #expect(found.first?.help == [help]) }
    }

    @Test("the first line names the schema")
    func schemaLine() {
        let line = "# yaml-language-server: $schema=../../.nudged/fixtures.v1.schema.json"
        for (text, codes) in [("version: 1\n", ["R002"]), (line + "\nversion: 1\n", [])] {
            let file = YAMLReader.read(bytes: Array(text.utf8), path: "f.yaml")
            #expect(FixtureReader.read(files: [file], knownCustomFields: []).1.map(\.code) == codes)
        }
    }

    @Test("a phone number is not repeated in the finding about it")
    func phoneIsNotRepeated() {
        let found = lin("phone: \"12800000001\"").1
        #expect(found.map(\.code) == ["R104"])
        #expect(!found.contains { ($0.short + $0.help.joined()).contains("12800000001") })
    }

    @Test("one member in two files is found, in whichever composition its id is written")
    func memberTwice() {
        let (fixtures, found) = read([
            "version: 1\nmembers:\n  jos\u{E9}: {tier: gold}\n  a: {}\n", "version: 1\nmembers:\n  jose\u{301}: {}\n",
        ])
        #expect(found.map(\.short) == ["f1.yaml:3:3: error[T002] member `jos\u{E9}` is described twice"])
        #expect(found.first?.notes == ["first in f0.yaml:3:3"])
        #expect(fixtures.members.map(\.row.id.unicodeScalars.count) == [4, 1])
        #expect(fixtures.members.first?.row.tier == "gold")
    }

    @Test("a store that no file describes is a warning, once any is described")
    func unknownStore() {
        let members = "version: 1\nmembers:\n  lin: {store_id: s2}\n"
        #expect(read([members]).1.map(\.short) == [])
        let found = read([members, "version: 1\nstores: {s1: {name: 一店}}\n"]).1
        #expect(found.map(\.short) == ["f0.yaml:3:19: warning[T003] no fixture describes the store `s2`"])
    }

    @Test(
        "event data keeps what is typed",
        arguments: [
            ("{a: 199, b: -1.50, c: 0}", #"{"a":199,"b":-1.50,"c":0}"#),
            (
                "{a: \"199\", b: 010, c: 1_000, d: 1e3, e: 1234567890123456}",
                #"{"a":"199","b":"010","c":"1_000","d":"1e3","e":"1234567890123456"}"#
            ),
            ("{z: true, a: no, n: null}", #"{"z":true,"a":"no","n":null}"#),
            (#"{t: "a\"b\\\n\u0001", l: [1, x, {k: v}]}"#, #"{"t":"a\"b\\\n\u0001","l":[1,"x",{"k":"v"}]}"#),
        ])
    func eventData(_ yaml: String, _ json: String) {
        let member = lin("events: [{name: a, at: 2026-03-01, data: \(yaml)}]").0
        #expect(member?.events.first?.data == json)
    }
}

@Suite("A phone number")
struct FixturePhoneTests {
    @Test(
        "has one spelling",
        arguments: [
            ("13800000001", "13800000001"), ("+86 138-0000-0001", "13800000001"), ("8613800000001", "13800000001"),
            ("0086 13800000001", "13800000001"), ("(+86)138 0000 0001", "13800000001"),
            ("１３８００００\u{3000}０００１", "13800000001"), ("＋86 138\u{2014}0000\u{2014}0001", "13800000001"),
            ("+852 5123 4567", "+85251234567"), ("0085251234567", "+85251234567"),
            ("010-87654321", nil), ("+861087654321", nil), ("12345678901", nil), ("10690000", nil),
            ("1380000000", nil), ("138000000012", nil), ("", nil), ("+", nil), ("1380000000a", nil),
            ("138+00000001", nil), ("+0123456789", nil), ("1.38E+10", nil),
        ] as [(String, String?)])
    func canonical(_ text: String, _ expected: String?) {
        #expect(PhoneNumber.canonical(text) == expected)
    }
}
