import Kit

/// The facts about a message template that rules and checks on them need, also when its text is broken.
struct TemplateEntry: Sendable {
    var id: String
    var channel: String?
    var placeholders: [Placeholder] = []
    /// False when a placeholder could not be read.
    var placeholdersAreWhole = true
    /// Placeholders that must have a value, because a text or the provider gets them without a default.
    var required: Set<String> = []
    /// Placeholders that no text uses, which has been reported (R239): nothing need fill them.
    var unused: Set<String> = []
    /// The parts of items that the texts read, where some list has such items.
    var itemUses: [(use: TemplateItemUse, span: SourceSpan)] = []
    /// What has been reported of the texts.
    fileprivate var told: Set<String> = []
    /// The code of the provider's approved template.
    var code: String?
    /// The text as typed.
    var text: String?
    var textSpan: SourceSpan
    /// The path to the text, from the root of the file.
    var path: [String] = []
    /// Nil when anything in it is wrong.
    var template: MessageTemplate?
}

/// Reads an item of `templates:`, one message template.
struct TemplateReader {
    let vocabulary: Vocabulary
    let source: SourceText

    func read(_ node: YAMLNode, _ findings: inout Findings) -> TemplateEntry? {
        let before = findings.all.count
        guard let block = BlockReader(node, ObjectKeys.template, &findings) else { return nil }
        let id = block.identifier("id", &findings)
        let channel = block.read("channel", &findings) { findings, node in
            findings.text(node).flatMap { findings.channel($0, at: node.span, in: vocabulary) }
        }
        // An empty one has its finding, and names no approved template.
        let code = block.text("code", &findings).flatMap { $0.isEmpty ? nil : $0 }
        var entry = TemplateEntry(id: id ?? "", channel: channel?.id, textSpan: block["text"]?.span ?? block.start)
        let placeholdersFrom = findings.all.count
        entry.placeholders = block.read("values", &findings) { placeholders($1, &$0) } ?? []
        entry.placeholdersAreWhole = !findings.hasError(since: placeholdersFrom) && block.misspelt["values"] == nil
        let foreign = ["text", "subject", "html"].flatMap { checkForeign($0, block, entry, findings: &findings) }
        let text = compile("text", block, &entry, findings: &findings)
        let subject = compile("subject", block, &entry, findings: &findings)
        let html = compile("html", block, &entry, findings: &findings)
        let texts = [text, subject, html].compactMap { $0 }
        let keys = ["text", "subject", "html"]
        let isWhole =
            keys.filter { block.has($0) }.count == texts.count && keys.allSatisfy { block.misspelt[$0] == nil }
        // A name in a text that is none of the values may be a misspelt value: rules have nothing to fill yet.
        if findings.all[placeholdersFrom...].contains(where: { $0.code == "R225" }) {
            entry.placeholdersAreWhole = false
        }
        if code == nil, isWhole, let values = block["values"] {
            let used = texts.reduce(into: Set(foreign)) { $0.formUnion($1.names) }
            entry.unused = Set(entry.placeholders.map(\.name)).subtracting(used)
            checkUse(values, entry, findings: &findings)
        }
        if code == nil, channel?.address == .email, !block.has("subject"), block.isWithoutUnknownKeys {
            findings.report(
                "R267", .warning, "this mail has no subject", at: block["channel"]?.span ?? block.start,
                help: ["add  subject: …"], key: "channel")
        }
        entry.code = code
        entry.text = block["text"]?.text
        entry.path = findings.path + ["text"]
        if code != nil, let text {
            entry.required.formUnion(entry.placeholders.map(\.name).filter { !text.names.contains($0) })
        }
        if let channel, channel.address == .phone, let words = entry.text { checkLength(words, entry, &findings) }
        guard let id else { return nil }
        if !findings.hasError(since: before), let channel, let text {
            entry.template = MessageTemplate(
                id: id, channel: channel.id, code: code, text: text, subject: subject, html: html,
                placeholders: entry.placeholders, wording: node.compact, isSMS: channel.address == .phone)
        }
        return entry
    }

    private func placeholders(_ node: YAMLNode, _ findings: inout Findings) -> [Placeholder]? {
        guard let entries = node.entries else {
            let name = node.items?.first?.text ?? "name"
            findings.wrongKind(node, wanted: "placeholders and their types", help: ["such as  values: {\(name): text}"])
            return nil
        }
        return entries.compactMap { entry in
            findings.inside(entry.key) { placeholder(entry, &$0) }
        }
    }

    private func placeholder(_ entry: YAMLNode.Entry, _ findings: inout Findings) -> Placeholder? {
        let words = ObjectKeys.placeholderTypes.map(\.word)
        guard !TemplateLink.builtIn.contains(entry.key) else {
            findings.report(
                "R104", "`\(entry.key)` is filled by nudged itself", at: entry.keySpan,
                help: ["take it away from `values`"])
            return nil
        }
        guard Placeholder.isName(entry.key) else {
            findings.report(
                "R104", "`\(entry.key)` cannot be the name of a placeholder", at: entry.keySpan,
                help: ["use letters, digits and `_`"])
            return nil
        }
        if entry.value.entries == nil {
            return findings.word(entry.value, among: words).flatMap { FieldType(rawValue: $0) }.map {
                Placeholder(name: entry.key, type: $0)
            }
        }
        guard let block = BlockReader(entry.value, ObjectKeys.placeholder, &findings) else { return nil }
        let type = block.choice("type", as: FieldType.self, &findings)
        let max = block.int("max", &findings)
        return type.map { Placeholder(name: entry.key, type: $0, max: max) }
    }

    /// Compiles only where the placeholders are known: an unknown name might be a broken one.
    private func compile(
        _ key: String, _ block: BlockReader, _ entry: inout TemplateEntry, findings: inout Findings
    ) -> CompiledTemplate? {
        guard let node = block[key], let text = block.text(key, &findings), entry.placeholdersAreWhole else {
            return nil
        }
        let (template, problems) = CompiledTemplate.compile(text, placeholders: entry.placeholders)
        for problem in problems {
            // A name that is misspelt where it is declared, or not declared, is unknown wherever the texts have it.
            if let name = problem.unknownName, !isSlipOfText(name, block, entry),
                !entry.told.insert(name).inserted
            {
                continue
            }
            findings.report(
                problem.code, problem.message, at: span(of: problem.bytes, in: node),
                help: problem.help.map { [$0] } ?? [],
                key: key)
        }
        entry.required.formUnion(template?.required ?? [])
        for use in template?.itemUses ?? [] {
            let place = span(of: use.bytes, in: node)
            if ItemKeys.anywhere.has(use) {
                entry.itemUses.append((use, place))
            } else {
                findings.report(
                    "R225", "items of a list have no `\(use.key)`", at: place, help: [ItemKeys.anywhere.help(for: use)],
                    key: key)
            }
        }
        if let template, let channel = entry.channel.flatMap({ vocabulary.channels[$0] }) {
            checkLinks(of: template, on: channel, at: { span(of: $0, in: node) }, key, &findings)
        }
        return template
    }

    /// True when an unknown name is nearly one that the texts have elsewhere: each place of it is a slip of its own.
    private func isSlipOfText(_ name: String, _ block: BlockReader, _ entry: TemplateEntry) -> Bool {
        let texts = ["text", "subject", "html"].compactMap { block[$0]?.text }
        let written = entry.placeholders.map(\.name).filter { name in texts.contains { $0.contains(name) } }
        return Suggestion.nearest(to: name, among: written) != nil
    }

    /// Reports R238; returns the values that are meant.
    private func checkForeign(
        _ key: String, _ block: BlockReader, _ entry: TemplateEntry, findings: inout Findings
    ) -> [String] {
        guard let node = block[key], let text = node.text, entry.placeholdersAreWhole else { return [] }
        let found = ForeignPlaceholders.find(
            in: text, names: entry.placeholders.map(\.name), builtIn: TemplateLink.builtIn,
            isHTML: key == "html")
        for one in found {
            findings.report(
                "R238", "`\(one.written)` is a placeholder of another tool, and would go out as typed",
                at: span(of: one.bytes, in: node), help: ["write  {{ \(one.name) }}"], key: key)
        }
        return found.map(\.name)
    }

    /// Reports R239: the provider gets the values of a template with a `code`; others are only for the text.
    private func checkUse(
        _ values: YAMLNode, _ entry: TemplateEntry, findings: inout Findings
    ) {
        for value in values.entries ?? [] where entry.unused.contains(value.key) {
            findings.inside("values") {
                $0.report(
                    "R239", .warning, "no text of this template uses the value `\(value.key)`", at: value.keySpan,
                    help: ["write  {{ \(value.key) }}  where it belongs, or take it away"], key: value.key)
            }
        }
    }

    /// The stretch of the file in which some bytes of the text are written.
    private func span(of bytes: Range<Int>, in node: YAMLNode) -> SourceSpan {
        ScalarPlace.range(of: bytes, in: node, source).map(source.span) ?? node.span
    }

    /// Reports only what is certain: in a text without branches, the fixed words alone fill more than one message.
    private func checkLength(_ text: String, _ entry: TemplateEntry, _ findings: inout Findings) {
        guard !text.contains("{%") else { return }
        var fixed = ""
        var rest = Substring(text)
        while let open = rest.firstRange(of: "{{") {
            fixed += rest[..<open.lowerBound]
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else { break }
            rest = rest[close.upperBound...]
        }
        fixed += rest
        let units = fixed.utf16.count
        if units <= 70 { return }
        findings.report(
            "R228", .warning, "the text needs more than one SMS", at: entry.textSpan,
            label: "\(units) characters without the values, 70 fit into one",
            notes: ["a longer text is billed by segments of 67: at least \(SMSLength.segments(fixed))"], key: "text")
    }
}

extension Placeholder {
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
                || byte >= 0x80
        }
    }
}

extension Substring {
    /// The first occurrence of a short ASCII mark.
    fileprivate func firstRange(of mark: String) -> Range<Index>? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(mark) {
                return index..<self.index(index, offsetBy: mark.count)
            }
            index = self.index(after: index)
        }
        return nil
    }
}
