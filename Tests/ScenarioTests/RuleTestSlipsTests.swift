import Daemon
import Foundation
import Rules
import TestSupport
import Testing

/// The slips that a test file is most likely to have: each is a finding at its place, and the file does not run.
@Suite("Slips in a rule test")
struct RuleTestSlipsTests {
    struct Slip: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var right: String
        var wrong: String
        /// `CODE line:column sentence`, one a line.
        var finding: String
        var help: String?
        init(_ words: String, _ right: String, _ wrong: String, _ finding: String, _ help: String? = nil) {
            testDescription = words
            (self.right, self.wrong, self.finding, self.help) = (right, wrong, finding, help)
        }
    }

    /// A file in which every kind of name stands; it passes.
    private static let file = """
        # yaml-language-server: $schema=../../.nudged/rule-test.v1.schema.json
        version: 1
        rules: [../rules.yaml]
        only: [visit, arms]
        fixtures: [../fixtures/members.yaml]
        clock: {start: "2026-03-01 00:00", timezone: Asia/Shanghai}
        tests:
          - name: one
            cases: [{hour: "12"}]
            members: [lin]
            channels: {wechat: {fails: undelivered}}
            timeline:
              - {at: "2026-03-02 {hour}:00", member: lin, event: store.visited}
            run_until: "2026-03-04 00:00"
            expect:
              - {at: "2026-03-02 13:00", rule: visit, member: lin, outcome: sent, channel: sms, template: hello}
              - {rule: arms, outcome: sent, variant: story, coupon: C-30}
          - name: two
            members: [zhao]
            timeline: [{at: "2026-03-02 12:00", member: zhao, event: store.visited}]
            run_until: "2026-03-04 00:00"
            expect:
              - {rule: visit, outcome: skipped, because: {condition: member.tier, actual: silver}}
              - {rule: arms, outcome: skipped, because: {condition: member.tier}}

        """

    private static let arms = """
          - id: arms
            status: live
            owner: crm-team
            purpose: marketing
            when: {event: {name: store.visited, after: 3h}}
            if: {member.tier: gold}
            experiment:
              key: spring
              holdout: 0%
              variants:
                story: {share: 100%, do: [{give_coupon: {template: C-30}}, {send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}

        """

    private func desk() throws -> RuleTestDesk {
        let coupons =
            RuleTestDesk.schema
            + "../.nudged/coupons.v1.schema.json\nversion: 1\ncoupons: [{id: C-30, name: 券, face_value: 30, valid_days: 30, codes: generated}]\n"
        return try RuleTestDesk(
            rules: RuleTestDesk.rules(RuleTestDesk.visit, Self.arms), files: ["coupons.yaml": coupons])
    }

    @Test("the file itself passes")
    func passes() throws {
        let desk = try desk()
        let session = try desk.session(Self.file)
        #expect(session.findings.map(\.short) == [] && session.passed == 2, "\(desk.report(session))")
    }

    @Test(
        "is an error with its place",
        arguments: [
            Slip(
                "a rule that does not exist", "rule: visit, member", "rule: vist, member",
                "T011 16:40 there is no rule `vist`", "did you mean `visit`?"),
            Slip(
                "`only` with an unknown id", "only: [visit, arms]", "only: [visit, arm]",
                "T011 4:15 there is no rule `arm`", "did you mean `arms`?"),
            Slip(
                "a member that does not exist", "rule: visit, member: lin", "rule: visit, member: lim",
                "T012 16:55 there is no member `lim`", "did you mean `lin`?"),
            Slip(
                "a member outside `members`", "rule: visit, member: lin", "rule: visit, member: zhao",
                "T012 16:55 the member `zhao` is not in the world of this test", "add it to `members` of the test"),
            Slip(
                "a field that does not exist", "condition: member.tier, actual", "condition: member.teir, actual",
                "T018 23:62 there is no field `member.teir`", "did you mean `member.tier`?"),
            Slip(
                "a channel that does not exist", "channel: sms", "channel: smss",
                "T013 16:84 there is no channel `smss`",
                "did you mean `sms`?"),
            Slip(
                "a message template that does not exist", "template: hello}", "template: helo}",
                "T023 16:99 there is no message template `helo`", "did you mean `hello`?"),
            Slip(
                "a coupon that does not exist", "coupon: C-30}", "coupon: C-3O}",
                "T023 17:61 there is no coupon template `C-3O`", "did you mean `C-30`?"),
            Slip(
                "an unknown arm of the experiment", "variant: story", "variant: sotry",
                "T026 17:46 there is no variant `sotry`", "did you mean `story`?"),
            Slip(
                "an arm of a rule without experiment", "{rule: arms, outcome: sent, variant: story, coupon: C-30}",
                "{rule: visit, outcome: sent, variant: story}",
                "T026 17:47 the rule `visit` has no experiment, so no variant `story`"),
            Slip(
                "a file that is not there", "rules: [../rules.yaml]", "rules: [../rulse.yaml]",
                "T010 3:9 `../rulse.yaml` matches no file", "did you mean `../rules.yaml`?"),
            Slip(
                "a pattern that matches nothing", "rules: [../rules.yaml]", "rules: [\"../vip-*.yaml\"]",
                "T010 3:9 `../vip-*.yaml` matches no file",
                "a rule file is named relative to this file, such as  ../lifecycle.yaml"),
            Slip(
                "an outcome misspelt", "member: lin, outcome: sent, channel", "member: lin, outcome: send, channel",
                "R104 16:69 `send` is not a value of `outcome`", "did you mean `sent`?"),
            Slip(
                "a negative expectation without reason", "skipped, because: {condition: member.tier, actual: silver}}",
                "skipped}", "T015 23:32 `skipped` is expected without a reason",
                "add  because: {condition: member.tier}  or what else it must be"),
            Slip(
                "a wrong key of `because`", "because: {condition: member.tier, actual: silver}",
                "because: {conditions: member.tier}", "R101 23:51 `conditions` is not part of `because`",
                "did you mean `condition`?"),
            Slip(
                "a wrong word for a reason", "because: {condition: member.tier, actual: silver}", "because: quiet_hour",
                "T021 23:50 `quiet_hour` is not a reason", "did you mean `quiet_hours`?"),
            Slip(
                "`run_until` before the clock's start", "run_until: \"2026-03-04 00:00\"\n    expect:\n      - {at",
                "run_until: \"2026-02-04 00:00\"\n    expect:\n      - {at",
                "T016 14:5 `run_until` is not after the start of the clock"),
            Slip(
                "`run_until` before the first expectation", "run_until: \"2026-03-04 00:00\"\n    expect:\n      - {at",
                "run_until: \"2026-03-02 13:00\"\n    expect:\n      - {at",
                "T016 16:10 this is expected after the test has ended", "let the test run longer:  run_until"),
            Slip(
                "an expectation before the clock's start", "{at: \"2026-03-02 13:00\", rule",
                "{at: \"2026-02-02 13:00\", rule", "T016 16:10 this is expected before the clock starts",
                "let `clock` start earlier"),
            Slip(
                "a clock without start", "clock: {start: \"2026-03-01 00:00\", timezone: Asia/Shanghai}",
                "clock: {timezone: Asia/Shanghai}",
                "R102 8:5 `clock` says no `start`\nR102 18:5 `clock` says no `start`",
                "add  clock: {start: \"2026-03-01 00:00\"}  to the file or to the test"),
            Slip(
                "a place that no case gives", "{hour: \"12\"}", "{hours: \"12\"}", "T019 13:14 no case has `hour`",
                "did you mean `hours`?"),
            Slip(
                "a value of a case that no place takes", "{hour: \"12\"}", "{hour: \"12\", day: \"02\"}",
                "T020 9:26 no place `{day}` takes this value", "write \"{day}\" where it belongs, or take it away"),
            Slip(
                "an entry of the timeline that is nothing known", "event: store.visited}]", "restart_deamon: true}]",
                "R101 20:55 `restart_deamon` is not part of a timeline entry", "did you mean `restart_daemon`?"),
            Slip(
                "two things in one entry of the timeline", "event: store.visited}]",
                "event: store.visited, restart_daemon: true}]",
                "R106 20:77 `event` and `restart_daemon` exclude each other", "give each an entry of its own"),
            Slip(
                "an event that is nearly a known one", "member: zhao, event: store.visited",
                "member: zhao, event: store.visted",
                "R204 20:62 `store.visted` is not an event that nudged knows, and nearly one that it does",
                "did you mean `store.visited`?"),
            Slip(
                "an event in the reason that is nearly a known one",
                "because: {condition: member.tier, actual: silver}", "because: {unless: order.piad}",
                "R204 23:59 `order.piad` is not an event that nudged knows, and nearly one that it does",
                "did you mean `order.paid`?"),
            Slip(
                "a time without its date", "at: \"2026-03-02 13:00\", rule", "at: 13:00, rule",
                "R116 16:14 `13:00` is not a date and time",
                "write  \"2026-03-01 10:00\",  or with an offset  \"2026-03-01T10:00:00+08:00\""),
            Slip(
                "a reason of failure that no channel has", "fails: undelivered", "fails: undeliverd",
                "R104 11:32 `undeliverd` is not a value of `fails`", "did you mean `undelivered`?"),
            Slip(
                "two tests of one name", "- name: two", "- name: one", "T022 18:11 two tests have the name `one`",
                "give each its own, so that `--run` can tell them apart"),
            Slip(
                "nothing expected",
                "\n      - {rule: visit, outcome: skipped, because: {condition: member.tier, actual: silver}}\n      - {rule: arms, outcome: skipped, because: {condition: member.tier}}",
                " []", "T014 22:5 this test expects nothing"),
            Slip(
                "a holdout of no experiment", "because: {condition: member.tier, actual: silver}",
                "because: {holdout: sprign}", "T026 23:60 there is no experiment `sprign`", "did you mean `spring`?"),
        ])
    func slip(_ slip: Slip) throws {
        #expect(Self.file.contains(slip.right))
        let session = try desk().session(Self.file.replacing(slip.right, with: slip.wrong, maxReplacements: 1))
        let found = session.findings.map {
            "\($0.code) \($0.span.start.line):\($0.span.start.column) \($0.message)"
        }
        #expect(found == slip.finding.split(separator: "\n").map(String.init))
        for sentence in session.findings.flatMap({ [$0.message] + $0.help + $0.notes }) {
            #expect(MessageCatalogue.chinese(sentence) != nil, "\(sentence)")
        }
        if let help = slip.help { #expect(session.findings.first?.help == [help]) }
        #expect(session.hasErrors == !slip.finding.hasPrefix("R204") && (session.results.isEmpty || !session.hasErrors))
    }

    @Test("a time without quotes is the same time")
    func unquoted() throws {
        let session = try desk().session(Self.file.replacing("\"2026-03-02 13:00\"", with: "2026-03-02 13:00"))
        #expect(session.findings.map(\.short) == [] && session.passed == 2)
    }

    @Test("arms that fixtures force must exist")
    func forcedArms() throws {
        let desk = try desk()
        func findings(_ arms: String) throws -> [String] {
            try desk.write(
                RuleTestDesk.members.replacing("lin: {", with: "lin: {experiment: {\(arms)}, "),
                to: "fixtures/members.yaml")
            return try desk.session(Self.file).findings.map { "\($0.severity.rawValue) \($0.code) \($0.message)" }
        }
        #expect(try findings("spring: story") == [])
        #expect(try findings("spring: holdout") == [])
        #expect(try findings("spring: stroy") == ["error T026 the experiment `spring` has no variant `stroy`"])
        #expect(try findings("sprign: story") == ["warning T026 there is no experiment `sprign`"])
    }
}
