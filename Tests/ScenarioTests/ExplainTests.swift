@testable import Review
import Kit
import Daemon
import Foundation
import Policies
import Rules
import Store
import TestSupport
import Testing

@testable import Engine

/// Why a member got something, or nothing (qa-tools §2.1).
@Suite("Explain")
struct ExplainTests {
    private static let send =
        "do: [{send: {try: [{sms: {template: hello}}, {wechat: {template: hello_wx}}], fill: {name: member.display_name}}}]"
    private static let reachable = #"phone: "13800000001", consent: {sms: granted}"#

    /// A rule on store visits; `more` are further lines of it.
    private static func visit(_ more: String..., body: String = send) -> String {
        ([
            "- id: visit", "  status: live", "  owner: crm-team", "  purpose: marketing",
            "  when: {event: {name: store.visited}}",
        ]
            + (more + [body]).map { "  " + $0 }).map { "  " + $0 + "\n" }.joined()
    }

    private func visitor(_ facts: String, at: String = "2026-03-07 12:00") -> String {
        #"  lin: {\#(facts), events: [{id: v1, name: store.visited, at: "\#(at)"}]}"#
    }

    private func explain(
        _ world: World, _ rule: String = "visit", member: String = "lin", at: String, _ language: Language = .english
    ) throws -> ExplainReport {
        let explainer = try explainer(world, rule, member)
        let start = try world.instant(at)
        return ExplainReport(try explainer.explain(start..<start.adding(micros: 60_000_000)), language: language)
    }

    private func explainer(_ world: World, _ rule: String, _ member: String) throws -> Explainer {
        try Explainer(
            store: try world.store(), set: world.set, channels: ChannelDeclaration.standard, rule: rule, member: member)
    }

    private func shipped(members: String? = nil) throws -> World {
        var fixtures = try ShippedRules.fixtures()
        if let members {
            let file = YAMLReader.read(bytes: [UInt8](("version: 1\nmembers:\n" + members).utf8), path: "members.yaml")
            fixtures = try ShippedRules.fixtures(of: [file])
        }
        return World(set: try ShippedRules.ruleSet(), fixtures: fixtures)
    }

    // MARK: the two examples

    @Test("a member without a tier, as qa-tools shows it")
    func birthday() throws {
        let explainer = try explainer(try shipped(), "birthday-gift", "notier")
        let at = try shipped().instant("2026-03-07 09:30")
        let report = ExplainReport(
            try explainer.explain(at..<at.adding(micros: 1)), version: .inForce(41), language: .english)
        #expect(
            report.text == """
                birthday-gift × notier, 2026-03-07 09:30 Asia/Shanghai     rules version 41, rules/lifecycle.yaml:12
                NOT SENT: a condition does not hold

                  when      birthday 10 March, three days before        due   2026-03-07 09:30           :17
                  if        member.status is active                     yes   active                     :23
                            member.tier is silver, gold or platinum     NO    missing, never filled in   :24
                  not read  consent, limits, quiet hours (decided before)
                  nearest   with tier silver: coupon BDAY-30OFF, then sms to 138****0005
                """)
        #expect(!report.acts)
    }

    @Test("a cart whose owner ordered, as qa-tools shows it")
    func cart() throws {
        let members = """
              lin:
                phone: "13800000001"
                carts: [{id: c1, updated_at: "2026-05-01 12:00", total: 199, in_stock_items: 2, state: open}]
                orders: [{id: o1, paid_at: "2026-05-02 11:59", total: 199}]
            """
        #expect(
            try history(try shipped(members: members), "cart-abandoned-24h", "2026-05-01", "2026-05-04") == [
                "  2026-05-01 12:00  waiting    cart c1 touched, due 2026-05-02 12:00                     :75",
                "  2026-05-02 11:59  cancelled  order.paid o1 arrived                                     :77",
                "  2026-05-04 00:00  not due    no open cart; last touch 2026-05-01 12:00",
            ])
    }

    private func history(
        _ world: World, _ rule: String, _ from: String, _ until: String, _ language: Language = .english
    ) throws -> [String] {
        let explainer = try explainer(world, rule, "lin")
        let lines = try explainer.history(from: try world.instant(from), until: try world.instant(until))
        let rules = try #require(world.set.rules.first { $0.id == rule })
        return HistoryReport(lines, rule: rules, zone: try explainer.zone, language: language).text
            .split(separator: "\n").map(String.init)
    }

    // MARK: every outcome

    struct Case: CustomTestStringConvertible {
        var outcome: String
        var rules: String
        var member: String
        var at = "2026-03-07 12:00"
        var settings = "version: 1"
        var english: String
        var chinese: String
        var nearest: String?
        var testDescription: String { "\(outcome): \(english)" }
    }

    private static let cases: [Case] = [
        Case(
            outcome: "sent", rules: visit(), member: reachable, english: "SENT: sms to 138****0001",
            chinese: "已发送：sms 发到 138****0001"),
        Case(
            outcome: "task_created",
            rules: visit(body: "do: [{create_task: {assign_to: member.advisor, or_else: store_manager, title: 回访}}]"),
            member: reachable, english: "TASK CREATED: task 回访", chinese: "已派任务：任务 回访"),
        Case(
            outcome: "done", rules: visit(body: "do: [{add_tag: vip}]"), member: reachable, english: "DONE: tag vip",
            chinese: "已完成：打标签 vip"),
        Case(
            outcome: "held", rules: visit(), member: reachable, at: "2026-03-07 22:00",
            english: "HELD: quiet hours, until 2026-03-08 09:00", chinese: "暂缓：免打扰时段，到 2026-03-08 09:00 再判断",
            nearest: "at 2026-03-08 09:00: sms to 138****0001"),
        Case(
            outcome: "skipped", rules: visit("if: {member.tier: gold, member.city: [北京]}"),
            member: "\(reachable), city: 北京",
            english: "NOT SENT: a condition does not hold", chinese: "没有发送：有条件不成立",
            nearest: "with tier gold: sms to 138****0001"),
        Case(
            outcome: "skipped", rules: visit("if: {member.tier: gold, member.city: [北京]}"), member: reachable,
            english: "NOT SENT: a condition does not hold", chinese: "没有发送：有条件不成立",
            nearest: "no single change would make it act"),
        Case(
            outcome: "skipped", rules: visit("if: {history: [{event: order.paid, times: {at_least: 2}}]}"),
            member: reachable,
            english: "NOT SENT: a condition does not hold", chinese: "没有发送：有条件不成立",
            nearest: "with order.paid 2 times: sms to 138****0001"),
        Case(
            outcome: "suppressed", rules: visit(), member: #"phone: "13800000001""#,
            english: "NOT SENT: no channel is usable (no address)", chinese: "没有发送：没有可用的渠道（没有地址）",
            nearest: "with consent for sms: sms to 138****0001"),
        Case(
            outcome: "suppressed", rules: visit(), member: "\(reachable), birthday: \"2015-03-08\"",
            settings: "version: 1\nminors: {under: 14}",
            english: "NOT SENT: no channel is usable (no address)", chinese: "没有发送：没有可用的渠道（没有地址）",
            nearest: "with a guardian's consent for sms: sms to 138****0001"),
        Case(
            outcome: "suppressed", rules: visit(), member: "consent: {sms: granted}",
            english: "NOT SENT: no channel is usable (no address)", chinese: "没有发送：没有可用的渠道（没有地址）",
            nearest: "with a phone number: sms"),
        Case(
            outcome: "suppressed", rules: visit(),
            member:
                #"\#(reachable), events: [{name: message.sent, at: "2026-03-07 11:00", data: {rule: visit}}, {name: store.visited, at: "2026-03-07 12:00"}]"#,
            settings: "version: 1\nfrequency_cap: [{times: 1, in: 1d}]",
            english: "NOT SENT: the cap of 1 in 1d is reached",
            chinese: "没有发送：频次上限（1 天内 1 条）已满",
            nearest: "without the one of visit at 2026-03-07 11:00: sms to 138****0001"
        ),
        Case(
            outcome: "suppressed", rules: visit("limits: {at_most: {times: 1, in: 7d}}"),
            member:
                #"\#(reachable), events: [{name: message.sent, at: "2026-03-03 11:00", data: {rule: visit}}, {name: store.visited, at: "2026-03-07 12:00"}]"#,
            english: "NOT SENT: the rule's limit is reached", chinese: "没有发送：规则的次数已满",
            nearest: "without the one of visit at 2026-03-03 11:00: sms to 138****0001"),
        Case(
            outcome: "suppressed", rules: visit(), member: "\(reachable), personalisation: none",
            english: "NOT SENT: the member's personalisation is none", chinese: "没有发送：会员的个性化设置是 none",
            nearest: "with personalisation personalised: sms to 138****0001"),
        Case(
            outcome: "held_out", rules: visit(), member: reachable, settings: "version: 1\nglobal_holdout: 100%",
            english: "HELD OUT: the member is in the holdout global", chinese: "对照组，没有发送：会员在对照组 global",
            nearest: "outside the holdout global: sms to 138****0001"),
        Case(
            outcome: "failed",
            rules: visit(
                body:
                    "do: [{give_coupon: {template: POOL, save_as: gift}}, {send: {try: [{sms: {template: hello}}], fill: {name: gift.code}}}]"
            ),
            member: reachable, english: "FAILED: no code of POOL is left", chinese: "失败：券 POOL 没有库存",
            nearest: "with a code of POOL in stock: coupon POOL, then sms to 138****0001"),
        Case(
            outcome: "skipped",
            rules: visit(
                body:
                    "do: [{choose: [{if: {member.tier: gold}, do: [{add_tag: a}]}, {if: {member.tier: silver}, do: [{add_tag: b}]}]}]"
            ),
            member: reachable, english: "NOT DONE: no branch of `choose` holds", chinese: "没有执行：`choose` 没有一个分支成立",
            nearest: "with tier gold: tag a"),
        Case(
            outcome: "suppressed",
            rules: visit(
                "if: {member.display_name: {is_set: true}}",
                body: "do: [{send: {try: [{sms: {template: strict}}], fill: {name: member.display_name}}}]"),
            member: "\(reachable), display_name: 林, personalisation: generic",
            english: "NOT SENT: the member's personalisation is generic", chinese: "没有发送：会员的个性化设置是 generic",
            nearest: "with personalisation personalised: sms to 138****0001"),
        Case(
            outcome: "held_out",
            rules: visit(
                body:
                    "experiment: {key: k, holdout: 100%, variants: {a: {share: 100%, do: [{add_tag: a}]}}, measure: {event: order.paid, within: 7d}}"
            ),
            member: reachable, english: "HELD OUT: the member is in the holdout k", chinese: "对照组，没有发送：会员在对照组 k",
            nearest: "outside the holdout k: tag a (variant a)"),
        Case(
            outcome: "cancelled",
            rules: visit("unless: [order.paid]").replacing("store.visited}", with: "store.visited, after: 1h}"),
            member: #"\#(reachable), orders: [{id: o1, paid_at: "2026-03-07 12:30", total: 10}]"#,
            at: "2026-03-07 12:30",
            english: "CANCELLED: order.paid o1 arrived", chinese: "已取消：发生了 order.paid o1",
            nearest: "without order.paid o1: sms to 138****0001"),
        Case(
            outcome: "waiting", rules: visit().replacing("store.visited}", with: "store.visited, after: 3h}"),
            member: #"\#(reachable), events: [{id: v1, name: store.visited, at: "2026-03-07 11:00"}]"#,
            english: "WAITING: store.visited v1, due 2026-03-07 14:00",
            chinese: "等待中：store.visited v1，到时 2026-03-07 14:00"),
        Case(
            outcome: "not_due", rules: visit(),
            member: #"\#(reachable), events: [{name: store.visited, at: "2026-03-05 11:00"}]"#,
            english: "NOT DUE: nothing waits; last store.visited 2026-03-05 11:00",
            chinese: "未到时间：没有等待；最近 store.visited 2026-03-05 11:00", nearest: "before: 2026-03-05 11:00"),
    ]

    @Test(
        "every outcome has its verdict in both languages, and the change that would have made it act", arguments: cases)
    func outcomes(_ example: Case) throws {
        let facts = example.member.contains("events:") ? "  lin: {\(example.member)}" : nil
        let at = example.outcome == "cancelled" ? "2026-03-07 12:00" : example.at
        let world = try World(
            settings: example.settings, rules: example.rules, members: facts ?? visitor(example.member, at: at))
        let english = try explain(world, at: example.at)
        #expect(english.text.split(separator: "\n")[1] == example.english, "\(english.text)")
        #expect(
            try explain(world, at: example.at, .chinese).text.split(separator: "\n")[1] == example.chinese[...])
        #expect(english.acts == ["sent", "task_created", "done"].contains(example.outcome))
        #expect(english.json.contains(#""outcome":"\#(example.outcome)""#))
        #expect(row("nearest", in: english) == example.nearest, "\(english.text)")
    }

    private func row(_ label: String, in report: ExplainReport) -> String? {
        report.text.split(separator: "\n").first { $0.hasPrefix("  \(label)") }.map { line in
            String(line.dropFirst(12))
        }
    }

    @Test("a festival's member who fails a condition is not due, with the condition")
    func festival() throws {
        let rules = """
              - id: dragon
                status: live
                owner: crm-team
                purpose: marketing
                when: {festival: {name: dragon_boat, at: "10:00"}}
                if: {member.tier: gold}
                \(ExplainTests.send)
            """
        let world = try World(rules: rules, members: "  lin: {tier: silver, \(ExplainTests.reachable)}")
        let report = try explain(world, "dragon", at: "2026-06-19 10:00")
        #expect(report.text.contains("NOT DUE: not in the audience of this occasion"))
        #expect(
            row("if", in: report) == "member.tier is gold                         NO    silver                     :8")
        #expect(row("nearest", in: report) == "with tier gold: sms to 138****0001")
        #expect(try explain(world, "dragon", at: "2026-06-19 10:00", .chinese).text.contains("不在这次的人群里"))
    }

    @Test("a draw takes one of two, and says so to the other; a draft is explained as if live, with a note")
    func draw() throws {
        let rules = """
              - id: surprise
                status: draft
                owner: crm-team
                purpose: marketing
                when: {schedule: {every: month, on: 1, at: "10:00"}}
                audience: {pick: {random: 1}}
                \(ExplainTests.send)
            """
        let members = ["lin", "zhao"].map { "  \($0): {\(ExplainTests.reachable)}\n" }.joined()
        let world = try World(rules: rules, members: members)
        let reports = try ["lin", "zhao"].map { try explain(world, "surprise", member: $0, at: "2026-03-01 10:00") }
        #expect(reports.count(where: \.acts) == 1)
        #expect(reports.count { $0.text.contains("NOT DUE: the draw took others") } == 1)
        #expect(reports.allSatisfy { $0.text.contains("(the rule is draft: the daemon sends nothing of it)") })
    }

    // MARK: what is read

    @Test("every leaf is shown, those after the first failing one too, and only what matters is NO")
    func leaves() throws {
        let condition = """
            if:
                  all:
                    - member.tier: gold
                    - any: [{member.city: 上海}, {member.city: 北京}]
                    - none: [{member.region: overseas}]
                    - member.lifetime_spend: {at_least: 100}
            """
        let world = try World(
            rules: ExplainTests.visit(condition), members: visitor("tier: silver, city: 北京, region: overseas"))
        let lines = try explain(world, at: "2026-03-07 12:00").text.split(separator: "\n").filter {
            $0.contains("member.")
        }
        #expect(
            lines.prefix(5).map { line in
                line.dropFirst(12).split(separator: " ").filter { !$0.hasPrefix(":") }.joined(separator: " ")
            }
                == [
                    "member.tier is gold NO silver", "either member.city is 上海 – 北京", "or member.city is 北京 yes 北京",
                    "not: member.region is overseas NO overseas", "member.lifetime_spend is at least 100 NO 0",
                ])
    }

    @Test("a member who needs a guardian is explained as one")
    func minor() throws {
        let world = try World(
            settings: "version: 1\nminors: {under: 14}", rules: ExplainTests.visit(),
            members: visitor("\(ExplainTests.reachable), birthday: \"2015-03-08\""))
        let report = try explain(world, at: "2026-03-07 12:00")
        #expect(
            row("reach", in: report)?.contains(
                "consent granted, but the member is under 14, and no guardian granted it") == true)
    }

    @Test("gates after the deciding one are named as not read, those before it with what they read")
    func notRead() throws {
        let world = try World(
            settings: "version: 1\nfrequency_cap: [{times: 1, in: 1d}]", rules: ExplainTests.visit(),
            members: visitor(ExplainTests.reachable, at: "2026-03-07 22:00"))
        let report = try explain(world, at: "2026-03-07 22:00")
        #expect(row("reach", in: report)?.contains("yes   138****0001, consent granted") == true)
        #expect(row("quiet", in: report)?.contains("NO    held until 2026-03-08 09:00") == true)
        #expect(row("not read", in: report) == "limits (decided before)")
        #expect(row("cap", in: report) == nil)
        // Fixtures begin where the window does: a release is explained in one that begins before the hold.
        let window = try world.instant("2026-03-07 22:00")..<world.instant("2026-03-08 09:01")
        let both = ExplainReport(try explainer(world, "visit", "lin").explain(window), language: .english)
        #expect(both.text.contains("HELD: quiet hours") && both.text.contains("SENT: sms to 138****0001"))
        #expect(try explain(world, at: "2026-03-08 09:00").text.contains("NOT DUE"))
    }

    @Test("a rule of higher priority at the same instant counts before it is asked")
    func priority() throws {
        let rules = ExplainTests.visit() + ExplainTests.visit("priority: 5").replacing("id: visit", with: "id: first")
        let world = try World(
            settings: "version: 1\nfrequency_cap: [{times: 1, in: 1d}]", rules: rules,
            members: visitor(ExplainTests.reachable))
        let report = try explain(world, at: "2026-03-07 12:00")
        #expect(row("cap", in: report)?.contains("NO    1 so far, last first 2026-03-07 12:00") == true)
        #expect(try explain(world, "first", at: "2026-03-07 12:00").acts)
    }

    @Test("addresses are masked wherever they stand")
    func masks() throws {
        let world = try World(
            rules: ExplainTests.visit(#"if: {member.phone: "13800000002", member.email: {contains: "b@example.com"}}"#),
            members: visitor(#"phone: "13800000001", email: lin@example.com"#))
        let report = try explain(world, at: "2026-03-07 12:00")
        for text in [report.text, report.json] {
            #expect(!text.contains(/1[3-9][0-9]{9}/) && !text.contains("lin@") && !text.contains("b@example"))
        }
        #expect(row("if", in: report)?.contains("NO    138****0001") == true)
    }

    // MARK: the record of a live store

    private func daemonWorld() throws -> (World, MemberStore) {
        let rules = ExplainTests.visit("if_late: {send_within: 6h}", "limits: {at_most: {times: 9, in: 1d}}")
        let world = try World(rules: rules, members: visitor(ExplainTests.reachable, at: "2026-03-02 12:00"))
        return (world, try world.store())
    }

    @Test("a missed decision of the daemon comes first, and counts, though today it would be sent")
    func missed() throws {
        let (world, store) = try daemonWorld()
        let prepared = try store.goLive(world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-01"))
        _ = try store.tick(prepared, at: try world.instant("2026-03-02 23:00"))
        let explainer = try Explainer(
            store: store, set: world.set, channels: ChannelDeclaration.standard, rule: "visit", member: "lin")
        let at = try world.instant("2026-03-02 12:00")
        let window = at..<at.adding(micros: 60_000_000)
        let decided = try explainer.recall(in: window) { _ in nil }
        let explanations = try explainer.explain(window)
        func lines(_ language: Language) -> [Substring] {
            ExplainReport(explanations, decided: decided, version: .changed(since: 1), language: language).text
                .split(separator: "\n")
        }
        #expect(
            lines(.english)[0] == "decided then: 2026-03-02 23:00  MISSED: the daemon was 11h late  by rules version 1")
        #expect(lines(.english)[1] == "  the rules of that version cannot be read any more")
        #expect(lines(.english)[4] == "SENT: sms to 138****0001")
        #expect(lines(.chinese)[0] == "当时的决定：2026-03-02 23:00  错过：系统晚了 11 小时  规则版本 1")
        #expect(!ExplainReport(explanations, decided: decided, language: .english).acts)
        #expect(ExplainReport(explanations, language: .english).acts)
    }

    @Test("what the daemon sent is decided again as it was, not on top of itself; its history is the record")
    func sentThen() throws {
        let (world, store) = try daemonWorld()
        let prepared = try store.goLive(world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-01"))
        _ = try store.tick(prepared, at: try world.instant("2026-03-02 12:00"))
        let explainer = try Explainer(
            store: store, set: world.set, channels: ChannelDeclaration.standard, rule: "visit", member: "lin")
        let rule = try #require(world.set.rules.first)
        let history = HistoryReport(
            try explainer.history(from: try world.instant("2026-03-01"), until: try world.instant("2026-03-04")),
            rule: rule, zone: world.set.settings.zone, language: .english)
        #expect(
            history.text.split(separator: "\n").map { $0.replacing(/\s+:\d+/, with: "") } == [
                "  2026-03-02 12:00  to be sent sms, hello; its message: pending (rules version 1)",
                "  2026-03-04 00:00  not due    nothing waits; last store.visited 2026-03-02 12:00",
            ])
        #expect(history.acts)
        let at = try world.instant("2026-03-02 12:00")
        let report = ExplainReport(try explainer.explain(at..<at.adding(micros: 1)), language: .english)
        #expect(row("limits", in: report)?.contains("yes   none so far") == true, "\(report.text)")
    }

    @Test("what was due before the rule went live was never taken up")
    func beforeLive() throws {
        let (world, store) = try daemonWorld()
        _ = try store.goLive(world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-03"))
        let explainer = try Explainer(
            store: store, set: world.set, channels: ChannelDeclaration.standard, rule: "visit", member: "lin")
        let at = try world.instant("2026-03-02 12:00")
        let report = ExplainReport(try explainer.explain(at..<at.adding(micros: 1)), language: .english)
        #expect(report.text.contains("NOT DUE: the rule went live at 2026-03-03 00:00, after this was due"))
        #expect(!report.acts)
    }

    @Test("a history in both languages: waiting, held, released")
    func heldHistory() throws {
        let rules = ExplainTests.visit().replacing("store.visited}", with: "store.visited, after: 1h}")
        let world = try World(rules: rules, members: visitor(ExplainTests.reachable, at: "2026-03-07 21:30"))
        func lines(_ language: Language) throws -> [String] {
            try history(world, "visit", "2026-03-07", "2026-03-09", language).map {
                String($0.replacing(/\s+:\d+/, with: ""))
            }
        }
        #expect(
            try lines(.english) == [
                "  2026-03-07 21:30  waiting    store.visited v1, due 2026-03-07 22:30",
                "  2026-03-07 22:30  held       quiet hours, until 2026-03-08 09:00",
                "  2026-03-08 09:00  sent       sms to 138****0001",
                "  2026-03-09 00:00  not due    nothing waits; last store.visited 2026-03-07 21:30",
            ])
        #expect(
            try lines(.chinese) == [
                "  2026-03-07 21:30  等待中     store.visited v1，到时 2026-03-07 22:30",
                "  2026-03-07 22:30  暂缓       免打扰时段，到 2026-03-08 09:00 再判断",
                "  2026-03-08 09:00  已发送     sms 发到 138****0001",
                "  2026-03-09 00:00  未到时间   没有等待；最近 store.visited 2026-03-07 21:30",
            ])
    }

    // MARK: the command

    @Test(
        "exit codes",
        arguments: [
            (#"--rule birthday-gift --member lin --at "2026-03-07 09:30" --fixtures FIX"#, 0),
            (#"--rule birthday-gift --member lin --at 2026-03-07 --fixtures FIX --lang zh-CN --json"#, 0),
            (#"--rule birthday-gift --member lin --at "2026-03-07 09:31" --fixtures FIX"#, 3),
            (#"--rule birthday-gift --member notier --since 2026-03-01 --until 2026-03-11 --fixtures FIX"#, 3),
            (#"--rule birthday-gift --member lin --since 2026-03-01 --until 2026-03-11 --fixtures FIX"#, 0),
            (#"--rule birthday-gift --member nobody --at 2026-03-07 --fixtures FIX"#, 2),
            (#"--rule birthday-gift --member lin --at 2026-03-07"#, 2),
            (#"--rule birthday-gift --member lin --at 2026-03-07 --store sqlite:missing.db"#, 2),
            (#"--rule birthday-gif --member lin --at 2026-03-07 --fixtures FIX"#, 64),
            (#"--rule birthday-gift --member lin --fixtures FIX"#, 64),
            (#"--rule birthday-gift --member lin --at soon --fixtures FIX"#, 64),
        ])
    func exits(arguments: String, status: Int32) throws {
        let scratch = try Scratch()
        let rules = ShippedRules.root.appending(path: "rules").path
        let command = arguments.replacing("FIX", with: "\(rules)/fixtures/members.yaml")
        let run = try scratch.run("nudged explain '\(rules)' \(command)")
        #expect(run.status == status, "\(run.printed.joined(separator: "\n"))")
    }

    @Test("on a store: what was decided then comes from the record, what would be decided now after it")
    func onStore() throws {
        let scratch = try Scratch()
        let rules = ShippedRules.root.appending(path: "rules").path
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: scratch.directory.appending(path: name))
        }
        func member(tier: String) -> String {
            "id,status,tier,birthday,phone\nlin,active,\(tier),1990-03-10,13800000001\n"
        }
        try write(member(tier: "gold"), "members.csv")
        try write("member_id,channel,state\nlin,sms,granted\n", "consents.csv")
        let tick = "nudged tick --rules '\(rules)' --store sqlite:shop.db --at"
        let prepared = try scratch.run(
            """
            nudged import members members.csv --store sqlite:shop.db && nudged import consents consents.csv \
            --store sqlite:shop.db && \(tick) 2026-03-01 && \(tick) '2026-03-07 09:30'
            """)
        #expect(prepared.status == 0, "\(prepared.printed.joined(separator: "\n"))")
        try write(member(tier: "basic"), "members.csv")
        #expect(try scratch.run("nudged import members members.csv --store sqlite:shop.db").status == 0)
        let explain = "nudged explain '\(rules)' --rule birthday-gift --member lin --store sqlite:shop.db"
        let then = try scratch.run("\(explain) --at '2026-03-07 09:30'")
        #expect(then.status == 0)
        let lines = then.printed
        #expect(lines.first == "decided then, on the values kept with the decision:")
        #expect(
            lines.contains("TO BE SENT: coupon BDAY-30OFF, then sms to 138****0001; its message: pending"), "\(lines)")
        #expect(lines.contains { $0.contains("member.tier is silver, gold or platinum") && $0.contains("yes   gold") })
        #expect(lines.contains("computed again with the rules and data of now:"))
        #expect(lines.contains { $0.contains("member.tier is silver, gold or platinum") && $0.contains("NO    basic") })
        let other = try scratch.run("\(explain) --at '2026-03-05 09:30'")
        #expect(other.status == 3)
        let nobody = try scratch.run("\(explain.replacing("--member lin", with: "--member lim")) --at 2026-03-07")
        #expect(nobody.status == 2 && nobody.printed.contains { $0.contains("did you mean `lin`?") })
    }
}
