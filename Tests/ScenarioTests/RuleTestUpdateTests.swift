import Review
import Daemon
import Foundation
import Rules
import TestSupport
import Testing

/// `nudged test --update`: the text of a test file follows what came, and everything else in it stays.
@Suite("Updating rule tests")
struct RuleTestUpdateTests {
    private static let visited = #"{at: "2026-03-02 12:00", member: lin, event: store.visited}"#
    private static let sent = "2026-03-02 13:00"

    /// The lines of a test that visits once, so that lin gets an SMS at 13:00.
    private func test(_ expect: String, name: String = "a test", more: String = "note: none") -> String {
        """
          - name: \(name)
            members: [lin]
            \(more)
            timeline: [\(Self.visited)]
            run_until: "2026-03-04 00:00"
        \(expect.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n"))
        """
    }

    private struct Outcome {
        /// The lines that differ, as `diff` marks them.
        var changes: [String]
        var refusals: [String]
        var notes: [String]
    }

    /// What an update does to a file of tests; what it offers passes, and has nothing to update.
    private func update(_ tests: String, in desk: RuleTestDesk) throws -> Outcome {
        let session = try desk.session(RuleTestDesk.file(tests))
        #expect(session.findings.map(\.short) == [])
        let update = try TestUpdate(session)
        for file in update.files {
            let again = try desk.session(String(decoding: file.after, as: UTF8.self))
            #expect(again.results.count == session.results.count && again.failed == update.refusals.count)
            #expect(try TestUpdate(again).files.isEmpty)
        }
        let marked = update.text(.english).split(separator: "\n").filter { line in
            "+-".contains(line.first ?? " ") && !line.hasPrefix("---") && !line.hasPrefix("+++")
        }
        return Outcome(
            changes: marked.map(String.init), refusals: update.refusals.map(\.words.english),
            notes: update.files.flatMap(\.notes).map(\.english)
        )
    }

    struct Rewrite: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var expect: String
        var changes: [String]
        init(_ words: String, _ expect: String, _ changes: String...) {
            testDescription = words
            self.expect = expect
            self.changes = changes
        }
    }

    @Test(
        "only what is named is rewritten, comments and layout stay",
        arguments: [
            Rewrite(
                "a wrong time in a block", "expect:\n  - at: \"2026-03-02 12:30\"   # an hour later\n    outcome: sent",
                "-      - at: \"2026-03-02 12:30\"   # an hour later", "+      - at: \"\(sent)\"   # an hour later"),
            Rewrite(
                "a wrong channel and template on one line",
                "expect: [{at: \"\(sent)\", outcome: sent, channel: wechat, template: hello_wx}]   # kept",
                "-    expect: [{at: \"\(sent)\", outcome: sent, channel: wechat, template: hello_wx}]   # kept",
                "+    expect: [{at: \"\(sent)\", outcome: sent, channel: sms, template: hello}]   # kept"),
            Rewrite(
                "a value inside `values`, the one next to it stays",
                "expect:\n  - outcome: sent\n    values: {name: 王先生}",
                "-        values: {name: 王先生}", "+        values: {name: 林小姐}"),
            Rewrite(
                "an expectation of nothing goes when another stays",
                "expect:\n  - {outcome: sent}\n  # a second one\n  - {outcome: sent, at: \"2026-03-02 15:00\"}",
                "-      - {outcome: sent, at: \"2026-03-02 15:00\"}"),
        ])
    func rewrites(_ rewrite: Rewrite) throws {
        let outcome = try update(test(rewrite.expect), in: RuleTestDesk())
        #expect(outcome.changes == rewrite.changes && outcome.refusals == [])
    }

    @Test("a test that says who gets nothing is never turned into one of a message")
    func protects() throws {
        let expect = "expect: [{outcome: skipped, because: {condition: member.tier, actual: missing}}]   # never!"
        let outcome = try update(test(expect), in: RuleTestDesk())
        #expect(outcome.changes == [])
        #expect(
            outcome.refusals == [
                "line 12 expects `skipped`, and now it is `sent`: who is to get nothing is changed by hand"
            ])
    }

    @Test("an outcome that became negative gets the reason it needs, and loses what belongs to a message")
    func becomesNegative() throws {
        let desk = try RuleTestDesk(
            rules: RuleTestDesk.rules(RuleTestDesk.visit.replacing("tier: gold", with: "tier: silver")))
        let flow = try update(
            test("expect:\n  - {at: \"\(Self.sent)\", outcome: sent, channel: sms, template: hello}"), in: desk)
        #expect(
            flow.changes.last
                == "+      - {at: \"\(Self.sent)\", outcome: skipped, because: {condition: member.tier, actual: gold}}")
        let block = try update(
            test("expect:\n  - channel: sms\n    outcome: sent     # so far\n    template: hello"), in: desk)
        #expect(
            block.changes == [
                "-      - channel: sms", "-        outcome: sent     # so far", "-        template: hello",
                "+      - outcome: skipped     # so far", "+        because: {condition: member.tier, actual: gold}",
            ])
    }

    @Test("what was sent besides becomes an expectation, in place of one of nothing if there is one")
    func extras() throws {
        let desk = try RuleTestDesk(
            rules: RuleTestDesk.rules(
                RuleTestDesk.visit, RuleTestDesk.rule("second", "event: {name: store.visited, after: 2h}")))
        let added = try update(test("expect:\n  - {rule: visit, outcome: sent}   # first"), in: desk)
        #expect(
            added.changes == [
                "+      - {at: \"2026-03-02 14:00\", rule: second, member: lin, outcome: sent, channel: sms, template: hello}"
            ])
        let replaced = try update(
            test("expect: [{rule: visit, outcome: sent}, {rule: visit, outcome: sent}]"), in: desk)
        #expect(
            replaced.changes.last
                == "+    expect: [{rule: visit, outcome: sent}, {at: \"2026-03-02 14:00\", rule: second, member: lin, outcome: sent, channel: sms, template: hello}]"
        )
        #expect(replaced.notes.count == 1 && replaced.notes[0].hasSuffix(":12  goes: nothing comes for visit"))
    }

    @Test("the last expectation never goes, known gaps and errors stay as they are")
    func leftAlone() throws {
        let nothing = test("expect: [{outcome: sent}]").replacing("members: [lin]", with: "members: [zhao]")
            .replacing("timeline: [\(Self.visited)]", with: "timeline: []")
        #expect(
            try update(nothing, in: RuleTestDesk()).refusals == [
                "nothing at all comes of it; say why nothing does, or take the test away"
            ])
        let gap = try update(test("expect: [{outcome: done}]", more: "expect_failure: not built"), in: RuleTestDesk())
        #expect(gap.changes == [] && gap.refusals == [])
        let broken = try RuleTestDesk().session(RuleTestDesk.file(test("expect: [{outcome: doen}]")))
        #expect(try TestUpdate(broken).files.isEmpty && broken.hasErrors)
    }

    @Test("a place is rewritten in its case, and the other cases stay")
    func cases() throws {
        let body = """
            cases:
              - {total: 49.99, out: sent, at: "2026-03-02 13:00"}      # below
              - {total: 50, out: sent, at: "2026-03-02 12:30"}         # exactly
            expect: [{at: "{at}", outcome: "{out}"}]
            """
        let rule = RuleTestDesk.visit.replacing("member.tier: gold", with: "member.lifetime_spend: {at_least: 50}")
        let desk = try RuleTestDesk(rules: RuleTestDesk.rules(rule))
        let spend = #"{at: "2026-03-02 11:00", member: lin, set: {lifetime_spend: "{total}"}}"#
        let tests = test(body).replacing("timeline: [", with: "timeline: [\(spend), ")
        #expect(
            try update(tests, in: desk).changes == [
                "-      - {total: 49.99, out: sent, at: \"2026-03-02 13:00\"}      # below",
                "-      - {total: 50, out: sent, at: \"2026-03-02 12:30\"}         # exactly",
                "+      - {total: 49.99, out: skipped, at: \"2026-03-02 13:00\"}      # below",
                "+      - {total: 50, out: sent, at: \"2026-03-02 13:00\"}         # exactly",
            ])
    }

    @Test("cases that do not agree leave their test alone, and say on what")
    func disagreement() throws {
        let desk = try RuleTestDesk()
        func body(_ expect: String, _ cases: String) -> String {
            test("cases: \(cases)\nexpect: \(expect)").replacing(
                Self.visited, with: #"{at: "2026-03-02 {hour}:00", member: lin, event: store.visited}"#)
        }
        let literal = try update(
            body("[{at: \"2026-03-02 13:00\", outcome: sent}]", "[{hour: \"12\"}, {hour: \"14\"}]"), in: desk)
        #expect(
            literal.refusals == [
                "its cases do not agree on `at` in line 13; write \"{at}\" there and a value in each case"
            ])
        let shared = try update(
            body("[{at: \"2026-03-02 {hour}:30\", outcome: sent}]", "[{hour: \"12\"}]"), in: desk)
        #expect(shared.refusals == ["line 13 puts `at` together from places"])
        let driving = try update(
            test("cases: [{t: \"2026-03-02 12:00\"}]\nexpect: [{at: \"{t}\", outcome: sent}]").replacing(
                Self.visited, with: #"{at: "{t}", member: lin, event: store.visited}"#), in: desk)
        #expect(driving.refusals == ["`{t}` stands in line 10 too, which would change with it"])
    }

    @Test("the command shows the changes, writes only when told to, and then all is well")
    func command() throws {
        let desk = try RuleTestDesk()
        let text = RuleTestDesk.file(test("expect: [{at: \"\(Self.sent)\", outcome: sent, channel: wechat}]"))
        try desk.write(text, to: "tests/a.test.yaml")
        let refused = try desk.scratch.run("nudged test --update")
        #expect(refused.status == 64)
        #expect(refused.printed.contains("+    expect: [{at: \"\(Self.sent)\", outcome: sent, channel: sms}]"))
        #expect(refused.printed.last?.hasPrefix("nothing was changed: ") == true)
        let no = try desk.scratch.run("echo n | nudged test --update")
        #expect(no.status == 1 && no.printed.contains("nothing was written"), "\(no.printed)")
        #expect(try desk.scratch.text("rules/tests/a.test.yaml") == text)
        let written = try desk.scratch.run("nudged test --update --yes")
        #expect(written.status == 0 && written.printed.contains { $0.hasPrefix("1 test, 1 passed in") })
        #expect(try desk.scratch.text("rules/tests/a.test.yaml") == text.replacing("wechat}", with: "sms}"))
        let again = try desk.scratch.run("nudged test --update")
        #expect(again.status == 0 && again.printed.count == 2)
        #expect(try desk.scratch.run("nudged test --yes").status == 64)
    }

    // MARK: recording

    private func record(_ tests: String, in desk: RuleTestDesk) throws -> Outcome {
        try desk.write(RuleTestDesk.file(tests), to: "tests/a.test.yaml")
        let session = try TestSession(
            paths: [desk.scratch.directory.appending(path: "rules/tests").path], records: true)
        #expect(session.findings.map(\.short) == [])
        let update = try TestUpdate(session)
        for file in update.files { #expect(try desk.session(String(decoding: file.after, as: UTF8.self)).isGood) }
        let marked = update.text(.english).split(separator: "\n").filter { line in
            "+-".contains(line.first ?? " ") && !line.hasPrefix("---") && !line.hasPrefix("+++")
        }
        return Outcome(changes: marked.map(String.init), refusals: update.refusals.map(\.words.english), notes: [])
    }

    @Test(
        "an empty `expect` is filled with what came, whatever it looks like",
        arguments: [("expect: []   # to be recorded", "   # to be recorded"), ("expect:", "")])
    func records(_ written: String, _ comment: String) throws {
        let line = "{at: \"\(Self.sent)\", rule: visit, member: lin, outcome: sent, channel: sms, template: hello}"
        // A key that stands alone already stays as it is.
        let key = written == "expect:" ? [] : ["-    \(written)", "+    expect:"]
        #expect(try record(test(written), in: RuleTestDesk()).changes == key + ["+      - \(line)\(comment)"])
        let flow =
            "  - {name: a test, members: [lin], timeline: [\(Self.visited)], run_until: \"2026-03-04 00:00\", expect: []}"
        #expect(try record(flow, in: RuleTestDesk()).changes.last?.hasSuffix(", expect: [\(line)]}") == true)
    }

    @Test("what nobody got is recorded with its reason, and the channels that were passed over")
    func recordsReasons() throws {
        let desk = try RuleTestDesk(
            rules: RuleTestDesk.rules(RuleTestDesk.visit.replacing("tier: gold", with: "tier: silver")))
        #expect(
            try record(test("expect: []"), in: desk).changes.last
                == "+      - {at: \"\(Self.sent)\", rule: visit, member: lin, outcome: skipped, because: {condition: member.tier, actual: gold}}"
        )
        let unreachable = try RuleTestDesk(files: [
            "fixtures/members.yaml": RuleTestDesk.members.replacing("phone: \"13800000001\", ", with: "")
        ])
        #expect(
            try record(test("expect: []"), in: unreachable).changes.last
                == "+      - {at: \"\(Self.sent)\", rule: visit, member: lin, outcome: sent, channel: wechat, template: hello_wx, tried: [{sms: no_address}]}"
        )
    }

    @Test("cases that do not agree, and a test of which nothing comes, are left alone and stay errors")
    func recordsNothing() throws {
        let cases = test("cases: [{hour: \"12\"}, {hour: \"14\"}]\nexpect: []").replacing(
            Self.visited, with: #"{at: "2026-03-02 {hour}:00", member: lin, event: store.visited}"#)
        let desk = try RuleTestDesk()
        #expect(try record(cases, in: desk).refusals.first?.hasPrefix("its cases do not agree on what comes") == true)
        let nothing = test("expect: []").replacing("timeline: [\(Self.visited)]", with: "timeline: []")
        #expect(try record(nothing, in: desk).refusals.first?.hasPrefix("nothing at all comes of it") == true)
        let strict = try desk.session(RuleTestDesk.file(nothing))
        #expect(strict.findings.map(\.code) == ["T014"])
        #expect(strict.findings[0].help.last?.contains("nudged test --update") == true)
        let run = try desk.scratch.run("nudged test --update --yes")
        #expect(run.status == 1 && run.printed.contains { $0.contains("error[T014]") }, "\(run.printed)")
    }
}
