import Kit

/// Reads the value beside a field: a value, a list of values, or operators (rule-language §1.4).
struct TestReader {
    /// A test and the place of its operator with the operand, or of the value where there is no operator.
    struct Placed {
        var test: Comparison
        var span: SourceSpan
    }

    /// The name as written: `member.tier`, or the key of an event's data.
    let name: String
    let type: FieldType
    /// The only possible words, where the set is closed.
    var words: [String] = []
    /// The tiers that the values name, where the field is the tier and the settings list them.
    var tiers: [Settings.Tier] = []
    /// The fields that a value may be compared with; nil where only values are known, as in data of events.
    var scope: FieldScope?

    func read(_ node: YAMLNode, _ findings: inout Findings) -> [Placed] {
        warnOfVersion(node, &findings)
        if let entries = node.entries {
            if entries.isEmpty {
                findings.report(
                    "R103", "`\(name)` is compared with nothing", at: node.span, label: "an empty block",
                    help: ["say what it must be:  \(name): {\(Operator.known(for: type)[0].rawValue): …}", nothingHelp])
            }
            if thousands(in: entries, &findings) { return [] }
            if let placed = looseEnds(entries, &findings) { return placed }
            return entries.flatMap { entry in findings.inside(entry.key) { test(entry, &$0) } }
        }
        if node.isNull {
            findings.report("R103", "`\(name)` is compared with nothing", at: node.span, help: [nothingHelp])
            return []
        }
        if let items = node.items { return anyOf(items, at: node, &findings) }
        return single(node, &findings).map { [Placed(test: $0, span: node.span)] } ?? []
    }

    private var nothingHelp: String { "to ask whether it is missing, say  \(name): {is_set: false}" }

    /// Reads `field: value`.
    private func single(_ node: YAMLNode, _ findings: inout Findings) -> Comparison? {
        if comparisonInText(node, &findings) { return nil }
        switch type {
        case .bool: return findings.bool(node).map { .isTrue($0) }
        case .list:
            mismatch("is", .equals, node.text, at: node.span, findings: &findings)
            return nil
        case .instant: return moment(node, &findings).map { .atMoment($0) }
        default: return value(node, &findings).map { .anyOf([$0]) }
        }
    }

    /// Reads `field: [a, b]`.
    private func anyOf(_ items: [YAMLNode], at node: YAMLNode, _ findings: inout Findings) -> [Placed] {
        if type == .list || type == .bool || type == .instant {
            let shown = "[" + items.map { $0.text ?? "…" }.joined(separator: ", ") + "]"
            mismatch("any_of", .anyOf, shown, at: node.span, findings: &findings)
            return []
        }
        return values(items, at: node, &findings).map { [Placed(test: .anyOf($0), span: node.span)] } ?? []
    }

    /// Reads `operator: value`.
    private func test(_ entry: YAMLNode.Entry, _ findings: inout Findings) -> [Placed] {
        guard let word = Operator(rawValue: entry.key) else {
            unknown(entry, &findings)
            return []
        }
        guard Operator.known(for: type).contains(word) else {
            mismatch(entry.key, word, entry.value.text, at: entry.keySpan, findings: &findings)
            return []
        }
        if entry.value.entries != nil, word.comparesFields, let scope {
            return other(word, entry.value, scope, findings: &findings).map { [Placed(test: $0, span: entry.span)] }
                ?? []
        }
        return test(word, entry.value, &findings).map { [Placed(test: $0, span: entry.span)] } ?? []
    }

    private func test(_ word: Operator, _ node: YAMLNode, _ findings: inout Findings) -> Comparison? {
        operand(of: word, node, &findings).flatMap { Comparison(word, $0) }
    }

    private func operand(
        of word: Operator, _ node: YAMLNode, _ findings: inout Findings
    ) -> Comparison.Operand? {
        switch word.takes {
        case .value where type == .instant: moment(node, &findings).map { .moment($0) }
        case .value: value(node, &findings).map { .values([$0]) }
        case .values: list(node, &findings).map { .values($0) }
        case .part: findings.text(node).map { .part($0) }
        case .bound: bound(node, &findings).map { .bound($0) }
        case .ends: ends(node, &findings)
        case .moment: moment(node, &findings).map { .moment($0) }
        case .span: findings.duration(node).map { .span($0) }
        case .item: findings.text(node).map { .item($0) }
        case .items: texts(node, &findings).map { word == .includesAny ? .anyItem($0) : .everyItem($0) }
        case .flag: findings.bool(node).map { .flag($0) }
        }
    }

    private func unknown(_ entry: YAMLNode.Entry, _ findings: inout Findings) {
        let known = Operator.known(for: type).map(\.rawValue)
        let note = Operator.note(on: type)
        guard Operator.isForeign(entry.key) else {
            let same = SameWord.exact(entry.key, among: known)
            let nearest = same ?? Suggestion.nearest(to: entry.key, among: known)
            findings.report(
                "R101", "`\(entry.key)` is not a comparison", at: entry.keySpan,
                help: nearest.map { ["did you mean `\($0)`?"] } ?? [], notes: [note],
                fix: same.map { [replace(entry.keySpan, $0)] } ?? [])
            return
        }
        let ours = Operator.meant(by: entry.key, for: type)
        let meant = ours?.rawValue
        let isSafe = ours?.replaces(entry.key, on: type, with: entry.value) ?? false
        let shown =
            entry.value.text
            ?? entry.value.items.map { "[" + $0.map { $0.text ?? "…" }.joined(separator: ", ") + "]" }
        let pasted = ForeignValue(entry.key, ours).pasted(shown)
        let value = pasted.map { "  \(name): {\(meant ?? ""): \($0)}" } ?? ""
        findings.report(
            "R105", "`\(entry.key)` is not a comparison here", at: entry.keySpan,
            help: meant.map { ["say `\($0)`\(value.isEmpty ? "" : ":" + value)"] } ?? [], notes: [note],
            fix: isSafe ? meant.map { [replace(entry.keySpan, $0)] } ?? [] : [])
    }

    private func replace(_ span: SourceSpan, _ text: String) -> Diagnostic.Edit {
        .init(start: span.start.byte, end: span.end.byte, text: text)
    }

    private func mismatch(
        _ word: String, _ meaning: Operator, _ value: String? = nil, at span: SourceSpan, findings: inout Findings
    ) {
        let known = Operator.known(for: type).prefix(5).map(\.rawValue).joined(separator: ", ")
        if name == "member.tier", let order = TierOrder(meaning, value, tiers) {
            findings.report(
                "R202", "`\(word)` needs \(meaning.wants), and `\(name)` is \(type.words)", at: span,
                help: [order.help], notes: [order.note])
            return
        }
        let help: String =
            switch type {
            case .list where meaning == .anyOf: "say what it holds:  \(name): {includes_any: \(value ?? "[…]")}"
            case .list: "say what it holds:  \(name): {\(value.map { "includes: \($0)" } ?? "includes: …")}"
            case .text, .code:
                "name the values:  \(name): [\((words.isEmpty ? ["a", "b"] : Array(words.prefix(2))).joined(separator: ", "))]"
            case .bool: "say  \(name): true  or  \(name): false"
            default: "\(type.plural) know: \(known)"
            }
        findings.report(
            "R202", "`\(word)` needs \(meaning.wants), and `\(name)` is \(type.words)", at: span, help: [help])
    }
}
