/// Checks an unquoted text that libyaml accepted without complaint.
struct ScalarCheck {
    enum Role: Equatable {
        case key, root, item
        /// The value of a key, as typed.
        case value(String)
    }

    let source: SourceText
    let text: String
    let range: Range<Int>
    let role: Role
    let inFlow: Bool

    /// `isBroken` is true when the text is not what its author meant, so that nothing may be concluded from it.
    func findings() -> [(finding: Diagnostic, isBroken: Bool)] {
        var found: [(Diagnostic, Bool)] = []
        if let slip = slip() { found.append((slip, true)) }
        if role == .key, text == "<<" { found.append((Refusal.mergeKey(source, range), true)) }
        if role != .key, let cut = cutText() { found.append((cut, false)) }
        return found
    }

    /// Slips can only hide in a text that opens its line.
    private func slip() -> Diagnostic? {
        guard let line = openedLine() else { return continuationSlip() }
        let slip = TypingSlip(source: source, certain: false)
        if role != .key, let finding = slip.finding(in: line) { return finding }
        if let finding = slip.indentation(of: line) { return finding }
        if role == .key, source.at(range.lowerBound) == UInt8(ascii: "-") { return slip.finding(in: line) }
        if role == .key, let finding = slip.colon(swallowedBy: range, of: line) { return finding }
        return continuationSlip()
    }

    /// Reports a text that goes on in the next line and swallows a line whose indentation is not made of spaces.
    private func continuationSlip() -> Diagnostic? {
        let first = source.lineNumber(atByte: range.lowerBound)
        let last = min(source.lineNumber(atByte: range.upperBound), first + 50)
        guard first < last else { return nil }
        let slip = TypingSlip(source: source, certain: false)
        for number in first + 1...last {
            let line = source.shape(ofLine: number)
            if let finding = slip.oddSpace(at: line.content, in: line.range) { return finding }
        }
        return nil
    }

    /// The line that this text begins, after spaces and dashes.
    private func openedLine() -> LineShape? {
        guard !inFlow, !range.isEmpty else { return nil }
        var index = range.lowerBound
        while let byte = source.at(index - 1), byte == 0x20 || byte == UInt8(ascii: "-") { index -= 1 }
        guard index == source.start || source.at(index - 1) == 0x0A || source.at(index - 1) == 0x0D else { return nil }
        let line = source.shape(ofLine: source.lineNumber(atByte: range.lowerBound))
        return line.keyStart == range.lowerBound ? line : nil
    }

    /// Reports R114. An ordinary comment has a space after its `#`; a topic or a number sign has none.
    private func cutText() -> Diagnostic? {
        var hash = range.upperBound
        while source.at(hash) == 0x20 || source.at(hash) == 0x09 { hash += 1 }
        guard hash > range.upperBound, source.at(hash) == UInt8(ascii: "#"), let next = source.at(hash + 1) else {
            return nil
        }
        guard next > 0x20, next != UInt8(ascii: "#"), next != UInt8(ascii: "!") else { return nil }
        let end = source.shape(ofLine: source.lineNumber(atByte: hash)).textEnd
        let whole = source.text(range.lowerBound..<end).withoutOuterSpaces
        let quoted = Quoted.text(whole)
        let start = range.isEmpty ? hash : range.lowerBound
        let isOneLine = source.lineNumber(atByte: range.lowerBound) == source.lineNumber(atByte: end)
        let canFix = !inFlow && isOneLine
        let shown: String =
            switch role {
            case .value(let key): "\(key): \(quoted)"
            case .item: "- \(quoted)"
            case .key, .root: quoted
            }
        return Diagnostic(
            "R114", .warning, "the text ends at ` #`; the rest is read as a comment", at: source.span(hash..<end),
            label: "lost", help: isOneLine ? ["quote the text:  \(shown)"] : ["quote the text"],
            fix: canFix ? [.init(start: start, end: end, text: quoted)] : [])
    }
}

enum Quoted {
    /// The text in double quotes, or in single ones where that saves escapes.
    static func text(_ text: String) -> String {
        if text.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            return "'" + text.doubling("'") + "'"
        }
        return "\"\(text)\""
    }
}
