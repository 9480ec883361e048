import Testing

/// Numbers and mail addresses that come from events and within texts (product §6).
@Suite("Masked output")
struct MaskedOutputTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        let schema = RuleTestDesk.schema
        try scratch.write(
            schema + """
                ../.nudged/rules.v1.schema.json
                version: 1
                rules:
                  - id: call
                    status: live
                    owner: ops
                    purpose: service
                    when: {event: {name: call.me}}
                    do:
                      - send: {try: [{push: {template: note}}], fill: {p: member.phone, d: trigger.data.contact, n: trigger.data.order}}
                  - id: nobody
                    status: live
                    owner: ops
                    purpose: service
                    when: {event: {name: call.me}}
                    if: {trigger.data.contact: {is: nobody}}
                    do: [{add_tag: x}]

                """, to: "rules/rules.yaml")
        try scratch.write(
            schema + """
                ../.nudged/templates.v1.schema.json
                version: 1
                templates:
                  - {id: note, channel: push, text: "{{ p | default: '-' }} 或 {{ d | default: '-' }}，单号 {{ n | default: '-' }}", values: {p: text, d: text, n: text}}

                """, to: "rules/templates.yaml")
        try scratch.write(
            schema + "../.nudged/settings.v1.schema.json\nversion: 1\nservice_owners: [ops]\n",
            to: "rules/settings.yaml")
        try scratch.write(
            schema + """
                ../../.nudged/fixtures.v1.schema.json
                version: 1
                timezone: Asia/Shanghai
                members:
                  a: {phone: "13812345678", events: [{id: e1, name: call.me, at: "2026-11-28 10:00", data: {contact: "139 1234 5678", order: "20261128138123456789"}}]}

                """, to: "rules/fixtures/f.yaml")
    }

    private func test(_ expect: String) throws {
        try scratch.write(
            RuleTestDesk.schema + """
                ../../.nudged/rule-test.v1.schema.json
                version: 1
                rules: [../rules.yaml, ../templates.yaml, ../settings.yaml]
                fixtures: [../fixtures/f.yaml]
                clock: {start: "2026-11-28 09:00", timezone: Asia/Shanghai}
                tests:
                  - name: a test
                    members: [a]
                    run_until: "2026-11-28 12:00"
                    expect: [\(expect)]

                """, to: "rules/tests/a.test.yaml")
    }

    private static let secrets = ["13812345678", "139 1234 5678", "13912345678"]
    /// An order number in which there happens to be the number of the member: it is none.
    private static let order = "20261128138123456789"
    private static let note = "138****5678 或 139****5678，单号 \(order)"

    private static func hasSecrets(_ text: String) -> Bool {
        let rest = text.replacing(order, with: "")
        return secrets.contains { rest.contains($0) }
    }

    @Test(
        "values, reasons and texts are masked in every format, and the numbers of orders are not",
        arguments: [
            "dry-run --fixtures rules/fixtures/f.yaml --at 2026-11-28",
            "dry-run --fixtures rules/fixtures/f.yaml --at 2026-11-28 --lang zh-CN",
            "dry-run --fixtures rules/fixtures/f.yaml --at 2026-11-28 --format ndjson",
            "explain --rule nobody --member a --fixtures rules/fixtures/f.yaml --at 2026-11-28",
            "explain --rule nobody --member a --fixtures rules/fixtures/f.yaml --at 2026-11-28 --json",
        ])
    func masked(command: String) throws {
        let text = try scratch.run("nudged \(command)").printed.joined(separator: "\n")
        #expect(text.contains("139****5678"), "\(text)")
        #expect(text.contains(Self.note) == command.hasPrefix("dry-run"), "\(text)")
        #expect(!Self.hasSecrets(text), "\(text)")
    }

    @Test(
        "a test may write a number as it is or masked",
        arguments: ["138****5678 或 139****5678", "13812345678 或 139 1234 5678"], ["139****5678", "139 1234 5678"])
    func expectations(text: String, actual: String) throws {
        try test(
            #"{rule: call, member: a, outcome: sent, text: "\#(text)，单号 20261128138123456789"}, "#
                + #"{rule: nobody, member: a, outcome: skipped, because: {condition: trigger.data.contact, actual: "\#(actual)"}}"#
        )
        let run = try scratch.run("nudged test rules/tests")
        #expect(run.status == 0, "\(run.printed)")
    }

    @Test("a failing test and its update print and write nobody's number", arguments: ["text", "json", "junit"])
    func failing(format: String) throws {
        try test(
            #"{rule: call, member: a, outcome: sent, text: "x"}, "#
                + "{rule: nobody, member: a, outcome: skipped, because: {condition: trigger.data.contact, actual: x}}")
        let run = try scratch.run("nudged test rules/tests --trace --format \(format)")
        #expect(run.status == 1)
        let update = try scratch.run("nudged test rules/tests --update --yes")
        #expect(update.status == 0, "\(update.printed)")
        #expect(try scratch.run("nudged test rules/tests").status == 0)
        let text =
            (run.printed + update.printed).joined(separator: "\n") + (try scratch.text("rules/tests/a.test.yaml"))
        #expect(text.contains("138****5678"), "\(text)")
        #expect(!Self.hasSecrets(text), "\(text)")
    }
}
