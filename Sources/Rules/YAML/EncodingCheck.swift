import Kit

/// Refuses bytes that are not UTF-8 text before libyaml sees them, because only here the place and a guess are known.
enum EncodingCheck {
    /// The first fault that makes the bytes unreadable as text: R001 or, for control characters, R019.
    static func finding(in source: SourceText) -> Diagnostic? {
        if let utf16 = utf16Finding(in: source) { return utf16 }
        let bytes = source.bytes
        var index = source.start
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x20 && byte < 0x7F || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                index += 1
                continue
            }
            guard let (scalar, length) = decode(bytes, at: index) else { return notUTF8(source, at: index) }
            if isRefused(scalar) { return control(source, scalar, index..<index + length) }
            index += length
        }
        return nil
    }

    /// Strict UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF.
    private static func decode(_ bytes: [UInt8], at index: Int) -> (UInt32, Int)? {
        let lead = bytes[index]
        let length: Int
        var scalar: UInt32
        switch lead {
        case 0x00..<0x80: return (UInt32(lead), 1)
        case 0xC2..<0xE0: (length, scalar) = (2, UInt32(lead & 0x1F))
        case 0xE0..<0xF0: (length, scalar) = (3, UInt32(lead & 0x0F))
        case 0xF0..<0xF5: (length, scalar) = (4, UInt32(lead & 0x07))
        default: return nil
        }
        guard index + length <= bytes.count else { return nil }
        for next in index + 1..<index + length {
            guard bytes[next] & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(bytes[next] & 0x3F)
        }
        let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000
        guard scalar >= least, Unicode.Scalar(scalar) != nil else { return nil }
        return (scalar, length)
    }

    /// The characters that YAML forbids.
    private static func isRefused(_ scalar: UInt32) -> Bool {
        scalar < 0x20 || (0x7F..<0xA0).contains(scalar) && scalar != 0x85 || scalar == 0xFFFE || scalar == 0xFFFF
    }

    private static func control(_ source: SourceText, _ scalar: UInt32, _ range: Range<Int>) -> Diagnostic {
        let name = "U+" + Hex.text(scalar, digits: 4)
        let message = scalar == 0 ? "a NUL byte stands in this file" : "a control character stands in this file"
        return Diagnostic(
            "R019", .error, message, at: source.span(range), label: "this is \(name)",
            help: ["remove it; a text file holds letters, spaces and line breaks only"])
    }

    private static func utf16Finding(in source: SourceText) -> Diagnostic? {
        let first = source.bytes.prefix(2)
        let hasMark = first.elementsEqual([0xFF, 0xFE]) || first.elementsEqual([0xFE, 0xFF])
        let looksWide = first.count == 2 && (first[0] == 0) != (first[1] == 0)
        guard hasMark || looksWide else { return nil }
        let shown = first.map { Hex.text(UInt32($0), digits: 2) }.joined(separator: " ")
        return Diagnostic(
            "R001", .error, "this file is saved as UTF-16, not as UTF-8", at: .top(of: source.path),
            help: ["save the file again with encoding UTF-8"],
            notes: ["it starts with the bytes \(shown)"])
    }

    private static func notUTF8(_ source: SourceText, at index: Int) -> Diagnostic {
        let line = source.range(ofLine: source.lineNumber(atByte: index))
        let end = min(index + 2, max(line.upperBound, index + 1))
        let shown = source.bytes[index..<end].map { Hex.text(UInt32($0), digits: 2) }.joined(separator: " ")
        var note = end - index == 1 ? "the byte \(shown) here is not UTF-8" : "the bytes \(shown) here are not UTF-8"
        var help = "save the file again with encoding UTF-8"
        let rest = source.bytes.count - index
        if rest < 4, source.bytes[index] >= 0xC2, source.bytes[(index + 1)...].allSatisfy({ $0 & 0xC0 == 0x80 }) {
            note = "the file ends in the middle of a character"
        } else if let guess = GBKGuess.text(of: Array(source.bytes[line])) {
            note += "; read as GBK the line is `\(guess)`"
            help += ", or run `nudged fmt --from gbk \(source.path)`"
        }
        return Diagnostic(
            "R001", .error, "this file is not saved as UTF-8", at: source.span(index..<end), help: [help], notes: [note]
        )
    }
}
