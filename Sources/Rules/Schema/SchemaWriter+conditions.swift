import Kit

/// Conditions: fields and what they must be.
extension SchemaWriter {
    mutating func condition() -> SchemaNode {
        reference(to: "condition") { $0.conditionBlock() }
    }

    private mutating func conditionBlock() -> SchemaNode {
        var properties = SchemaNode()
        for (name, words) in SchemaWords.connectives {
            properties[name] = .object([
                "description": .text(words), "type": "array", "minItems": .int(1),
                "items": .object(["$ref": "#/definitions/condition"]),
            ])
        }
        properties["history"] = .object([
            "description": "counts events of the member; every item must hold", "type": "array", "minItems": .int(1),
            "items": reference(to: HistoryReader.declaration).json,
        ])
        var stock = SchemaNode(["description": "codes of a coupon template are left\n券码库存充足"])
        for member in block(StockReader.declaration, .refused).members where member.key != "description" {
            stock[member.key] = member.value
        }
        properties[StockReader.key] = stock.json
        for field in fields {
            var node = SchemaNode(["description": .text("\(field.description)\n\(field.chinese)")])
            for member in test(of: field).members { node[member.key] = member.value }
            properties[field.name] = node.json
        }
        var patterns: [JSONText.Member] = []
        let any = test(of: .any).json
        if kind == .rules { patterns.append(.init("^trigger[.]data[.].", any)) }
        // The fields that fields.yaml adds are known only with a shop.
        if shop == nil { patterns.append(.init(SchemaWriter.otherMemberField(fields), customTest().json)) }
        if kind == .rules { patterns.append(.init(SchemaWriter.savedName, any)) }
        var node = SchemaNode([
            "description": "all of it must hold", "type": "object", "minProperties": .int(1),
            "properties": properties.json,
        ])
        if !patterns.isEmpty { node["patternProperties"] = .object(patterns) }
        node["additionalProperties"] = .bool(false)
        return node
    }

    private static func otherMemberField(_ fields: [FieldDeclaration]) -> String {
        let names = fields.map(\.name).filter { $0.hasPrefix("member.") }
        return "^(?!(\(names.map(SchemaPattern.escaped).joined(separator: "|")))$)member[.][^\\s]+$"
    }

    /// Names that `save_as` can have given, and their fields: no row of the language, no word of other languages for
    /// `all`, `any` and `none`.
    private static let savedName: String = {
        let rows = FieldCatalogue.sources.keys.sorted().joined(separator: "|")
        let words = "all|any|none|history|\(StockReader.key)|and|or|not|all_of|any_of|none_of|且|并且|或|或者|非"
        return "^(?!(\(rows))([.]|$))(?!(\(words))$)[^\\s$&|!.]+([.][^\\s]+)?$"
    }()

    /// The schema of `where`: any key of the event's data.
    mutating func filter() -> SchemaNode {
        reference(to: "filter") { writer in
            SchemaNode([
                "description": "tests on the event's data", "type": "object", "minProperties": .int(1),
                "patternProperties": .object([.init("^", writer.test(of: .any).json)]),
                "additionalProperties": .bool(false),
            ])
        }
    }

    private mutating func test(of field: FieldDeclaration) -> SchemaNode {
        if field.name == "member.tier", let tiers = shop?.tiers, !tiers.isEmpty {
            return test(of: .text, values: enumeration(of: tiers, .refused), name: "test_tier")
        }
        guard !field.words.isEmpty else { return test(of: field.type) }
        let place = Place(block: "condition", key: String(field.name.drop { $0 != "." }.dropFirst()))
        let values = choice(field.words.map { .init($0) }, at: place)
        return test(of: field.type, values: values, name: "test_\(field.name)")
    }

    /// A value, a list of values, or comparisons (rule-language §1.4).
    private mutating func test(of type: FieldType, values: SchemaNode? = nil, name: String? = nil) -> SchemaNode {
        reference(to: name ?? "test_\(type.rawValue)") { writer in
            let value = (values ?? writer.operand(type)).json
            let comparisons = writer.comparisons(type, value)
            guard type != .list else { return comparisons }
            var node = SchemaNode([
                "description": .text("a value, or comparisons with \(type.plural)"),
                "if": .object(["type": "object"]), "then": comparisons.json, "else": value,
            ])
            if type != .bool, type != .instant {
                node["else"] = .object([
                    "if": .object(["type": "array"]),
                    "then": .object(["minItems": .int(1), "items": value]),
                    "else": value,
                ])
            }
            return node
        }
    }

    /// A field of fields.yaml, which alone knows its type: every comparison that some type has.
    private mutating func customTest() -> SchemaNode {
        reference(to: "test_custom") { writer in
            var properties = SchemaNode()
            for word in Operator.allCases {
                // The bounds of `between` may be numbers or dates.
                let type: FieldType = word == .between ? .date : .any
                var node = SchemaNode(["description": .text(word.meaning)])
                let operand = writer.operand(of: word, type, writer.text(.refused).json)
                for member in writer.orOther(operand, word, .number).members where member.key != "description" {
                    node[member.key] = member.value
                }
                properties[word.rawValue] = node.json
            }
            return SchemaNode([
                "description": "a value, or comparisons of the field's type", "if": .object(["type": "object"]),
                "then": .object([
                    "type": "object", "minProperties": .int(1), "properties": properties.json,
                    "additionalProperties": .bool(false),
                ]),
                "else": .object([
                    "if": .object(["type": "array"]),
                    "then": .object(["minItems": .int(1), "items": writer.text(.refused).json]),
                    "else": writer.text(.refused).json,
                ]),
            ])
        }
    }

    private mutating func comparisons(_ type: FieldType, _ value: JSONText) -> SchemaNode {
        var properties = SchemaNode()
        for word in Operator.known(for: type) {
            var node = SchemaNode(["description": .text(word.meaning)])
            for member in orOther(self.operand(of: word, type, value), word, type).members
            where member.key != "description" {
                node[member.key] = member.value
            }
            properties[word.rawValue] = node.json
        }
        return SchemaNode([
            "description": .text("comparisons with \(type.plural), all of which must hold"), "type": "object",
            "minProperties": .int(1),
            "properties": properties.json, "additionalProperties": .bool(false),
        ])
    }

    /// The operand, or another field in its place.
    private mutating func orOther(_ operand: SchemaNode, _ word: Operator, _ type: FieldType) -> SchemaNode {
        guard [.number, .money, .date, .instant].contains(type), word.comparesFields else {
            return operand
        }
        return SchemaNode([
            "if": .object(["type": "object"]), "then": block(TestReader.other, .refused).json,
            "else": operand.json,
        ])
    }

    private func operand(of word: Operator, _ type: FieldType, _ value: JSONText) -> SchemaNode {
        // Data of an event has no declared type: a value that is compared by size must be a number.
        let bound = type == .any ? operand(.number).json : value
        switch word.takes {
        case .ends: return SchemaNode(["type": "array", "minItems": .int(2), "maxItems": .int(2), "items": bound])
        case .values, .items: return SchemaNode(["type": "array", "minItems": .int(1), "items": value])
        case .bound: return SchemaNode(bound)
        case .span: return string(SchemaPattern.span([.minutes, .hours, .days, .weeks]), .refused)
        case .flag: return boolean(.refused)
        case .part: return text(.refused)
        case .value, .moment, .item: return SchemaNode(value)
        }
    }

    func operand(_ type: FieldType) -> SchemaNode {
        let place = Place(block: "condition", key: "")
        return switch type {
        case .number: scalar(.number(-1e15...1e15), at: place, .refused)
        case .money: scalar(.money, at: place, .refused)
        case .date: scalar(.date, at: place, .refused)
        case .instant: string(SchemaPattern.moment, .refused)
        case .bool: boolean(.refused)
        case .text, .code, .list, .any: text(.refused)
        }
    }
}

extension SchemaNode {
    fileprivate init(_ json: JSONText) {
        self.init()
        if case .object(let members) = json {
            for member in members { self[member.key] = member.value }
        }
    }
}
