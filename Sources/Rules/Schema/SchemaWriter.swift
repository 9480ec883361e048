import Kit

/// Turns the declarations of one file into its schema (rule-language §5): one key per alternative, no key that is not
/// declared, a description on everything, `if` instead of `oneOf` where a value may be short or long.
struct SchemaWriter {
    let kind: SchemaKind
    let shop: Shop?
    private let config: ConfigSchema?
    private(set) var definitions = SchemaNode()

    /// The meaning of an empty value at its place.
    enum Empty {
        /// The same as if the key were not there.
        case absent
        /// An error: the key must hold something.
        case refused
    }

    /// The key that a value belongs to, by its block and its own name.
    struct Place {
        var block: String
        var key: String
        var path: String { "\(block).\(key)" }
    }

    init(kind: SchemaKind, shop: Shop?, config: ConfigSchema? = nil) {
        self.kind = kind
        self.shop = shop
        self.config = kind.declaration(nil) == nil ? config : nil
    }

    mutating func document() -> JSONText {
        var root = SchemaNode(["$schema": "http://json-schema.org/draft-07/schema#", "title": .text(kind.title)])
        let file = kind.declaration(shop) ?? config?.file
        for member in file.map({ block($0, .refused) })?.members ?? [] { root[member.key] = member.value }
        root["definitions"] = definitions.json
        return root.json
    }

    // MARK: blocks

    mutating func block(_ declaration: BlockDeclaration, _ empty: Empty) -> SchemaNode {
        var node = SchemaNode(["description": .text(SchemaWords.block(declaration.name))])
        let acceptsEmpty = !declaration.mustSaySomething && (empty == .absent || declaration.canBeEmpty)
        node["type"] = acceptsEmpty ? .texts(["object", "null"]) : "object"
        var properties = SchemaNode()
        for key in declaration.keys { properties[key.name] = property(key, of: declaration).json }
        let required = declaration.keys.filter { $0.required && !declaration.isAlternative }.map(\.name)
        if !required.isEmpty { node["required"] = .texts(required) }
        node["properties"] = properties.json
        node["additionalProperties"] = .bool(false)
        if declaration.isAlternative { oneOnly(of: declaration, &node) }
        if declaration.mustSaySomething { node["minProperties"] = .int(1) }
        let constraints =
            config?.constraints[declaration.name] ?? SchemaConstraints.on(declaration.name, in: kind, shop)
        if !constraints.isEmpty { node["allOf"] = .list(constraints) }
        let snippets = Snippet.of(declaration.name, in: kind)
        if !snippets.isEmpty { node["defaultSnippets"] = .list(snippets.map(\.json)) }
        return node
    }

    /// Allows one of the alternatives, and with it at most its companion.
    private func oneOnly(of declaration: BlockDeclaration, _ node: inout SchemaNode) {
        node["minProperties"] = .int(1)
        guard let (companion, main) = declaration.companions.first else {
            node["maxProperties"] = .int(1)
            return
        }
        node["dependencies"] = .object([.init(companion, .texts([main]))])
        node["if"] = .object(["required": .texts([companion])])
        node["then"] = .object(["maxProperties": .int(2)])
        node["else"] = .object(["maxProperties": .int(1)])
    }

    private mutating func property(_ key: KeyDeclaration, of declaration: BlockDeclaration) -> SchemaNode {
        let place = Place(block: declaration.name, key: key.name)
        let empty = key.required || key.mustSaySomething || declaration.isAlternative ? Empty.refused : .absent
        var node = SchemaNode(["description": .text("\(key.description)\n\(key.chinese)")])
        let value = value(key.type, at: place, empty)
        for member in (takesPlaces(key.type) ? value.orPlace : value).members where member.key != "description" {
            node[member.key] = member.value
        }
        SchemaConstraints.refine(&node, at: place, in: kind, form: form(of: key, at: place))
        let examples = key.examples.map(JSONText.example)
        if !examples.isEmpty, node["enum"] == nil, node["examples"] == nil { node["examples"] = .list(examples) }
        return node
    }

    /// The form that a key of nudged.yaml or of a mapping file asks of its texts.
    private func form(of key: KeyDeclaration, at place: Place) -> ConfigSchema.Form? {
        if case .webAddress = key.type { return ConfigSchema.Form(SchemaPattern.webAddress) }
        return config?.forms[place.path]
    }

    /// True where a rule test may also have a `{name}` place, which its cases fill.
    private func takesPlaces(_ type: KeyType) -> Bool {
        guard kind == .ruleTest else { return false }
        switch type {
        case .choice, .int, .number, .money, .percent, .bool, .span, .date, .localTime, .identifier: return true
        case .reference, .either, .block, .list, .oneOrMany, .named, .condition, .filter, .anything: return false
        case .text, .webAddress, .outputFile, .outputFolder: return false
        }
    }

    /// Refers to a block by name where it stands in a list or under the author's names: some blocks contain themselves.
    mutating func reference(to declaration: BlockDeclaration) -> SchemaNode {
        let name = SchemaWords.definition(declaration.name)
        if definitions[name] == nil {
            definitions[name] = .null
            definitions[name] = block(declaration, .refused).json
        }
        return SchemaNode(["$ref": .text("#/definitions/\(name)")])
    }

    /// A definition that is not a block of declared keys, made once.
    mutating func reference(to name: String, _ make: (inout SchemaWriter) -> SchemaNode) -> SchemaNode {
        if definitions[name] == nil {
            definitions[name] = .null
            definitions[name] = make(&self).json
        }
        return SchemaNode(["$ref": .text("#/definitions/\(name)")])
    }

    // MARK: values

    mutating func value(_ type: KeyType, at place: Place, _ empty: Empty) -> SchemaNode {
        switch type {
        case .block(let make): return block(make(), empty)
        case .list(let item):
            return SchemaNode(["type": types("array", empty), "items": element(item, at: place).json])
        case .oneOrMany(let item):
            return SchemaNode([
                "if": .object(["type": "array"]),
                "then": .object(["items": element(item, at: place).json]),
                "else": value(item, at: place, empty).json,
            ])
        case .named(let item): return named(item, at: place, empty)
        case .either(let types): return either(types, at: place, empty)
        case .condition: return condition()
        case .filter: return filter()
        case .anything: return SchemaNode()
        case .reference(let reference): return self.reference(reference, at: place, empty)
        default: return scalar(type, at: place, empty)
        }
    }

    private mutating func element(_ type: KeyType, at place: Place) -> SchemaNode {
        if case .block(let make) = type { return reference(to: make()) }
        return value(type, at: place, .refused)
    }

    /// A block under the author's own names.
    private mutating func named(_ type: KeyType, at place: Place, _ empty: Empty) -> SchemaNode {
        var node = SchemaNode(["type": types("object", empty)])
        if SchemaConstraints.isByChannel(place) {
            let known = shop?.channels ?? ChannelDeclaration.standard.map(\.id)
            var properties = SchemaNode()
            for channel in known { properties[channel] = entry(of: channel, type, at: place).json }
            node["properties"] = properties.json
            if shop?.channels == nil || place.path != "send.try" {
                let others = SchemaPattern.except(known)
                node["patternProperties"] = .object([.init(others, entry(of: nil, type, at: place).json)])
            }
        } else {
            let names = SchemaConstraints.names(at: place)
            let item = SchemaConstraints.skipsEmpty(place) ? value(type, at: place, .absent) : element(type, at: place)
            node["patternProperties"] = .object([.init(names, item.json)])
        }
        node["additionalProperties"] = .bool(false)
        if place.path == "send.try" {
            node["minProperties"] = .int(1)
            node["maxProperties"] = .int(1)
        }
        return node
    }

    /// The schema under the name of a channel; nil stands for a channel of the shop's own.
    private mutating func entry(of channel: String?, _ type: KeyType, at place: Place) -> SchemaNode {
        let words = channel.map { SchemaWords.channel($0) } ?? "a channel of your own name"
        var node = SchemaNode(["description": .text(words)])
        let skips = SchemaConstraints.skipsEmpty(place)
        var item = skips ? value(type, at: place, .absent) : element(type, at: place)
        if let config {
            item = SchemaNode(["allOf": .list([item.json, config.channel(channel)])])
        } else if place.path == "send.try", let shop, let channel, !shop.templates(for: nil).isEmpty {
            item = templateEntry(shop.templates(for: channel))
        }
        for member in item.members where member.key != "description" { node[member.key] = member.value }
        return node
    }

    private mutating func templateEntry(_ templates: [Shop.Name]) -> SchemaNode {
        var node = block(ActionKeys.entry, .refused)
        let key = ActionKeys.entry.keys[0]
        var template = SchemaNode(["description": .text("\(key.description)\n\(key.chinese)")])
        for member in enumeration(of: templates, .refused).members { template[member.key] = member.value }
        node["properties"] = .object([.init(key.name, template.json)])
        return node
    }

    /// A block or a short form; or several kinds of one text.
    private mutating func either(_ types: [KeyType], at place: Place, _ empty: Empty) -> SchemaNode {
        let long = types.compactMap { type -> BlockDeclaration? in
            if case .block(let make) = type { make() } else { nil }
        }.first
        let short = types.filter { if case .block = $0 { false } else { true } }
        guard let long else { return oneOrMore(short, at: place, empty) }
        let other = short.count == 1 ? value(short[0], at: place, empty) : merged(short, at: place, empty)
        return SchemaNode([
            "if": .object(["type": "object"]), "then": block(long, .refused).json, "else": other.json,
        ])
    }

    /// Several kinds of one text, one of which may also be a list.
    private mutating func oneOrMore(_ types: [KeyType], at place: Place, _ empty: Empty) -> SchemaNode {
        let items = types.compactMap { type -> KeyType? in if case .oneOrMany(let item) = type { item } else { nil } }
        guard let item = items.first else { return merged(types, at: place, empty) }
        let single = types.map { type -> KeyType in if case .oneOrMany(let item) = type { item } else { type } }
        return SchemaNode([
            "if": .object(["type": "array"]),
            "then": .object(["items": element(item, at: place).json]),
            "else": merged(single, at: place, empty).json,
        ])
    }

    private mutating func merged(_ types: [KeyType], at place: Place, _ empty: Empty) -> SchemaNode {
        var node = SchemaNode()
        var names: [String] = []
        var patterns: [String] = []
        for type in types {
            if case .anything = type { continue }
            let one =
                type.words.map { SchemaNode(["type": "string", "pattern": .text(SchemaPattern.oneOf($0))]) }
                ?? value(type, at: place, .refused)
            for name in one["type"]?.typeNames ?? [] where !names.contains(name) { names.append(name) }
            if let pattern = one["pattern"]?.string { patterns.append(pattern) }
            for key in ["minimum", "maximum"] { node[key] = node[key] ?? one[key] }
        }
        if empty == .absent { names.append("null") }
        node["type"] = names.count == 1 ? .text(names[0]) : .texts(names)
        if !patterns.isEmpty { node["pattern"] = .text(SchemaPattern.either(patterns)) }
        return node
    }

    func types(_ name: String, _ empty: Empty) -> JSONText {
        empty == .absent ? .texts([name, "null"]) : .text(name)
    }

    func enumeration(of names: [Shop.Name], _ empty: Empty) -> SchemaNode {
        SchemaNode([
            "enum": .texts(names.map(\.id)), "enumDescriptions": .texts(names.map(\.description)),
        ])
    }
}

extension SchemaNode {
    /// Allows the value, or a text with a place in it. The version of a file has no place.
    fileprivate var orPlace: SchemaNode {
        SchemaNode(["if": .constant("{type: string, pattern: \"[{]\"}"), "else": json])
    }
}

extension BlockDeclaration {
    /// True when the block may have no keys at all.
    fileprivate var canBeEmpty: Bool {
        !isAlternative && !keys.contains(where: \.required) && name != TriggerKeys.schedule.name
    }
}

extension KeyType {
    /// The words of a choice.
    fileprivate var words: [String]? { if case .choice(let choices) = self { choices.map(\.word) } else { nil } }
}

extension JSONText {
    fileprivate var items: [JSONText]? { if case .list(let items) = self { items } else { nil } }
    /// An example as an editor reads it behind the colon; a text that is no YAML by itself stays a text.
    fileprivate static func example(_ text: String) -> JSONText {
        let file = YAMLReader.read(bytes: Array("- \(text)\n".utf8), path: "example")
        guard file.diagnostics.isEmpty, let item = file.root?.items?.first else { return .text(text) }
        return CoreScalar.json(item)
    }

    var string: String? { if case .text(let text) = self { text } else { nil } }
    var typeNames: [String] { items?.compactMap(\.string) ?? string.map { [$0] } ?? [] }
}
