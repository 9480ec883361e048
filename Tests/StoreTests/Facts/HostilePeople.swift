import Kit
import Foundation
import Policies
import Rules

@testable import Store

/// Members whose rows sit on every edge: missing, empty, zero, negative, a step around a limit, wildcards, other case,
/// long text, refunded orders, and custom attributes of every type that fit it, or do not.
struct HostilePeople {
    let zone = Zone(named: "Asia/Shanghai") ?? .utc
    /// The window in which everything is due: two days from midnight.
    let from: Instant
    let until: Instant
    /// The first day of the window.
    var day: LocalDate { zone.date(of: from) }
    let settings: Settings
    let custom: [CustomField]
    let fixtures: Fixtures
    /// Instants of which rows are a step away.
    let instants: [Instant]

    private static let texts = [
        "gold", "Gold", "", "%", "_", "go'ld", "金卡", "é", "e\u{301}", "899", "0899", "true", "[\"a\"]",
        "\u{FEFF}gold", "a\"b\\c", String(repeating: "x", count: 300),
    ]
    static let attributes: [FieldType: [String]] = [
        .text: ["", "gold", "Gold", "%", "金卡", "2026-03-07", "38"], .code: ["007", "7", ""],
        .number: ["38", "38.50", "0", "-1", "1,038", "¥38", "未知", "38码", "1e3", "", "三"],
        .money: ["200", "49.99", "50", "50.01", "0", "-5", "1.2万", "未知", "1.999", "¥1,299.00"],
        .date: ["2026-03-07", "2026/3/8", "2026-02-30", "46089", "未知", "2026-04-06", "1990年3月10日", "2026-03-07 10:00"],
        .instant: [
            "2026-03-07 10:00", "2026-03-07T02:00:00Z", "2026-03-06", "2025-06-01 10:00:00.5", "未知", "1772848800000000",
        ],
        .bool: ["true", "false", "是", "0", "maybe", "TRUE", ""],
        .list: ["nuts;milk", "[\"nuts\"]", "", "[]", "坚果、牛奶", "[1,", "gold"],
    ]
    private static let derived: [(FieldType, String)] = [
        (.number, "length(m.id)"), (.number, "m.tier"), (.money, "length(m.id) * 2500"), (.money, "m.tier"),
        (.date, "20517 + length(m.id)"), (.date, "CASE WHEN m.city IS NOT NULL THEN '2026-03-07' ELSE m.tier END"),
        (.instant, "m.registered_at"),
        (.instant, "CASE WHEN m.city IS NULL THEN '2026-03-07T02:00:00Z' ELSE m.tier END"),
        (.bool, "m.city IS NOT NULL"), (.bool, "CASE WHEN m.city IS NULL THEN 'true' ELSE m.tier END"),
        (.list, "m.tier || char(31) || 'vip'"), (.list, "json_array(m.tier, 'vip')"), (.text, "length(m.id)"),
        (.text, "length(m.id) / 2.0"), (.code, "m.tier"),
    ]
    private static let data = [
        #"{"amount":899,"word":"gold","flag":true}"#, #"{"amount":"899","word":"Gold","flag":"true"}"#,
        #"{"amount":"¥899","word":"","flag":false}"#, #"{"amount":899.0,"word":899,"flag":1}"#,
        #"{"amount":"1,299.00","word":null,"flag":null}"#, #"{"amount":"未知","word":["a"],"flag":{"a":1}}"#,
        #"{"amount":-1,"word":"go'ld","flag":0}"#, #"{"amount":9007199254740993,"word":"%"}"#, "{}",
    ]

    init() {
        let noon = Instant(rfc3339: "2026-03-07T12:00:00+08:00") ?? .distantPast
        let day: Int64 = 86_400_000_000
        from = noon.adding(micros: -day / 2)
        until = from.adding(micros: 2 * day)
        var settings = Settings()
        settings.quietHours = nil
        settings.blastGuard = nil
        settings.serviceOwners = ["crm"]
        settings.tiers = [Settings.Tier(id: "gold", name: "金卡"), Settings.Tier(id: "金卡", name: "白金")]
        self.settings = settings
        var instants: [Instant] = []
        for days: Int64 in [-365, -90, -30, -1] {
            for step: Int64 in [-1, 0, 1] { instants.append(noon.adding(micros: days * day + step)) }
        }
        self.instants = instants
        var custom: [CustomField] = []
        func add(_ name: String, _ type: FieldType, _ sql: String?) {
            custom.append(
                CustomField(id: "member.\(name)", type: type, description: "", canBeMissing: true, sqliteSQL: sql))
        }
        for type in HostilePeople.attributes.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            add("attr.\(type.rawValue)", type, nil)
        }
        for (number, (type, sql)) in HostilePeople.derived.enumerated() { add("derived_\(number)", type, sql) }
        self.custom = custom
        var fixtures = Fixtures()
        fixtures.stores = [StoreRow(id: "paris", timezone: "Europe/Paris")]
        fixtures.products = [ProductRow(sku: "A", name: "锅", category: "kitchen", price: 5000), ProductRow(sku: "B")]
        for index in 0..<20 { fixtures.members.append(HostilePeople.member(index, noon, instants, zone)) }
        self.fixtures = fixtures
    }

    private static func member(_ index: Int, _ noon: Instant, _ instants: [Instant], _ zone: Zone) -> MemberFixture {
        let id = "m" + String(repeating: "o", count: index)
        var row = MemberRow(id: id)
        row.status = index == 19 ? .closed : .active
        if index < 18 {
            row.tier = texts[index % texts.count]
            row.city = index.isMultiple(of: 2) ? texts[(index + 3) % texts.count] : nil
            row.advisor = index % 3 == 0 ? texts[(index + 5) % texts.count] : nil
            row.storeID = index % 5 == 4 ? "paris" : nil
            row.tags = index.isMultiple(of: 3) ? nil : ["vip", texts[index % texts.count]].filter { !$0.isEmpty }
            row.registeredAt = instants[index % instants.count]
            row.birthday = RecurringDate(
                calendar: index % 6 == 5 ? .lunar : .solar, year: index % 4 == 3 ? nil : 1988 + index,
                month: index % 6 == 5 ? 1 : 3, day: index % 6 == 5 ? 19 : 7 + index % 3)
            for (number, (type, values)) in attributes.sorted(by: { $0.key.rawValue < $1.key.rawValue }).enumerated() {
                guard (index + number) % 5 != 4 else { continue }
                let typed = values[(index + number) % values.count]
                // Of an older store, or of an import that knew the type.
                row.attributes[type.rawValue] =
                    index.isMultiple(of: 2)
                    ? AttributeValue(text: typed, type: nil) : AttributeValue(typed, as: type, in: zone)
                if row.attributes[type.rawValue] == AttributeValue(text: "", type: nil) {
                    row.attributes[type.rawValue] = nil
                }
            }
        }
        var member = MemberFixture(row: row)
        if index < 18 { fill(&member, index, noon, instants) }
        return member
    }

    private static func fill(_ member: inout MemberFixture, _ index: Int, _ noon: Instant, _ instants: [Instant]) {
        let id = member.row.id
        let hour: Int64 = 3_600_000_000
        let items = [
            ItemRow(orderID: "", sku: "A", quantity: 1 + index % 3),
            ItemRow(orderID: "", sku: "B", category: texts[index % 8]),
        ]
        for number in 0..<(index % 4) {
            var order = OrderRow(
                id: "o\(index)-\(number)", memberID: id, paidAt: instants[(index + 5 * number) % instants.count],
                total: [0, 4999, 5000, 5001][(index + number) % 4], source: texts[number],
                items: number == 0 ? Array(items.prefix(index % 3)) : nil)
            if number == 2 {
                order.status = .refunded
                order.refundedAt = index > 9 ? noon.adding(micros: -hour * 20) : nil
            }
            member.orders.append(order)
        }
        if index % 3 == 1 {
            member.orders.append(
                OrderRow(
                    id: "new\(index)", memberID: id, paidAt: noon.adding(micros: -13 * hour), total: 5000, items: items)
            )
        }
        member.carts = [
            CartRow(
                id: "c", memberID: id, updatedAt: noon.adding(micros: -Int64(15 + index) * hour),
                total: index % 4 == 0 ? nil : Int64(4998 + index), inStockItems: index % 3,
                items: index % 2 == 0 ? items : nil)
        ]
        let expiry = noon.adding(micros: Int64(36 + 24 * (index % 3)) * hour)
        member.points = [
            PointsRow(
                id: "p", memberID: id, points: index, remaining: index % 7, earnedAt: instants[0], expiresAt: expiry)
        ]
        member.coupons = [
            CouponRow(
                id: "k", memberID: id, template: texts[index % 4].isEmpty ? "T" : texts[index % 4], code: "X\(index)",
                faceValue: index % 3 == 0 ? nil : Int64(4999 + index % 3), issuedAt: instants[1], expiresAt: expiry)
        ]
        member.dates = [
            DateRow(
                memberID: id, name: "wedding",
                date: RecurringDate(year: 2015, month: 3, day: 7 + index % 3) ?? RecurringDate(month: 1, day: 1)!)
        ]
        member.events = (0..<3).map { number in
            EventRow(
                id: "e\(number)", memberID: id, name: "ping",
                at: noon.adding(micros: -Int64(index + 8 * number) * hour / 4),
                data: data[(index + number) % data.count])
        }
        for number in 0..<(index % 3 + 1) {
            member.events.append(
                EventRow(
                    id: "v\(number)", memberID: id, name: "product.viewed",
                    at: noon.adding(micros: -Int64(24 - number + index % 3) * hour),
                    data: #"{"sku":"A","category":"kitchen"}"#))
        }
        if index % 4 == 2 {
            member.derived = [
                "lifetime_spend": "50", "lifecycle": "lost", "age": "36", "derived_0": "38", "derived_2": "49.99",
                "derived_4": "2026-03-07", "derived_6": "2026-03-07T02:00:00Z", "derived_8": "false",
                "derived_12": "gold",
                "days_since_last_order": "90",
            ]
        }
    }

    func store() throws -> MemberStore { try MemberStore.inMemory(fixtures, settings: settings, custom: custom) }

    func planned(_ rules: [Rule]) -> PlannedSet {
        PlannedSet(ruleSet(rules), rules: rules, channels: ChannelDeclaration.standard)
    }

    func ruleSet(_ rules: [Rule]) -> RuleSet {
        RuleSet(
            settings: settings, rules: rules, templates: [:], segments: [:], coupons: [:], fields: custom,
            fingerprintText: "")
    }
}
