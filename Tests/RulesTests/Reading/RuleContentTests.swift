@testable import Kit
import Testing

@testable import Rules

@Suite("A rule that is right")
struct RuleContentTests {
    private func rule(_ lines: String, owner: String = "crm-team", purpose: String = "marketing") throws -> Rule {
        let reading = RuleSetSamples.read(RuleSetSamples.rule(lines, owner: owner, purpose: purpose))
        #expect(reading.diagnostics.map(\.short) == [])
        return try #require(reading.ruleSet?.rules.first)
    }

    @Test("keeps its trigger, conditions, steps and limits")
    func rich() throws {
        let rule = try rule(
            """
            name: 生日礼遇
            priority: 5
            when: {birthday: {days_before: 3, at: 09:30, calendar: lunar}}
            audience: {in: [sleeping]}
            if:
              member.status: active
              member.tier: [silver, gold]
              member.lifetime_spend: {at_least: 49.9}
              member.region: {is_set: true, none_of: [NO]}
              any:
                - history: [{event: order.paid, times: 0, within_last: 7d}]
                - member.attr.shoe: {between: [38, 40]}
            do:
              - give_coupon: {template: BDAY-30OFF, valid_until: {days_after_occasion: 7}, save_as: gift}
              - send:
                  try: [{sms: {template: sms_hello}}, {wechat: {template: wx_hello}}]
                  fill: {name: member.display_name}
                  per_minute: 600
            limits: {once_per: lifetime, at_most: {times: 2, in: 7d}}
            if_late: {send_within: forever}
            """)
        guard case .birthday(let offset, let calendar) = rule.trigger else { return #expect(Bool(false)) }
        #expect(offset == .init(daysBefore: 3, at: LocalTime(minutes: 570)))
        #expect(calendar == .lunar)
        #expect(rule.audience?.inSegments == ["sleeping"])
        #expect(rule.priority == 5)
        #expect(rule.limits.oncePerLifetime)
        #expect(rule.limits.atMost == CountLimit(times: 2, window: Span(7, .days)))
        #expect(rule.ifLate == .forever)
        #expect(rule.origin.line == 4)
        #expect(rule.origin.keyLines["do"] == 20)
        #expect(rule.origin.text.hasPrefix("id: r\n"))
        guard case .all(let children) = rule.condition, children.count == 5 else { return #expect(Bool(false)) }
        #expect(children[1].tests == [.anyOf([.text("silver"), .text("gold")])])
        #expect(children[2].tests == [.atLeast(.money(4990))])
        #expect(children[3].tests == [.isSet(true), .opposite(.anyOf([.text("NO")]))])
        guard case .any(let either) = children[4], case .history(let history) = either[0] else {
            return #expect(Bool(false))
        }
        #expect(history.times == [.exactly(0)])
        #expect(history.period == Span(7, .days))
        #expect(either[1].tests == [.between(.number(38), .number(40))])
        guard case .actions(let actions) = rule.body, actions.count == 2, case .giveCoupon(let gift) = actions[0],
            case .send(let send) = actions[1]
        else { return #expect(Bool(false)) }
        #expect(gift.validUntil == .daysAfterOccasion(7))
        #expect(
            send.entries == [
                .init(channel: "sms", template: "sms_hello"), .init(channel: "wechat", template: "wx_hello"),
            ])
        #expect(send.fill.map(\.field.name) == ["member.display_name"])
        #expect(send.perMinute == 600)
    }

    @Test(
        "of every other trigger loads without a finding",
        arguments: [
            "when: {anniversary: {of: wedding, days_before: 3, at: \"10:00\"}}\ndo: [{add_tag: vip}]",
            "when: {festival: {name: laba}}\naudience: {in: [sleeping], pick: {random: 20}}\ndo: [{remove_tag: vip}]",
            "when: {schedule: {every: month, on: 31}}\ndo: [{adjust_points: {add: -100}}]",
            "when: {schedule: {every: week, on: monday, at: \"10:00\"}}\ndo: [{adjust_points: {add: 100, expires_in: 365d}}]",
            "when: {schedule: {every: day}}\ndo: [{add_tag: vip}]",
            "when: {event: {name: order.paid}}\nif: {order.total: {less_than: {field: member.average_order_value, times: 0.5}, "
                + "more_than: {field: member.lifetime_orders}}}\ndo: [{add_tag: a}]",
            "when: {schedule: {every: day}}\nif: {member.last_order_at: {before: {field: member.registered_at}}}\ndo: [{add_tag: a}]",
            "when: {date: {of: due_date, days_before: 28, at: \"10:00\"}}\ndo: [{add_tag: vip}]\nlimits: {once_per: date}",
            "when: {date: {of: member.attr.due, days_after: 100}}\ndo: [{add_tag: vip}]",
            "when: {event: {name: store.visited, after: 1d}}\nunless: [cart.emptied, {event: order.paid, where: {category: milk, total: {at_least: 50}}}]\ndo: [{add_tag: a}]",
            "when: {schedule: {every: day}}\nif: {coupon_stock: {template: POOL, at_least: 20}}\ndo: [{give_coupon: {template: POOL}}]",
            "when: {schedule: {every: day}}\ndo: [{create_task: {assignee: 客服主管, title: 回访}}]",
            "when: {schedule: {every: day}}\ndo: [{adjust_points: {add: {of: member.spend_90d, times: 0.5}, expires_in: 365d}}]",
            "when: {schedule: {every: week, on: [monday, thursday]}}\ndo: [{add_tag: vip}]",
            "when: {schedule: {every: quarter}}\ndo: [{add_tag: vip}]",
            "when: {schedule: {every: quarter, on: 15}}\ndo: [{add_tag: vip}]",
            "when: {schedule: {every: workday}}\ndo: [{add_tag: vip}]",
            "when: {festival: {name: winter_solstice}}\nif: {member.is_birthday: false, member.birthday_month: [3, 4]}\ndo: [{add_tag: vip}]",
            "when: {schedule: {on: 2026-11-11}}\ndo: [{add_tag: vip}]",
            "when: {points_expire: {days_before: 7}}\nif: {points.expiring: {at_least: 500}}\n"
                + "do: [{send: {try: [{wechat: {template: wx_date}}], fill: {day: points.expires_on}}}]\nlimits: {once_per: points_batch}",
            "when: {coupon_expires: {days_before: 1}}\ncombine: {into: one_per_member, save_as: cs, "
                + "order_by: {field: coupon.face_value, direction: highest_first}, keep: 3}\n"
                + "do: [{send: {try: [{wechat: {template: wx_hello}}], fill: {name: cs.count}}}]",
            "when: {event: {name: message.sent, where: {rule: birthday-gift}, after: 7d}}\nunless: [coupon.used]\n"
                + "do: [{send: {try: [{wechat: {template: wx_hello}}], fill: {name: trigger.data.rule}}}]",
            "when: {first_purchase: {days_after: 3, at: \"11:00\"}}\nif: {order.categories: {includes: skincare}}\ndo: [{add_tag: a}]",
            "when: {cart_idle: {for: 24h}}\nif: {cart.total: {at_least: 50}}\n"
                + "do: [{send: {try: [{wechat: {template: wx_hello}}], fill: {name: cart.items.first.name}}}]",
            "when: {browsed: {at_least: 3, of: category, idle_for: 24h}}\nif: {browse.category: {none_of: [gift-card]}}\n"
                + "do: [{recommend: {strategy: category_bestsellers, based_on: browse.category, save_as: picks}}, {add_tag: a}]",
            "when: {inactive: {for: 90d, activity: [order.paid, store.visited]}}\nexisting_members: {drip: 200, every: 1d}\n"
                + "do: [{create_task: {assign_to: member.advisor, or_else: store_manager, title: 回访, script: task_call, due_in: 3d}}]",
        ])
    func triggers(_ lines: String) throws { _ = try rule(lines) }

    @Test("may choose between two messages, since a path has only one")
    func choose() throws {
        let rule = try rule(
            """
            when: {event: {name: order.paid, after: 1h}}
            do:
              - choose:
                  - if: {order.total: {at_least: 2000}}
                    do: [{send: {try: [{wechat: {template: wx_hello}}], fill: {name: member.city}}}]
                otherwise: [{send: {try: [{wechat: {template: wx_hello}}], fill: {name: member.city}}}]
            """)
        guard case .actions(let actions) = rule.body, case .choose(let branches, let otherwise) = actions[0]
        else { return #expect(Bool(false)) }
        #expect(branches.count == 1)
        #expect(otherwise?.count == 1)
        #expect(rule.body.sends.count == 2)
    }

    @Test("deals out its experiment in basis points, and staff tasks may be late for ever")
    func experiment() throws {
        let rule = try rule(
            """
            when: {inactive: {for: 60d}}
            existing_members: skip
            experiment:
              key: k1
              holdout: 10%
              variants:
                a: {share: 33.33%, do: [{add_tag: a}]}
                b: {share: 66.67%, do: [{create_task: {assign_to: member.advisor, title: x}}]}
              measure: {event: order.paid, within: 14d}
            """)
        guard case .experiment(let experiment) = rule.body else { return #expect(Bool(false)) }
        #expect(experiment.holdout == 1000)
        #expect(experiment.variants.map(\.share) == [3333, 6667])
        #expect(experiment.measure?.within == Span(14, .days))
        #expect(rule.ifLate == .within(Span(6, .hours)) && rule.ifLateWithoutSend == .forever)
        #expect(rule.existingMembers == .skip)
    }

    @Test("needs no default for a value that its condition has proved to be there")
    func presence() throws {
        let fill = "do: [{send: {try: [{wechat: {template: wx_bare}}], fill: {name: member.display_name}}}]"
        let templates = [
            "templates.yaml": RuleSetSamples.head("templates")
                + "templates: [{id: wx_bare, channel: wechat, text: \"{{ name }}\", values: {name: text}}]\n"
        ]
        func codes(_ condition: String) -> [String] {
            let text = RuleSetSamples.rule("when: {event: {name: a.b}}\n" + condition + fill)
            return RuleSetSamples.read(text, others: templates).diagnostics.map(\.code)
        }
        #expect(codes("") == ["R227"])
        #expect(codes("if: {member.display_name: {is_set: true}}\n") == [])
        #expect(codes("if: {any: [{member.display_name: a}, {member.display_name: {starts_with: b}}]}\n") == [])
        #expect(codes("if: {any: [{member.display_name: a}, {member.city: b}]}\n") == ["R227"])
        #expect(codes("if: {member.display_name: {is_not: a}}\n") == ["R227"])
    }

    @Test("needs no default for the date that it counts from, without which it is not due")
    func anchor() {
        let text = RuleSetSamples.rule(
            "when: {date: {of: member.attr.due}}\n"
                + "do: [{send: {try: [{wechat: {template: wx_date}}], fill: {day: member.attr.due}}}]")
        #expect(RuleSetSamples.read(text).diagnostics.map(\.short) == [])
    }

    @Test("reads settings with the defaults where they are silent")
    func settings() throws {
        let set = try #require(RuleSetSamples.read(RuleSetSamples.settings, path: "settings.yaml").ruleSet)
        #expect(set.settings.timezone == "Asia/Shanghai")
        #expect(set.settings.quietHours?.from == LocalTime(minutes: 1260))
        #expect(set.settings.frequencyCap.map(\.segment) == [nil, "sleeping"])
        #expect(set.settings.festivals == ["shop_day": .solar(month: 6, day: 18), "laba": .lunar(month: 12, day: 8)])
        #expect(set.settings.serviceOwners == ["loyalty"])
        #expect(set.fields.map(\.id) == ["member.attr.shoe", "member.attr.due", "member.visits_90d"])
        #expect(set.coupons["BDAY-30OFF"]?.faceValue == 3000)
        let own =
            RuleSetSamples.head("settings") + """
                quiet_hours: none
                blast_guard: off
                clock: shop
                global_holdout: 2.5%
                prices: {sms_segment: 0.05}
                on_unknown: {marketing: resend, max_resends: 2}
                rfm: {monetary: [800, 400, 200, 100]}
                if_late: {task: {send_within: 2d}}
                birthdays: {leap_day: mar_1}
                traces: {keep: 4w}

                """
        let settings = try #require(
            RuleSetSamples.read(
                own, path: "settings.yaml",
                others: [
                    "rules.yaml": RuleSetSamples.rule("when: {birthday: {}}\ndo: [{add_tag: a}]")
                ]
            ).ruleSet?.settings)
        #expect(settings.quietHours == nil)
        #expect(settings.blastGuard == nil)
        #expect(!settings.clockIsMembers)
        #expect(settings.globalHoldout == 250)
        #expect(settings.prices.smsSegment == 50_000)
        #expect(settings.onUnknown == [.marketing: .resend, .service: .hold])
        #expect(settings.rfm.monetary == [80_000, 40_000, 20_000, 10_000])
        #expect(settings.ifLate.task == .within(Span(2, .days)))
        #expect(settings.traces == .keep(Span(4, .weeks)))
        #expect(settings.ifLate.date == .within(Span(12, .hours)))
        #expect(settings.birthdays.leapDay == .mar1)
    }
}

extension Condition {
    fileprivate var tests: [Rules.Comparison]? { if case .field(let test) = self { test.tests } else { nil } }
}
