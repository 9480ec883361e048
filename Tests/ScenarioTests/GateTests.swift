import TestSupport
import Testing

/// The order of the gates and the reason each gives (semantics §5).
@Suite("Gates")
struct GateTests {
    private static let head = """
          - id: visit
            status: live
            owner: crm-team
            purpose: marketing
            when: {event: {name: store.visited}}
        """
    private static let send = """
            do: [{send: {try: [{sms: {template: hello}}, {wechat: {template: hello_wx}}], fill: {name: member.display_name}}}]
        """

    private func run(
        _ member: String, visits: [String] = ["2026-03-07 12:00"], extra: String = "", settings: String = "version: 1",
        body: String = GateTests.send
    ) throws -> [String] {
        let events = visits.map { #"{name: store.visited, at: "\#($0)"}"# }.joined(separator: ", ")
        let rules = [GateTests.head, extra, body].filter { !$0.isEmpty }.joined(separator: "\n")
        return try World(settings: settings, rules: rules, members: "  lin: {\(member), events: [\(events)]}")
            .dryRun(at: "2026-03-01", until: "2026-04-01").map {
                String($0.dropFirst("2026-03-07 12:00 visit lin ".count))
            }
    }

    @Test(
        "reach: address, suppression and consent, in that order, per entry",
        arguments: [
            (#"phone: "13800000001", consent: {sms: granted}"#, "sent sms"),
            (#"phone: "13800000001""#, #"suppressed {"unreachable":"no_address"}"#),
            (#"phone: "13800000001", wechat_openid: o123456789"#, #"suppressed {"unreachable":"no_consent"}"#),
            (#"wechat_openid: o123456789, consent: {sms: granted, wechat: granted}"#, "sent wechat"),
            (#"phone: "13800000001", consent: {sms: withdrawn}"#, #"suppressed {"unreachable":"no_address"}"#),
            (
                #"phone: "13800000001", wechat_openid: o123456789, preferred_channel: wechat, consent: {sms: granted, wechat: granted}"#,
                "sent wechat"
            ),
        ])
    func reach(member: String, expected: String) throws {
        #expect(try run(member) == [expected])
    }

    @Test(
        "a member under the age of minors needs the yes of a guardian, and every no counts",
        arguments: [
            // On 7 March 2026; fourteen on that very day is old enough.
            ("birthday: \"2012-03-08\"", "consent: {sms: granted}", false),
            ("birthday: \"2012-03-07\"", "consent: {sms: granted}", true),
            ("birthday: \"--03-08\"", "consent: {sms: granted}", true),
            ("city: 上海", "consent: {sms: granted}", true),
            ("birthday: {calendar: lunar, year: 2015, month: 1, day: 1}", "consent: {sms: granted}", false),
            ("birthday: \"2015-03-08\"", "consents: [{channel: sms, state: granted, guardian: true}]", true),
            ("birthday: \"2015-03-08\"", "consents: [{channel: \"*\", state: granted, guardian: true}]", true),
            (
                "birthday: \"2015-03-08\"",
                #"consents: [{channel: sms, state: granted, guardian: true, at: "2026-01-01 10:00"}, {channel: sms, state: withdrawn, at: "2026-01-02 10:00"}, {channel: sms, state: granted, at: "2026-01-03 10:00"}]"#,
                false
            ),
            (
                "birthday: \"2015-03-08\"",
                #"consents: [{channel: sms, state: withdrawn, at: "2026-01-02 10:00"}, {channel: sms, state: granted, guardian: true, at: "2026-01-03 10:00"}]"#,
                true
            ),
        ])
    func minors(birthday: String, consent: String, isSent: Bool) throws {
        let member = #"phone: "13800000001", \#(birthday), \#(consent)"#
        let alone = GateTests.send.replacing(", {wechat: {template: hello_wx}}", with: "")
        let refused = #"suppressed {"unreachable":"no_consent"}"#
        #expect(
            try run(member, settings: "version: 1\nminors: {under: 14}", body: alone) == [isSent ? "sent sms" : refused]
        )
        #expect(try run(member, body: alone) == ["sent sms"], "without the setting nobody's age is asked")
    }

    @Test("a condition is looked at before reach, and names the first failing leaf")
    func condition() throws {
        let lines = try run("tier: basic", extra: "    if: {member.tier: gold, member.city: [北京]}")
        #expect(lines == [#"skipped {"condition":"member.tier","actual":"basic"}"#])
    }

    @Test("personalisation none is never marketed to, generic only where defaults suffice")
    func personalisation() throws {
        let reachable = #"phone: "13800000001", display_name: 林小姐, consent: {sms: granted}"#
        #expect(try run("\(reachable), personalisation: none") == [#"suppressed {"personalisation":"none"}"#])
        #expect(try run("\(reachable), personalisation: generic") == ["sent sms"])
        let strict = GateTests.send.replacing("template: hello}", with: "template: strict}")
            .replacing(", {wechat: {template: hello_wx}}", with: "")
        let guarded = "    if: {member.display_name: {is_set: true}}"
        #expect(
            try run("\(reachable), personalisation: generic", extra: guarded, body: strict)
                == [#"suppressed {"personalisation":"generic"}"#])
    }

    @Test("limits come before caps, and both count today by local date")
    func limits() throws {
        let member = #"phone: "13800000001", consent: {sms: granted}"#
        let visits = ["2026-03-07 12:00", "2026-03-07 13:00", "2026-03-08 09:00"]
        #expect(
            try run(member, visits: visits, extra: "    limits: {at_most: {times: 1, in: 1d}}") == [
                "sent sms", #"suppressed {"limit":"at_most"}"#, "sent sms",
            ])
        #expect(
            try run(member, visits: visits, settings: "version: 1\nfrequency_cap: [{times: 1, in: 1d}]") == [
                "sent sms", #"suppressed {"cap":"1 in 1d"}"#, "sent sms",
            ])
        #expect(
            try run(member, visits: visits, extra: "    limits: {once_per: lifetime}") == [
                "sent sms", #"suppressed {"limit":"once_per"}"#, #"suppressed {"limit":"once_per"}"#,
            ])
    }

    @Test("service skips quiet hours, caps and the global holdout, but respects a service withdrawal")
    func service() throws {
        let settings =
            "version: 1\nservice_owners: [crm-team]\nglobal_holdout: 100%\nfrequency_cap: [{times: 1, in: 30d}]"
        func run(_ member: String) throws -> [String] {
            try World(
                settings: settings,
                rules: [GateTests.head.replacing("purpose: marketing", with: "purpose: service"), GateTests.send]
                    .joined(separator: "\n"),
                members: "  lin: {\(member), events: [{name: store.visited, at: \"2026-03-07 23:00\"}]}"
            ).dryRun(at: "2026-03-07", until: "2026-03-08")
        }
        #expect(try run(#"phone: "13800000001""#) == ["2026-03-07 23:00 visit lin sent sms"])
        #expect(
            try run(
                #"phone: "13800000001", wechat_openid: o1, consent: {sms: {service: withdrawn}, wechat: {service: withdrawn}}"#
            )
                == [#"2026-03-07 23:00 visit lin suppressed {"unreachable":"no_consent"}"#])
    }

    @Test("the holdout comes last: whoever could not be sent to is not held out")
    func holdout() throws {
        let settings = "version: 1\nglobal_holdout: 100%"
        let reachable = #"phone: "13800000001", consent: {sms: granted}"#
        #expect(try run(reachable, settings: settings) == [#"held_out {"holdout":"global"}"#])
        #expect(try run("tier: gold", settings: settings) == [#"suppressed {"unreachable":"no_address"}"#])
    }

    @Test("an empty coupon pool fails the path, and nothing before it remains")
    func coupons() throws {
        let body = """
                do:
                  - add_tag: vip
                  - give_coupon: {template: POOL, save_as: gift}
                  - send: {try: [{sms: {template: hello}}], fill: {name: gift.code}}
            """
        let lines = try run(
            #"phone: "13800000001", consent: {sms: granted}"#, visits: ["2026-03-07 12:00", "2026-03-08 12:00"],
            extra: "    if: {member.tags: {excludes: vip}}", body: body)
        #expect(lines == [#"failed {"coupon_stock":"POOL"}"#, #"failed {"coupon_stock":"POOL"}"#])
    }

    @Test("a coupon ends with its template at the latest, and none is given after that")
    func endedTemplate() throws {
        let body = """
                do:
                  - give_coupon: {template: UNTIL, save_as: gift}
                  - send: {try: [{sms: {template: until}}], fill: {date: gift.valid_until}}
            """
        let templates = """
            version: 1
            templates: [{id: until, channel: sms, text: "{{ date | date: '%m-%d' }} 【星河百货】拒收请回复R", values: {date: date}}]
            """
        let visits = ["2026-03-05 12:00", "2026-03-07 12:00", "2026-03-08 12:00", "2026-03-09 12:00"]
        let events = visits.map { #"{name: store.visited, at: "\#($0)"}"# }.joined(separator: ", ")
        let lines = try World(
            rules: [GateTests.head, body].joined(separator: "\n"),
            members: #"  lin: {phone: "13800000001", consent: {sms: granted}, events: [\#(events)]}"#,
            more: ["templates.yaml": templates]
        ).decisions(at: "2026-03-01", until: "2026-04-01")
        #expect(
            lines.map { $0.message.map { String($0.text.prefix(5)) } ?? $0.because?.json(in: .utc).rendered } == [
                "03-07", "03-08", "03-08", #"{"coupon_stock":"UNTIL"}"#,
            ])
    }

    @Test("what one decision did, the next of the same instant sees")
    func rounds() throws {
        let rules = """
              - {id: a-first, status: live, owner: crm-team, purpose: marketing, priority: 1, when: {event: {name: store.visited}}, do: [{add_tag: seen}]}
              - id: b-second
                status: live
                owner: crm-team
                purpose: marketing
                when: {event: {name: store.visited}}
                if: {member.tags: {includes: seen}}
                do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]
              - id: c-follow
                status: live
                owner: crm-team
                purpose: marketing
                when: {event: {name: message.sent, where: {rule: b-second}}}
                do: [{add_tag: followed}]
            """
        let member =
            #"  lin: {phone: "13800000001", consent: {sms: granted}, events: [{id: v1, name: store.visited, at: "2026-03-07 12:00"}]}"#
        let lines = try World(rules: rules, members: member).dryRun(at: "2026-03-07", until: "2026-03-08")
        #expect(
            lines == [
                "2026-03-07 12:00 a-first lin done", "2026-03-07 12:00 b-second lin sent sms",
                "2026-03-07 12:00 c-follow lin done",
            ])
    }

    @Test("a rule never answers what came of its own decisions, however many rules lie between")
    func answersToItself() throws {
        func rule(_ id: String, on event: String, _ action: String) -> String {
            """
              - id: \(id)
                status: live
                owner: crm-team
                purpose: marketing
                when: {event: {name: \(event), after: 1m}}
                do: [\(action)]

            """
        }
        let rules =
            rule("bonus", on: "points.earned", "{adjust_points: {add: 100}}")
            + rule("thanks", on: "coupon.given", "{adjust_points: {add: 5}}")
            + rule("gift", on: "points.earned", "{give_coupon: {template: C30}}")
        let member = #"  lin: {points: [{id: p1, points: 600, earned_at: "2026-03-07 12:00"}]}"#
        let lines = try World(rules: rules, members: member).dryRun(at: "2026-03-07", until: "2026-03-08")
        #expect(
            lines == [
                "2026-03-07 12:01 bonus lin done", "2026-03-07 12:01 gift lin done",
                // The bonus earned points, which are worth a gift; the gift was given, which earns points, which are
                // worth a bonus but no second gift …
                "2026-03-07 12:02 gift lin done", "2026-03-07 12:02 thanks lin done",
                "2026-03-07 12:03 bonus lin done", "2026-03-07 12:03 thanks lin done",
            ])
    }
}
