import Kit

/// A JSON Schema (2020-12) of what goes in or out.
struct APISchema: Sendable {
    let json: JSONText

    private init(_ members: [JSONText.Member]) { json = .object(members) }
    private init(type: String) { self.init([.init("type", .text(type))]) }

    static let text = APISchema(type: "string")
    static let integer = APISchema(type: "integer")
    static let boolean = APISchema(type: "boolean")
    static let time = APISchema([.init("type", "string"), .init("format", "date-time")])
    static let anyObject = APISchema(type: "object")
    static let problem = APISchema([.init("$ref", "#/components/schemas/Problem")])
    /// A cell as an import reads it: a number may be written as text and the other way round.
    static let cell = APISchema([.init("type", .list(["string", "number", "boolean", "null"]))])
    static let cells = APISchema([.init("type", .list(["array", "string", "null"]))])
    static let anything = APISchema([])

    static func list(_ items: APISchema, _ sizes: ClosedRange<Int>? = nil) -> APISchema {
        var members: [JSONText.Member] = [.init("type", "array"), .init("items", items.json)]
        if let sizes {
            members += [.init("minItems", .int(sizes.lowerBound)), .init("maxItems", .int(sizes.upperBound))]
        }
        return APISchema(members)
    }

    static func choice(_ words: [String]) -> APISchema {
        APISchema([.init("type", "string"), .init("enum", .list(words.map { .text($0) }))])
    }

    static func number(_ range: ClosedRange<Int>) -> APISchema {
        APISchema([
            .init("type", "integer"), .init("minimum", .int(range.lowerBound)),
            .init("maximum", .int(range.upperBound)),
        ])
    }

    /// A text that is not empty.
    static func words(atMost most: Int) -> APISchema {
        APISchema([.init("type", "string"), .init("minLength", .int(1)), .init("maxLength", .int(most))])
    }

    /// - Parameter optional: names that may be missing; all others are required.
    static func object(
        _ properties: KeyValuePairs<String, APISchema>, optional: Set<String> = [], isClosed: Bool = false
    ) -> APISchema {
        object(
            properties.map { ($0.key, $0.value) }, required: properties.map(\.key).filter { !optional.contains($0) },
            isClosed: isClosed)
    }

    static func object(
        _ properties: [(name: String, schema: APISchema)], required: [String], isClosed: Bool,
        patterns: [(pattern: String, schema: APISchema)] = []
    ) -> APISchema {
        var members: [JSONText.Member] = [
            .init("type", "object"),
            .init("properties", .object(properties.map { JSONText.Member($0.name, $0.schema.json) })),
        ]
        if !required.isEmpty { members.append(.init("required", .list(required.map { .text($0) }))) }
        if !patterns.isEmpty {
            members.append(
                .init("patternProperties", .object(patterns.map { JSONText.Member($0.pattern, $0.schema.json) })))
        }
        if isClosed { members.append(.init("additionalProperties", .bool(false))) }
        return APISchema(members)
    }

    var orNull: APISchema { APISchema([.init("anyOf", .list([json, .object(["type": "null"])]))]) }

    func described(_ words: String, example: String? = nil) -> APISchema {
        guard case .object(var members) = json else { return self }
        members.append(.init("description", .text(words)))
        if let example, !example.isEmpty { members.append(.init("examples", .list([.text(example)]))) }
        return APISchema(members)
    }

    /// A page of a list.
    static func page(_ item: APISchema) -> APISchema {
        object([
            "items": list(item), "next": text.orNull.described("the `cursor` of the next page; null on the last one"),
        ])
    }
}
