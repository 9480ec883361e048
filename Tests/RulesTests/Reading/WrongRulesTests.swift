import Testing

@testable import Rules

/// One slip and the findings it gives; the rule's lines begin in line 8, four columns in.
struct WrongRule: CustomTestStringConvertible, Sendable {
    var lines: String
    var found: [String]
    var purpose = "marketing"
    var owner = "crm-team"
    init(_ lines: String, _ found: String..., purpose: String = "marketing", owner: String = "crm-team") {
        self.lines = lines
        self.found = found
        self.purpose = purpose
        self.owner = owner
    }
    var testDescription: String { "\(found.joined(separator: ", ")): \(lines.prefix(60).replacing("\n", with: " "))" }
}

@Suite("A wrong rule")
struct WrongRulesTests {
    static let send = RuleSetSamples.sending
    static let paid = "when: {event: {name: order.paid}}\n"
    static let birthday = "when: {birthday: {days_before: 3}}\n"

    private func check(_ wrong: WrongRule) {
        let text = RuleSetSamples.rule(wrong.lines, owner: wrong.owner, purpose: wrong.purpose)
        let reading = RuleSetSamples.read(text)
        #expect(RuleSetSamples.places(reading.diagnostics) == wrong.found)
        let isWrong = reading.diagnostics.contains { $0.severity == .error }
        #expect((reading.ruleSet == nil) == isWrong)
    }

    @Test(
        "has one finding for each slip of form",
        arguments: [
            WrongRule("wehn: {birthday: {}}\n" + send, "R101 8:5"),
            WrongRule("trigger: {birthday: {}}\n" + send, "R101 8:5"),
            WrongRule("when: {birthday: {days_befor: 3}}\n" + send, "R101 8:23"),
            WrongRule(birthday + "template: x\n" + send, "R101 9:5"),
            WrongRule(birthday + "colour: red\n" + send, "R101 9:5"),
            WrongRule(send, "R102 4:5"),
            WrongRule("when: {birthday: {}}", "R102 4:5"),
            WrongRule("when:\n" + send, "R102 4:5"),
            WrongRule("when: {}\n" + send, "R102 8:11"),
            WrongRule("when: {cart_idle: {}}\n" + send, "R102 8:23"),
            WrongRule("when: {birthday: {}, festival: {name: lantern}}\n" + send, "R106 8:26"),
            WrongRule(
                paid + send + "\nexperiment: {key: k, variants: {a: {share: 100%, do: [{add_tag: a}]}}}", "R106 10:5"),
            WrongRule("when: birthday\n" + send, "R103 8:11"),
            WrongRule("when: {birthday: {days_before: [3]}}\n" + send, "R103 8:36"),
            WrongRule("when: {birthday: {days_before: 三}}\n" + send, "R103 8:36"),
            WrongRule("when: {birthday: {days_before: 400}}\n" + send, "R104 8:36"),
            WrongRule("when: {birthday: {days_before: 99999999999999999999}}\n" + send, "R104 8:36"),
            WrongRule("when: {birthday: {calendar: luner}}\n" + send, "R104 8:33"),
            WrongRule("when: {festival: {name: mid_autum}}\n" + send, "R104 8:29"),
            WrongRule("when: {birthday: {at: 9:30}}\n" + send, "R110 8:27"),
            WrongRule("when: {birthday: {at: \"24:00\"}}\n" + send, "R110 8:27"),
            WrongRule("when: {cart_idle: {for: 1d12h}}\n" + send, "R115 8:29"),
            WrongRule("when: {cart_idle: {for: 24}}\n" + send, "R115 8:29"),
            WrongRule("when: {cart_idle: {for: 1month}}\n" + send, "R115 8:29"),
            WrongRule("when: {event: {name: order.paid, after: 1h, at: \"10:00\"}}\n" + send, "R115 8:45"),
            WrongRule("when: {schedule: {on: 2026-02-30}}\n" + send, "R116 8:27"),
            WrongRule("when: {schedule: {every: week, on: 1}}\n" + send, "R104 8:40"),
            WrongRule("when: {schedule: {every: day, on: 1}}\n" + send, "R106 8:35"),
            WrongRule("when: {schedule: {every: month}}\n" + send, "R102 8:23"),
            WrongRule("when: {date: {of: due, days_before: 1, days_after: 2}}\n" + send, "R106 8:44"),
            WrongRule("when: {date: {of: due, days_after: 0}}\n" + send, "R104 8:40"),
            WrongRule("when: {date: {days_after: 5}}\n" + send, "R102 8:19"),
            WrongRule("when: {date: {of: birthday}}\n" + send, "R104 8:23"),
            WrongRule("when: {date: {of: member.attr.shoe}}\n" + send, "R104 8:23"),
            WrongRule("when: {date: {of: member.visits_90d}}\n" + send, "R201 8:23"),
            WrongRule("when: {date: {of: attr.due}}\n" + send, "R201 8:23"),
            WrongRule(paid + "unless: [{where: {category: milk}}]\n" + send, "R102 9:15"),
            WrongRule(paid + "unless: [{event: order.paid, where: {}}]\n" + send, "R103 9:41"),
            WrongRule(paid + "unless: [{event: order.payed}]\n" + send, "R204 9:22"),
            WrongRule("when: {schedule: {every: week, on: []}}\n" + send, "R104 8:40"),
            WrongRule("when: {schedule: {every: week, on: [monday, noday]}}\n" + send, "R104 8:49"),
            WrongRule("when: {schedule: {every: week, on: [monday, tuesday, monday]}}\n" + send, "R104 8:58"),
            WrongRule("when: {schedule: {every: workday, on: 1}}\n" + send, "R106 8:39"),
            WrongRule("when: {schedule: {every: quarter, on: 32}}\n" + send, "R104 8:43"),
            WrongRule("name: 0123456\n" + paid + send, "R113 8:11"),
            WrongRule(paid + "do: [{add_tag: vip, remove_tag: old}]", "R106 9:25"),
            WrongRule(paid + "do: []", "R104 9:9"),
            WrongRule(paid + "do: {add_tag: vip}", "R103 9:9"),
            WrongRule(paid + "do: [{otherwise: [{add_tag: vip}]}]", "R102 9:11"),
            WrongRule(paid + "limits: {at_most: {times: 0, in: 1d}}\n" + send, "R104 9:31"),
            WrongRule(paid + "limits: {once_per: birthday}\n" + send, "R104 9:24"),
            WrongRule(birthday + "existing_members: skip\n" + send, "R101 9:5"),
            WrongRule(birthday + "combine: {into: one_per_member, save_as: c}\n" + send, "R101 9:5"),
            WrongRule(paid + "audience: {pick: {random: 3}}\n" + send, "R101 9:16"),
            WrongRule(paid + "if: {}\n" + send, "R103 9:9"),
            WrongRule(paid + "if:\n" + send, "R103 9:5"),
            WrongRule(paid + "if: {member.tier: {}}\n" + send, "R103 9:23"),
            WrongRule(paid + "if: {any: []}\n" + send, "R104 9:15"),
            WrongRule(paid + "if: {any: [{}]}\n" + send, "R103 9:16"),
            WrongRule("when: {event: {name: order.paid, where: {}}}\n" + send, "R103 8:45"),
            WrongRule(paid + "audience: {}\n" + send, "R103 9:15"),
            WrongRule(paid + "audience:\n" + send, "R103 9:5"),
            WrongRule(paid + "limits: {}\n" + send, "R103 9:13"),
            WrongRule(paid + "do: [{choose: []}]", "R104 9:19"),
            WrongRule("priority: 1.5\nnote: [a]\n" + paid + send, "R103 8:15", "R103 9:11"),
        ])
    func form(_ wrong: WrongRule) { check(wrong) }

    @Test(
        "has one finding for each slip in a condition",
        arguments: [
            WrongRule(paid + "if: {member.teir: gold}\n" + send, "R201 9:10"),
            WrongRule(paid + "if: {tier: gold}\n" + send, "R201 9:10"),
            WrongRule(birthday + "if: {order.total: {at_least: 5}}\n" + send, "R203 9:10"),
            WrongRule(paid + "if: {member.tier: {at_least: gold}}\n" + send, "R202 9:24"),
            WrongRule(paid + "if: {member.tags: vip}\n" + send, "R202 9:23"),
            WrongRule(paid + "if: {order.total: {gte: 50}}\n" + send, "R105 9:24"),
            WrongRule(paid + "if: {order.total: {\">=\": 50}}\n" + send, "R105 9:24"),
            WrongRule(paid + "if: {order.total: {大于等于: 50}}\n" + send, "R105 9:24"),
            WrongRule(paid + "if: {member.tier: {$in: [gold]}}\n" + send, "R105 9:24"),
            WrongRule(paid + "if: {or: [{member.tier: gold}]}\n" + send, "R105 9:10"),
            WrongRule(paid + "if: {order.total: {at_leest: 50}}\n" + send, "R101 9:24"),
            WrongRule(paid + "if: {order.total: {at_least: 五十}}\n" + send, "R103 9:34"),
            WrongRule(paid + "if: {order.total: 49.999}\n" + send, "R104 9:23"),
            WrongRule(paid + "if: {member.tier: {is_set: yes}}\n" + send, "R111 9:32"),
            WrongRule(paid + "if: {member.birthday_leap_month: on}\n" + send, "R111 9:38"),
            WrongRule(paid + "if: {member.status: activ}\n" + send, "R104 9:25"),
            WrongRule(paid + "if: {member.store_id: 010}\n" + send, "R113 9:27"),
            WrongRule(paid + "if: {member.registered_at: {after: 2026/1/5}}\n" + send, "R116 9:40"),
            WrongRule(paid + "if: {member.last_order_at: {within_last: 30}}\n" + send, "R115 9:46"),
            WrongRule(paid + "if: {member.age: {between: [20]}}\n" + send, "R103 9:32"),
            WrongRule(paid + "if: {member.age: {between: [40, 20]}}\n" + send, "R210 9:32"),
            WrongRule(paid + "if: [{member.age: 3}]\n" + send, "R103 9:9"),
            WrongRule(paid + "if: {any: {member.age: 3}}\n" + send, "R103 9:15"),
            WrongRule(paid + "if: {member.tier: []}\n" + send, "R104 9:23"),
            WrongRule(
                paid
                    + "if:\n  member.lifetime_spend: {at_least: 5000}\n  all:\n    - member.lifetime_spend: {less_than: 1000}\n"
                    + send, "R210 12:35"),
            WrongRule(paid + "if: {member.tier: gold, all: [{member.tier: [silver]}]}\n" + send, "R210 9:49"),
            WrongRule(
                paid + "if: {member.age: {at_least: 30}, any: [{member.age: {less_than: 20}}, {member.age: 5}]}\n"
                    + send,
                "R210 9:58"),
            WrongRule(paid + "if: {coupon_stock: {template: POLL}}\n" + send, "R220 9:35"),
            WrongRule(paid + "if: {coupon_stock: {template: BDAY-30OFF}}\n" + send, "R104 9:35"),
            WrongRule(paid + "if: {coupon_stock: {at_least: 5}}\n" + send, "R102 9:25"),
            WrongRule(paid + "if: {coupon_stock: POOL}\n" + send, "R103 9:24"),
            WrongRule(paid + "if: {coupon_stock: {template: POOL, at_least: 0}}\n" + send, "R104 9:51"),
            WrongRule(paid + "if: {库存: {template: POOL}}\n" + send, "R201 9:10"),
            WrongRule(paid + "if: {member.status: active, none: [{member.status: active}]}\n" + send, "R210 9:56"),
            WrongRule(
                paid + "if: {none: [{member.age: {at_least: 18}}], member.age: {at_least: 30}}\n" + send, "R210 9:31"),
            WrongRule(paid + "if: {member.city: {is_set: false}, all: [{member.city: 上海}]}\n" + send, "R210 9:60"),
            WrongRule(paid + "if: {member.tags: {includes: vip, is_set: false}}\n" + send, "R210 9:39"),
            WrongRule(
                paid + "if: {member.registered_at: {before: 2020-01-01, after: 2021-01-01}}\n" + send, "R210 9:53"),
            WrongRule(
                paid + "if: {member.registered_at: {before: \"2020-01-01 09:00\", after: 2019-12-31}}\n" + send),
            WrongRule(
                paid + "if: {member.last_order_at: {within_last: 30d, more_than_ago: 60d}}\n" + send, "R210 9:51"),
            WrongRule(paid + "if: {member.last_order_at: {within_last: 60d, more_than_ago: 30d}}\n" + send),
            WrongRule(paid + "if: {member.last_order_at: {within_last: 2d, more_than_ago: 48h}}\n" + send),
            WrongRule(paid + "if: {member.tags: {includes: a, excludes: a}}\n" + send, "R210 9:37"),
            WrongRule(paid + "if: {member.tags: {includes_any: [a, b], excludes: a}}\n" + send),
            WrongRule(paid + "if: {member.city: {is: Xian, starts_with: Bei}}\n" + send, "R210 9:34"),
            WrongRule(paid + "if: {member.city: {is: Xian, starts_with: Xi}}\n" + send),
            WrongRule(
                paid + "if: {member.city: 上海, any: [{member.city: {starts_with: 北}}, {member.tags: {includes: a}}]}\n"
                    + send),
            WrongRule(
                paid + "if: {history: [{event: a.b, times: 0}, {event: a.b, times: {at_least: 2}}]}\n" + send,
                "R210 9:44"),
            WrongRule(
                paid + "if: {history: [{event: a.b, times: 0, within_last: 7d}, {event: a.b, within_last: 30d}]}\n"
                    + send),
            WrongRule(
                paid + "if: {history: [{event: a.b, within_last: 7d}, {event: a.b, times: 0, within_last: 30d}]}\n"
                    + send, "R210 9:51"),
            WrongRule(
                paid + "if: {history: [{event: a.b, times: 0}, {event: a.b, where: {c: d}}, {event: a.e}]}\n" + send),
            WrongRule(paid + "if: {member.status: closed}\n" + send, "R210 9:25"),
            WrongRule(paid + "if: {all: [{member.status: {is_not: active}}]}\n" + send, "R210 9:32"),
            WrongRule(paid + "if: {none: [{member.status: closed}]}\n" + send),
            WrongRule(paid + "if: {member.birthday: {within_next: 3d}}\n" + send, "R210 9:28"),
            WrongRule(paid + "if: {member.birthday: {within_last: 1d}}\n" + send, "R210 9:28"),
            WrongRule(paid + "if: {order.paid_at: {within_next: 1h}}\n" + send, "R210 9:26"),
            WrongRule(
                paid + "if: {order.total: {less_than: {field: member.averge_order_value}}}\n" + send, "R201 9:43"),
            WrongRule(paid + "if: {order.total: {less_than: {field: member.tier}}}\n" + send, "R202 9:43"),
            WrongRule(paid + "if: {order.total: {less_than: {field: cart.total}}}\n" + send, "R203 9:43"),
            WrongRule(paid + "if: {order.total: {less_than: {times: 2}}}\n" + send, "R102 9:36"),
            WrongRule(paid + "if: {order.total: {between: {field: member.age}}}\n" + send, "R103 9:33"),
            WrongRule(
                paid + "if: {member.last_order_at: {after: {field: order.paid_at, times: 2}}}\n" + send, "R202 9:63"),
            WrongRule(paid + "if: {history: [{event: order.payed, times: 0}]}\n" + send, "R204 9:28"),
            WrongRule(paid + "if: {history: [{times: 1}]}\n" + send, "R102 9:21"),
            WrongRule(paid + "if: {history: [{event: order.paid, times: {is_not: 2}}]}\n" + send, "R202 9:48"),
        ])
    func conditions(_ wrong: WrongRule) { check(wrong) }

    @Test(
        "has one finding for each slip of meaning",
        arguments: [
            WrongRule(paid + "do: [{give_coupon: {template: BDAY-30OF}}]", "R220 9:35"),
            WrongRule(paid + "do: [{create_task: {title: x}}]", "R102 9:25"),
            WrongRule(paid + "do: [{create_task: {assignee: a, assign_to: member.advisor, title: x}}]", "R106 9:38"),
            WrongRule(paid + "do: [{create_task: {assignee: a, or_else: b, title: x}}]", "R106 9:38"),
            WrongRule(paid + "do: [{create_task: {assign_to: 客服主管, title: x}}]", "R201 9:36"),
            WrongRule(paid + "do: [{adjust_points: {add: {of: member.tier}}}]", "R104 9:37"),
            WrongRule(paid + "do: [{adjust_points: {add: {of: order.totl}}}]", "R201 9:37"),
            WrongRule(paid + "do: [{adjust_points: {add: {of: order.total, times: 0.00001}}}]", "R104 9:57"),
            WrongRule(paid + "do: [{adjust_points: {add: {of: order.total, times: 0.12345}}}]", "R104 9:57"),
            WrongRule(paid + "do: [{adjust_points: {add: {times: 2}}}]", "R102 9:33"),
            WrongRule(paid + "do: [{send: {try: [{wechat: {template: wx_helo}}]}}]", "R221 9:44"),
            WrongRule(paid + "audience: {in: [sleepy]}\n" + send, "R222 9:21"),
            WrongRule(paid + "do: [{send: {try: [{wecaht: {template: wx_hello}}]}}]", "R223 9:25"),
            WrongRule(
                paid + "do: [{send: {try: [{sms: {template: wx_hello}}], fill: {name: member.display_name}}}]",
                "R223 9:41"),
            WrongRule(paid + "do: [{send: {try: [{wechat: {template: wx_hello}}]}}]", "R224 9:11"),
            WrongRule(
                paid + "do: [{create_task: {assign_to: member.advisor, title: x, fill: {name: member.city}}}]",
                "R102 9:62"),
            WrongRule(
                paid
                    + "do: [{create_task: {assign_to: member.advisor, title: x, script: task_call, fill: {nam: member.city}}}]",
                "R224 9:88"),
            WrongRule(
                paid + "do: [{create_task: {assign_to: member.advisor, title: x, script: wx_code}}]", "R227 9:62"),
            WrongRule(
                paid
                    + "do: [{send: {try: [{wechat: {template: wx_hello}}], fill: {name: member.display_name, x: order.id}}}]",
                "R224 9:91"),
            WrongRule(
                paid + "do: [{send: {try: [{wechat: {template: wx_date}}], fill: {day: order.total}}}]", "R224 9:68"),
            WrongRule(
                paid
                    + "do: [{give_coupon: {template: BDAY-30OFF, save_as: g}}, {send: {try: [{wechat: {template: wx_code}}], "
                    + "fill: {name: member.display_name, code: g.code}}}]", "R227 9:120"),
            WrongRule(
                paid + "do: [{send: {try: [{wechat: {template: wx_hello}}], fill: {name: gift.code}}}]", "R201 9:70"),
            WrongRule("when: {birthday: {at: \"22:00\"}}\n" + send, "R231 8:23"),
            WrongRule(birthday + send, "R232 7:14", purpose: "service"),
            WrongRule(
                paid + "do:\n  - send: {try: [{wechat: {template: wx_hello}}], fill: {name: member.city}}\n"
                    + "  - choose:\n      - if: {member.tier: gold}\n"
                    + "        do: [{send: {try: [{wechat: {template: wx_hello}}], fill: {name: member.city}}}]",
                "R233 13:19"),
            WrongRule(birthday + "unless: [order.paid]\n" + send, "R234 9:5"),
            WrongRule(birthday + "unless: []\n" + send, "R234 9:5"),
            WrongRule(birthday + "unless: [order.payd]\n" + send, "R234 9:5"),
            WrongRule("when: {event: {name: order.pald}}\n" + "do: [{add_tag: x}]", "R204 8:26"),
            WrongRule("when: {inactive: {for: 60d}}\n" + send, "R260 8:12"),
            WrongRule(
                paid + "experiment:\n  key: k\n  variants:\n    a: {share: 50%, do: [{add_tag: a}]}\n"
                    + "    b: {share: 40%, do: [{add_tag: b}]}", "R250 13:20"),
            WrongRule(
                paid + "experiment: {key: k, holdout: 5, variants: {a: {share: 100%, do: [{add_tag: a}]}}}", "R103 9:35"
            ),
            WrongRule(paid + "do: [{give_coupon: {template: BDAY-30OFF, save_as: member}}]", "R104 9:56"),
        ])
    func meaning(_ wrong: WrongRule) { check(wrong) }
}
