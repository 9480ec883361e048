@testable import Kit
import Testing

@testable import Rules

/// One slip of the pen, and what `fmt --fix` makes of it: nothing, where only its writer can say what was meant.
struct TypedSlip: CustomTestStringConvertible, Sendable {
    var lines: String
    /// What stands in place of `typed` afterwards; nil where nothing may change.
    var typed: String
    var fixed: String?
    /// The first help; nil where it does not matter.
    var help: String?

    init(_ lines: String, _ typed: String, _ fixed: String? = nil, help: String? = nil) {
        self.lines = lines
        self.typed = typed
        self.fixed = fixed
        self.help = help
    }

    static func at(_ typed: String, _ fixed: String? = nil, help: String? = nil) -> TypedSlip {
        TypedSlip("when: {birthday: {at: \(typed)}}", typed, fixed, help: help)
    }
    static func silent(_ typed: String, _ fixed: String? = nil, help: String? = nil) -> TypedSlip {
        TypedSlip("when: {inactive: {for: \(typed)}}", typed, fixed, help: help)
    }
    static func `if`(_ condition: String, _ typed: String, _ fixed: String? = nil, help: String? = nil) -> TypedSlip {
        TypedSlip("when: {event: {name: order.paid}}\nif:\n  \(condition)", typed, fixed, help: help)
    }
    /// The whole line changes or none of it.
    static func line(_ lines: String, help: String? = nil) -> TypedSlip { TypedSlip(lines, lines, help: help) }

    var testDescription: String { "\(typed) -> \(fixed ?? "stays")" }
    var isSafe: Bool { fixed != nil }
}

@Suite("A safe fix")
struct SafeMeansSafeTests {
    static let times: [TypedSlip] = [
        .at("9:30", "\"09:30\"", help: "write  at: \"09:30\""), .at("9：30", "\"09:30\""), .at("“09:30”", "\"09:30\""),
        .at("０９：３０", "\"09:30\""), .at("09:30:00", "\"09:30\""), .at("15点", "\"15:00\""),
        .at("12:00 AM", help: "did you mean  at: \"00:00\"?"), .at("12:30pm", help: "did you mean  at: \"12:30\"?"),
        .at("9 pm", help: "did you mean  at: \"21:00\"?"), .at("9:30 a.m.", help: "did you mean  at: \"09:30\"?"),
        .at("晚上12点", help: "did you mean  at: \"00:00\"?"), .at("晚上8点半", help: "did you mean  at: \"20:30\"?"),
        .at("上午12点", help: "did you mean  at: \"12:00\"  or  at: \"00:00\"?"),
        .at("中午1点", help: "did you mean  at: \"13:00\"?"), .at("凌晨12点", help: "did you mean  at: \"00:00\"?"),
        .at("下午3点", help: "did you mean  at: \"15:00\"?"),
        .at("9点半", help: "did you mean  at: \"09:30\"  or  at: \"21:30\"?"),
        .at("24:00", help: "did you mean  at: \"00:00\"?"), .at("25:00"), .at("9:5"), .at("9"), .at("morning"),
    ]

    static let durations: [TypedSlip] = [
        .silent("24H", "24h"), .silent("90D", "90d"), .silent("90 Days", "90d"), .silent("３０ｄ", "30d"),
        .silent("7天", "7d"), .silent("24小时", "24h"), .silent("2 weeks", "2w"), .silent("90 min", "90m"),
        .silent("3M", help: "there are no months: say 90d"), .silent("6M", help: "there are no months: say 180d"),
        .silent("３Ｍ", help: "there are no months: say 90d"), .silent("3 M", help: "there are no months: say 90d"),
        .silent("3个月", help: "there are no months: say 90d"), .silent("3mo", help: "there are no months: say 90d"),
        .silent("一个月", help: "there are no months: say 30d"), .silent("半年", help: "there are no months: say 182d"),
        .silent("1y", help: "there are no months: say 365d"), .silent("两天", help: "did you mean  for: 2d?"),
        .silent("3日", help: "did you mean  for: 3d?"), .silent("半天", help: "did you mean  for: 12h?"), .silent("90"),
        TypedSlip(
            "when: {birthday: {}}\nlimits: {at_most: {times: 1, in: 1M}}", "in: 1M",
            help: "there are no months: say 30d"),
        .if("member.last_order_at: {more_than_ago: 6M}", "6M", help: "there are no months: say 180d"),
    ]

    static let words: [TypedSlip] = [
        .if("member.status: Active", "Active", "active"), .if("member.gender: 女", "女", "female"),
        .if("member.gender: “female”", "“female”", "female"), .if("member.lifecycle: ＮＥＷ", "ＮＥＷ", "new"),
        .if("member.status: inactive", "inactive", help: "allowed: active, closed"),
        .if("member.lifecycle: inactive", "inactive"), .if("member.status: 未激活", "未激活"),
        .if("member.status: not active", "not active"),
        .if("member.gender: femal", "femal", help: "did you mean `female`?"),
        .if("member.personalisation: personalized", "personalized", help: "did you mean `personalised`?"),
        .if("member.tier: Gold", "Gold", "gold"), .if("member.tier: 金卡", "金卡", "gold"),
        .if("member.tier: \"!gold\"", "\"!gold\"", help: "did you mean  member.tier: {is_not: gold}?"),
        .if("member.tier: gold以上", "gold以上", help: "did you mean  member.tier: [gold]?"),
        .if("member.tier: 银卡及以上", "银卡及以上", help: "did you mean  member.tier: [silver, gold]?"),
        .if("member.tier: gold+", "gold+", help: "did you mean  member.tier: [gold]?"),
        .if("member.tier: not gold", "not gold", help: "did you mean  member.tier: {is_not: gold}?"),
        .if("member.tier: 非金卡", "非金卡", help: "did you mean  member.tier: {is_not: gold}?"),
        .if("member.tier: glod", "glod", help: "did you mean `gold`?"),
        TypedSlip("when: {schedule: {every: week, on: Monday}}", "Monday", "monday"),
        TypedSlip("when: {schedule: {every: week, on: 周一}}", "周一", "monday"),
        TypedSlip("when: {schedule: {every: week, on: mondy}}", "mondy", help: "did you mean `monday`?"),
        TypedSlip("when: {festival: {name: Mid-Autumn}}", "Mid-Autumn", "mid_autumn"),
        TypedSlip("when: {festival: {name: 中秋节}}", "中秋节", help: "did you mean `mid_autumn`?"),
        TypedSlip("when: {event: {name: 下单}}", "下单", help: "did you mean `order.paid`?"),
    ]

    static let names: [TypedSlip] = [
        TypedSlip("When: {birthday: {}}", "When", "when"),
        TypedSlip("when: {birthday: {days-before: 3}}", "days-before", "days_before"),
        TypedSlip("when: {birthday: {day_before: 3}}", "day_before", help: "did you mean `days_before`?"),
        TypedSlip("when: {birthday: {提前天数: 3}}", "提前天数", help: "did you mean `days_before`?"),
        TypedSlip("触发条件: {birthday: {}}", "触发条件", help: "did you mean `when`?"),
        TypedSlip("when: {birthday: {}}\n限制: {once_per: birthday}", "限制", help: "did you mean `limits`?"),
        .if("member.Tier: gold", "member.Tier", "member.tier"),
        .if("member.lifetime-spend: 5", "member.lifetime-spend", "member.lifetime_spend"),
        .if("member.teir: gold", "member.teir", help: "did you mean `member.tier`? (text; silver, gold)"),
        .if("member.level: gold", "member.level", help: "did you mean `member.tier`? (text; silver, gold)"),
        .if("member.points: 500", "member.points", help: "did you mean `member.points_balance`? (number)"),
        .if("member.nickname: x", "member.nickname", help: "did you mean `member.display_name`? (text)"),
        .if("会员等级: gold", "会员等级", help: "did you mean `member.tier`? (text; silver, gold)"),
        .if("会员.等级: gold", "会员.等级", help: "did you mean `member.tier`? (text; silver, gold)"),
        .if("订单金额: 5", "订单金额", help: "did you mean `order.total`? (money)"),
        .if(
            "member.has_phone: true", "member.has_phone",
            help: "to ask whether it is there, say  member.phone: {is_set: true}"),
    ]

    static let comparisons: [TypedSlip] = [
        .if("order.total: {gte: 50}", "gte", "at_least"), .if("order.total: {At-Least: 50}", "At-Least", "at_least"),
        .if("order.total: \">= 50\"", "\">= 50\"", "{at_least: 50}"),
        .if("order.total: {at_lest: 50}", "at_lest", help: "did you mean `at_least`?"),
        .if("order.total: {不小于: 50}", "不小于"), .if("order.total: \"不超过 50\"", "\"不超过 50\""),
        .if("order.total: \"!= 50\"", "\"!= 50\""), .if("order.total: \">= 50元\"", "\">= 50元\""),
        .if("member.tier: {not_in: [gold]}", "not_in", help: "say `none_of`:  member.tier: {none_of: [gold]}"),
        .if("member.tier: {ne: gold}", "ne"),
        .if("member.city: {is_null: true}", "is_null", help: "say `is_set`:  member.city: {is_set: false}"),
        .if("member.city: {like: \"%海%\"}", "like", help: "say `contains`"),
        .if("member.city: {in: 上海}", "in: 上海", help: "say `any_of`:  member.city: {any_of: [上海]}"),
        .if("member.tags: {exludes: x}", "exludes", help: "did you mean `excludes`?"),
        .if("not: [{member.tier: gold}]", "not: ["), .if("none_of: [{member.tier: gold}]", "none_of: ["),
        .if("and: [{member.tier: gold}]", "and", "all"),
        .if("order.total: {between: 50, 100}", "{between: 50, 100}"),
    ]

    static let twins: [TypedSlip] = [
        .if("order.total: {gte: 50, at_least: 60}", "gte", help: twin("gte", "at_least")),
        .if("order.total: {at_least: 50, At-Least: 60}", "At-Least", help: twin("At-Least", "at_least")),
        .if("member.tier: gold\n  member.Tier: silver", "member.Tier", help: twin("member.Tier", "member.tier")),
        .if("AND: [{member.tier: gold}]\n  all: [{member.status: active}]", "AND", help: twin("AND", "all")),
        TypedSlip("when: {birthday: {}}\nWhen: {birthday: {}}", "When", help: twin("When", "when")),
    ]

    private static func twin(_ typed: String, _ ours: String) -> String {
        "`\(typed)` and `\(ours)` mean the same: keep one of the two"
    }

    static let numbers: [TypedSlip] = [
        .if("order.total: {at_least: ５００}", "５００", "500"), .if("order.total: {at_least: “500”}", "“500”", "500"),
        .if("order.total: {at_least: 500元}", "500元", help: "write the number alone:  500"),
        .if("order.total: {at_least: \"5,000\"}", "\"5,000\"", help: "write the number alone:  5000"),
        .if(
            "order.total: {at_least: 5,000}", "5,000",
            help: "write the number without commas:  order.total: {at_least: 5000}"),
        .if(
            "order.total: {at_least: 1,250,000}", "1,250,000",
            help: "write the number without commas:  order.total: {at_least: 1250000}"),
        .if(
            "order.total: {between: [1,000, 5,000]}", "[1,000, 5,000]",
            help: "write the numbers without commas:  [1000, 5000]"),
        TypedSlip("when: {birthday: {days_before: 3天}}", "3天", help: "write the number alone:  3"),
        .if("member.birthday_leap_month: Yes", "Yes", "true"),
        .if("member.birthday_leap_month: 1", "1", help: "write  true"),
        TypedSlip("when: {schedule: {on: ２０２６-１１-１１}}", "２０２６-１１-１１", "2026-11-11"),
        TypedSlip("when: {schedule: {on: 2026/11/11}}", "2026/11/11", help: "write  2026-11-11"),
        TypedSlip("when: {schedule: {on: 11/12/2026}}", "11/12/2026"),
        .if("order.total: >= 500  # 注释", ">= 500", help: "write  order.total: {at_least: 500}"),
        .if("order.total >= 500  # 注释\n  member.tier: gold", ">= 500", help: "write  order.total: {at_least: 500}"),
    ]

    static let all = times + durations + words + names + comparisons + twins + numbers

    private static func files(_ slip: TypedSlip) -> [YAMLFile] {
        [
            ("settings.yaml", RuleSetSamples.settings), ("templates.yaml", RuleSetSamples.templates),
            ("coupons.yaml", RuleSetSamples.coupons), ("segments.yaml", RuleSetSamples.segments),
            ("fields.yaml", RuleSetSamples.fields),
            ("rules.yaml", RuleSetSamples.rule(slip.lines + "\n" + RuleSetSamples.sending)),
        ].map { YAMLReader.read(bytes: Array($0.1.utf8), path: $0.0) }
    }

    private static func fixed(_ slip: TypedSlip) -> String {
        let (files, _) = SafeFixes.settle(files(slip)) { RuleSetReader.read(files: $0).diagnostics }
        return String(decoding: files[5].source.bytes, as: UTF8.self)
    }

    @Test("changes a spelling and never a meaning", arguments: all)
    func fixes(_ slip: TypedSlip) {
        let before = RuleSetSamples.rule(slip.lines + "\n" + RuleSetSamples.sending)
        #expect(before.contains(slip.typed))
        let wanted = slip.fixed.map { before.replacing(slip.typed, with: $0, maxReplacements: 1) } ?? before
        #expect(Self.fixed(slip) == wanted)
    }

    @Test("is offered where it is safe, and else the help asks", arguments: all)
    func offers(_ slip: TypedSlip) throws {
        let found = RuleSetSamples.read(RuleSetSamples.rule(slip.lines + "\n" + RuleSetSamples.sending)).diagnostics
        let finding = try #require(found.first, "\(slip)")
        #expect(found.count == 1, "\(found.map(\.short))")
        #expect(finding.fix.isEmpty != slip.isSafe)
        if let help = slip.help { #expect(finding.help.first == help) }
    }

    /// Every word that differs from an allowed one in at most two letters, or has something before or behind it.
    @Test("never makes one word of another: only case, width, quotes, `-` and `_` may differ")
    func neverAnotherWord() throws {
        var generator = SplitMix(20260301)
        let allowed = ["active", "closed"]
        let pieces = ["in", "un", "non-", "not ", "!", "非", "不", "未", "以上", "+", "s", "e", "d", "x", " or more", "."]
        for _ in 0..<3000 {
            let word = allowed[generator.next(allowed.count)]
            var typed = word
            switch generator.next(4) {
            case 0: typed = pieces[generator.next(pieces.count)] + typed
            case 1: typed += pieces[generator.next(pieces.count)]
            case 2: typed.remove(at: typed.index(typed.startIndex, offsetBy: generator.next(typed.count)))
            default: typed = String(typed.map { generator.next(3) == 0 ? Character($0.uppercased()) : $0 })
            }
            var findings = Findings()
            let source = SourceText(typed, path: "f")
            let node = YAMLNode(.scalar(typed, .plain), span: source.span(0..<typed.utf8.count))
            _ = findings.word(node, among: allowed)
            guard let edit = findings.all.first?.fix.first else { continue }
            #expect(edit.text == word && SameWord.folded(typed) == word, "\(typed) became \(edit.text)")
        }
    }
}

/// A small seeded generator.
private struct SplitMix {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(bound))
    }
}
