import ArgumentParser
import Config
import Kit
import Review
import Rules

struct FieldsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fields",
        abstract: .say(
            "The fields that a rule may name, with type and description.", "规则里可以写的字段，含类型和说明。"),
        discussion: .say(
            """
            EXAMPLES
              nudged fields            all of them; in a workspace also those of its fields.yaml
              nudged fields member     only those of a member
              nudged fields festivals  the festivals and solar terms, with their Chinese names
            """,
            """
            示例
              nudged fields            全部字段；在工作区里还有 fields.yaml 的字段
              nudged fields member     只看会员的字段
              nudged fields festivals  节日和节气，含中文名
            """))

    @Argument(
        help: .say(
            "member, order, cart, points, coupon, browse, trigger or festivals.",
            "member、order、cart、points、coupon、browse、trigger 或 festivals。"))
    var source: String?
    @Flag(help: .say("One JSON object a line.", "每行一个 JSON 对象。"))
    var json = false
    @OptionGroup var language: LanguageOption

    private static let festivals = "festivals"

    func run() throws {
        if source == FieldsCommand.festivals { return printFestivals() }
        if let source, FieldCatalogue.sources[source] == nil {
            let known = FieldCatalogue.sources.keys.sorted() + [FieldsCommand.festivals]
            let hint = String.didYouMean(
                FieldsCommand.source(of: source) ?? Suggestion.nearest(to: source, among: known))
            throw Failure(
                .usage,
                .say("there are no fields of `\(source)`", "没有 `\(source)` 的字段") + hint
                    + .allOf(known))
        }
        for field in source.map(FieldCatalogue.declarations(of:)) ?? FieldCatalogue.all {
            print(field, isOwn: false)
        }
        guard source == nil || source == "member" else { return }
        for field in try ownFields() { print(field, isOwn: true) }
    }

    /// Where a field is from whose name was given, whole (`member.tier`) or its last part (`tier`).
    private static func source(of name: String) -> String? {
        let field = FieldCatalogue.all.first { $0.name == name || $0.name.hasSuffix(".\(name)") }
        return field?.name.split(separator: ".").first.map(String.init)
    }

    /// What fields.yaml of the workspace adds, attributes and derived fields; nothing outside of a workspace. A field that
    /// cannot be read is left to `nudged check`.
    private func ownFields() throws -> [FieldDeclaration] {
        let directory =
            try StoreOptions.ownConfig.map { ConfigReader.rulesDirectory(try RuleSetLoader.read($0)) }
            ?? "rules"
        guard RuleSetLoader.isDirectory(directory),
            try !RuleSetLoader.yamlFiles(under: directory).isEmpty
        else { return [] }
        let loaded = try RuleSetLoader.load(directory: directory, channels: ChannelDeclaration.standard)
        return loaded.sound.fields.map {
            FieldDeclaration(
                $0.id, $0.type, missing: $0.canBeMissing, $0.description, chinese: $0.description)
        }
    }

    private func print(_ field: FieldDeclaration, isOwn: Bool) {
        let words = String.say(field.description, field.chinese)
        guard !json else {
            return Console.print(
                JSONText.object([
                    "name": .text(field.name), "type": .text(field.type.rawValue),
                    "can_be_missing": .bool(field.canBeMissing), "description": .text(words),
                    "values": .list(field.words.map { .text($0) }), "own": .bool(isOwn),
                ]).rendered)
        }
        let values = field.words.isEmpty ? "" : String.allOf(field.words)
        let type = "\(field.type.rawValue)\(field.canBeMissing ? "?" : "")"
        let own = isOwn ? "  [fields.yaml]" : ""
        Console.print("\(Columns.padded(field.name, 34))\(type)\t\(words)\(values)\(own)")
    }

    /// The built-in festivals, then the solar terms that a festival of the shop's own may be on.
    private func printFestivals() {
        for festival in Festival.builtIn {
            printDay(festival.name, "festival", chinese: festival.chinese, when: festival.rule.words)
        }
        for term in SolarTerm.allCases {
            let when = Bilingual(
                "solar term, for {solar_term: \(term.rawValue)}", "节气，用于 {solar_term: \(term.rawValue)}")
            printDay(term.rawValue, "solar_term", chinese: term.chinese, when: when)
        }
    }

    private func printDay(_ name: String, _ kind: String, chinese: String, when: Bilingual) {
        let words = String.say(when.english, when.chinese)
        if json {
            Console.print(
                JSONText.object([
                    "name": .text(name), "kind": .text(kind), "chinese": .text(chinese),
                    "description": .text(words),
                ]).rendered)
        } else {
            Console.print("\(Columns.padded(name, 18))\(Columns.padded(chinese, 10))\(words)")
        }
    }
}
