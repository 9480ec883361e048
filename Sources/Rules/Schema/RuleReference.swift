import Kit

/// `docs/rule-reference.md`: every key of every file, from the declarations that the checker reads by.
package enum RuleReference {
    /// The reference as Markdown; the same program gives the same text.
    /// - Parameters:
    ///   - config: the keys of nudged.yaml.
    ///   - mapping: those of a mapping file.
    package static func text(config: BlockDeclaration, mapping: BlockDeclaration) -> String {
        let files = SchemaKind.allCases.map { kind in
            ReferencePages(kind: kind, others: kind == .mapping ? mapping : config).text
        }
        return ([head] + files + [conditions] + fields + [festivals, events, channels]).joined(separator: "\n")
    }

    private static let head = """
        # Reference of the rule language

        Every key of every file, written by `make rules` from the declarations that `nudged check` reads by. A key in
        **bold** must be there. *since* is the first version of nudged that knows the key.
        规则语言参考：每个文件的每个键，由程序自己的声明生成；**粗体**的键必须写。

        \(SchemaKind.allCases.map { "- [\($0.place)](#file-\($0.rawValue)): \($0.title)" }.joined(separator: "\n"))
        - [conditions](#conditions), [fields](#fields), [festivals](#festivals), [events](#events), [channels](#channels)

        """

    private static let conditions = """
        <a id="conditions"></a>

        ## Conditions

        A map means all of its lines. `field: value` equals, `field: [a, b]` is any of them, `field: {operator: value}`
        compares; several operators in one map must all hold. A test on a missing value is false, and its opposite true.
        In place of a number, an amount, a date or a time may stand another field: `less_than: {field: OTHER, times: 0.5}`.

        | key | what it says |
        |---|---|
        \(rows(SchemaWords.connectives.map { [code($0.key) + ": a list", both($0.value)] }))
        | `history`: a list of [counts](#rules-history) | how often something happened |
        | `\(StockReader.key)`: [a pool](#rules-\(StockReader.key)) | codes of a coupon template are left |

        | type | operators |
        |---|---|
        \(rows(types.map { [$0.plural, Operator.known(for: $0).map { code($0.rawValue) }.joined(separator: " ")] }))

        | operator | holds for |
        |---|---|
        \(rows(Operator.allCases.map { [code($0.rawValue), $0.meaning] }))

        \(ReferencePages(kind: .rules, also: HistoryReader.declaration).section(HistoryReader.declaration))
        \(ReferencePages(kind: .rules, also: StockReader.declaration).section(StockReader.declaration))

        """

    private static let types: [FieldType] = [.text, .code, .number, .money, .date, .instant, .list, .bool]

    private static var fields: [String] {
        let head = """
            <a id="fields"></a>

            ## Fields

            What a rule may name, as `nudged fields` prints it; the shop's own are in fields.yaml. `?` can be missing.

            """
        return [head]
            + ["member", "order", "cart", "points", "coupon", "browse", "trigger"].map { source in
                let lines = FieldCatalogue.declarations(of: source).map { field in
                    let values = field.words.isEmpty ? "" : ": " + field.words.map(code).joined(separator: ", ")
                    return [
                        code(field.name), field.type.rawValue + (field.canBeMissing ? "?" : ""),
                        field.description + values, field.chinese,
                    ]
                }
                return "| field | type | what it is | 含义 |\n|---|---|---|---|\n\(rows(lines))\n"
            }
    }

    private static let festivals = """
        <a id="festivals"></a>

        ## Festivals

        What `when: {festival: {name: …}}` may name, beside the shop's own; a date that the calendar of a year lacks has none.

        | festival | 名称 | when | 日期 |
        |---|---|---|---|
        \(rows(Festival.builtIn.map { [code($0.name), $0.chinese, $0.rule.words.english, $0.rule.words.chinese] }))

        The 24 solar terms, for `solar_term` of a festival of the shop's own, at UTC+8 from 1901 to 2100:
        \(SolarTerm.allCases.map { "\(code($0.rawValue)) \($0.chinese)" }.joined(separator: ", ")).

        """

    private static let events = """
        <a id="events"></a>

        ## Events

        These names mean something to nudged; any other name is an event of your own.

        \(EventName.canonical.map(code).joined(separator: ", ")).

        """

    private static let channels = """
        <a id="channels"></a>

        ## Channels

        Known by these names to every rule; nudged.yaml says which there are, and may name more.

        | channel | what it is | address |
        |---|---|---|
        \(rows(ChannelDeclaration.standard.map { [code($0.id), SchemaWords.channel($0.id), $0.address.rawValue] }))

        """

    static func rows(_ rows: [[String]]) -> String {
        rows.map { cells in "| " + cells.map(cell).joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    static func code(_ text: String) -> String { "`\(text)`" }

    private static func both(_ text: String) -> String { text.replacing("\n", with: " · ") }

    private static func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
    }
}

/// The blocks of one kind of file, outermost first.
private struct ReferencePages {
    let kind: SchemaKind
    private var blocks: [BlockDeclaration]

    init(kind: SchemaKind, others: BlockDeclaration? = nil, also more: BlockDeclaration? = nil) {
        self.kind = kind
        blocks = [kind.declaration(nil) ?? others, more].compactMap(\.self)
        var next = 0
        while next < blocks.count {
            for block in blocks[next].keys.flatMap({ $0.type.blocks })
            where !blocks.contains(where: { $0.isSame(as: block) }) {
                blocks.append(block)
            }
            next += 1
        }
    }

    var text: String {
        (["<a id=\"file-\(kind.rawValue)\"></a>\n\n## \(kind.place)\n"] + blocks.map { section($0) + "\n" })
            .joined(separator: "\n")
    }

    func section(_ block: BlockDeclaration) -> String {
        let title = block.name.contains(" ") ? block.name : RuleReference.code(block.name)
        let keys = block.keys.map { key in
            let name = RuleReference.code(key.name)
            let example = key.examples.map { RuleReference.code("\(key.name): \($0)") }.joined(separator: ", ")
            return [
                key.required ? "**\(name)**" : name, takes(key.type), key.description, key.chinese, key.since, example,
            ]
        }
        let table = """
            <a id="\(anchor(block))"></a>

            ### \(title)
            \(block.isAlternative ? "\nExactly one of these.\n" : "")
            | key | takes | what it says | 含义 | since | example |
            |---|---|---|---|---|---|
            \(RuleReference.rows(keys))
            """
        let choices = block.keys.compactMap(meanings)
        return choices.isEmpty ? table : table + "\n\n" + choices.joined(separator: "\n")
    }

    /// The anchor of a block; a number distinguishes two blocks of one name.
    private func anchor(_ block: BlockDeclaration) -> String {
        let namesakes = blocks.filter { $0.name == block.name }
        let number = namesakes.firstIndex(where: { $0.isSame(as: block) }) ?? 0
        return "\(kind.rawValue)-\(SchemaWords.definition(block.name))" + (number == 0 ? "" : "-\(number + 1)")
    }

    /// The words of a choice that have an explanation.
    private func meanings(_ key: KeyDeclaration) -> String? {
        let told = words(of: key.type).compactMap { choice -> String? in
            let words = choice.description.isEmpty ? SchemaWords.of(choice.word, at: key.name) : choice.description
            guard let words, words != choice.word else { return nil }
            return "`\(choice.word)` \(words)"
        }
        return told.isEmpty ? nil : "- `\(key.name)`: \(told.joined(separator: "; "))"
    }

    private func words(of type: KeyType) -> [KeyType.Choice] {
        switch type {
        case .choice(let choices): choices
        case .either(let types): types.flatMap(words)
        case .list(let item), .oneOrMany(let item), .named(let item): words(of: item)
        default: []
        }
    }

    private func takes(_ type: KeyType) -> String {
        switch type {
        case .text, .webAddress, .outputFile, .outputFolder: "text"
        case .identifier: "a name without spaces"
        case .int(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .number(let range): "\(numberText(range.lowerBound)) to \(numberText(range.upperBound))"
        case .money: "yuan"
        case .percent: "percent: `2%`"
        case .bool: "`true` or `false`"
        case .localTime: "a time: `\"09:30\"`"
        case .span(let units):
            "a number and " + Span.Unit.ordered.filter(units.contains).map(\.code).joined(separator: " ")
        case .date: "a date: `2026-03-07`"
        case .choice(let choices): choices.map { RuleReference.code($0.word) }.joined(separator: ", ")
        case .reference(.field): "a [field](#fields)"
        case .reference(.event): "an [event](#events)"
        case .reference(.channel): "a [channel](#channels)"
        case .reference(.coupon): "the id of a coupon template"
        case .reference(let thing): "the id of a \(thing.rawValue)"
        case .list(let item): "a list: \(takes(item))"
        case .oneOrMany(let item): "one or a list: \(takes(item))"
        case .block(let make): link(make())
        case .named(let item): "by name: \(takes(item))"
        case .either(let types): types.map(takes).joined(separator: ", or ")
        case .condition: "[conditions](#conditions)"
        case .filter: "[conditions](#conditions) on the data"
        case .anything: "anything"
        }
    }

    private func link(_ block: BlockDeclaration) -> String {
        "[\(block.name.contains(" ") ? block.name : "`\(block.name)`")](#\(anchor(block)))"
    }
}

extension KeyType {
    /// The blocks that a value of this type is made of.
    fileprivate var blocks: [BlockDeclaration] {
        switch self {
        case .block(let make): [make()]
        case .either(let types): types.flatMap(\.blocks)
        case .list(let item), .oneOrMany(let item), .named(let item): item.blocks
        default: []
        }
    }
}

extension BlockDeclaration {
    fileprivate func isSame(as other: BlockDeclaration) -> Bool {
        name == other.name && keys.map(\.name) == other.keys.map(\.name)
    }
}

extension Span.Unit {
    fileprivate static let ordered: [Span.Unit] = [.minutes, .hours, .days, .weeks]
    fileprivate var code: String { RuleReference.code(rawValue) }
}

extension SchemaKind {
    /// The place of such a file in a workspace.
    fileprivate var place: String {
        switch self {
        case .config: "nudged.yaml"
        case .mapping: "mapping files"
        case .rules: "rules/*.yaml"
        case .fixtures: "rules/fixtures/*.yaml"
        case .ruleTest: "rules/tests/*.test.yaml"
        default: "rules/\(rawValue).yaml"
        }
    }
}
