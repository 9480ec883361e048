import Kit

/// A message text, checked and ready: a strict subset of Liquid whose every name, filter and tag was resolved when the
/// rule set was loaded. Rendering only walks nodes; data is printed and never read as template.
package struct CompiledTemplate: Sendable {
    let nodes: [TemplateNode]
    let placeholders: [Placeholder]
    /// The first `{{ … }}` of each placeholder that has one, by index.
    let firstOutputs: [Int: TemplateOutput]
    /// The placeholders that the text names.
    package let names: Set<String>
    /// The placeholders that are printed or computed with somewhere without a `default`, and without an `{% if %}`
    /// around them that proves they have a value: a missing value would fail the message. The caller knows which can be
    /// missing (R227).
    package let required: Set<String>
    /// The links that the text asks for, on any path through it, in the order of the text.
    package let links: [TemplateLink]
    /// The parts of items that the text reads, in the order of the text.
    let itemUses: [TemplateItemUse]

    /// Limits on hostile or broken files, far above any real message.
    static let depthLimit = 16
    static let loopLimit = 2
    static let itemLimit = 100

    /// Returns all problems at once, in the order of the text; a template only when there are none.
    package static func compile(_ source: String, placeholders: [Placeholder], maxBytes: Int = 16 * 1024)
        -> (template: CompiledTemplate?, problems: [TemplateProblem])
    {
        let bytes = Array(source.utf8)
        guard bytes.count <= maxBytes else {
            let fault = TemplateFault(
                message: "the template has \(bytes.count) bytes, at most \(maxBytes) are allowed", range: 0..<0)
            return (nil, problems([fault], in: bytes))
        }
        var compiler = TemplateCompiler(bytes, placeholders)
        let nodes = compiler.compile()
        guard compiler.faults.isEmpty else { return (nil, problems(compiler.faults, in: bytes)) }
        let template = CompiledTemplate(
            nodes: nodes, placeholders: placeholders, firstOutputs: compiler.firstOutputs,
            names: Set(compiler.used.map { placeholders[$0].name }),
            required: Set(compiler.required.map { placeholders[$0].name }), links: compiler.links,
            itemUses: compiler.itemUses)
        return (template, [])
    }

    /// `localTime` gives the local date and the microseconds since local midnight of an instant, on the member's clock.
    package func render(
        _ values: [String: TemplateValue], escaping: TemplateEscaping = .none, links: LinkForm = .standIn,
        localTime: @escaping (Instant) -> (LocalDate, Int64)
    ) -> RenderResult {
        var run = TemplateRun(template: self, values: values, escaping: escaping, form: links, localTime: localTime)
        run.render(nodes)
        return run.missing.map { .missing($0) } ?? .text(run.text, links: run.links)
    }

    /// The text of each placeholder where the template first prints it; one that it never prints is printed plainly. A
    /// template that prints `unsubscribe_url` or `confirm_url` has it as one more.
    package func texts(
        _ values: [String: TemplateValue], links: LinkForm = .standIn,
        localTime: @escaping (Instant) -> (LocalDate, Int64)
    ) -> PlaceholderTexts {
        var texts: [String: LinkedText] = [:]
        for (index, placeholder) in placeholders.enumerated() {
            var run = TemplateRun(template: self, values: values, escaping: .none, form: links, localTime: localTime)
            let path = TemplatePath(root: .placeholder(index), steps: [], source: placeholder.name)
            run.print(firstOutputs[index] ?? TemplateOutput(operand: .path(path), filters: []))
            if let missing = run.missing { return .missing(missing) }
            texts[placeholder.name] = LinkedText(run.text, links: run.links)
        }
        for name in TemplateLink.builtIn {
            guard let kind = TemplateLink.named(name)?.kind, self.links.contains(where: { $0.kind == kind }) else {
                continue
            }
            var run = TemplateRun(template: self, values: values, escaping: .none, form: links, localTime: localTime)
            run.print(TemplateOutput(operand: .nothing, filters: [], link: kind))
            texts[name] = LinkedText(run.text, links: run.links)
        }
        return .texts(texts)
    }

    private static func problems(_ faults: [TemplateFault], in bytes: [UInt8]) -> [TemplateProblem] {
        func scalars(_ end: Int) -> Int { bytes[..<end].count { $0 & 0xC0 != 0x80 } }
        return faults.sorted { $0.range.lowerBound < $1.range.lowerBound }.map { fault in
            let range = whole(fault.range, in: bytes)
            return TemplateProblem(
                code: fault.code, message: fault.message, bytes: range,
                scalars: scalars(range.lowerBound)..<scalars(range.upperBound), help: fault.help,
                unknownName: fault.unknownName)
        }
    }

    /// The range widened to whole scalars.
    private static func whole(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower > 0, lower < bytes.count, bytes[lower] & 0xC0 == 0x80 { lower -= 1 }
        while upper < bytes.count, upper > lower, bytes[upper] & 0xC0 == 0x80 { upper += 1 }
        return lower..<upper
    }
}
