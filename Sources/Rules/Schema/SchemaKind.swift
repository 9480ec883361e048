/// The files of a workspace that have a schema (qa-tools §3.4, R002), and mapping files, whose first line may name theirs.
package enum SchemaKind: String, CaseIterable, Sendable {
    case settings, rules, templates, segments, coupons, fields, fixtures
    case ruleTest = "rule-test"
    case config = "nudged"
    case mapping

    /// The schema's file name, as the first line of such a file gives it.
    package var fileName: String { "\(rawValue).v1.schema.json" }

    /// The schema that the first line names; nil where it names none of ours.
    static func named(in source: SourceText) -> SchemaKind? {
        let first = source.line(1)
        guard first.hasPrefix("# yaml-language-server:") else { return nil }
        return allCases.first { first.hasSuffix("/\($0.fileName)") }
    }

    /// True for a schema of this program, of any version.
    package static func isOne(_ data: some Collection<UInt8>) -> Bool {
        let head = String(decoding: data.prefix(400), as: UTF8.self)
        return head.contains("\"$schema\"") && allCases.contains { head.contains("\"title\": \"\($0.title)\"") }
    }

    var title: String {
        switch self {
        case .settings: "settings of a nudged rule set"
        case .rules: "rules of nudged"
        case .templates: "message templates of nudged"
        case .segments: "segments of nudged"
        case .coupons: "coupon templates of nudged"
        case .fields: "fields of nudged"
        case .fixtures: "fixtures of nudged: members and their history for tests"
        case .ruleTest: "rule tests of nudged"
        case .config: "nudged.yaml"
        case .mapping: "mapping files of nudged: what messages of another system mean"
        }
    }

    /// Nil for nudged.yaml and mapping files, whose keys are those of a `ConfigSchema`.
    func declaration(_ shop: Shop?) -> BlockDeclaration? {
        switch self {
        case .settings: SettingsKeys.file
        case .rules: RuleKeys.file
        case .templates: ObjectKeys.templates
        case .segments: ObjectKeys.segments
        case .coupons: ObjectKeys.coupons
        case .fields: ObjectKeys.fields
        case .fixtures: FixtureDeclarations.file(shop?.fields ?? [])
        case .ruleTest: TestFileKeys.file
        case .config, .mapping: nil
        }
    }

    /// The schema as a file: JSON Schema draft-07, generated from the declarations that the checker reads by.
    /// With `shop`, its own names are enumerations. The same input gives the same bytes.
    package func text(for shop: Shop? = nil, config: ConfigSchema) -> String {
        var writer = SchemaWriter(kind: self, shop: shop, config: config)
        return writer.document().laidOut + "\n"
    }
}
