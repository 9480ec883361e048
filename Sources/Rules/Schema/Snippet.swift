import Kit

/// A whole rule, template, coupon or segment to start from, offered by the editor where one can stand. They are written in
/// docs/snippets/.
package struct Snippet: Sendable {
    package var label: String
    package var description: String
    /// YAML as it stands under the dash, with `${1:text}` where the author goes on typing.
    package var body: String

    /// The text as the author sees it before changing anything.
    package var text: String {
        var text = ""
        var rest = body[...]
        while let open = rest.firstRange(of: "${") {
            text += rest[..<open.lowerBound]
            rest = rest[open.upperBound...].drop { $0.isNumber }.dropFirst()
            let close = rest.firstIndex(of: "}") ?? rest.endIndex
            text += rest[..<close]
            rest = rest[close...].dropFirst()
        }
        return text + rest
    }

    var json: JSONText {
        .object(["label": .text(label), "description": .text(description), "body": .constant(body)])
    }

    package static func of(_ block: String, in kind: SchemaKind) -> [Snippet] {
        switch (kind, block) {
        case (.rules, RuleKeys.rule.name): rules
        case (.templates, ObjectKeys.template.name): templates
        case (.coupons, ObjectKeys.coupon.name): coupons
        case (.segments, ObjectKeys.segment.name): segments
        default: []
        }
    }
}
