import Kit

/// Single values, read from the text as typed by the type that their place wants (rule-language §4.1).
extension Findings {
    package mutating func wrongKind(
        _ node: YAMLNode, wanted: String, help: [String] = [], fix: [Diagnostic.Edit] = []
    ) {
        let place = path.isEmpty ? place : "`\(place)`"
        var help = help
        if help.isEmpty, let items = node.items, items.count == 1, let only = items[0].text, !only.isEmpty {
            help = ["write it without brackets:  \(only)"]
        }
        report("R103", "\(place) takes \(wanted), and this is \(kind(of: node))", at: node.span, help: help, fix: fix)
    }

    /// R103 for a text that holds a number with something around it; `repaired` is the number alone, and `likely` what it
    /// otherwise most likely means. It is a fix where
    /// only full-width signs and quotes go: a unit or a comma may mean something.
    private mutating func wrongNumber(
        _ node: YAMLNode, wanted: String, _ repaired: String?, likely: String?, or help: [String] = []
    ) {
        wrongKind(
            node, wanted: wanted,
            help: repaired.map { ["write the number alone:  \($0)"] } ?? likely.map { ["did you mean `\($0)`?"] }
                ?? help,
            fix: repaired.flatMap { $0 == HalfWidth.ascii(node.text ?? "") ? [edit(node, $0)] : nil } ?? [])
    }

    /// The value in words: `a list`, `a block of keys`, or the text itself, without the addresses in it. Of a long text or
    /// one of several lines only the beginning is quoted: it may be a file of members that was put among the rules.
    package func kind(of node: YAMLNode) -> String {
        switch node.content {
        case .list: "a list"
        case .map(let entries): entries.isEmpty ? "an empty block" : "a block of keys"
        case .scalar(let text, _): node.isNull ? "empty" : "`\(Findings.quoted(text))`"
        }
    }

    private static func quoted(_ text: String) -> String {
        let line = text.prefix { !$0.isNewline }
        let beginning = line.prefix(60)
        let isWhole = beginning.endIndex == text.endIndex
        return Mask.text(String(beginning)) + (isWhole ? "" : " …")
    }

    private mutating func scalar(_ node: YAMLNode, wanted: String) -> String? {
        guard let text = node.text, !node.isNull else {
            wrongKind(node, wanted: wanted)
            return nil
        }
        return text
    }

    package mutating func items(_ node: YAMLNode, help: [String] = []) -> [YAMLNode]? {
        if let items = node.items { return items }
        let parts = Findings.items(in: node.text ?? "")
        wrongKind(
            node, wanted: "a list",
            help: help.isEmpty && !node.isNull && !parts.isEmpty ? ["write  [\(parts.joined(separator: ", "))]"] : help)
        return nil
    }

    /// The items of `杭州、宁波` or `（100，5000）`, whose signs make no list.
    static func items(in text: String) -> [String] {
        let signs = ",，、；;()（）【】［］〔〕「」"
        return text.split { signs.contains($0) }.map { String($0).withoutOuterSpaces }.filter { !$0.isEmpty }
    }

    /// Any scalar, as typed; a plain number with a leading zero gets the advice to quote it (R113).
    package mutating func text(_ node: YAMLNode) -> String? {
        guard let text = scalar(node, wanted: "text") else { return nil }
        if case .scalar(_, .plain) = node.content, text.utf8.count > 1, text.utf8.first == UInt8(ascii: "0"),
            text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 })
        {
            report(
                "R113", .warning, "`\(text)` is read as text, but other tools read it as a number", at: node.span,
                help: ["quote it:  \"\(text)\""], fix: [edit(node, "\"\(text)\"")])
        }
        return text
    }

    package mutating func identifier(_ node: YAMLNode) -> String? {
        guard let text = text(node) else { return nil }
        let allowed = text.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x7F && scalar.properties.isAlphabetic
                || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || scalar == "_" || scalar == "-" || scalar == "."
        }
        if allowed, !text.isEmpty { return text }
        if text.isEmpty {
            report("R104", "`\(place)` is empty", at: node.span, help: ["write its name"])
            return nil
        }
        report(
            "R104", "`\(text)` cannot be an id", at: node.span,
            help: ["use letters, digits, `-`, `_` and `.`, without spaces"])
        return nil
    }

    package mutating func int(_ node: YAMLNode, in range: ClosedRange<Int> = Int.min...Int.max) -> Int? {
        guard let text = scalar(node, wanted: "a whole number") else { return nil }
        guard let value = Decimal2.wholeNumber(text) else {
            let digits = text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 || $0 == UInt8(ascii: "-") }
            if digits, text.utf8.contains(where: { $0 != UInt8(ascii: "-") }) {
                outOfRange(node, text, range)
            } else {
                // `1.0`, as a version of YAML.
                let whole = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
                let repaired = Repaired.number(whole).flatMap { Decimal2.wholeNumber($0) == nil ? nil : $0 }
                let likely = place.contains("days") ? Repaired.days(text) : Repaired.counted(text)
                wrongNumber(node, wanted: "a whole number", repaired, likely: likely)
            }
            return nil
        }
        if range.contains(value) { return value }
        outOfRange(node, text, range)
        return nil
    }

    private mutating func outOfRange(_ node: YAMLNode, _ text: String, _ range: ClosedRange<Int>) {
        let bounds =
            range.upperBound >= 1_000_000
            ? (range.lowerBound == Int.min ? "a smaller number" : "\(range.lowerBound) or more")
            : "\(range.lowerBound) to \(range.upperBound)"
        report("R104", "`\(text)` is out of range for `\(place)`", at: node.span, help: ["allowed is \(bounds)"])
    }

    package mutating func number(
        _ node: YAMLNode, in range: ClosedRange<Double> = -1e15...1e15
    ) -> Double? {
        guard let text = scalar(node, wanted: "a number") else { return nil }
        guard Decimal2.isDecimal(text), let value = Double(text) else {
            wrongNumber(node, wanted: "a number", Repaired.number(text), likely: Repaired.counted(text))
            return nil
        }
        if range.contains(value) { return value }
        report("R104", "`\(text)` is out of range for `\(place)`", at: node.span)
        return nil
    }

    /// A factor of at most four decimals.
    mutating func factor(_ node: YAMLNode) -> Factor? {
        guard number(node, in: Factor.range) != nil, let text = node.text else { return nil }
        if let factor = Factor(text: text) { return factor }
        report(
            "R104", "`\(text)` is out of range for `\(place)`", at: node.span,
            help: ["from 0.0001 to 10000, at most four decimals"])
        return nil
    }

    /// Fen.
    package mutating func money(_ node: YAMLNode) -> Int64? {
        guard let text = scalar(node, wanted: "an amount in yuan") else { return nil }
        guard Decimal2.isDecimal(text) else {
            let small = Repaired.smallMoney(text)
            wrongNumber(
                node, wanted: "an amount in yuan", small == nil ? Repaired.number(text) : nil,
                likely: small ?? Repaired.counted(text), or: ["write the number alone, such as 50 or 49.90"])
            return nil
        }
        if let fen = Decimal2.hundredths(text) { return fen }
        report(
            "R104", "`\(text)` is not an amount in yuan and fen", at: node.span,
            help: ["at most two decimals and below 10,000,000,000"])
        return nil
    }

    /// Basis points, 0...10,000.
    package mutating func percent(_ node: YAMLNode) -> Int? {
        guard let text = scalar(node, wanted: "a percentage") else { return nil }
        let digits = String(text.dropLast())
        guard text.hasSuffix("%"), Decimal2.isDecimal(digits) else {
            let repaired = Repaired.percent(text)
            let isFraction = Double(text).map { $0 > 0 && $0 < 1 } ?? false
            let help =
                isFraction
                ? "write the sign:  \(percentage(ofFraction: text))  (\(text)% would be a hundred times less)"
                : Decimal2.isDecimal(text) ? "write the sign:  \(text)%" : "such as 10%"
            wrongKind(
                node, wanted: "a percentage", help: [repaired.map { "write  \($0)" } ?? help],
                fix: repaired.map { [edit(node, $0)] } ?? [])
            return nil
        }
        if let points = Decimal2.hundredths(digits), (0...10_000).contains(points) { return Int(points) }
        report(
            "R104", "`\(text)` is out of range for `\(place)`", at: node.span,
            help: ["from 0% to 100%, at most two decimals"])
        return nil
    }

    /// The percentage for a fraction: `0.02` is `2%`.
    private func percentage(ofFraction text: String) -> String {
        let points = Int(((Double(text) ?? 0) * 10_000).rounded())
        let rest = points % 100 == 0 ? "" : points % 10 == 0 ? ".\(points % 100 / 10)" : ".\(padded(points % 100, 2))"
        return "\(points / 100)\(rest)%"
    }

    package mutating func bool(_ node: YAMLNode) -> Bool? {
        guard let text = scalar(node, wanted: "true or false") else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default: break
        }
        let typed = SameWord.folded(text)
        let same: String? =
            ["yes", "on", "y", "是", "true"].contains(typed)
            ? "true" : ["no", "off", "n", "否", "false"].contains(typed) ? "false" : nil
        let meant = same ?? (typed == "1" ? "true" : typed == "0" ? "false" : nil)
        report(
            "R111", "`\(text)` is not true or false", at: node.span,
            help: [meant.map { "write  \($0)" } ?? "write  true  or  false"],
            fix: same.map { [edit(node, $0)] } ?? [])
        return nil
    }

    /// An edit that replaces the value as it stands in the file.
    package func edit(_ node: YAMLNode, _ text: String) -> Diagnostic.Edit {
        .init(start: node.span.start.byte, end: node.span.end.byte, text: text)
    }
}
