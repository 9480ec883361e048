import Config
import Foundation
@testable import Kit
import Testing

@testable import Rules

@Suite("Schema")
struct SchemaTests {
    @Test("has a description on every property and definition", arguments: SchemaKind.allCases)
    func descriptions(_ kind: SchemaKind) {
        let (name, schema) = (kind.rawValue, JSONText.parsed(kind.text()))
        for (path, node) in schema.nodes {
            for key in ["properties", "definitions"] {
                for member in node.members(key) where member.value != .bool(false) {
                    guard !path.contains("allOf") else { continue }
                    #expect(member.value["description"]?.string?.isEmpty == false, "\(name) \(path) \(member.key)")
                }
            }
        }
    }

    @Test("allows no key that is not declared", arguments: SchemaKind.allCases)
    func closed(_ kind: SchemaKind) {
        let (name, schema) = (kind.rawValue, JSONText.parsed(kind.text()))
        for (path, node) in schema.nodes where node["type"]?.typeNames.contains("object") == true {
            guard !path.contains("if"), !path.contains("allOf") else { continue }
            #expect(node["additionalProperties"] == .bool(false), "\(name) \(path)")
        }
        #expect(!schema.nodes.contains { $0.1["oneOf"] != nil })
    }

    @Test("describes every value of an enumeration", arguments: SchemaKind.allCases)
    func enumerations(_ kind: SchemaKind) {
        let (name, schema) = (kind.rawValue, JSONText.parsed(kind.text()))
        for (path, node) in schema.nodes where !path.contains("allOf") {
            guard case .list(let words)? = node["enum"] else { continue }
            guard case .list(let descriptions)? = node["enumDescriptions"] else {
                Issue.record("\(name) \(path) has no descriptions")
                continue
            }
            #expect(descriptions.count == words.count)
            #expect(!descriptions.contains(""), "\(name) \(path)")
            // What says no more than the word itself is missing from the table.
            let mute = zip(words, descriptions).filter {
                $0 == $1 && !["text", "female", "male", "cancelled"].contains($0.string)
            }
            #expect(mute.isEmpty, "\(name) \(path): \(mute.map(\.0))")
        }
    }

    @Test("accepts every shipped file, and says one thing about one slip")
    func shipped() throws {
        let files = try ShippedFiles.read()
        // As the files they are, and as we read them.
        let cases =
            files.map { SchemaJudge.Case(kind: $0.kind, yaml: $0.file.source.bytes) }
            + files.map { SchemaJudge.Case(kind: $0.kind, instance: CoreScalar.json($0.file.root ?? .nothing)) }
        guard let errors = try SchemaJudge().errors(of: cases) else { return }
        for (file, errors) in zip(files + files, errors) { #expect(errors.isEmpty, "\(file.file.path): \(errors)") }
    }

    @Test("accepts every form that the checker accepts: numbers and yes in quotes, a version, tests of custom fields")
    func forms() throws {
        let files = [
            (
                SchemaKind.settings, "settings",
                """
                version: "1"
                service_owners: [crm]
                frequency_cap: [{times: "1", in: 1d}]
                """
            ),
            (
                .fields, "fields",
                """
                version: 1
                fields:
                  - {id: member.attr.due, type: date, description: due, can_be_missing: "true"}
                  - {id: member.attr.seen, type: instant, description: seen}
                  - {id: member.attr.likes, type: list, description: likes}
                  - {id: member.attr.size, type: number, description: size}
                  - {id: member.attr.ok, type: bool, description: ok}
                """
            ),
            (
                .rules, "rules",
                """
                version: '1'
                rules:
                  - id: a
                    status: live
                    owner: crm
                    purpose: service
                    priority: "5"
                    when: {schedule: {every: month, on: "15", at: "10:00"}}
                    if:
                      member.lifetime_spend: {at_least: "5000", less_than: "9000"}
                      member.points_balance: ["5", 6]
                      member.attr.due: {within_next: 28d}
                      member.attr.seen: {before: "2026-01-01", more_than_ago: 3d}
                      member.attr.likes: {includes_any: [a, b], excludes: c}
                      member.attr.size: {between: ["1", 5]}
                      member.attr.ok: "true"
                      member.is_birthday: "true"
                      member.phone: {is_set: "true"}
                      history: [{event: order.paid, times: "2", within_last: 90d}]
                    do: [{adjust_points: {add: "50"}}]
                """
            ),
        ].map { kind, name, text in
            (
                kind,
                YAMLReader.read(
                    bytes: Array(
                        "# yaml-language-server: $schema=../.nudged/\(name).v1.schema.json\n\(text)\n".utf8),
                    path: "rules/\(name).yaml")
            )
        }
        #expect(RuleSetReader.read(files: files.map(\.1)).diagnostics.map(\.short) == [])
        let cases = files.map { SchemaJudge.Case(kind: $0.0, yaml: $0.1.source.bytes) }
        guard let errors = try SchemaJudge().errors(of: cases) else { return }
        for (file, errors) in zip(files, errors) { #expect(errors.isEmpty, "\(file.1.path): \(errors)") }
    }

    @Test("accepts every file of the two shops, and of the shop of the slips")
    func shops() throws {
        let root = SchemaJudge.root.appending(path: "Tests/ScenarioTests")
        let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        let files = try names.filter { $0.hasSuffix(".yaml") && $0.hasPrefix("S") }.sorted().map { name in
            YAMLReader.read(bytes: [UInt8](try Data(contentsOf: root.appending(path: name))), path: name)
        }
        #expect(files.count > 25)
        let cases = try files.map { file in
            // Where the program is told of it, the file of the program itself is known by its name.
            let isConfig = file.path.hasSuffix("/nudged.yaml")
            let kind = isConfig ? .config : try #require(FileKind(of: file).flatMap { SchemaKind(rawValue: $0.schema) })
            return SchemaJudge.Case(kind: kind, yaml: file.source.bytes)
        }
        guard let errors = try SchemaJudge().errors(of: cases) else { return }
        for (file, errors) in zip(files, errors) { #expect(errors.isEmpty, "\(file.path): \(errors)") }
    }

    // Only the checker sees a Chinese comma inside of a text.
    private static let unseen = ["R112"]

    @Test("rejects each wrong example about form, and accepts the right one beside it")
    func examples() throws {
        let pages = FindingPages.all.filter { page in
            page.code.hasPrefix("R1") && CheckedExample(page.wrong).findings.contains { $0.severity == .error }
        }
        #expect(pages.count >= 10)
        let cases = pages.flatMap { [$0.wrong, $0.right] }.map { example in
            SchemaJudge.Case(kind: CheckedExample.kind(example.place), yaml: CheckedExample.bytes(example))
        }
        guard let errors = try SchemaJudge().errors(of: cases) else { return }
        for (index, page) in pages.enumerated() {
            #expect(errors[index * 2].isEmpty == Self.unseen.contains(page.code), "\(page.code): \(errors[index * 2])")
            #expect(errors[index * 2 + 1].isEmpty, "\(page.code): \(errors[index * 2 + 1])")
        }
    }

    @Test("rejects each file of the corpus that is wrong in form, and accepts it once it is repaired")
    func corpus() throws {
        let wrong = CorpusCase.all.filter { example in
            let expected = example.text("expected.txt") ?? ""
            return expected.hasPrefix("error[R1") && !Self.unseen.contains { expected.hasPrefix("error[\($0)]") }
        }
        #expect(wrong.count >= 3)
        let repaired = wrong.compactMap { example in example.text("fixed.yaml").map { Array($0.utf8) } }
        let files = try wrong.flatMap { try $0.files() }
        let cases = (files.map(\.source.bytes) + repaired).map { SchemaJudge.Case(kind: .rules, yaml: $0) }
        guard let errors = try SchemaJudge().errors(of: cases) else { return }
        for (file, errors) in zip(files, errors) { #expect(!errors.isEmpty, "\(file.path)") }
        for errors in errors.dropFirst(files.count) { #expect(errors.isEmpty) }
    }

    private static let rule = "version: 1\nrules: [{id: r, status: live, owner: o, purpose: marketing, "
    private static let send = "do: [{send: {try: [{sms: {template: t}}], fill: {}}}]}]"

    @Test("names the place of a slip, once")
    func slips() throws {
        let slips: [(text: String, places: [String])] = [
            (Self.rule + "when: {birthday: {dayz_before: 3}}, " + Self.send, ["rules/0/when/birthday"]),
            (Self.rule + "when: {birtday: {days_before: 3}}, " + Self.send, ["rules/0/when"]),
            (Self.rule + "when: {cart_idle: {for: 24}}, " + Self.send, ["rules/0/when/cart_idle/for"]),
            (Self.rule + "when: {birthday: {at: 9:30}}, " + Self.send, ["rules/0/when/birthday/at"]),
            (Self.rule + "when: {birthday: {}, festival: {name: lantern}}, " + Self.send, ["rules/0/when"]),
            (Self.rule + "when: {birthday: {}}, limits: {once_per: cart}, " + Self.send, ["rules/0/limits/once_per"]),
            (Self.rule + "when: {birthday: {}}, unless: [order.paid], " + Self.send, ["rules/0"]),
            (Self.rule + "when: {birthday: {}}}]", ["rules/0"]),
            (Self.rule + "when: {birthday: {}}, do: []}]", ["rules/0/do"]),
            (Self.rule + "when: {birthday: {}}, do: [{sendd: {}}]}]", ["rules/0/do/0"]),
            (Self.rule + "when: {birthday: {}}, do: [{add_tag: a, remove_tag: b}]}]", ["rules/0/do/0"]),
            (Self.rule + "when: {birthday: {}}, if: {member.tier: {gte: 3}}, " + Self.send, ["rules/0/if/member.tier"]),
            (Self.rule + "when: {birthday: {}}, if: {order.totl: 3}, " + Self.send, ["rules/0/if"]),
            (Self.rule + "when: {birthday: {}}, if: {and: [{member.tier: a}]}, " + Self.send, ["rules/0/if"]),
            (Self.rule + "when: {schedule: {every: week, \"on\": 1}}, " + Self.send, ["rules/0/when/schedule/on"]),
            (
                Self.rule + "when: {event: {name: a, after: 1h, at: \"10:00\"}}, " + Self.send,
                ["rules/0/when/event/after"]
            ),
        ]
        let cases = slips.compactMap { slip in
            YAMLReader.read(bytes: Array(slip.text.utf8), path: "rules.yaml").root.map {
                SchemaJudge.Case(kind: .rules, instance: CoreScalar.json($0))
            }
        }
        #expect(cases.count == slips.count)
        guard let errors = try SchemaJudge().errors(of: cases) else { return }
        for (slip, errors) in zip(slips, errors) { #expect(errors == slip.places, "\(slip.text)") }
    }

    @Test("offers whole rules that the checker takes as they are")
    func snippets() throws {
        for snippet in Snippet.rules {
            let lines = snippet.text.split(separator: "\n").map { "    \($0)\n" }.joined().dropFirst(4)
            let found = RuleSetSamples.read(RuleSetSamples.head("rules") + "rules:\n  - " + lines).diagnostics
            #expect(found.isEmpty, "\(snippet.label): \(found.map(\.short))")
        }
        #expect(Snippet.rules.count >= 5)
        #expect(!SchemaKind.rules.text().contains("[.object"))
    }

    @Test("knows the shop's own names, and refuses others")
    func ownNames() throws {
        let samples = [
            RuleSetSamples.settings, RuleSetSamples.templates, RuleSetSamples.coupons, RuleSetSamples.segments,
            RuleSetSamples.fields,
        ].map { YAMLReader.read(bytes: Array($0.utf8), path: "x.yaml") }
        let judge = SchemaJudge(shop: Shop(files: samples, channels: ChannelDeclaration.standard))
        let when = Self.rule + "when: {birthday: {}}, "
        let cases: [(String, Bool)] = [
            (when + "if: {member.tier: [silver, gold], member.attr.shoe: {at_least: 38}}, do: [{add_tag: a}]}]", true),
            (when + "if: {member.tier: golden}, do: [{add_tag: a}]}]", false),
            (when + "if: {member.attr.hat: 3}, do: [{add_tag: a}]}]", false),
            (when + "audience: {in: [sleeping]}, do: [{give_coupon: {template: BDAY-30OFF}}]}]", true),
            (when + "audience: {in: [sleepy]}, do: [{add_tag: a}]}]", false),
            (when + "do: [{give_coupon: {template: BDAY-30OF}}]}]", false),
            (when + "do: [{send: {try: [{sms: {template: sms_hello}}], fill: {name: member.display_name}}}]}]", true),
            (when + "do: [{send: {try: [{sms: {template: wx_hello}}], fill: {name: member.display_name}}}]}]", false),
            (when + "do: [{send: {try: [{fax: {template: sms_hello}}]}}]}]", false),
            (when + "do: [{send: {try: [{sms: {template: sms_hello}}], fill: {name: member.name}}}]}]", false),
            (Self.rule + "when: {festival: {name: shop_day}}, do: [{add_tag: a}]}]", true),
        ]
        let instances = cases.compactMap { YAMLReader.read(bytes: Array($0.0.utf8), path: "r.yaml").root }
        #expect(instances.count == cases.count)
        let errors = try judge.errors(of: instances.map { .init(kind: .rules, instance: CoreScalar.json($0)) })
        guard let errors else { return }
        for (one, errors) in zip(cases, errors) { #expect(errors.isEmpty == one.1, "\(one.0): \(errors)") }
    }

    @Test("is the same for the same input, and ends with a line break")
    func repeatable() {
        for kind in SchemaKind.allCases {
            #expect(kind.text() == kind.text())
            #expect(kind.text().hasSuffix("}\n"))
        }
    }
}

@Suite("A scalar")
struct CoreScalarTests {
    @Test(
        "has the type that a YAML 1.2 reader gives it",
        arguments: [
            ("10:30", JSONText.text("10:30")), ("no", .text("no")), ("2%", .text("2%")), ("30", .int(30)),
            ("-1", .int(-1)), ("010", .int(10)), ("0x1F", .int(31)), ("1.50", .number(1.5)), ("1e3", .number(1000)),
            (".5", .number(0.5)), ("true", .bool(true)), ("~", .null), ("", .null), ("2026-01-05", .text("2026-01-05")),
            ("1_000", .text("1_000")), ("+", .text("+")), (".", .text(".")), ("1e", .text("1e")),
        ])
    func types(_ text: String, _ value: JSONText) { #expect(CoreScalar.plain(text) == value) }
}

extension JSONText {
    /// JSON is YAML, and our reader keeps the order.
    static func parsed(_ text: String) -> JSONText {
        guard let value = JSONReading(text).value else {
            Issue.record("not JSON")
            return .null
        }
        return value
    }

    subscript(key: String) -> JSONText? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    func members(_ key: String) -> [JSONText.Member] {
        if case .object(let members)? = self[key] { members } else { [] }
    }

    /// Every object below, with the keys on the way to it.
    var nodes: [([String], JSONText)] {
        switch self {
        case .object(let members):
            [([], self)]
                + members.filter { !["defaultSnippets", "examples"].contains($0.key) }.flatMap { member in
                    member.value.nodes.map { ([member.key] + $0.0, $0.1) }
                }
        case .list(let items): items.flatMap(\.nodes)
        default: []
        }
    }
}

extension YAMLNode {
    static let nothing = YAMLNode(.scalar("", .plain), span: .top(of: ""))
}
