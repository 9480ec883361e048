import Testing

@testable import Rules

/// What someone types who thinks in Chinese, in SQL or in a form: one finding, and a help to paste.
struct MarketersSlip: CustomTestStringConvertible, Sendable {
    var lines: String
    var found: String
    var help: String
    /// What the fix puts in; nil where none is offered.
    var fix: String?
    init(_ lines: String, _ found: String, _ help: String, fix: String? = nil) {
        self.lines = lines
        self.found = found
        self.help = help
        self.fix = fix
    }
    var testDescription: String { lines.replacing("\n", with: " ") }
}

@Suite("A marketer's slip")
struct MarketersSlipsTests {
    private static let paid = "when: {event: {name: order.paid}}\n"

    @Test(
        "in a time, a number or a unit is one finding that says what to write",
        arguments: [
            MarketersSlip("when: {birthday: {at: ０９：３０}}", "R110", "write  at: \"09:30\"", fix: "\"09:30\""),
            MarketersSlip("when: {birthday: {at: “09:30”}}", "R110", "write  at: \"09:30\"", fix: "\"09:30\""),
            MarketersSlip("when: {birthday: {at: 15点半}}", "R110", "write  at: \"15:30\"", fix: "\"15:30\""),
            MarketersSlip("when: {birthday: {at: 下午3点}}", "R110", "did you mean  at: \"15:00\"?"),
            MarketersSlip("when: {birthday: {days_before: 3天}}", "R103", "write the number alone:  3"),
            MarketersSlip("when: {birthday: {days_before: 2w}}", "R103", "did you mean `14`?"),
            MarketersSlip("when: {birthday: {days_before: 两周}}", "R103", "did you mean `14`?"),
            MarketersSlip("when: {birthday: {days_before: 2  ＃ 提前}}", "R103", "write the number alone:  2"),
            MarketersSlip("when: {birthday: {at: 10.30}}", "R110", "did you mean  at: \"10:30\"?"),
            MarketersSlip("when: {birthday: {at: 中午}}", "R110", "did you mean  at: \"12:00\"?"),
            MarketersSlip("when: {cart_idle: {after: 2h}}", "R101", "did you mean `for`?"),
            MarketersSlip("when: {festival: {name: mid_autumn_festival}}", "R104", "did you mean `mid_autumn`?"),
            MarketersSlip("when: {festival: {name: 八月十五}}", "R104", "did you mean `mid_autumn`?"),
            MarketersSlip("when: {cart_idle: {for: 24 hours}}", "R115", "write  for: 24h", fix: "24h"),
            MarketersSlip("when: {cart_idle: {for: ３０分钟}}", "R115", "write  for: 30m", fix: "30m"),
            MarketersSlip("when: {cart_idle: {for: 两天}}", "R115", "did you mean  for: 2d?"),
            MarketersSlip("when: {cart_idle: {for: 1个月}}", "R115", "there are no months: say 30d"),
            MarketersSlip("when: {schedule: {on: 2026年11月11日}}", "R116", "write  2026-11-11"),
            MarketersSlip("when: {schedule: {on: [monday, thursday]}}", "R102", "add  every: week"),
            MarketersSlip("when: {schedule: {every: monday}}", "R104", "write  every: week  and  on: monday"),
            MarketersSlip("when: {schedule: {every: 每周一}}", "R104", "write  every: week  and  on: monday"),
            MarketersSlip("when: {schedule: {every: 工作日}}", "R104", "did you mean `workday`?", fix: "workday"),
            MarketersSlip("when: {schedule: {every: weekday}}", "R104", "did you mean `workday`?"),
            MarketersSlip(
                "when: {schedule: {every: week, on: [周一, thursday]}}", "R104", "did you mean `monday`?", fix: "monday"),
            MarketersSlip(
                "when: {schedule: {every: week, on: monday、thursday}}", "R103", "write  [monday, thursday]"),
            MarketersSlip(
                "when: {schedule: {every: month, on: [1, 15]}}", "R103",
                "write a rule for each of them, the first with  on: 1"),
            MarketersSlip(
                "when: {schedule: {every: month, on: [monday]}}", "R103", "a list of weekdays goes with  every: week"),
            MarketersSlip("when: {schedule: {every: day, on: monday}}", "R106", "write  every: week"),
            MarketersSlip("when: {schedule: {every: workday, on: [monday, 周五]}}", "R106", "write  every: week"),
            MarketersSlip("when: {schedule: {every: day, on: 15}}", "R106", "write  every: month"),
            MarketersSlip("when: {schedule: {every: day, on: 2127-01-01}}", "R106", "take `every` away"),
            MarketersSlip("when: {schedule: {every: day, on: [1, 2]}}", "R106", "take `on` away"),
            MarketersSlip("when: {schedule: {on: 15}}", "R102", "add  every: month"),
            MarketersSlip(
                "when: {schedule: {on: [2127-01-01, 2127-02-01]}}", "R103",
                "write a rule for each of them, the first with  on: 2127-01-01"),
            MarketersSlip(
                "when: {schedule: {on: [2127-01-01]}}", "R103", "write it without brackets:  2127-01-01"),
            MarketersSlip(
                "when: {birthday: {}}\ndo: [{send: {try: [{sms: {template: sms_hello}}], template: sms_hello, fill: {name: member.display_name}}}]",
                "R101", "each channel under `try` has its own template:  try: [{sms: {template: sms_hello}}]"),
            MarketersSlip("when: {event: {name: order.paid, after: 1H}}", "R115", "write  after: 1h", fix: "1h"),
            MarketersSlip("when: {date: {of: birthday}}", "R104", "write  when: {birthday: {}}"),
            MarketersSlip("when: {anniversary: {of: birthday}}", "R104", "write  when: {birthday: {}}"),
            MarketersSlip(
                paid + "if: {history: [{event: order.paid, times: 0}]}", "R210", "did you mean  times: 1?"),
            MarketersSlip(
                "when: {event: {name: order.paid, after: 1h}}\nif: {all: [{history: [{event: order.paid, times: {less_than: 1}}]}]}",
                "R210", "did you mean  times: 1?"),
            MarketersSlip(
                "when: {event: {name: app.open, where: {version: {at_least: 2.10}}}}", "R265",
                "versions have no order here: name those that are meant, in quotes:  version: [\"2.10\"]"),
            MarketersSlip(
                "when: {event: {name: app.open, where: {app_version: 2.1}}}", "R265",
                "versions have no order here: name those that are meant, in quotes:  app_version: [\"2.1\"]"),
            MarketersSlip(
                "when: {event: {name: app.open, where: {version: {at_least: \"2.10.0\"}}}}", "R103",
                "versions have no order here: name those that are meant, in quotes:  version: [\"2.10.0\"]"),
            MarketersSlip("when: {date: {of: attr.due}}", "R201", "did you mean `member.attr.due`?"),
            MarketersSlip("when: {festival: {name: 除夕}}", "R104", "did you mean `new_years_eve`?"),
            MarketersSlip(
                paid + "if: {order.total: {at_least: 100元}}", "R103", "write the number alone:  100"),
            MarketersSlip(paid + "if: {order.total: {at_least: 66。5}}", "R103", "write the number alone:  66.5"),
            MarketersSlip(paid + "if: {order.total: {at_least: 5角}}", "R103", "did you mean `0.5`?"),
            MarketersSlip(paid + "if: {member.birthday_month: May}", "R103", "did you mean `5`?"),
            MarketersSlip(paid + "if: {member.birthday_month: 5月}", "R103", "write the number alone:  5"),
            MarketersSlip(
                paid + "if: {member.registered_at: {before: 2026年6月1日}}", "R116", "did you mean  2026-06-01?"),
            MarketersSlip(
                paid + "if: {order.total: {at_least: 1万}}", "R103", "did you mean `10000`?"),
            MarketersSlip(
                paid + "experiment: {key: k, holdout: 5％, variants: {a: {share: 100%, do: [{add_tag: a}]}}}", "R103",
                "write  5%", fix: "5%"),
            MarketersSlip(
                paid + "experiment: {key: k, holdout: 0.05, variants: {a: {share: 100%, do: [{add_tag: a}]}}}", "R103",
                "write the sign:  5%  (0.05% would be a hundred times less)"),
        ])
    func values(_ slip: MarketersSlip) throws { try check(slip) }

    @Test(
        "in a condition is one finding that says what to write",
        arguments: [
            MarketersSlip(
                paid + "if: {order.total: \">= 50\"}", "R105", "say `at_least`:  order.total: {at_least: 50}",
                fix: "{at_least: 50}"),
            MarketersSlip(paid + "if:\n  order.total: >=50", "R105", "write  order.total: {at_least: 50}"),
            MarketersSlip(
                paid + "if:\n  order.total >= 50\n  member.status: active", "R018", "write  order.total: {at_least: 50}"
            ),
            MarketersSlip(
                paid + "if: {order.total: {between: 50, 100}}", "R103",
                "put both ends into brackets:  order.total: {between: [50, 100]}"),
            MarketersSlip(
                paid + "if: {order.total: {between: 50-100}}", "R103", "write both ends:  [50, 100]"),
            MarketersSlip(
                paid + "if: {order.total: {between: （50，100）}}", "R103", "write both ends:  [50, 100]"),
            MarketersSlip(paid + "if: {order.total: {between: [50]}}", "R103", "write both ends:  [50, …]"),
            MarketersSlip(paid + "if: {member.city: {any_of: 杭州、宁波}}", "R103", "write  [杭州, 宁波]"),
            MarketersSlip(
                paid + "if: {history: [{event: store.visited, times: 2+, within_last: 30d}]}", "R105",
                "did you mean  times: {at_least: 2}?"),
            MarketersSlip(paid + "if: {满足任一: [{member.city: 杭州}]}", "R105", "say `any` with a list", fix: "any"),
            MarketersSlip("when: {cart_idle: {for: 2h}}\nif: {order.total: 5}", "R203", "did you mean `cart.total`?"),
            MarketersSlip(
                paid + "if:\n  member.city: 上海，北京", "R112", "use ASCII brackets and commas:  [上海, 北京]"),
            MarketersSlip(
                paid + "if:\n  member.tier: silver, gold", "R112", "use ASCII brackets and commas:  [silver, gold]"),
            MarketersSlip(
                paid + "if: {member.tier: [silver；gold]}", "R112", "use an ASCII comma:  [silver, gold]"),
            MarketersSlip(
                paid + "if: {member.city: “上海”}", "R113", "write ASCII quotes:  \"上海\"", fix: "\"上海\""),
            MarketersSlip(paid + "if: {member.tier: 金卡}", "R104", "write  gold", fix: "gold"),
            MarketersSlip(paid + "if: {member.tier: [sliver]}", "R104", "did you mean `silver`?"),
            MarketersSlip(
                paid + "if: {member.tier: bronze}", "R104", "name one of them, or add it to `tiers` in the settings"),
            MarketersSlip(
                paid + "if: {order.categories: tea}", "R202", "say what it holds:  order.categories: {includes: tea}"),
            MarketersSlip(paid + "if: {member.gender: 女}", "R104", "did you mean `female`?", fix: "female"),
        ])
    func conditions(_ slip: MarketersSlip) throws { try check(slip) }

    @Test(
        "in a name or a place is one finding that says where it belongs",
        arguments: [
            MarketersSlip("when: {birthday: {}}\nat: \"09:30\"", "R101", "`at` belongs into `birthday` under `when`"),
            MarketersSlip(
                paid + "limits: {at_most: {times: 1, in: 7d}, per_minute: 60}", "R101",
                "`per_minute` belongs into `send`"),
            MarketersSlip(
                paid + "limits: {at_most: {times: 2, within: 7d}}", "R101", "did you mean `in`?"),
            MarketersSlip(
                paid + "do: [{give_coupon: {coupon: BDAY-30OFF, save_as: g}}]", "R101", "did you mean `template`?"),
            MarketersSlip(
                paid + "do: [{create_task: {assignee: member.advisor, or_else: boss, title: x}}]", "R103",
                "say  assign_to: member.advisor"),
            MarketersSlip(
                paid + "do: [{create_task: {assign_to: shop_manager, title: x}}]", "R201",
                "for a role or a person write  assignee: shop_manager"),
            MarketersSlip(
                paid + "do: [{choose: [{when: {order.total: 5}, do: [{add_tag: a}]}]}]", "R101", "did you mean `if`?"),
            MarketersSlip(paid + "limits: {at_most: 1次}", "R103", "write keys and values:  {times: 1, in: …}"),
            MarketersSlip(
                paid
                    + "do: [{give_cupon: {template: BDAY-30OFF, save_as: g}}, {send: {try: [{wechat: {template: wx_code}}], "
                    + "fill: {name: order.id, code: g.code}}}]", "R101", "did you mean `give_coupon`?"),
            MarketersSlip(
                paid + "do: [{give_coupon: {template: BDAY-30OFF}}, {send: {try: [{wechat: {template: wx_code}}], "
                    + "fill: {name: g.template, code: g.code}}}]", "R201",
                "if an earlier step is meant, let it say  save_as: g"),
            MarketersSlip(
                paid + "do: [{give_coupon: {template: 生日券}}]", "R220",
                "did you mean `BDAY-30OFF`? `生日券` is its display name"),
            MarketersSlip(
                paid + "do: [{send: {try: [{微信: {template: wx_hello}}], fill: {name: order.id}}}]", "R223",
                "did you mean `wechat`?"),
            MarketersSlip(
                paid + "do: [{send: {try: [{sms: {template: wx_hello}}], fill: {name: order.id}}}]", "R223",
                "did you mean `sms_hello`?"),
            MarketersSlip(
                "when: {event: {name: order_paid}}\nlimits: {once_per: order}", "R204",
                "did you mean `order.paid`?"),
            MarketersSlip(
                paid + "do: [{send: {try: [{wechat: {template: wx_hello}}], fill: {name: 林小姐}}}]", "R201",
                "name a field, such as member.display_name; a fixed text belongs into the template"),
            MarketersSlip(
                paid + "unless: order.cancelled、order.refunded", "R103", "write  [order.cancelled, order.refunded]"),
        ])
    func names(_ slip: MarketersSlip) throws { try check(slip) }

    @Test("in the name of an owner is asked about, and never to be made one who may serve")
    func owner() {
        let text = RuleSetSamples.rule(Self.paid + RuleSetSamples.sending, owner: "loyalyt", purpose: "service")
        let found = RuleSetSamples.read(text).diagnostics
        #expect(found.map(\.code) == ["R232"])
        #expect(found.first?.help == ["did you mean `loyalty`?", "or say  purpose: marketing"])
    }

    @Test(
        "is none in what only looks like one",
        arguments: [
            "when: {event: {name: app.open, where: {version: [\"2.10\", \"2.11.0\"]}}}",
            "when: {event: {name: app.open, where: {version: {at_least: 3}}}}",
            "when: {event: {name: app.open, where: {amount: {at_least: 2.10}}}}",
            paid + "if: {history: [{event: order.paid, times: 0, where: {source: shop}}]}",
            paid + "if: {history: [{event: order.refunded, times: 0}]}",
            "when: {event: {name: order.paid, after: 2d}}\nif: {history: [{event: order.paid, times: 0, within_last: 1d}]}",
            "when: {anniversary: {of: wedding}}",
        ])
    func harmless(_ lines: String) {
        let text = RuleSetSamples.rule(lines + "\n" + RuleSetSamples.sending)
        #expect(RuleSetSamples.read(text).diagnostics.map(\.short) == [])
    }

    @Test("a birthday that is set has no date, and the advice asks for one")
    func birthday() {
        func found(_ condition: String) -> [[String]] {
            let text = RuleSetSamples.rule(
                "when: {birthday: {}}\nif: {member.birthday: \(condition)}\n"
                    + "do: [{send: {try: [{wechat: {template: wx_date}}], fill: {day: member.birthday}}}]")
            return RuleSetSamples.read(text).diagnostics.map { [$0.code] + $0.help.suffix(1) }
        }
        #expect(
            found("{is_set: true}")
                == [["R227", "or let the rule ask for it:  if: {member.birthday: {after: 1900-01-01}}"]])
        #expect(found("{after: 1900-01-01}") == [])
    }

    private func check(_ slip: MarketersSlip) throws {
        let hasBody = ["do:", "experiment:"].contains { slip.lines.contains($0) }
        let text = RuleSetSamples.rule(hasBody ? slip.lines : slip.lines + "\n" + RuleSetSamples.sending)
        let found = RuleSetSamples.read(text).diagnostics
        #expect(found.map(\.code) == [slip.found], "\(found.map(\.short))")
        let finding = try #require(found.first)
        #expect(finding.help.first == slip.help)
        #expect(finding.fix.first?.text == slip.fix)
    }
}
