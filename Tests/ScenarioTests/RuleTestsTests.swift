import Review
import Daemon
import Foundation
import Rules
import TestSupport
import Testing

/// `nudged test` (qa-tools §1).
@Suite("Rule tests")
struct RuleTestsTests {
    private static let visited = #"{at: "2026-03-02 12:00", member: lin, event: store.visited}"#

    private func test(
        _ timeline: String..., expect: String, until: String = "2026-03-04 00:00", more: String = "note: none"
    ) -> String {
        """
          - name: a test
            members: [lin]
            \(more)
            timeline: [\(timeline.joined(separator: ", "))]
            run_until: "\(until)"
            expect: [\(expect)]
        """
    }

    @Test("the shipped tests pass without a finding, the twelve examples of the contract among them")
    func shipped() throws {
        let folder = ShippedRules.root.appending(path: "rules/tests").path
        let all = try TestSession(paths: [folder])
        #expect(all.findings.map(\.short) == [])
        #expect(all.isGood && all.passed == all.results.count, "\(TestReport(all).text)")
        let examples = try TestSession(paths: ["\(folder)/birthday.test.yaml", "\(folder)/cart.test.yaml"])
        #expect(examples.passed == 12 && examples.results.count == 12)
    }

    @Test("a failing test says what was expected, what came, what decided it, and how to look again")
    func failing() throws {
        let desk = try RuleTestDesk(
            rules: RuleTestDesk.rules(RuleTestDesk.visit.replacing("tier: gold", with: "tier: {none_of: [silver]}")))
        let text = RuleTestDesk.file(
            test(
                Self.visited, #"{at: "2026-03-02 11:00", member: lin, set: {tier: null}}"#,
                expect:
                    #"{at: "2026-03-02 13:00", rule: visit, member: lin, outcome: skipped, because: {condition: member.tier, actual: missing}}"#
            ))
        let session = try desk.session(text)
        #expect(!session.isGood)
        #expect(
            desk.report(session).dropLast(2) == [
                "FAIL  rules/tests/a.test.yaml:7  a test",
                "      expected  2026-03-02 13:00  visit  lin  skipped, because member.tier is missing     :12",
                "      got       2026-03-02 13:00  visit  lin  sent by sms, template hello",
                "      decided   rules/rules.yaml:10  if: {member.tier: {none_of: [silver]}}  → holds, a missing value is none of these",
                "      again     nudged test rules/tests/a.test.yaml --run \"a test\" --trace",
            ])
        #expect(
            desk.report(session).last
                == "rules 1 of 1 tested, conditions seen both ways 0 of 1   (nudged test --coverage shows which)")
    }

    @Test("the output of the contract: twelve tests, one rule made too generous")
    func contractOutput() throws {
        let shop = try Scratch()
        #expect(try shop.run("nudged init .").status == 0)
        let rules = try shop.text("rules/lifecycle.yaml")
        let generous = rules.replacing("member.tier: [silver, gold, platinum]", with: "member.tier: {none_of: [basic]}")
        #expect(generous != rules)
        try Data(generous.utf8).write(to: shop.directory.appending(path: "rules/lifecycle.yaml"))
        let run = try shop.run("nudged test rules/tests/birthday.test.yaml rules/tests/cart.test.yaml")
        #expect(run.status == 1)
        let line =
            1 + generous.prefix(upTo: generous.firstRange(of: "member.tier: {none_of")!.lowerBound).count { $0 == "\n" }
        #expect(
            run.printed.prefix(6) == [
                "FAIL  rules/tests/birthday.test.yaml:33  a member without a tier is left alone, and we know why",
                "      expected  2026-03-07 09:30  birthday-gift  notier  skipped, because member.tier is missing     :37",
                "      got       2026-03-07 09:30  birthday-gift  notier  sent by sms, template sms_birthday_gift, coupon BDAY-30OFF",
                "      decided   rules/lifecycle.yaml:\(line)  member.tier: {none_of: [basic]}  → holds, a missing value is none of these",
                "      again     nudged test rules/tests/birthday.test.yaml --run \"a member without a tier is left alone, and we know why\" --trace",
                "",
            ])
        let (counts, coverage) = (run.printed[6], run.printed[7])
        #expect(counts.wholeMatch(of: /12 tests, 11 passed, 1 failed in \d+\.\d\d s/) != nil, "\(counts)")
        #expect(
            coverage.wholeMatch(
                of:
                    /rules 2 of \d+ tested, conditions seen both ways \d+ of \d+   \(nudged test --coverage shows which\)/
            )
                != nil, "\(coverage)")
        #expect(run.printed.count == 8)
    }

    @Test("the report speaks Chinese when asked to, in the words of a dry run")
    func chinese() throws {
        let desk = try RuleTestDesk()
        let text = RuleTestDesk.file(
            test(Self.visited, expect: "{outcome: skipped, because: {condition: member.tier, actual: missing}}"))
        try desk.write(text, to: "tests/a.test.yaml")
        let run = try desk.scratch.run("nudged test --lang zh-CN")
        #expect(
            run.printed.dropLast(2) == [
                "失败  rules/tests/a.test.yaml:7  a test", "      预期      跳过，因为 member.tier 缺失     :12",
                "      实际      2026-03-02 13:00  visit  lin  已发送，渠道 sms，模板 hello",
                "      依据      rules/rules.yaml:10  if: {member.tier: gold}  → 成立，值是 gold",
                "      重跑      nudged test rules/tests/a.test.yaml --run \"a test\" --trace", "",
            ])
        let broken = RuleTestDesk.file(test(Self.visited, expect: "{outcome: sent, member: lim}"))
        try desk.write(broken, to: "tests/a.test.yaml")
        #expect(try desk.scratch.run("nudged test --lang zh-CN").printed[0] == "错误[T012]: 没有会员 `lim`")
    }

    @Test("what leaves the house unexpected fails the test, what does not need not be expected")
    func closedWorld() throws {
        let desk = try RuleTestDesk()
        let both = "[\(Self.visited), {at: \"2026-03-02 15:00\", member: lin, event: store.visited}]"
        let test = """
              - name: one too many
                timeline: \(both)
                run_until: "2026-03-04 00:00"
                expect: [{at: "2026-03-02 13:00", outcome: sent}]
              - name: another member is skipped, and nobody asks
                timeline: [\(Self.visited), {at: "2026-03-02 15:00", member: zhao, event: store.visited}]
                run_until: "2026-03-04 00:00"
                expect: [{at: "2026-03-02 13:00", outcome: sent}]
              - name: a vague expectation takes no line away from a precise one
                timeline: \(both)
                run_until: "2026-03-04 00:00"
                expect: [{outcome: sent}, {at: "2026-03-02 13:00", outcome: sent}]
            """
        let session = try desk.session(RuleTestDesk.file(test))
        #expect(session.results.map(\.verdict) == [.failed, .passed, .passed])
        #expect(
            desk.report(session).dropFirst().first
                == "      also sent 2026-03-02 16:00  visit  lin  sent by sms, template hello")
    }

    @Test("a known gap is no failure until it passes")
    func knownGap() throws {
        let desk = try RuleTestDesk()
        func run(_ outcome: String) throws -> TestSession {
            try desk.session(
                RuleTestDesk.file(
                    test(Self.visited, expect: "{outcome: \(outcome)}", more: "expect_failure: not built yet")))
        }
        let gap = try run("task_created")
        #expect(gap.isGood && gap.gaps == 1 && gap.passed == 0)
        let passing = try run("sent")
        #expect(!passing.isGood)
        #expect(desk.report(passing)[1] == "      passes now, although it was expected to fail: not built yet")
    }

    // MARK: the timeline

    @Test(
        "an outage delays within `if_late`, drops beyond it, and equal is in time",
        arguments: [
            ("7h", "2026-03-02 19:00", "sent"), ("8h", "2026-03-02 20:00", "missed, because: {late: 7h}"),
            ("30m", "2026-03-02 13:00", "sent"),
        ])
    func outage(span: String, at: String, outcome: String) throws {
        try RuleTestDesk().passes(
            test(
                Self.visited, #"{at: "2026-03-02 12:00", stop_daemon_for: \#(span)}"#,
                expect: #"{at: "\#(at)", outcome: \#(outcome)}"#))
    }

    @Test("what cancels during an outage cancels at its own instant, also after the due one")
    func cancelledInOutage() throws {
        try RuleTestDesk().passes(
            test(
                Self.visited, #"{at: "2026-03-02 12:30", stop_daemon_for: 3h}"#,
                #"{at: "2026-03-02 14:00", member: lin, event: order.paid, data: {order: o1, total: 9}}"#,
                expect: #"{at: "2026-03-02 14:00", outcome: cancelled, because: {unless: order.paid}}"#))
    }

    @Test("a clock put forward is like an outage; put back, nothing comes twice")
    func clockJumps() throws {
        try RuleTestDesk().passes(
            test(
                Self.visited, #"{at: "2026-03-02 12:30", clock_jump: 2h}"#,
                expect: #"{at: "2026-03-02 14:30", outcome: sent}"#))
        try RuleTestDesk().passes(
            test(
                Self.visited, #"{at: "2026-03-02 13:10", clock_jump: -2h}"#,
                expect: #"{at: "2026-03-02 13:00", outcome: sent}"#))
    }

    @Test("restarts and reloads lose nothing and repeat nothing, held messages included")
    func restart() throws {
        try RuleTestDesk().passes(
            test(
                #"{at: "2026-03-02 20:30", member: lin, event: store.visited}"#,
                #"{at: "2026-03-02 21:30", restart_daemon: true}"#, #"{at: "2026-03-02 22:00", reload_rules: true}"#,
                #"{at: "2026-03-03 09:00", restart_daemon: true}"#, #"{at: "2026-03-03 09:00", reload_rules: true}"#,
                expect:
                    #"{at: "2026-03-02 21:30", outcome: held, because: quiet_hours, until: "2026-03-03 09:00"}, {at: "2026-03-03 09:00", outcome: sent}"#
            ))
    }

    @Test("a reload of another file changes the rules from then on, and never into the past")
    func reload() throws {
        let later = RuleTestDesk.rules(RuleTestDesk.rule("visit", "event: {name: store.visited, after: 30m}"))
        let desk = try RuleTestDesk(files: ["tests/later.yaml": later])
        let two = #"{at: "2026-03-02 12:20", member: lin, event: store.visited, id: e2}"#
        try desk.passes(
            test(
                Self.visited, two, #"{at: "2026-03-02 12:45", reload_rules: later.yaml}"#,
                expect: #"{at: "2026-03-02 12:50", occasion: "event:e2", outcome: sent}"#))
        let gone = RuleTestDesk.rules(RuleTestDesk.rule("other", "event: {name: store.visited, after: 9d}"))
        try desk.write(gone, to: "tests/gone.yaml")
        try desk.passes(
            test(
                Self.visited, #"{at: "2026-03-02 18:00", reload_rules: gone.yaml}"#,
                #"{at: "2026-03-02 18:30", member: lin, event: store.visited}"#,
                expect: #"{at: "2026-03-02 13:00", rule: visit, outcome: sent}"#))
    }

    @Test("a field change counts from its instant, a birthday moves what is still to come")
    func fieldChange() throws {
        try RuleTestDesk().passes(
            test(
                Self.visited, #"{at: "2026-03-02 12:59", member: lin, set: {tier: silver}}"#,
                expect: "{outcome: skipped, because: {condition: member.tier, actual: silver}}"))
        try RuleTestDesk().passes(
            test(
                Self.visited, #"{at: "2026-03-02 13:01", member: lin, set: {tier: silver}}"#, expect: "{outcome: sent}")
        )
        try RuleTestDesk().passes(
            test(
                Self.visited, #"{at: "2026-03-02 12:59", member: lin, set: {consent: {sms: withdrawn}, phone: null}}"#,
                expect: "{outcome: sent, channel: wechat, tried: [{sms: no_address}]}"))
        let birthday = RuleTestDesk.rules(RuleTestDesk.rule("bday", "birthday: {at: \"10:00\"}"))
        try RuleTestDesk(rules: birthday).passes(
            test(
                #"{at: "2026-03-02 08:00", member: lin, set: {birthday: "1990-03-03"}}"#,
                expect: #"{at: "2026-03-03 10:00", rule: bday, outcome: sent}"#))
    }

    @Test("derived fields can be set too")
    func derivedChange() throws {
        let rule = RuleTestDesk.visit.replacing("member.tier: gold", with: "member.lifetime_spend: {at_least: 5000}")
        try RuleTestDesk(rules: RuleTestDesk.rules(rule)).passes(
            test(
                Self.visited, #"{at: "2026-03-02 12:30", member: lin, set: {lifetime_spend: 5000}}"#,
                #"{at: "2026-03-02 15:00", member: lin, event: store.visited}"#,
                #"{at: "2026-03-02 15:30", member: lin, set: {lifetime_spend: 4999.99}}"#,
                expect:
                    #"{at: "2026-03-02 13:00", outcome: sent}, {at: "2026-03-02 16:00", outcome: skipped, because: {condition: member.lifetime_spend, actual: 4999.99}}"#
            ))
    }

    // MARK: channels

    @Test("a channel that fails hands over to the next entry of `try`")
    func failingChannel() throws {
        try RuleTestDesk().passes(
            test(
                Self.visited,
                expect: "{outcome: sent, channel: wechat, template: hello_wx, tried: [{sms: undelivered}]}",
                more: "channels: {sms: {fails: undelivered}}"))
        try RuleTestDesk().passes(
            test(
                Self.visited,
                expect:
                    "{outcome: suppressed, because: {unreachable: rejected}, tried: [{sms: undelivered}, {wechat: rejected}]}",
                more: "channels: {sms: {fails: undelivered}, wechat: {fails: rejected}}"))
    }

    @Test("a channel that is never tried cannot fail: consent comes first")
    func failingWithoutConsent() throws {
        try RuleTestDesk().passes(
            test(
                #"{at: "2026-03-02 10:00", member: lin, set: {consent: {sms: withdrawn}}}"#, Self.visited,
                expect: "{outcome: sent, channel: wechat, tried: [{sms: no_consent}]}",
                more: "channels: {sms: {fails: rejected}}"))
    }

    @Test("a message waits for its channel, but not for ever")
    func channelDown() throws {
        try RuleTestDesk().passes(
            test(
                Self.visited, #"{at: "2026-03-02 12:30", channel_down: {channel: sms, for: 2h}}"#,
                expect: #"{at: "2026-03-02 13:00", outcome: sent, channel: sms}"#))
        try RuleTestDesk().passes(
            test(
                Self.visited, #"{at: "2026-03-02 12:30", channel_down: {channel: sms, for: 8h}}"#,
                expect: #"{at: "2026-03-02 13:00", outcome: failed, because: {unreachable: expired}}"#))
    }

    // MARK: files

    @Test(
        "names outside the file must exist",
        arguments: [
            ("rules: [../rules.yaml]", "rules: [../rulse.yaml]", "T010 3:9"),
            ("rules: [../rules.yaml]", "rules: ['../x/**/*.yaml']", "T010 3:9"),
            ("rules: [../rules.yaml]", "rules: [../templates.yaml]", "T010 3:9"),
            ("rules: [../rules.yaml]", "rules: [../*.yaml]\nonly: [vsit]", "T011 4:8"),
            ("rules: [../rules.yaml]", "rules: [../rules.yaml]\nonly: [elsewhere]", "T011 4:8"),
            ("rules: [../rules.yaml]", "rules: [../*.yaml]\nonly: [old]", "T011 4:8"),
            ("fixtures: [../fixtures/members.yaml]", "fixtures: [../fixtures/member.yaml]", "T010 4:12"),
            ("members: [lin]", "members: [lim]", "T012 8:15"),
            (
                "fixtures: [../fixtures/members.yaml]", "fixtures: [../fixtures/members.yaml, ../fixtures/more.yaml]",
                "T025 4:38"
            ),
            ("event: store.visited", "event: order.paid, data: {order: o1, total: 1.234}", "T024 10:17"),
            (Self.visited, #"{at: "2026-03-02 12:00", reload_rules: rules2.yaml}"#, "T010 10:55"),
        ])
    func names(_ right: String, _ wrong: String, _ expected: String) throws {
        let more = RuleTestDesk.members.replacing("lin:", with: "wu:").replacing("zhao:", with: "chen:")
        let other = RuleTestDesk.rules(
            RuleTestDesk.rule("elsewhere", "event: {name: store.visited}"),
            RuleTestDesk.rule("old", "event: {name: store.visited}", status: "retired"))
        let desk = try RuleTestDesk(files: ["fixtures/more.yaml": more, "other.yaml": other])
        let text = RuleTestDesk.file(test(Self.visited, expect: "{outcome: sent}"))
        #expect(text.contains(right))
        let session = try desk.session(text.replacing(right, with: wrong))
        #expect(session.findings.map { "\($0.code) \($0.span.start.line):\($0.span.start.column)" } == [expected])
        #expect(session.isGood == (expected.prefix(4) == "T025"))
    }

    @Test("a draft rule runs when it is named, and not otherwise")
    func draft() throws {
        let desk = try RuleTestDesk(
            rules: RuleTestDesk.rules(RuleTestDesk.visit.replacing("status: live", with: "status: draft")))
        let text = RuleTestDesk.file(test(Self.visited, expect: "{rule: visit, outcome: sent}"))
        #expect(try desk.session(text).findings.map(\.help) == [["its status is draft: name it under `only`"]])
        #expect(try desk.session(text.replacing("fixtures:", with: "only: visit\nfixtures:")).isGood)
    }

    @Test("errors in the rules are findings of the run, once for all test files")
    func brokenRules() throws {
        let desk = try RuleTestDesk(rules: RuleTestDesk.rules(RuleTestDesk.visit.replacing("when:", with: "wehn:")))
        let text = RuleTestDesk.file(test(Self.visited, expect: "{outcome: sent}"))
        try desk.write(text, to: "tests/b.test.yaml")
        let session = try desk.session(text)
        #expect(session.findings.map(\.code) == ["R101"] && session.results.isEmpty && !session.isGood)
    }

    // MARK: coverage and forms

    private func bar(_ basisPoints: Int) -> CoverageBar { CoverageBar(basisPoints: basisPoints, written: "43%") }

    @Test("coverage counts what was seen, and compares without rounding")
    func coverage() throws {
        let desk = try RuleTestDesk()
        let session = try desk.session(RuleTestDesk.file(test(Self.visited, expect: "{outcome: sent}")))
        // Of sent, not sent, the condition both ways, two entries and one `unless`: three.
        #expect(session.coverage.covered == 3 && session.coverage.goals == 7)
        #expect(session.coverage.reaches(bar(4285)) && !session.coverage.reaches(bar(4286)))
        #expect(
            desk.report(session, coverage: true).dropLast(2) == [
                "coverage: 3 of 7 seen", "  visit  3 of 7  rules/rules.yaml:4",
                "      rules/rules.yaml:4  never holds back", "      rules/rules.yaml:10  member.tier never fails",
                "      rules/rules.yaml:11  never sent by wechat, template hello_wx",
                "      rules/rules.yaml:9  never cancelled by order.paid",
            ])
    }

    @Test("a trace shows waiting lines and every condition")
    func trace() throws {
        let desk = try RuleTestDesk()
        let session = try desk.session(RuleTestDesk.file(test(Self.visited, expect: "{outcome: sent}")))
        #expect(
            desk.report(session, trace: true).dropLast(2) == [
                "TRACE rules/tests/a.test.yaml:7  a test", "      2026-03-02 12:00  visit  lin  waiting",
                "      2026-03-02 13:00  visit  lin  sent by sms, template hello",
                "          rules/rules.yaml:10  if: {member.tier: gold}  → holds, it is gold",
            ])
    }

    @Test("the machine forms name each failing test with its place")
    func forms() throws {
        let desk = try RuleTestDesk()
        let session = try desk.session(RuleTestDesk.file(test(Self.visited, expect: "{outcome: done}")))
        let root = desk.scratch.directory.path + "/"
        #expect(
            TestForms(session).github.replacing(root, with: "").hasPrefix(
                "::error file=rules/tests/a.test.yaml,line=7,col=1,title=test failed::a test%0Aexpected"))
        let junit = TestForms(session).junit
        #expect(
            junit.contains(#"<failure message="expected  done"#)
                && junit.contains("<testsuite name=\"\(root)rules/tests"))
        #expect(junit.contains(#" tests="1" failures="1" errors="0" skipped="0" "#))
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(TestForms(session).json.utf8)) as? [String: Any])
        #expect((json["summary"] as? [String: Any])?["failed"] as? Int == 1)
        #expect((json["diagnostics"] as? [Any])?.isEmpty == true)
    }

    @Test("each row of `cases` is a test case of JUnit, and coverage that falls short is one that failed")
    func junitCases() throws {
        let desk = try RuleTestDesk()
        let body = test(Self.visited, expect: "{outcome: \"{out}\"}").replacing(
            "members: [lin]", with: "members: [lin]\n    cases: [{out: sent}, {out: done}]")
        let session = try desk.session(RuleTestDesk.file(body))
        let junit = TestForms(session, bar: bar(4300)).junit
        #expect(
            junit.contains(#"name="a test (out: sent)" time="#) && junit.contains(#"name="a test (out: done)" time="#))
        #expect(
            junit.contains(#"<testsuites name="nudged test" tests="3" failures="2" errors="0" skipped="0""#), "\(junit)"
        )
        #expect(junit.contains(#"<testsuite name="coverage" tests="1" failures="1""#))
        #expect(junit.contains(#"<failure message="coverage is 3 of 7, below 43%">"#))
        #expect(junit.contains("rules/rules.yaml:4  visit  never holds back"))
        #expect(
            TestForms(session, bar: bar(4300)).github.contains(
                "::error title=coverage::coverage is 3 of 7, below 43%25"))
        #expect(TestForms(session, bar: bar(4300), language: .chinese).junit.contains("覆盖 7 项中的 3 项，低于 43%"))
        #expect(
            TestForms(session, bar: bar(4200)).junit.contains(#"<testsuite name="coverage" tests="1" failures="0""#))
        #expect(!TestForms(session).junit.contains("coverage"))
    }
}
