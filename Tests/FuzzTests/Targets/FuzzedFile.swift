import Config
@testable import Kit

@testable import Rules

/// What `check`, `fmt`, `fmt --fix`, `schema --with-rules` and the daemon's start do with one file.
enum FuzzedFile {
    private static let path = "rules/fuzzed.yaml"

    static func run(_ bytes: [UInt8]) {
        let file = YAMLReader.read(bytes: bytes, path: path)
        precondition(file.root != nil || !file.diagnostics.isEmpty, "a file without content has no finding")
        let found = findings(file)
        write(found, of: file)
        layOut(file)
        let (fixed, _) = SafeFixes.settle([file]) { $0.flatMap(findings) }
        layOut(fixed[0])
        let shop = Shop(files: [file])
        // It costs thirty times more than all the rest.
        if bytes.count % 64 == 0 { _ = SchemaKind.rules.text(for: shop) }
    }

    private static func findings(_ file: YAMLFile) -> [Diagnostic] {
        var found = file.diagnostics
        switch file.root.map({ FileKind(of: $0) }) {
        case _ where file.isConfig:
            found += ConfigReader.read(file).1
        case .members:
            found += FixtureReader.read(files: [file], knownCustomFields: Neighbours.fields).1
        case .tests:
            let (head, first) = TestFileReader.head(file)
            found += first
            if let head { found += TestFileReader.tests(head, Neighbours.vocabulary).1 }
        default:
            found = RuleSetReader.read(files: Neighbours.files + [file]).diagnostics.filter { $0.span.file == path }
        }
        return FindingLimit.capped(Suppressions(file).apply(to: found), file: path)
    }

    /// In every form, after a look at the places.
    private static func write(_ found: [Diagnostic], of file: YAMLFile) {
        let size = file.source.bytes.count
        for finding in found {
            precondition(finding.span.start <= finding.span.end && finding.span.end.byte <= size, "a place is outside")
            precondition(finding.fix.allSatisfy { $0.start <= $0.end && $0.end <= size }, "a fix is outside")
        }
        let sources = [path: file.source]
        for language in [Language.english, .chinese] {
            _ = FindingsText.render(found, sources: sources, colour: language == .chinese, language: language)
        }
        _ = FindingsShort.render(found)
        _ = FindingsGitHub.render(found)
        _ = FindingsJUnit.render(found, files: [path])
        for json in [
            FindingsJSON.render(found, files: 1, rules: 1), FindingsSARIF.render(found, sources: sources),
        ] {
            precondition((try? StrictJSON(parsing: json)) != nil, "findings are no JSON: \(json)")
        }
    }

    private static func layOut(_ file: YAMLFile) {
        guard let bytes = Layout.formatted(file) else { return }
        let again = Layout.formatted(YAMLReader.read(bytes: bytes, path: path))
        precondition(again == bytes, "fmt changes its own work: \(String(decoding: bytes, as: UTF8.self))")
    }
}

/// The rest of the workspace.
private enum Neighbours {
    static let files = texts.map { YAMLReader.read(bytes: Array($0.value.utf8), path: "rules/\($0.key).yaml") }
    static let fields = RuleSetReader.read(files: files).ruleSet?.fields ?? []
    static let vocabulary = TestFileVocabulary(
        zone: Settings().zone, running: ["birthday-gift", "cart-abandoned-24h"], idle: ["old": "it is retired"],
        members: ["m1", "m2"], channels: ["sms", "wechat"], templates: ["sms_hello"], coupons: ["BDAY-30OFF"],
        customFields: fields)

    private static let texts: KeyValuePairs = [
        "settings": """
        version: 1
        service_owners: [loyalty, crm-team]
        tiers: [{id: silver, name: 银卡}, {id: gold, name: 金卡}]
        festivals: [{name: shop_day, on: "06-18"}, {name: laba, lunar: "12-08"}]
        """,
        "templates": """
        version: 1
        templates:
          - id: sms_hello
            channel: sms
            text: "【星河】{{ name | default: '您好' }}，欢迎。拒收请回复R"
            values: {name: {type: text, max: 10}}
          - {id: wx_hello, channel: wechat, text: "{{ name | default: '您好' }}", values: {name: text}}
          - {id: wx_code, channel: wechat, text: "{{ name }} {{ code }}", values: {name: text, code: code}}
          - {id: task_call, channel: wecom, text: "请回访 {{ name | default: '会员' }}", values: {name: text}}
        """,
        "coupons": """
        version: 1
        coupons: [{id: BDAY-30OFF, name: 生日券, face_value: 30, valid_days: 30, codes: generated}]
        """,
        "segments": """
        version: 1
        segments: [{id: sleeping, name: 沉睡会员, if: {member.lifecycle: sleeping}}]
        """,
        "fields": """
        version: 1
        fields:
          - {id: member.attr.shoe, type: number, description: 鞋码, can_be_missing: true}
          - {id: member.visits_90d, type: number, description: 到店次数, can_be_missing: false, sql: {sqlite: "0", postgresql: "0"}}
        """,
    ]
}
