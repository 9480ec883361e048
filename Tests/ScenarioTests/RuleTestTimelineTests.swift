import Daemon
import Foundation
import TestSupport
import Testing

/// Each thing that can happen in a timeline changes what comes: what would come without it fails.
@Suite("The timeline of a rule test")
struct RuleTestTimelineTests {
    struct Happening: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var entry: String
        /// What comes with it.
        var expect: String
        /// What the report says got, where a test expects that nothing happened.
        var got: String
        init(_ words: String, _ entry: String, _ expect: String, got: String) {
            (testDescription, self.entry, self.expect, self.got) = (words, entry, expect, got)
        }
    }

    /// Lin visits at noon, and without further ado gets an SMS at one.
    private func file(_ entry: String, _ expect: String) -> String {
        RuleTestDesk.file(
            """
              - name: a test
                members: [lin]
                timeline: [{at: "2026-03-02 12:00", member: lin, event: store.visited, id: e1}, \(entry)]
                run_until: "2026-03-04 00:00"
                expect: [\(expect)]
            """)
    }

    private static let without =
        #"{at: "2026-03-02 13:00", rule: visit, member: lin, outcome: sent, channel: sms, template: hello}"#

    @Test(
        "shows in what comes",
        arguments: [
            Happening(
                "an event", #"{at: "2026-03-02 12:30", member: lin, event: order.paid, data: {order: o1, total: 9}}"#,
                #"{at: "2026-03-02 12:30", outcome: cancelled, because: {unless: order.paid}}"#,
                got: "2026-03-02 12:30  visit  lin  cancelled, because order.paid arrived"),
            Happening(
                "a field change", #"{at: "2026-03-02 12:30", member: lin, set: {tier: silver}}"#,
                "{outcome: skipped, because: {condition: member.tier, actual: silver}}",
                got: "2026-03-02 13:00  visit  lin  skipped, because member.tier is silver"),
            Happening(
                "a daemon that is down", #"{at: "2026-03-02 12:30", stop_daemon_for: 2h}"#,
                #"{at: "2026-03-02 14:30", outcome: sent}"#,
                got: "2026-03-02 14:30  visit  lin  sent by sms, template hello"),
            Happening(
                "a daemon that is down for long", #"{at: "2026-03-02 12:30", stop_daemon_for: 7h}"#,
                #"{at: "2026-03-02 19:30", outcome: missed, because: late}"#,
                got: "2026-03-02 19:30  visit  lin  missed, because the daemon was 6h30m late"),
            Happening(
                "a clock put forward", #"{at: "2026-03-02 12:30", clock_jump: 2h}"#,
                #"{at: "2026-03-02 14:30", outcome: sent}"#,
                got: "2026-03-02 14:30  visit  lin  sent by sms, template hello"),
            Happening(
                "a channel that is down for long",
                #"{at: "2026-03-02 12:30", channel_down: {channel: sms, for: 8h}}"#,
                "{outcome: failed, because: {unreachable: expired}}",
                got: "2026-03-02 13:00  visit  lin  failed, because no channel is usable: expired, after sms: expired"),
            Happening(
                "other rules", #"{at: "2026-03-02 12:10", reload_rules: later.yaml}"#,
                #"{at: "2026-03-02 14:00", outcome: sent, template: hello}"#,
                got: "2026-03-02 14:00  visit  lin  sent by sms, template hello"),
        ])
    func changes(_ happening: Happening) throws {
        let later = RuleTestDesk.rules(RuleTestDesk.rule("visit", "event: {name: store.visited, after: 2h}"))
        let desk = try RuleTestDesk(files: ["tests/later.yaml": later])
        let right = try desk.session(file(happening.entry, happening.expect))
        #expect(right.findings.map(\.short) == [] && right.passed == 1, "\(desk.report(right))")
        let wrong = try desk.session(file(happening.entry, Self.without))
        #expect(wrong.failed == 1)
        #expect(desk.report(wrong).contains("      got       \(happening.got)"), "\(desk.report(wrong))")
    }

    @Test(
        "a restart, a reload and a clock put back change nothing, and a second message would be noticed",
        arguments: [
            #"{at: "2026-03-02 13:00", restart_daemon: true}"#, #"{at: "2026-03-02 13:05", restart_daemon: true}"#,
            #"{at: "2026-03-02 12:59", reload_rules: true}"#, #"{at: "2026-03-02 13:01", reload_rules: true}"#,
            #"{at: "2026-03-02 13:10", clock_jump: -2h}"#,
        ])
    func nothing(_ entry: String) throws {
        let desk = try RuleTestDesk()
        #expect(try desk.session(file(entry, Self.without)).passed == 1)
        let twice = try desk.session(file(entry, Self.without + #", {at: "2026-03-02 13:10", outcome: sent}"#))
        #expect(twice.failed == 1 && desk.report(twice)[1].hasPrefix("      expected  2026-03-02 13:10  sent"))
    }

    @Test("a held message leaves in the morning of where its member is by then")
    func moved() throws {
        let desk = try RuleTestDesk()
        let session = try desk.session(
            RuleTestDesk.file(
                """
                  - name: moved while held
                    members: [lin]
                    timeline:
                      - {at: "2026-03-02 21:00", member: lin, event: store.visited, id: e1}
                      - {at: "2026-03-03 08:00", member: lin, set: {timezone: Europe/London}}
                    run_until: "2026-03-04 00:00"
                    expect: [{at: "2026-03-03 17:00", rule: visit, member: lin, outcome: sent}]
                """))
        #expect(session.findings.map(\.short) == [] && session.passed == 1, "\(desk.report(session))")
    }

    @Test("a message that its channel kept back past its last moment has no follow-up")
    func followUp() throws {
        let follow = RuleTestDesk.rule("follow", "event: {name: message.sent, where: {rule: visit}, after: 1h}")
        let desk = try RuleTestDesk(rules: RuleTestDesk.rules(RuleTestDesk.visit, follow))
        let down = #"{at: "2026-03-02 12:30", channel_down: {channel: sms, for: 8h}}"#
        let session = try desk.session(
            file(
                down,
                "{rule: visit, outcome: failed, because: {unreachable: expired}}, "
                    + "{rule: follow, outcome: cancelled, because: {message: expired}}"))
        #expect(session.findings.map(\.short) == [] && session.passed == 1, "\(desk.report(session))")
    }

    @Test("an arm that a fixture forces is the one that is sent")
    func forcedArm() throws {
        let rule = """
              - id: visit
                status: live
                owner: crm-team
                purpose: marketing
                when: {event: {name: store.visited, after: 1h}}
                experiment:
                  key: spring
                  holdout: 10%
                  variants:
                    a: {share: 50%, do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
                    b: {share: 50%, do: [{send: {try: [{wechat: {template: hello_wx}}], fill: {name: member.display_name}}}]}

            """
        let desk = try RuleTestDesk(rules: RuleTestDesk.rules(rule))
        let arms = [
            ("a", "{outcome: sent, variant: a, channel: sms}"), ("b", "{outcome: sent, variant: b, channel: wechat}"),
            ("holdout", "{outcome: held_out, because: {holdout: spring}}"),
        ]
        for (arm, expect) in arms {
            try desk.write(
                RuleTestDesk.members.replacing("lin: {", with: "lin: {experiment: {spring: \(arm)}, "),
                to: "fixtures/members.yaml")
            let session = try desk.session(file(#"{at: "2026-03-02 12:01", restart_daemon: true}"#, expect))
            #expect(session.findings.map(\.short) == [] && session.passed == 1, "\(arm): \(desk.report(session))")
            let other = try desk.session(
                file(#"{at: "2026-03-02 12:01", restart_daemon: true}"#, "{outcome: done, variant: a}"))
            #expect(other.failed == 1)
        }
    }
}
