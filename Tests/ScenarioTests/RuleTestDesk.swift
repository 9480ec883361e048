import Review
import Daemon
import Foundation
import Rules
import Testing

/// A small workspace on disk with one rule, two members and the test file at hand.
struct RuleTestDesk {
    let scratch: Scratch

    static let schema = "# yaml-language-server: $schema="
    static let settings = schema + "../.nudged/settings.v1.schema.json\nversion: 1\n"
    static let templates =
        schema + """
            ../.nudged/templates.v1.schema.json
            version: 1
            templates:
              - {id: hello, channel: sms, text: "【星河百货】{{ name | default: '您好' }} 拒收请回复R", values: {name: text}}
              - {id: hello_wx, channel: wechat, text: "{{ name | default: '您好' }}", values: {name: text}}

            """
    static let members =
        schema + """
            ../../.nudged/fixtures.v1.schema.json
            version: 1
            timezone: Asia/Shanghai
            members:
              lin: {tier: gold, display_name: 林小姐, phone: "13800000001", wechat_openid: wx_lin_0001, consent: {sms: granted, wechat: granted}}
              zhao: {tier: silver, phone: "13800000002", consent: {sms: granted}}

            """

    static let visit = rule("visit", "event: {name: store.visited, after: 1h}", "unless: [order.paid]")

    /// Sends by sms, else wechat, to gold members.
    static func rule(_ id: String, _ when: String, _ more: String = "note: none", status: String = "live") -> String {
        """
          - id: \(id)
            status: \(status)
            owner: crm-team
            purpose: marketing
            when: {\(when)}
            \(more)
            if: {member.tier: gold}
            do: [{send: {try: [{sms: {template: hello}}, {wechat: {template: hello_wx}}], fill: {name: member.display_name}}}]

        """
    }

    static func rules(_ rules: String...) -> String {
        schema + "../.nudged/rules.v1.schema.json\nversion: 1\nrules:\n" + rules.joined()
    }

    static func file(
        _ tests: String, clock: String = "2026-03-01 00:00", only: String = "note", fixtures: String = "members"
    )
        -> String
    {
        """
        \(schema)../../.nudged/rule-test.v1.schema.json
        version: 1
        rules: [../rules.yaml]
        fixtures: [../fixtures/\(fixtures).yaml]
        clock: {start: "\(clock)", timezone: Asia/Shanghai}
        tests:
        \(tests)

        """
    }

    init(rules: String = RuleTestDesk.rules(visit), files: [String: String] = [:]) throws {
        scratch = try Scratch()
        try write(RuleTestDesk.settings, to: "settings.yaml")
        try write(RuleTestDesk.templates, to: "templates.yaml")
        try write(RuleTestDesk.members, to: "fixtures/members.yaml")
        try write(rules, to: "rules.yaml")
        for (path, text) in files { try write(text, to: path) }
    }

    func write(_ text: String, to path: String) throws {
        let url = scratch.directory.appending(path: "rules/\(path)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// The file of a test in a workspace of its own.
    func session(_ text: String, where isWanted: (String) -> Bool = { _ in true }) throws -> TestSession {
        try write(text, to: "tests/a.test.yaml")
        return try TestSession(paths: [scratch.directory.appending(path: "rules/tests").path], where: isWanted)
    }

    /// What a report says, with paths below the workspace.
    func report(_ session: TestSession, trace: Bool = false, coverage: Bool = false) -> [String] {
        let root = scratch.directory.path + "/"
        return TestReport(session, trace: trace, coverage: coverage).text.replacing(root, with: "")
            .split(separator: "\n").map(String.init)
    }

    /// A test that must pass without a finding.
    func passes(_ test: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let session = try session(RuleTestDesk.file(test))
        #expect(session.findings.map(\.short) == [], sourceLocation: sourceLocation)
        #expect(
            session.passed == 1 && session.isGood, "\(report(session).joined(separator: "\n"))",
            sourceLocation: sourceLocation)
    }
}
