import Daemon
import Foundation
import Testing

@testable import Review
@testable import Rules

/// `effects` in rule tests and in what people read.
@Suite("Effects in a rule test")
struct EffectExpectationTests {
    private static let rules = RuleTestDesk.rules(
        """
          - id: visit
            status: live
            owner: crm-team
            purpose: marketing
            when: {event: {name: store.visited}}
            do: [{adjust_points: {add: 100}}, {add_tag: vip}, {create_task: {assign_to: member.advisor, title: 回访}}, {send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]

        """)

    private static func test(_ expectation: String) -> String {
        """
          - name: a test
            members: [lin]
            timeline: [{at: "2026-03-02 12:00", member: lin, event: store.visited, id: e1}]
            run_until: "2026-03-04 00:00"
            expect: [{outcome: sent, \(expectation)}]
        """
    }

    private func desk() throws -> RuleTestDesk { try RuleTestDesk(rules: Self.rules) }

    @Test(
        "names some of them, in any order",
        arguments: [
            ("effects: [{task: 回访}]", true), ("effects: [{tag: +vip}, {points: 100}]", true),
            ("effects: [{tag: -vip}]", false), ("effects: [{points: 99}]", false), ("effects: []", false),
            ("effects: [{points: 100}, {points: 100}]", false), ("effects: [{task: 拜访}]", false),
        ])
    func subset(_ expectation: String, passes: Bool) throws {
        let session = try desk().session(RuleTestDesk.file(Self.test(expectation)))
        #expect(session.findings.map(\.short) == [])
        #expect(session.passed == (passes ? 1 : 0))
    }

    @Test("a report shows what was done beside the message")
    func report() throws {
        let desk = try desk()
        let session = try desk.session(RuleTestDesk.file(Self.test("effects: [{tag: -vip}]")))
        let report = desk.report(session)
        #expect(report.contains { $0.contains("expected  visit") == false && $0.contains("tag -vip") })
        #expect(
            report.contains {
                $0.contains(
                    "got       2026-03-02 12:00  visit  lin  sent by sms, template hello, points +100, tag +vip, task 回访"
                )
            }, "\(report)")
    }

    @Test("a coupon that is expected under both keys is named once")
    func once() throws {
        let file = YAMLReader.read(
            bytes: Array("coupon: X\neffects: [{coupon: X}, {points: 5}]\n".utf8), path: "a.yaml")
        let root = try #require(file.root)
        let expectation = Expectation(span: root.span, outcome: "sent", fields: root.entries ?? [])
        #expect(
            TestWording(expectation, zone: .utc).text(Phrases(language: .english)) == "sent, coupon X, points +5")
    }

    @Test(
        "slips are found",
        arguments: [
            ("effects: [{tag: vip}]", "R103"), ("effects: [{tags: +vip}]", "R101"),
            ("effects: [{coupon: NOPE}]", "T023"),
            ("effects: {tag: +vip}", "R103"),
        ])
    func slips(_ expectation: String, code: String) throws {
        let session = try desk().session(RuleTestDesk.file(Self.test(expectation)))
        #expect(session.findings.map(\.code) == [code], "\(session.findings.map(\.short))")
    }

    @Test("an update writes what was done")
    func update() throws {
        let desk = try desk()
        let session = try desk.session(RuleTestDesk.file(Self.test("effects: [{tag: -vip}]")))
        let update = try TestUpdate(session)
        let after = update.files.map { String(decoding: $0.after, as: UTF8.self) }
        #expect(
            after.map { $0.contains(#"effects: [{points: 100}, {tag: "+vip"}, {task: 回访}]"#) } == [true], "\(after)")
    }

    @Test("a dry-run tells people and programs")
    func dryRun() throws {
        let desk = try desk()
        try desk.write(
            RuleTestDesk.members.replacing(
                "lin: {", with: "lin: {events: [{name: store.visited, at: \"2026-03-02 12:00\"}], "),
            to: "fixtures/members.yaml")
        let run = "nudged dry-run rules --fixtures rules/fixtures/members.yaml --at 2026-03-02"
        let text = try desk.scratch.run(run)
        #expect(
            text.printed.first
                == "2026-03-02 12:00  visit  lin  sent by sms to 138****0001, template hello, points +100, tag +vip, task 回访"
        )
        let json = try desk.scratch.run("\(run) --format ndjson")
        #expect(json.printed.first?.hasSuffix(#","effects":[{"points":100},{"tag":"+vip"},{"task":"回访"}]}"#) == true)
    }
}
