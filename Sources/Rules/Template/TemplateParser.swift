/// Reads one expression. The first fault of an expression ends it; faults that leave it readable are collected.
struct TemplateParser {
    let placeholders: [Placeholder]
    /// Loop variables in scope, the outermost first.
    let locals: [String]
    /// The placeholder that the loop of each of them goes through, as an index; nil where it is not a placeholder itself.
    let lists: [Int?]
    let tokens: [TemplateToken]
    var position = 0
    var faults: [TemplateFault] = []
    private(set) var used: Set<Int> = []
    private(set) var itemUses: [TemplateItemUse] = []

    /// Words with a meaning of their own, which are therefore never names.
    static let reserved: Set<String> = [
        "and", "or", "not", "contains", "in", "true", "false", "nil", "null", "empty", "blank", "if", "else", "for",
    ]

    init(placeholders: [Placeholder], locals: [String], lists: [Int?], tokens: [TemplateToken]) {
        self.placeholders = placeholders
        self.locals = locals
        self.lists = lists
        self.tokens = tokens
    }

    var current: TemplateToken { tokens[min(position, tokens.count - 1)] }

    mutating func take() -> TemplateToken {
        defer { position += 1 }
        return current
    }

    mutating func takes(_ kind: TemplateToken.Kind) -> Bool {
        guard current.kind == kind else { return false }
        position += 1
        return true
    }

    func expectEnd() throws(TemplateFault) {
        if current.kind != .end { throw fault("unexpected \(written(current))", at: current) }
    }

    /// Reads a literal or a path, and returns its type as far as it is known.
    mutating func operand() throws(TemplateFault) -> (operand: TemplateOperand, type: FieldType) {
        let token = current
        switch token.kind {
        case .number(let number):
            position += 1
            return (.literal(.number(number)), .number)
        case .text(let text):
            position += 1
            return (.literal(.text(text)), .text)
        case .name(let name):
            switch name {
            case "true", "false":
                position += 1
                return (.literal(.bool(name == "true")), .bool)
            case "nil", "null", "empty", "blank":
                position += 1
                return (name == "empty" ? .empty : name == "blank" ? .blank : .nothing, .any)
            default: return try path()
            }
        case .end: throw fault("a value is missing here", at: token)
        default: throw fault("a value is expected here, not \(written(token))", at: token)
        }
    }

    /// Reads a path. One that was not found counts as a path of any type, so that reading goes on.
    mutating func path() throws(TemplateFault) -> (operand: TemplateOperand, type: FieldType) {
        let token = take()
        if case .name(let name) = token.kind, TemplateLink.named(name) != nil {
            throw fault("`\(name)` can only be printed, and as it is", at: token, help: "write  {{ \(name) }}")
        }
        guard case .name(let name) = token.kind, !TemplateParser.reserved.contains(name) else {
            throw fault("a name is expected here, not \(written(token))", at: token)
        }
        var steps: [String] = []
        while takes(.dot) {
            guard case .name(let step) = current.kind else { throw fault("a name must follow the dot", at: current) }
            steps.append(step)
            position += 1
        }
        let range = token.range.lowerBound..<tokens[position - 1].range.upperBound
        if let local = locals.lastIndex(of: name) {
            noteItem(of: lists.indices.contains(local) ? lists[local] : nil, steps, endingAt: position)
            return (.path(TemplatePath(root: .local(local), steps: steps, source: name)), .any)
        }
        guard let index = placeholders.firstIndex(where: { $0.name == name }) else {
            var fault = unknown(name, at: token.range)
            fault.unknownName = name
            faults.append(fault)
            return (.nothing, .any)
        }
        used.insert(index)
        if steps.first == "first" || steps.first == "last" {
            noteItem(of: index, Array(steps.dropFirst()), endingAt: position)
        }
        let path = TemplatePath(root: .placeholder(index), steps: steps, source: name)
        return (.path(path), try type(of: placeholders[index], steps: steps, at: range))
    }

    /// Notes which part of an item is read; the last of `steps` is the token before `end`.
    private mutating func noteItem(of list: Int?, _ steps: [String], endingAt end: Int) {
        guard let list, placeholders[list].type == .list, !steps.isEmpty else { return }
        let (first, last) = (tokens[end - 2 * steps.count + 1].range, tokens[end - 1].range)
        itemUses.append(
            TemplateItemUse(
                placeholder: placeholders[list].name, steps: steps, bytes: first.lowerBound..<last.upperBound))
    }

    private func type(of placeholder: Placeholder, steps: [String], at range: Range<Int>) throws(TemplateFault)
        -> FieldType
    {
        guard let first = steps.first else { return placeholder.type }
        let isLast = steps.count == 1
        switch placeholder.type {
        case .any: return .any
        case .list where first == "first" || first == "last": return .any
        case .list where first == "size" && isLast: return .number
        case .text where first == "size" && isLast, .code where first == "size" && isLast: return .number
        default:
            throw TemplateFault(
                message: "`\(placeholder.name)` is \(placeholder.type.described) and has no part "
                    + "`\(steps.joined(separator: "."))`", range: range,
                help: placeholder.type == .list ? "a list has `first`, `last` and `size`" : nil)
        }
    }

    private func unknown(_ name: String, at range: Range<Int>) -> TemplateFault {
        if name == "forloop" {
            return TemplateFault(message: "`forloop` is not part of this template language", range: range, help: nil)
        }
        if let link = TemplateLink.meant(by: name) {
            return TemplateFault(
                message: "there is no value `\(name)`", range: range, help: "did you mean `\(link)`?")
        }
        if let first = name.first, let last = name.last, name.count > 2, "‘“「’”".contains(first), "’”」‘“".contains(last)
        {
            return TemplateFault(
                message: "there is no value `\(name)`", range: range,
                help: "write ASCII quotes:  '\(name.dropFirst().dropLast())'")
        }
        let known = (locals + placeholders.map(\.name)).filter { !$0.isEmpty }.map { "`\($0)`" }.joined(separator: ", ")
        return TemplateFault(
            message: "there is no value `\(name)`", range: range,
            help: known.isEmpty ? "this template declares no `values`" : "this template has \(known)")
    }

    func fault(_ message: String, at token: TemplateToken, help: String? = nil) -> TemplateFault {
        TemplateFault(message: message, range: token.range, help: help)
    }

    func written(_ token: TemplateToken) -> String {
        switch token.kind {
        case .name(let name): "`\(name)`"
        case .number(let number): "`\(numberText(number))`"
        case .text(let text): "'\(text)'"
        case .comparison(let comparison): "`\(comparison.rawValue)`"
        case .pipe: "`|`"
        case .colon: "`:`"
        case .comma: "`,`"
        case .dot: "`.`"
        case .end: "the end"
        }
    }
}

extension FieldType {
    /// The type with its article: "a number".
    var described: String {
        switch self {
        case .text, .code, .money: rawValue
        case .instant, .any: "an \(rawValue)"
        default: "a \(rawValue)"
        }
    }
}
