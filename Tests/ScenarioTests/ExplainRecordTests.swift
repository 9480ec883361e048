import Kit
import Daemon
import Foundation
import Policies
import Rules
import Store
import TestSupport
import Testing

/// What `explain` says of a live store: what was decided then, on the values of then, and what would be decided now.
@Suite("Explain from the record")
struct ExplainRecordTests {
    private static let hello =
        "do: [{send: {try: [{sms: {template: hello}}, {wechat: {template: hello_wx}}], fill: {name: member.display_name}}}]"
    private static let reachable = #"phone: "13800000001", consent: {sms: granted}"#
    private static let visited = #"events: [{id: v1, name: store.visited, at: "2026-03-07 12:00"}]"#

    private static func rule(
        when: String = "{event: {name: store.visited}}", _ more: String..., body: String = hello
    ) -> String {
        ([
            "- id: visit", "  status: live", "  owner: crm-team", "  purpose: marketing", "  when: \(when)",
        ] + more.map { "  " + $0 } + ["  " + body]).map { "  " + $0 + "\n" }.joined()
    }

    // MARK: every outcome

    /// One daemon's decision, made at `at`.
    struct Case: CustomTestStringConvertible {
        var outcome: String
        var because = ""
        var settings = "version: 1"
        var rules = rule()
        var member = "\(reachable), \(visited)"
        var ticks: [String] = []
        var at = "2026-03-07 12:00"
        var english: String
        var chinese: String
        /// A row of the explanation, without its line number.
        var row: String?
        var testDescription: String { "\(outcome) \(because)" }
    }

    private static let recommend =
        "do: [{recommend: {strategy: category_bestsellers, based_on: member.top_category, limit: 3, if_empty: stop, save_as: picks}}, {send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]"
    private static let pool =
        "do: [{give_coupon: {template: POOL, save_as: gift}}, {send: {try: [{sms: {template: hello}}], fill: {name: gift.code}}}]"
    private static let branches =
        "do: [{choose: [{if: {member.tier: gold}, do: [{add_tag: a}]}, {if: {member.tier: silver}, do: [{add_tag: b}]}]}]"
    private static let experiment =
        "experiment: {key: k, holdout: 100%, variants: {a: {share: 100%, do: [{add_tag: a}]}}, measure: {event: order.paid, within: 7d}}"
    private static let cart =
        #"carts: [{id: c1, updated_at: "2026-03-07 12:00", total: 60, in_stock_items: 1, state: open}]"#
    private static let cases: [Case] = [
        Case(
            outcome: "sent", english: "TO BE SENT: sms to 138****0001; its message: pending",
            chinese: "待发：sms 发到 138****0001；消息：pending (待发)",
            row: "reach sms, template hello yes consent granted"),
        Case(
            outcome: "task_created",
            rules: rule(body: "do: [{create_task: {assign_to: member.advisor, or_else: store_manager, title: 回访}}]"),
            english: "TASK CREATED: task 回访", chinese: "已派任务：任务 回访"),
        Case(
            outcome: "done", rules: rule(body: "do: [{add_tag: vip}]"), english: "DONE: tag vip", chinese: "已完成：打标签 vip"
        ),
        Case(
            outcome: "held", rules: rule(when: "{event: {name: store.visited, after: 10h}}"), at: "2026-03-07 22:00",
            english: "HELD: quiet hours, until 2026-03-08 09:00", chinese: "暂缓：免打扰时段，到 2026-03-08 09:00 再判断",
            row: "quiet outside 21:00 to 09:00 NO held until 2026-03-08 09:00"),
        Case(
            outcome: "skipped", because: "condition", rules: rule("if: {member.tier: gold}"),
            member: "tier: silver, \(reachable), \(visited)", english: "NOT SENT: a condition does not hold",
            chinese: "没有发送：有条件不成立", row: "if member.tier is gold NO silver"),
        Case(
            outcome: "skipped", because: "history",
            rules: rule("if: {history: [{event: order.paid, times: {at_least: 2}}]}"),
            member:
                #"\#(reachable), \#(visited), orders: [{id: o1, paid_at: "2026-03-01 10:00", total: 9}]"#,
            english: "NOT SENT: a condition does not hold", chinese: "没有发送：有条件不成立",
            row: "if order.paid at least 2 times NO once"),
        Case(
            outcome: "skipped", because: "audience in", rules: rule("audience: {in: [vips]}"),
            english: "NOT SENT: the member is in none of the segments", chinese: "没有发送：会员不在任何指定人群里",
            row: "audience in vips NO not in it"),
        Case(
            outcome: "skipped", because: "audience not_in", rules: rule("audience: {not_in: [vips]}"),
            member: "tier: gold, \(reachable), \(visited)",
            english: "NOT SENT: the member is in an excluded segment", chinese: "没有发送：会员在排除的人群里",
            row: "audience not in vips NO in it"),
        Case(
            outcome: "skipped", because: "choose", rules: rule(body: branches),
            english: "NOT DONE: no branch of `choose` holds", chinese: "没有执行：`choose` 没有一个分支成立",
            row: "choose member.tier is gold NO missing, never filled in"),
        Case(
            outcome: "skipped", because: "recommend", rules: rule(body: recommend),
            english: "NOT SENT: there is nothing to recommend", chinese: "没有发送：没有可推荐的商品"),
        Case(
            outcome: "cancelled", because: "unless",
            rules: rule(when: "{event: {name: store.visited, after: 1h}}", "unless: [order.paid]"),
            member: #"\#(reachable), \#(visited), orders: [{id: o1, paid_at: "2026-03-07 12:30", total: 9}]"#,
            at: "2026-03-07 12:30", english: "CANCELLED: order.paid o1 arrived", chinese: "已取消：发生了 order.paid o1",
            row: "unless order.paid NO order.paid o1"),
        Case(
            outcome: "cancelled", because: "anchor", rules: rule(when: "{cart_idle: {for: 1h}}"),
            member:
                #"\#(reachable), \#(cart), events: [{name: cart.emptied, at: "2026-03-07 12:30", data: {cart: c1}}]"#,
            at: "2026-03-07 12:30", english: "CANCELLED: cart.emptied c1 arrived", chinese: "已取消：发生了 cart.emptied c1"),
        Case(
            outcome: "cancelled", because: "superseded", rules: rule(when: "{cart_idle: {for: 1h}}"),
            member:
                #"\#(reachable), carts: [{id: c1, updated_at: "2026-03-07 20:30", total: 60, in_stock_items: 1, state: open}], events: [{name: cart.updated, at: "2026-03-07 22:10", data: {cart: c1, total: 70, in_stock_items: 1}}]"#,
            ticks: ["2026-03-07 21:30"], at: "2026-03-07 22:10",
            english: "CANCELLED: the cart was touched again at 2026-03-07 22:10",
            chinese: "已取消：购物车在 2026-03-07 22:10 又有改动"),
        Case(
            outcome: "suppressed", because: "limit", rules: rule("limits: {at_most: {times: 1, in: 7d}}"),
            member: "\(reachable), \(twice)", ticks: ["2026-03-06 12:00"],
            english: "NOT SENT: the rule's limit is reached", chinese: "没有发送：规则的次数已满",
            row: "limits at most 1 in 7d NO 1 so far, last 2026-03-06 12:00"),
        Case(
            outcome: "suppressed", because: "limit once_per", rules: rule("limits: {once_per: lifetime}"),
            member: "\(reachable), \(twice)", ticks: ["2026-03-06 12:00"],
            english: "NOT SENT: it acted for this member before", chinese: "没有发送：对这位会员已经执行过",
            row: "limits once per lifetime NO acted 2026-03-06 12:00"),
        Case(
            outcome: "suppressed", because: "cap", settings: "version: 1\nfrequency_cap: [{times: 1, in: 2d}]",
            member: "\(reachable), \(twice)", ticks: ["2026-03-06 12:00"],
            english: "NOT SENT: the cap of 1 in 2d is reached", chinese: "没有发送：频次上限（2 天内 1 条）已满",
            row: "cap at most 1 in 2d NO 1 so far, last visit 2026-03-06 12:00"),
        Case(
            outcome: "suppressed", because: "personalisation",
            member: "\(reachable), personalisation: none, \(visited)",
            english: "NOT SENT: the member's personalisation is none", chinese: "没有发送：会员的个性化设置是 none",
            row: "personal personalisation NO none"),
        Case(
            outcome: "suppressed", because: "unreachable", member: #"phone: "13800000001", \#(visited)"#,
            english: "NOT SENT: no channel is usable (no address)", chinese: "没有发送：没有可用的渠道（没有地址）",
            row: "reach sms, template hello NO no consent"),
        Case(
            outcome: "held_out", because: "global", settings: "version: 1\nglobal_holdout: 100%",
            english: "HELD OUT: the member is in the holdout global", chinese: "对照组，没有发送：会员在对照组 global",
            row: "holdout not in global, 100% NO held out"),
        Case(
            outcome: "held_out", because: "experiment", rules: rule(body: experiment),
            english: "HELD OUT: the member is in the holdout k", chinese: "对照组，没有发送：会员在对照组 k"),
        Case(
            outcome: "missed", because: "late", rules: rule("if_late: {send_within: 6h}"), at: "2026-03-07 23:00",
            english: "MISSED: the daemon was 11h late", chinese: "错过：系统晚了 11 小时"),
        Case(
            outcome: "missed", because: "passed",
            rules: rule(when: #"{coupon_expires: {days_before: 0, at: "10:00"}}"#),
            member:
                #"\#(reachable), coupons: [{id: k1, template: C30, issued_at: "2026-02-01 00:00", expires_at: "2026-03-07 08:00"}]"#,
            at: "2026-03-07 10:00", english: "MISSED: 2026-03-07 has passed", chinese: "错过：2026-03-07 已过"),
        Case(
            outcome: "failed", because: "coupon_stock", rules: rule(body: pool),
            english: "FAILED: no code of POOL is left",
            chinese: "失败：券 POOL 没有库存"),
    ]

    private static let twice =
        #"events: [{id: v0, name: store.visited, at: "2026-03-06 12:00"}, {id: v1, name: store.visited, at: "2026-03-07 12:00"}]"#

    @Test("every outcome is explained by the values of then, though the member is another by now", arguments: cases)
    func outcomes(_ example: Case) throws {
        let desk = try RecordDesk(
            settings: example.settings, rules: example.rules, members: "  lin: {\(example.member)}")
        for tick in example.ticks + [example.at] { try desk.tick(tick) }
        try desk.change("tier: diamond, phone: '13900000002'", keys: ["tier", "phone", "consent"])
        for (language, verdict) in [(Language.english, example.english), (.chinese, example.chinese)] {
            let report = try desk.explain(at: example.at, language)
            let lines = report.text.split(separator: "\n").map(String.init)
            #expect(lines[0].hasSuffix(language == .english ? "kept with the decision:" : "留存的数据："), "\(report.text)")
            #expect(lines[1].contains(language == .english ? "rules version 1, rules.yaml:" : "规则版本 1，rules.yaml:"))
            #expect(lines[2] == verdict, "\(report.text)")
            #expect(report.acts == ["sent", "task_created", "done"].contains(example.outcome))
            #expect(report.json.contains(#""outcome":"\#(example.outcome)""#))
            if language == .english, let row = example.row {
                #expect(RecordDesk.rows(report.text).contains(row), "\(report.text)")
            }
        }
    }

    @Test(
        "only what a provider took is called sent, whatever was decided",
        arguments: [
            ("accepted", "SENT: sms to 138****0001", "sent       sms, hello"),
            (
                "undelivered", "SENT: sms to 138****0001; its message: undelivered",
                "sent       sms, hello; its message: undelivered"
            ),
            (
                "expired", "NOT SENT: sms to 138****0001; its message: expired",
                "not sent   sms, hello; its message: expired"
            ),
            (
                "unknown", "UNCLEAR: sms to 138****0001; its message: unknown",
                "unclear    sms, hello; its message: unknown"
            ),
        ])
    func messages(state: String, verdict: String, line: String) throws {
        let desk = try RecordDesk(
            rules: ExplainRecordTests.rule(),
            members: "  lin: {\(ExplainRecordTests.reachable), \(ExplainRecordTests.visited)}")
        try desk.tick("2026-03-07 12:00")
        try desk.store.writer.write { db in try db.run("UPDATE deliveries SET state = ?", [state]) }
        let report = try desk.explain(at: "2026-03-07 12:00")
        #expect(report.text.split(separator: "\n")[2] == verdict)
        #expect(report.json.contains("\"message\":\"\(state)\""))
        #expect(
            try desk.history(from: "2026-03-07", until: "2026-03-08").contains(
                "  2026-03-07 12:00  \(line) (rules version 1)"))
        let person = try #require(try desk.store.person("lin")?["decisions"])
        let column = try #require(person.columns.firstIndex { $0.name == "state" })
        #expect(person.rows.map { $0[column] } == [.text(state)])
    }

    // MARK: then and now

    private let gold = ExplainRecordTests.rule("if: {member.tier: gold, member.city: {is_set: true}}")
    private func silver() throws -> RecordDesk {
        let member =
            "tier: silver, city: 北京, display_name: 林小姐, \(ExplainRecordTests.reachable), \(ExplainRecordTests.visited)"
        return try RecordDesk(rules: gold, members: "  lin: {\(member)}")
    }

    @Test("what was decided then stands first and counts; then what it would be now, when that is something else")
    func thenAndNow() throws {
        let desk = try silver()
        try desk.tick("2026-03-07 12:00")
        let text = try desk.explain(at: "2026-03-07 12:00").text
        #expect(
            text == """
                decided then, on the values kept with the decision:
                visit × lin, 2026-03-07 12:00 Asia/Shanghai     rules version 1, rules.yaml:3
                NOT SENT: a condition does not hold

                  when      store.visited v1 2026-03-07 12:00           due   2026-03-07 12:00           :7
                  if        member.tier is gold                         NO    silver                     :8
                            member.city is filled in                    yes   北京                       :8
                  not read  consent, quiet hours (decided before)
                  nearest   with tier gold: sms

                computed again with the rules and data of now: the same
                """)
        try desk.change("tier: gold, city: 北京", keys: ["tier"])
        let english = try desk.explain(at: "2026-03-07 12:00")
        let lines = english.text.split(separator: "\n").map(String.init)
        #expect(lines[2] == "NOT SENT: a condition does not hold")
        #expect(lines.contains("computed again with the rules and data of now:"))
        #expect(lines.contains("SENT: sms to 138****0001"))
        #expect(!english.acts)
        let chinese = try desk.explain(at: "2026-03-07 12:00", .chinese).text
        #expect(chinese.hasPrefix("当时的决定，依据当时留存的数据：\n"))
        #expect(chinese.contains("按现在的规则和数据重新计算：\n"))
    }

    @Test("the rules of then name the values, whatever became of them")
    func otherRules() throws {
        let desk = try silver()
        try desk.tick("2026-03-07 12:00")
        try desk.reload(
            rules: ExplainRecordTests.rule("if: {member.city: 上海, member.points_balance: {at_least: 5}}"),
            at: "2026-03-08 10:00")
        let rows = RecordDesk.rows(try desk.explain(at: "2026-03-07 12:00").text)
        #expect(rows.contains("if member.tier is gold NO silver"))
        #expect(rows.contains("if member.city is 上海 NO 北京"))
        #expect(rows.contains { $0.contains("rules version 1, rules.yaml") })
    }

    @Test(
        "a hold before the decision is told, with its release and what it read",
        arguments: [Language.english, .chinese])
    func holds(_ language: Language) throws {
        let desk = try RecordDesk(
            rules: ExplainRecordTests.rule(when: "{event: {name: store.visited, after: 10h}}"),
            members: "  lin: {\(ExplainRecordTests.reachable), \(ExplainRecordTests.visited)}")
        try desk.tick("2026-03-07 22:00")
        try desk.tick("2026-03-08 09:00")
        let lines = try desk.explain(at: "2026-03-07 22:00", language).text.split(separator: "\n").map(String.init)
        let held =
            language == .english
            ? "HELD: quiet hours, until 2026-03-08 09:00" : "暂缓：免打扰时段，到 2026-03-08 09:00 再判断"
        #expect(lines[2] == held)
        #expect(
            lines.contains(
                language == .english
                    ? "TO BE SENT: sms to 138****0001; its message: pending" : "待发：sms 发到 138****0001；消息：pending (待发)"))
        let history = try desk.history(from: "2026-03-07", until: "2026-03-09", language)
        #expect(
            history
                == (language == .english
                    ? [
                        "  2026-03-07 12:00  waiting    store.visited v1, due 2026-03-07 22:00",
                        "  2026-03-07 22:00  held       quiet hours, until 2026-03-08 09:00 (rules version 1)",
                        "  2026-03-08 09:00  to be sent sms, hello; its message: pending (rules version 1)",
                        "  2026-03-09 00:00  not due    nothing waits; last store.visited 2026-03-07 12:00",
                    ]
                    : [
                        "  2026-03-07 12:00  等待中     store.visited v1，到时 2026-03-07 22:00",
                        "  2026-03-07 22:00  暂缓       免打扰时段，到 2026-03-08 09:00 再判断（规则版本 1）",
                        "  2026-03-08 09:00  待发       sms、hello；消息：pending (待发)（规则版本 1）",
                        "  2026-03-09 00:00  未到时间   没有等待；最近 store.visited 2026-03-07 12:00",
                    ]))
    }

    @Test("at an instant of which nothing is on record, the nearest decision is named as such, and does not count")
    func nearest() throws {
        let desk = try RecordDesk(
            rules: ExplainRecordTests.rule(),
            members: "  lin: {\(ExplainRecordTests.reachable), \(ExplainRecordTests.visited)}")
        try desk.tick("2026-03-07 12:00")
        let report = try desk.explain(at: "2026-03-07 13:00")
        let lines = report.text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "nothing is on record of then; the nearest decision, on the values kept with it:")
        #expect(lines[2] == "TO BE SENT: sms to 138****0001; its message: pending")
        #expect(lines.contains("NOT DUE: nothing waits; last store.visited 2026-03-07 12:00"))
        #expect(!report.acts)
        let chinese = try desk.explain(at: "2026-03-07 13:00", .chinese).text
        #expect(chinese.hasPrefix("当时没有决定记录；最近的一次决定，依据当时留存的数据：\n"))
    }

    @Test("what is kept no longer, or never was, is said, with the decision; neither shows another's values")
    func gaps() throws {
        let desk = try silver()
        try desk.tick("2026-03-07 12:00")
        while try desk.store.trimTraces(desk.world.set.settings, at: try desk.world.instant("2026-07-07")) > 0 {}
        func lines(_ language: Language) throws -> [Substring] {
            try desk.explain(at: "2026-03-07 12:00", language).text.split(separator: "\n").prefix(2).map(\.self)
        }
        #expect(
            try lines(.english) == [
                "decided then: 2026-03-07 12:00  NOT SENT: a condition does not hold (member.tier: silver)  by rules version 1",
                "  the values it read are kept no longer (`traces` in settings.yaml)",
            ])
        #expect(try lines(.chinese)[1] == "  当时读到的数据已过保留期（settings.yaml 的 `traces`）")
        let unkept = try RecordDesk(
            settings: "version: 1\ntraces: off", rules: ExplainRecordTests.rule("if: {member.tier: gold}"),
            members: "  lin: {\(ExplainRecordTests.visited)}")
        try unkept.tick("2026-03-07 12:00")
        let report = try unkept.explain(at: "2026-03-07 12:00")
        #expect(report.text.contains("\n  the values it read were not kept\n"))
        #expect(report.json.contains(#""values_missing":"never_kept""#))
    }
}
