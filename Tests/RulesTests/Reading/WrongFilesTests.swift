import Foundation
import Testing

@testable import Rules

/// A whole file with slips, and what is found in it.
struct WrongFile: CustomTestStringConvertible, Sendable {
    var kind: String
    var lines: String
    var found: [String]
    /// The lines begin in line 3 of `KIND.yaml`.
    init(_ kind: String, _ lines: String, _ found: String...) {
        self.kind = kind
        self.lines = lines
        self.found = found
    }
    var testDescription: String { "\(kind): \(lines.prefix(70).replacing("\n", with: " "))" }
}

@Suite("A wrong file")
struct WrongFilesTests {
    @Test(
        "has one finding for each slip",
        arguments: [
            WrongFile("settings", "timezone: Asia/Peking", "R104 3:11"),
            WrongFile("settings", "quiet_hours: {from: \"21:00\"}", "R102 3:15"),
            WrongFile("settings", "quiet_hours: off", "R104 3:14"),
            WrongFile("settings", "quiet_hours: {from: \"21:00\", to: \"21:00\"}", "R104 3:34"),
            WrongFile("settings", "global_holdout: 2", "R103 3:17"),
            WrongFile("settings", "global_holdout: 120%", "R104 3:17"),
            WrongFile("settings", "frequency_cap: {times: 1, in: 1d}", "R103 3:16"),
            WrongFile("settings", "frequency_cap: [{times: 1, in: 1d, segment: sleepy}]", "R222 3:45"),
            WrongFile("settings", "birthdays: {leap_day: feb_29}", "R104 3:23"),
            WrongFile("settings", "festivals: [{name: qixi, lunar: \"07-07\"}]", "R241 3:20"),
            WrongFile("settings", "festivals: [{name: own, lunar: \"02-31\"}]", "R116 3:32"),
            WrongFile("settings", "festivals: [{name: own}]", "R102 3:14"),
            WrongFile("settings", "rfm: {frequency: [3, 5, 10]}", "R104 3:18"),
            WrongFile("settings", "lifecycle: {active: 24h}", "R115 3:21"),
            WrongFile("settings", "tiers: [{id: gold}, {id: gold}]", "R241 3:26"),
            WrongFile("settings", "rule: []", "R101 3:1"),
            WrongFile("coupons", "coupons: [{id: A, face_value: -1}, {id: A}]", "R104 3:31", "R241 3:41"),
            WrongFile("coupons", "coupons: [{id: a b, codes: pol}]", "R104 3:16", "R104 3:28"),
            WrongFile("segments", "segments: [{id: sleeping, if: {order.total: 5}}]", "R203 3:32"),
            WrongFile("segments", "segments: [{id: sleeping}]", "R102 3:13"),
            WrongFile("fields", "fields: [{id: member.shoe, type: number, description: x}]", "R104 3:15"),
            WrongFile(
                "fields", "fields: [{id: member.tier, type: text, description: x, sql: {sqlite: \"1\"}}]", "R241 3:15"),
            WrongFile(
                "fields", "fields: [{id: member.attr.a, type: integer, description: x, can_be_missing: no}]",
                "R104 3:36", "R111 3:77"),
        ])
    func slips(_ wrong: WrongFile) {
        let path = "\(wrong.kind).yaml"
        let reading = RuleSetSamples.read(RuleSetSamples.head(wrong.kind) + wrong.lines + "\n", path: path)
        #expect(
            RuleSetSamples.places(reading.diagnostics, of: path).filter { !$0.hasPrefix("rules.yaml") } == wrong.found)
        #expect(reading.ruleSet == nil)
    }

    @Test("a template's problems stand at their very place in the file")
    func templateProblems() {
        let text =
            RuleSetSamples.head("templates") + """
                templates:
                  - {id: wx_hello, channel: wechat, text: "您好 {{ nam }}", values: {name: text}}
                  - {id: b, channel: wechat, text: "您\\u597d {{ nam }}", values: {name: text}}
                  - {id: c, channel: wechat, text: 您好 {{ nam }}, values: {name: text}}
                  - {id: d, channel: sns, text: x, values: {name: string}}

                """
        let reading = RuleSetSamples.read(text, path: "templates.yaml")
        let found = RuleSetSamples.places(reading.diagnostics, of: "templates.yaml")
        #expect(found.prefix(2) == ["R225 4:50", "R225 5:48"])
        #expect(found.suffix(2) == ["R223 7:22", "R104 7:51"])
    }

    @Test(
        "also through indentation, folded lines, quotes and escapes, and in every part of a mail",
        arguments: [
            "|\n      您好\n\n      　{{ nam }}\n", "|2-\n      x\n        {{ nam }}",
            "| # a comment\n      x {{ nam }} y {{ name }}",
            ">-\n      <p>one\n      two\n\n\n      three {{ nam }}</p>",
            "'it''s\n\n      {{ nam }}'", "\"a\\n\\t\\\"{{ nam }}\"",
            "\"a \\\n      \\u597d\\x41{{ nam }}\"", "您好\n      {{ nam }}",
        ])
    func placesInText(text: String) throws {
        for key in ["text", "subject", "html"] {
            let others = ["text", "subject", "html"].filter { $0 != key }
            let file =
                RuleSetSamples.head("templates") + "templates:\n- \(key): \(text)\n  id: m\n  channel: email\n"
                + others.map { "  \($0): \"{{ name }}\"\n" }.joined() + "  values: {name: text}\n"
            let found = RuleSetSamples.read(file, path: "templates.yaml").diagnostics.filter {
                $0.span.file == "templates.yaml"
            }
            #expect(found.map(\.code) == ["R225"], "\(key): \(text)")
            let span = try #require(found.first?.span)
            let before = try #require(file.range(of: "nam }}")).lowerBound
            let start = file.utf8.distance(from: file.startIndex, to: before)
            #expect(span.start.byte == start && span.end.byte == start + 3, "\(key): \(text)")
        }
    }

    @Test("a mail without a subject is told, unless the provider has it, or a key with a slip may be it")
    func subject() {
        func places(_ keys: String) -> [String] {
            let text = RuleSetSamples.head("templates") + "templates:\n- {id: m, channel: email, text: x\(keys)}\n"
            let reading = RuleSetSamples.read(text, path: "more.yaml")
            return RuleSetSamples.places(reading.diagnostics, of: "more.yaml")
        }
        #expect(places("") == ["R267 4:20"])
        #expect(places(", subject: y") == [] && places(", code: T1") == [])
        #expect(places(", subjct: y").allSatisfy { $0.hasPrefix("R101") })
    }

    @Test("a slip in two texts of a mail is two findings, and a name that is not declared is one")
    func namesInSeveralTexts() {
        func places(_ values: String) -> [String] {
            let text =
                RuleSetSamples.head("templates")
                + "templates:\n- {id: m, channel: email, subject: s, text: \"{{ name }} {{ nam }}\","
                + " html: \"{{ name }} {{ nam }}\",\n   values: \(values)}\n"
            let reading = RuleSetSamples.read(text, path: "templates.yaml")
            return RuleSetSamples.places(reading.diagnostics, of: "templates.yaml").filter { $0.hasPrefix("R225") }
        }
        #expect(places("{name: text}").count == 2)
        #expect(places("{name: text, city: text, nam: text}").isEmpty)
        #expect(places("{}").count == 2)
    }

    @Test("an SMS that advertises needs a signature and opt-out words, and is told when it is long")
    func smsTexts() {
        func places(_ text: String, purpose: String) -> [String] {
            let templates = RuleSetSamples.head("templates") + "templates: [{id: s, channel: sms, text: \"\(text)\"}]\n"
            let rule = RuleSetSamples.rule(
                "when: {event: {name: order.paid}}\ndo: [{send: {try: [{sms: {template: s}}]}}]", owner: "loyalty",
                purpose: purpose)
            return RuleSetSamples.places(
                RuleSetSamples.read(rule, others: ["templates.yaml": templates]).diagnostics, of: "templates.yaml")
        }
        #expect(places("【星河】新品上市，拒收请回复R", purpose: "marketing") == [])
        #expect(places("新品上市，拒收请回复R", purpose: "marketing") == ["R229 3:41"])
        #expect(places("【星河】新品上市", purpose: "marketing") == ["R229 3:41"])
        #expect(places("订单已发货", purpose: "service") == [])
        let seventy = "【星河】" + String(repeating: "好", count: 60) + "退订回T拒"
        #expect(places(seventy + "收", purpose: "marketing") == [])
        #expect(places(seventy + "收。", purpose: "marketing") == ["R228 3:41"])
    }

    @Test("the first line names the schema of the file's kind")
    func schemaLine() {
        let rule = RuleSetSamples.rule("when: {event: {name: order.paid}}\n" + RuleSetSamples.sending)
        let without = String(rule.drop { $0 != "\n" }.dropFirst())
        let missing = RuleSetSamples.read(without).diagnostics
        #expect(RuleSetSamples.places(missing) == ["R002 1:1"])
        #expect(missing.first?.severity == .warning)
        let other = rule.replacing("rules.v1", with: "fixtures.v1")
        let wrong = RuleSetSamples.read(other).diagnostics
        #expect(RuleSetSamples.places(wrong) == ["R002 1:1"])
        #expect(wrong.first?.fix.first?.text == "# yaml-language-server: $schema=../.nudged/rules.v1.schema.json")
    }

    @Test("ids are unique over all files, settings are one file, and a file holds twenty rules")
    func wholeSet() {
        let rule = RuleSetSamples.rule("when: {event: {name: order.paid}}\n" + RuleSetSamples.sending)
        let twice = RuleSetSamples.read(rule, path: "vip.yaml")
        #expect(RuleSetSamples.places(twice.diagnostics, of: "vip.yaml") == ["R240 4:9"])
        #expect(twice.diagnostics.first?.notes == ["first used in rules.yaml:4:9"])
        #expect(twice.ruleCount == 2)
        let settings = RuleSetSamples.read(RuleSetSamples.settings, path: "shop.yaml").diagnostics
        #expect(RuleSetSamples.places(settings, of: "shop.yaml") == ["R242 2:1"])
        let line =
            "  - {id: rN, status: draft, owner: o, purpose: marketing, when: {birthday: {}}, do: [{add_tag: x}]}\n"
        let many =
            RuleSetSamples.head("rules") + "rules:\n" + (1...21).map { line.replacing("rN", with: "r\($0)") }.joined()
        #expect(RuleSetSamples.places(RuleSetSamples.read(many).diagnostics) == ["R104 24:6"])
    }

    @Test("one cause has one finding: what was lost with a broken part is not missed")
    func oneCause() {
        // A broken template is still there for the rules that name it.
        let templates = RuleSetSamples.templates.replacing(
            "{{ name | default: '您好' }}\"", with: "{{ name | defalt }}\"")
        let template = RuleSetSamples.read(templates, path: "templates.yaml").diagnostics
        #expect(RuleSetSamples.places(template, of: "templates.yaml") == ["R225 8:54"])
        // A slip of YAML takes an item away.
        let coupons = RuleSetSamples.head("coupons") + "coupons:\n  - id: BDAY-30OFF\n   name: x\n"
        let rule = RuleSetSamples.rule("when: {birthday: {}}\ndo: [{give_coupon: {template: BDAY-30OFF}}]")
        let lost = RuleSetSamples.read(rule, others: ["coupons.yaml": coupons]).diagnostics
        #expect(lost.allSatisfy { $0.span.file == "coupons.yaml" && $0.code.hasPrefix("R0") })
        // Settings that cannot be read say nothing about owners and festivals.
        let settings = RuleSetSamples.settings.replacing("service_owners: [loyalty]", with: "service_owners: loyalty")
        let service = RuleSetSamples.rule("when: {birthday: {}}\n" + RuleSetSamples.sending, purpose: "service")
        let owners = RuleSetSamples.read(service, others: ["settings.yaml": settings]).diagnostics
        #expect(RuleSetSamples.places(owners, of: "settings.yaml") == ["R103 3:17"])
    }
}
