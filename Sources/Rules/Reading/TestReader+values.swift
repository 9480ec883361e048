import Kit

/// The operands, each read by the type of the field.
extension TestReader {
    func value(_ node: YAMLNode, _ findings: inout Findings) -> Value? {
        switch type {
        case .text, .code:
            if holdsSeveral(node, &findings) || negatesWord(node, &findings) { return nil }
            guard let text = words.isEmpty ? findings.text(node) : findings.word(node, among: words) else { return nil }
            if !tiers.isEmpty { checkTier(text, at: node, &findings) }
            return .text(text)
        case .number: return findings.number(node).map { .number($0) }
        case .money: return findings.money(node).map { .money($0) }
        case .date: return findings.date(node).map { .date($0) }
        case .bool: return findings.bool(node).map { .bool($0) }
        case .any:
            guard let text = node.text, !node.isNull else {
                findings.wrongKind(node, wanted: "a single value")
                return nil
            }
            // A bare number is a number, however the data writes it; quoted digits are text, as are `010` and long ids.
            if case .scalar(_, .plain) = node.content, EventData.isNumber(text), let number = Double(text) {
                return .number(number)
            }
            return .text(text)
        case .instant, .list:
            findings.wrongKind(node, wanted: "a single value")
            return nil
        }
    }

    /// Reports R104 for `not male`, `!male`, `非男`, where the field has a closed set of words.
    private func negatesWord(_ node: YAMLNode, _ findings: inout Findings) -> Bool {
        guard !words.isEmpty, let typed = node.text, !words.contains(typed) else { return false }
        let text = HalfWidth.ascii(typed)
        guard let sign = ["!=", "!", "not ", "non-", "不是", "非", "不"].first(where: { text.lowercased().hasPrefix($0) })
        else { return false }
        let core = String(text.dropFirst(sign.count)).withoutOuterSpaces
        let meant = SameWord.exact(core, among: words) ?? ForeignWords.same(as: core, among: words)
        guard let meant = words.contains(core) ? core : meant else { return false }
        findings.report(
            "R104", "`\(typed)` is not a value of `\(findings.place)`", at: node.span,
            help: ["did you mean  \(name): \(Operator.anythingBut(meant))?"])
        return true
    }

    /// Reports R112 for one unquoted text that was meant as a list: `上海，北京`, `【上海, 北京】`.
    private func holdsSeveral(_ node: YAMLNode, _ findings: inout Findings) -> Bool {
        guard case .scalar(let text, .plain) = node.content, !node.isNull else { return false }
        let isBracketed = text.first.map { "【［〔".contains($0) } ?? false
        let parts = text.split { "，、；,".contains($0) || (isBracketed && "【】［］〔〕".contains($0)) }
            .map { String($0).withoutOuterSpaces }.filter { !$0.isEmpty }
            .map { part in tiers.first { $0.name == part }?.id ?? part }
        if parts.count < 2, !isBracketed { warnOfQuotes(text, node, &findings) }
        guard isBracketed || parts.count > 1 else { return false }
        let sign =
            isBracketed
            ? "`\(text.prefix(1))` does not open a list" : "\(ChineseCommas.name(in: text)) does not separate items"
        findings.report(
            "R112", "this is one text, not a list of \(CountWord.text(parts.count))", at: node.span,
            label: "one text, because \(sign)",
            help: ["use ASCII brackets and commas:  [\(parts.joined(separator: ", "))]", "if it is one text, quote it"])
        return true
    }

    /// Reports R113 for `“上海”`: to YAML these quotes are letters.
    private func warnOfQuotes(_ text: String, _ node: YAMLNode, _ findings: inout Findings) {
        guard words.isEmpty, tiers.isEmpty, let first = text.first, let last = text.last, text.count > 2,
            ["“”", "‘’", "「」", "””", "““"].contains("\(first)\(last)")
        else { return }
        let inner = String(text.dropFirst().dropLast())
        findings.report(
            "R113", .warning, "the quotes of `\(text)` are part of the text", at: node.span,
            help: ["write ASCII quotes:  \"\(inner)\""], fix: [findings.edit(node, "\"\(inner)\"")])
    }

    /// The bound of `at_least` and similar operators: event data compares as numbers.
    func bound(_ node: YAMLNode, _ findings: inout Findings) -> Value? {
        if let text = node.text, let scope, [.number, .money].contains(type), case .found = scope.lookup(text) {
            findings.wrongKind(
                node, wanted: type == .money ? "an amount in yuan" : "a number",
                help: ["another field is written  {field: \(text)}"])
            return nil
        }
        if type == .any, refusesVersion(node, &findings) { return nil }
        return type == .any ? findings.number(node).map { .number($0) } : value(node, &findings)
    }

    func list(_ node: YAMLNode, _ findings: inout Findings) -> [Value]? {
        guard let items = findings.items(node) else { return nil }
        return values(items, at: node, &findings)
    }

    func values(_ items: [YAMLNode], at node: YAMLNode, _ findings: inout Findings) -> [Value]? {
        if items.isEmpty {
            findings.report("R104", "`\(name)` is compared with an empty list", at: node.span)
            return nil
        }
        if let numbers = hasThousands(items) {
            findings.report(
                "R103", "this list has \(items.count) items: in brackets a comma separates", at: node.span,
                help: ["write the numbers without commas:  [\(numbers.joined(separator: ", "))]"])
            return nil
        }
        return findings.each(items) { value($1, &$0) }
    }

    func texts(_ node: YAMLNode, _ findings: inout Findings) -> [String]? {
        guard let texts = findings.texts(node) else { return nil }
        if node.items?.isEmpty == true {
            findings.report("R104", "`\(name)` is compared with an empty list", at: node.span)
            return nil
        }
        return texts
    }

    /// A date, or for instants also a date and time.
    func moment(_ node: YAMLNode, _ findings: inout Findings) -> TimePoint? {
        if type == .date { return findings.date(node).map { .date($0) } }
        guard let text = node.text, !node.isNull else {
            findings.wrongKind(node, wanted: "a date or a date and time")
            return nil
        }
        if let point = TimePoint(text: text) { return point }
        let meant = Repaired.dateAndTime(text).map { $0.contains(" ") ? "\"\($0)\"" : $0 }
        let readings = meant.map { [$0] } ?? Repaired.dates(text).map(\.text)
        findings.report(
            "R116", "`\(text)` is not a date or a date and time", at: node.span,
            help: [
                readings.isEmpty
                    ? "such as  2026-03-08  or  \"2026-03-08 09:30\""
                    : "did you mean  \(readings.joined(separator: "  or  "))?"
            ])
        return nil
    }

    func ends(_ node: YAMLNode, _ findings: inout Findings) -> Comparison.Operand? {
        let pair = (node.entries ?? []).compactMap(\.value.text)
        let written = pair.count == 2 ? pair.joined(separator: ", ") : node.text
        guard let items = findings.items(node, help: [bothEnds(of: written)]) else { return nil }
        guard items.count == 2 else {
            findings.report(
                "R103", "`between` takes two ends, and this list has \(items.count)", at: node.span,
                help: [
                    hasThousands(items, wanted: 2).map { "write the numbers without commas:  [\($0[0]), \($0[1])]" }
                        ?? bothEnds(of: items.count == 1 ? items[0].text : nil)
                ])
            return nil
        }
        if type == .date || type == .instant {
            let ends = findings.each(items) { moment($1, &$0) }
            guard ends.count == 2 else { return nil }
            if let low = ends[0].sortKey, let high = ends[1].sortKey, high < low { return emptyRange(node, &findings) }
            return .moments(ends[0], ends[1])
        }
        let ends = findings.each(items) { bound($1, &$0) }
        guard ends.count == 2 else { return nil }
        if let low = ends[0].quantity, let high = ends[1].quantity, high < low { return emptyRange(node, &findings) }
        return .bounds(ends[0], ends[1])
    }

    /// With the ends that are typed; what is missing is left open.
    private func bothEnds(of text: String?) -> String {
        if let ends = TestReader.ends(in: text) { return "write both ends:  \(ends)" }
        if let one = text.flatMap({ Repaired.number($0) ?? Repaired.dates($0).first?.text }) {
            return "write both ends:  [\(one), …]"
        }
        return "write both ends, such as  "
            + (type == .date || type == .instant ? "[2026-03-01, 2026-03-31]" : "[2, 20]")
    }

    private func emptyRange(_ node: YAMLNode, _ findings: inout Findings) -> Comparison.Operand? {
        findings.report(
            "R210", "nothing lies between these two ends", at: node.span, label: "the first end is the larger one",
            help: ["write the smaller end first"])
        return nil
    }
}

extension TimePoint {
    /// Two points are comparable where both are on the same clock: local ones by date and time; nil for instants.
    fileprivate var sortKey: LocalMoment? {
        switch self {
        case .date(let date): LocalMoment(days: date.days, micros: 0)
        case .local(let date, let micros): LocalMoment(days: date.days, micros: micros)
        case .instant: nil
        }
    }
}

private struct LocalMoment: Comparable {
    var days: Int
    var micros: Int64
    static func < (a: LocalMoment, b: LocalMoment) -> Bool { (a.days, a.micros) < (b.days, b.micros) }
}

extension Value {
    /// The number or amount; each of the two has one scale.
    var quantity: Double? {
        switch self {
        case .number(let number): number
        case .money(let fen): Double(fen)
        default: nil
        }
    }
}
