import Kit

/// Finds the slips of typing that a single line shows: the wrong colon, the wrong space, a dash without a space.
struct TypingSlip {
    let source: SourceText
    /// True when libyaml has already refused the text: then anything that looks like a slip is its cause. Otherwise
    /// libyaml accepted it, and only text that cannot be meant is reported.
    let certain: Bool

    func finding(in line: LineShape) -> Diagnostic? {
        guard !line.isBlank else { return nil }
        return indentation(of: line) ?? dash(in: line) ?? colon(in: line) ?? (certain ? braces(in: line) : nil)
    }

    /// R011 and R015.
    func indentation(of line: LineShape) -> Diagnostic? {
        guard line.content < line.range.upperBound else { return nil }
        if source.bytes[line.content] == 0x09 { return tab(at: line.content, in: line) }
        for start in Set([line.content, line.keyStart]).sorted() {
            if let finding = oddSpace(at: start, in: line.range) { return finding }
        }
        return nil
    }

    /// R015 when the bytes from `start` are spaces that only look like spaces.
    func oddSpace(at start: Int, in line: Range<Int>) -> Diagnostic? {
        guard let (first, _) = OddSpace.length(in: source, at: start, before: line.upperBound) else { return nil }
        var end = start
        while end < line.upperBound {
            if let (_, length) = OddSpace.length(in: source, at: end, before: line.upperBound) {
                end += length
            } else if source.bytes[end] == 0x20 || source.bytes[end] == 0x09 {
                end += 1
            } else {
                break
            }
        }
        let name = "U+" + Hex.text(first, digits: 4)
        let words = OddSpace.name(first)
        return Diagnostic(
            "R015", .error, "this line is indented with a space that is not the ASCII space",
            at: source.span(start..<end),
            label: "this is \(name), \(words); it counts as text, not as indentation",
            help: ["delete it and type ordinary spaces"])
    }

    private func tab(at start: Int, in line: LineShape) -> Diagnostic {
        var end = start
        while end < line.range.upperBound, source.bytes[end] == 0x09 { end += 1 }
        return Diagnostic(
            "R011", .error, "a tab indents this line", at: source.span(start..<end),
            label: end - start == 1 ? "this is a tab" : "these are tabs",
            help: ["indent with spaces: a tab is as wide as each editor likes, so it lines up with nothing"])
    }

    /// R016: `-send: x`, `-{send: x}`, `－ send: x`.
    private func dash(in line: LineShape) -> Diagnostic? {
        let start = line.keyStart
        if certain, start + 3 <= line.textEnd, let name = Self.dashes[source.text(start..<start + 3)] {
            let sign = source.text(start..<start + 3)
            return Diagnostic(
                "R016", .error, "`\(sign)` begins no list item", at: source.span(start..<start + 3),
                label: "this is \(name)",
                help: ["write  - \(source.text(start + 3..<line.textEnd).withoutOuterSpaces)"])
        }
        guard source.at(start) == UInt8(ascii: "-"), start + 1 < line.range.upperBound else { return nil }
        let next = source.bytes[start + 1]
        let isLetter = (next | 0x20) >= UInt8(ascii: "a") && (next | 0x20) <= UInt8(ascii: "z")
        guard isLetter || next >= 0x80 || "\"{[".utf8.contains(next) else { return nil }
        let word = source.text(start..<firstWordEnd(from: start, to: line.range.upperBound))
        return Diagnostic(
            "R016", .error, "`\(word)` is no list item: a dash without a space is part of the word",
            at: source.span(start..<start + 1), label: "no space after this dash",
            help: ["write  - \(source.text(start + 1..<line.textEnd))"])
    }

    /// What looks like a dash, and its code.
    private static let dashes = ["－": "U+FF0D", "—": "U+2014", "–": "U+2013", "−": "U+2212"]

    private func firstWordEnd(from start: Int, to end: Int) -> Int {
        var index = start
        while index < end, source.bytes[index] != 0x20, source.bytes[index] != UInt8(ascii: ":") { index += 1 }
        return index
    }

    /// R010 and R018, for the colon that should end the line's key.
    private func colon(in line: LineShape) -> Diagnostic? {
        let end = line.range.upperBound
        var index = line.keyStart
        while index < end {
            let byte = source.bytes[index]
            if byte == UInt8(ascii: ":") {
                return missingSpace(after: line.keyStart..<index, in: line)
            }
            if isFullWidthColon(at: index) {
                return fullWidthColon(after: line.keyStart..<index, end: line.textEnd)
            }
            let isWordByte = Self.isNameByte(byte) || (certain && byte >= 0x80 && line.dashes.isEmpty)
            guard isWordByte else { return nil }
            index += 1
        }
        return nil
    }

    /// `colon` stands right after `key`; the text behind it runs to `end`.
    func fullWidthColon(after key: Range<Int>, end: Int) -> Diagnostic? {
        guard !key.isEmpty else { return nil }
        let colon = key.upperBound..<key.upperBound + 3
        let rest = source.text(colon.upperBound..<max(colon.upperBound, end)).withoutOuterSpaces
        let needsSpace = !rest.isEmpty && source.at(colon.upperBound) != 0x20
        let next = source.shape(ofLine: source.lineNumber(atByte: colon.lowerBound) + 1)
        let context = next.isBlank ? [] : [Diagnostic.Label(source.span(next.content..<next.content), "")]
        return Diagnostic(
            "R010", .error, "a full-width colon does not separate a key from its value", at: source.span(colon),
            label: "this is U+FF1A, the Chinese colon", related: context,
            help: ["write an ASCII colon and a space:  \(source.text(key)): \(rest)".withoutOuterSpaces],
            fix: [.init(start: colon.lowerBound, end: colon.upperBound, text: needsSpace ? ": " : ":")])
    }

    /// R010 for `push：{type: log}`, whose key is `push：{type` to libyaml.
    func colon(swallowedBy key: Range<Int>, of line: LineShape) -> Diagnostic? {
        guard let colon = key.first(where: isFullWidthColon),
            !source.bytes[key.lowerBound..<colon].contains(where: { $0 <= 0x20 })
        else { return nil }
        let value = (colon + 3..<max(colon + 3, key.upperBound)).first { source.bytes[$0] > 0x20 }
        guard let value, "{[\"'".utf8.contains(source.bytes[value]) else { return nil }
        return fullWidthColon(after: key.lowerBound..<colon, end: line.textEnd)
    }

    private func missingSpace(after key: Range<Int>, in line: LineShape) -> Diagnostic? {
        let next = key.upperBound + 1
        guard !key.isEmpty, next < line.range.upperBound, source.bytes[next] != 0x20, source.bytes[next] != 0x09,
            source.bytes[next] != UInt8(ascii: "/"), source.bytes[next] != UInt8(ascii: ":"),
            !(0x30...0x39).contains(source.bytes[key.lowerBound])
        else { return nil }
        return missingSpace(after: key, end: line.textEnd)
    }

    /// R018 for the ASCII colon right after `key`.
    func missingSpace(after key: Range<Int>, end: Int) -> Diagnostic {
        let colon = key.upperBound
        let oddLength = OddSpace.length(in: source, at: colon + 1, before: end)?.1 ?? 0
        let rest = source.text(colon + 1 + oddLength..<max(end, colon + 1 + oddLength))
        return Diagnostic(
            "R018", .error, "a colon without a space after it does not separate a key from its value",
            at: source.span(colon..<colon + 1), label: "no space after this colon",
            help: ["write a space after it:  \(source.text(key)): \(rest.withoutOuterSpaces)"],
            fix: [.init(start: colon + 1, end: colon + 1 + oddLength, text: " ")])
    }

    /// R017 in a line that libyaml refused: text follows the braces, or they never close.
    private func braces(in line: LineShape) -> Diagnostic? {
        var start = line.value?.lowerBound ?? line.keyStart
        guard source.at(start) != UInt8(ascii: "\""), source.at(start) != UInt8(ascii: "'") else { return nil }
        let brace = UInt8(ascii: "{")
        while start + 1 < line.range.upperBound {
            if source.bytes[start] == brace, source.bytes[start + 1] == brace { return placeholder(at: start) }
            start += 1
        }
        return nil
    }

    /// R017 for the braces at `start`.
    func placeholder(at start: Int) -> Diagnostic {
        let line = source.range(ofLine: source.lineNumber(atByte: start))
        let rest = Array(source.bytes[start..<max(start, line.upperBound)])
        var length = min(2, rest.count)
        var inner = ""
        if let close = rest.indices.dropFirst(3).first(where: { rest[$0] == 0x7D && rest[$0 - 1] == 0x7D }) {
            length = close + 1
            inner = String(decoding: rest[2..<close - 1], as: UTF8.self).withoutOuterSpaces
        }
        let written = source.text(start..<start + length)
        if let text = wholeText(line) {
            return Diagnostic(
                "R017", .error, "`\(written)` without quotes is a block, not text",
                at: source.span(start..<start + length), help: ["put the whole text into quotes:  \(text)"])
        }
        return Diagnostic(
            "R017", .error, "`\(written)` without quotes is a block, not text", at: source.span(start..<start + length),
            help: [
                inner.isEmpty
                    ? "messages live in templates; a value here names a field"
                    : "messages live in templates; a value here names a field:  \(inner)"
            ])
    }

    /// The line of a template's text with quotes around the text; nil for any other line.
    private func wholeText(_ line: Range<Int>) -> String? {
        let parts = source.text(line).split(separator: ":", maxSplits: 1).map { String($0).withoutOuterSpaces }
        guard parts.count == 2, ["text", "subject", "html"].contains(parts[0]), !parts[1].contains("\"") else {
            return nil
        }
        return "\(parts[0]): \"\(parts[1])\""
    }

    func isFullWidthColon(at index: Int) -> Bool {
        source.at(index) == 0xEF && source.at(index + 1) == 0xBC && source.at(index + 2) == 0x9A
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }
}

/// Characters that look like a space and are not one to YAML.
enum OddSpace {
    /// The scalar and its length in bytes, when one starts at `index`.
    static func length(in source: SourceText, at index: Int, before end: Int) -> (UInt32, Int)? {
        guard index < end, let first = source.at(index), first == 0xC2 || first == 0xE2 || first == 0xE3 else {
            return nil
        }
        if first == 0xC2 { return source.at(index + 1) == 0xA0 ? (0xA0, 2) : nil }
        guard index + 2 < end, let second = source.at(index + 1), let third = source.at(index + 2) else { return nil }
        let scalar = UInt32(first & 0x0F) << 12 | UInt32(second & 0x3F) << 6 | UInt32(third & 0x3F)
        let isOdd = scalar == 0x3000 || (0x2000...0x200B).contains(scalar) || scalar == 0x202F || scalar == 0x205F
        return isOdd ? (scalar, 3) : nil
    }

    static func name(_ scalar: UInt32) -> String {
        switch scalar {
        case 0x3000: "the Chinese full-width space"
        case 0xA0: "the no-break space"
        case 0x200B: "a space without width"
        default: "a space of print"
        }
    }
}
