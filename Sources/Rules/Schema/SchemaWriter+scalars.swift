/// Single values.
extension SchemaWriter {
    /// The types of any scalar: the daemon reads texts as typed, whatever type an editor gives them.
    static let scalarTypes = ["string", "number", "boolean"]

    func scalar(_ type: KeyType, at place: Place, _ empty: Empty) -> SchemaNode {
        switch type {
        case .identifier: return text(empty, pattern: SchemaPattern.identifier)
        case .int(let range): return number("integer", Double(range.lowerBound), Double(range.upperBound), empty: empty)
        case .number(let range): return number("number", range.lowerBound, range.upperBound, empty: empty)
        case .money:
            // Money in fixtures is an amount that was paid.
            return kind == .fixtures
                ? number("number", 0, 10_000_000, empty: empty)
                : number("number", -9_999_999_999, 9_999_999_999.99, empty: empty)
        case .percent: return string(SchemaPattern.percent, empty)
        case .bool: return boolean(empty)
        case .localTime: return string(SchemaPattern.time, empty)
        case .span(let units): return string(SchemaPattern.span(units), empty)
        case .date: return string(SchemaPattern.date, empty)
        case .choice(let choices): return choice(choices, at: place)
        default: return text(empty)
        }
    }

    func text(_ empty: Empty, pattern: String? = nil) -> SchemaNode {
        var node = SchemaNode(["type": .texts(Self.scalarTypes + (empty == .absent ? ["null"] : []))])
        if let pattern { node["pattern"] = .text(pattern) }
        return node
    }

    func string(_ pattern: String, _ empty: Empty) -> SchemaNode {
        SchemaNode(["type": types("string", empty), "pattern": .text(pattern)])
    }

    private func number(_ type: String, _ low: Double, _ high: Double, empty: Empty) -> SchemaNode {
        SchemaNode([
            "type": .texts([type, "string"] + (empty == .absent ? ["null"] : [])), "minimum": .number(low),
            "maximum": .number(high),
            "pattern": .text(SchemaPattern.number(isWhole: type == "integer", canBeNegative: low < 0)),
        ])
    }

    func boolean(_ empty: Empty) -> SchemaNode {
        SchemaNode([
            "type": .texts(["boolean", "string"] + (empty == .absent ? ["null"] : [])),
            "pattern": .text(SchemaPattern.boolean),
        ])
    }

    func choice(_ choices: [KeyType.Choice], at place: Place) -> SchemaNode {
        if choices.count == 1, choices[0].description.isEmpty, SchemaWords.of(choices[0].word, at: place.key) == nil {
            return SchemaNode(["const": .text(choices[0].word)])
        }
        return SchemaNode([
            "enum": .texts(choices.map(\.word)),
            "enumDescriptions": .texts(
                choices.map { choice in
                    choice.description.isEmpty
                        ? SchemaWords.of(choice.word, at: place.key) ?? choice.word : choice.description
                }),
        ])
    }

    /// The name of something: with a shop only a name that it has, else anything.
    mutating func reference(_ reference: KeyType.Reference, at place: Place, _ empty: Empty) -> SchemaNode {
        switch reference {
        case .field: return fieldName(empty)
        case .event:
            var node = text(empty, pattern: SchemaPattern.event)
            node["examples"] = .texts(EventName.canonical)
            return node
        case .channel:
            let known = shop?.channels ?? ChannelDeclaration.standard.map(\.id)
            let names = known.map { Shop.Name(id: $0, description: SchemaWords.channel($0)) }
            if shop?.channels != nil { return enumeration(of: names, empty) }
            var node = text(empty)
            node["examples"] = .texts(known)
            return node
        case .coupon: return names(shop?.coupons, empty)
        case .segment: return names(shop?.segments, empty)
        case .template: return names(shop?.templates(for: nil), empty)
        }
    }

    private func names(_ names: [Shop.Name]?, _ empty: Empty) -> SchemaNode {
        guard let names, !names.isEmpty else { return text(empty) }
        return enumeration(of: names, empty)
    }

    /// A known field, or a name that an earlier step saved (`gift.code`); `member` is open where fields.yaml is unknown.
    private mutating func fieldName(_ empty: Empty) -> SchemaNode {
        let rows = FieldCatalogue.sources.keys.filter { $0 != "trigger" && (shop != nil || $0 != "member") }.sorted()
        let known = fields.map(\.name).filter { name in rows.contains(String(name.prefix { $0 != "." })) }
        let target = reference(to: "field") { writer in
            SchemaNode([
                "description": "the name of a field",
                "type": .texts(SchemaWriter.scalarTypes),
                "if": .object(["pattern": .text("^(\(rows.joined(separator: "|")))[.]")]),
                "then": .object([
                    "enum": .texts(known),
                    "enumDescriptions": .texts(
                        writer.fields.filter { known.contains($0.name) }.map { "\($0.description) · \($0.chinese)" }),
                ]),
                "examples": .texts(writer.fields.map(\.name)),
            ])
        }
        return target
    }

    /// Every field that can be named somewhere in this file.
    var fields: [FieldDeclaration] {
        let builtIn = kind == .segments ? FieldCatalogue.declarations(of: "member") : FieldCatalogue.all
        let own = (shop?.fields ?? []).map {
            FieldDeclaration($0.id, $0.type, missing: $0.canBeMissing, $0.description, chinese: $0.description)
        }
        return builtIn.filter { !$0.name.hasSuffix(".KEY") } + (kind == .segments || kind == .rules ? own : [])
    }
}
