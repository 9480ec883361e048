import Kit

/// One rendering. It stops at the first value that is missing without a default.
struct TemplateRun {
    let template: CompiledTemplate
    let values: [String: TemplateValue]
    let escaping: TemplateEscaping
    let form: LinkForm
    let localTime: (Instant) -> (LocalDate, Int64)
    private(set) var text = ""
    private(set) var links: [TextLink] = []
    private(set) var missing: String?
    private var locals: [(value: TemplateValue, source: String)] = []

    init(
        template: CompiledTemplate, values: [String: TemplateValue], escaping: TemplateEscaping,
        form: LinkForm, localTime: @escaping (Instant) -> (LocalDate, Int64)
    ) {
        self.template = template
        self.values = values
        self.escaping = escaping
        self.form = form
        self.localTime = localTime
    }

    mutating func render(_ nodes: [TemplateNode]) {
        for node in nodes where missing == nil {
            switch node {
            case .text(let part): text += part
            case .output(let output): print(output)
            case .branches(let branches):
                if let branch = branches.first(where: { $0.condition.map(holds) ?? true }) { render(branch.body) }
            case .loop(let path, let body): loop(path, body)
            }
        }
    }

    mutating func print(_ output: TemplateOutput) {
        switch output.link {
        case .unsubscribe: return print(.unsubscribe, source: TemplateLink.unsubscribeName)
        case .confirm: return print(.confirm, source: TemplateLink.confirmName)
        case .short, nil: break
        }
        var term = value(of: output.operand)
        for filter in output.filters { term = apply(filter, to: term) }
        guard case .value(let value) = term, let part = value.printed(localTime) else {
            missing = term.source.flatMap { $0.isEmpty ? nil : $0 } ?? source(of: output.operand)
            return
        }
        if case .short(let name) = output.link, form.shortens {
            // An address that must not be linked to fails the message: it came from outside, and nobody looked at it.
            let source = output.literalText == nil ? source(of: output.operand) : name
            guard let target = LinkTarget(part), form.allows(target) else { return missing = source }
            return print(.short(name: name, url: part), source: source)
        }
        switch escaping {
        case .none: text += part
        case .html: text += HTMLText.escaped(part)
        }
    }

    /// Prints the stand-in of a link, which has no character with a meaning in HTML.
    private mutating func print(_ target: TextLink.Target, source: String) {
        guard links.count < TemplateLink.mostOfText else { return missing = source }
        let start = text.utf8.count
        text += form.placeholder(of: target)
        links.append(TextLink(bytes: start..<text.utf8.count, target: target))
    }

    /// Prints at most 100 items. Like `{% if %}`, a loop over a missing list is silent; a text counts as a list of one.
    private mutating func loop(_ path: TemplatePath, _ body: [TemplateNode]) {
        guard case .value(let value) = value(of: .path(path)) else { return }
        let source = source(of: .path(path))
        let items: [TemplateValue]
        switch value {
        case .list(let list): items = list
        case .text(let text): items = text.isEmpty ? [] : [value]
        default: return
        }
        for item in items.prefix(CompiledTemplate.itemLimit) where missing == nil {
            locals.append((item, source))
            render(body)
            locals.removeLast()
        }
    }

    /// The placeholder that an operand comes from, through loop variables.
    func source(of operand: TemplateOperand) -> String {
        guard case .path(let path) = operand else { return "" }
        guard case .local(let depth) = path.root, locals.indices.contains(depth) else { return path.source }
        return locals[depth].source
    }

    // MARK: values

    func value(of operand: TemplateOperand) -> TemplateTerm {
        switch operand {
        case .literal(let value): return .value(value)
        case .path(let path): return value(at: path)
        case .nothing: return .missing("")
        case .empty: return .empty
        case .blank: return .blank
        }
    }

    private func value(at path: TemplatePath) -> TemplateTerm {
        var found: TemplateValue?
        switch path.root {
        case .placeholder(let index):
            found = values[path.source].map { cut($0, to: template.placeholders[index].max) }
        case .local(let depth):
            found = locals.indices.contains(depth) ? locals[depth].value : nil
        }
        for step in path.steps { found = found.flatMap { part(step, of: $0) } }
        if case .number(let number)? = found, !number.isFinite { found = nil }
        return found.map { .value($0) } ?? .missing(source(of: .path(path)))
    }

    private func cut(_ value: TemplateValue, to max: Int?) -> TemplateValue {
        guard let max, max >= 0, case .text(let text) = value, text.utf8.count > max else { return value }
        return .text(String(String.UnicodeScalarView(text.unicodeScalars.prefix(max))))
    }

    private func part(_ step: String, of value: TemplateValue) -> TemplateValue? {
        switch value {
        case .record(let fields): return fields[step] ?? (step == "size" ? .number(Double(fields.count)) : nil)
        case .list(let items):
            switch step {
            case "first": return items.first
            case "last": return items.last
            case "size": return .number(Double(items.count))
            default: return nil
            }
        case .text(let text): return step == "size" ? .number(Double(text.unicodeScalars.count)) : nil
        default: return nil
        }
    }
}

/// The result of an expression.
enum TemplateTerm {
    case value(TemplateValue)
    /// The value is missing; the payload is the placeholder where it was looked for.
    case missing(String)
    case empty
    case blank

    var source: String? { if case .missing(let source) = self { source } else { nil } }
}
