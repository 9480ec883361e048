/// A word of an expression, with its place in the source in bytes.
struct TemplateToken {
    enum Kind: Equatable {
        case name(String)
        case number(Double)
        case text(String)
        case comparison(TemplateComparison)
        case pipe, colon, comma, dot
        case end
    }
    var kind: Kind
    var range: Range<Int>

    /// The words of `inside`, always closed by an `.end` of no length.
    static func read(_ source: [UInt8], _ inside: Range<Int>) throws(TemplateFault) -> [TemplateToken] {
        var reader = TokenReader(source: source, position: inside.lowerBound, end: inside.upperBound)
        var tokens: [TemplateToken] = []
        while let token = try reader.next() { tokens.append(token) }
        tokens.append(TemplateToken(kind: .end, range: reader.position..<reader.position))
        return tokens
    }
}

private struct TokenReader {
    let source: [UInt8]
    var position: Int
    let end: Int

    mutating func next() throws(TemplateFault) -> TemplateToken? {
        while position < end, [0x20, 0x09, 0x0A, 0x0D].contains(source[position]) { position += 1 }
        guard position < end else { return nil }
        let byte = source[position]
        switch byte {
        case UInt8(ascii: "|"): return single(.pipe)
        case UInt8(ascii: ":"): return single(.colon)
        case UInt8(ascii: ","): return single(.comma)
        case UInt8(ascii: "."): return single(.dot)
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return try text(byte)
        case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">"): return try comparison()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default:
            if let sign = fullWidthSign(at: position) {
                throw TemplateFault(
                    message: "unexpected `\(string(position..<position + 3))`", range: position..<position + 3,
                    help: "write an ASCII `\(sign)`")
            }
            if isNameByte(byte) { return name() }
            throw unexpected(position..<position + 1)
        }
    }

    private mutating func single(_ kind: TemplateToken.Kind) -> TemplateToken {
        position += 1
        return TemplateToken(kind: kind, range: position - 1..<position)
    }

    private mutating func text(_ quote: UInt8) throws(TemplateFault) -> TemplateToken {
        let start = position
        var index = start + 1
        while index < end, source[index] != quote { index += 1 }
        guard index < end else {
            throw TemplateFault(message: "this text has no closing quote", range: start..<end)
        }
        position = index + 1
        return TemplateToken(kind: .text(string(start + 1..<index)), range: start..<position)
    }

    private mutating func comparison() throws(TemplateFault) -> TemplateToken {
        let start = position
        while position < end, position - start < 2, [0x21, 0x3C, 0x3D, 0x3E].contains(source[position]) {
            position += 1
        }
        let written = string(start..<position)
        guard let comparison = TemplateComparison(rawValue: written == "<>" ? "!=" : written) else {
            throw TemplateFault(
                message: "`\(written)` is not an operator", range: start..<position,
                help: written == "=" ? "equality is written `==`" : nil)
        }
        return TemplateToken(kind: .comparison(comparison), range: start..<position)
    }

    private mutating func number() throws(TemplateFault) -> TemplateToken {
        let start = position
        position += 1
        digits()
        if position + 1 < end, source[position] == UInt8(ascii: "."), isDigit(source[position + 1]) {
            position += 1
            digits()
        }
        if position < end, isNameByte(source[position]) {
            while position < end, isNameByte(source[position]) { position += 1 }
        }
        let written = string(start..<position)
        let digitCount = written.utf8.filter(isDigit).count
        guard digitCount <= 15, digitCount + 2 >= written.utf8.count, let value = Double(written) else {
            throw TemplateFault(
                message: "`\(written)` is not a number of at most 15 digits, and a name does not begin like that",
                range: start..<position)
        }
        return TemplateToken(kind: .number(value), range: start..<position)
    }

    private mutating func digits() {
        while position < end, isDigit(source[position]) { position += 1 }
    }

    private mutating func name() -> TemplateToken {
        let start = position
        while position < end, isNameByte(source[position]) || isDigit(source[position]) || source[position] == 0x2D {
            if fullWidthSign(at: position) != nil { break }
            position += 1
        }
        return TemplateToken(kind: .name(string(start..<position)), range: start..<position)
    }

    /// The ASCII sign of `｜`, `：` or `，`, which Chinese typing leaves.
    private func fullWidthSign(at index: Int) -> Character? {
        guard index + 2 < end, source[index] == 0xEF, source[index + 1] == 0xBC || source[index + 1] == 0xBD,
            let typed = string(index..<index + 3).unicodeScalars.first, (0xFF01...0xFF5E).contains(typed.value),
            let sign = Unicode.Scalar(typed.value - 0xFEE0).map(Character.init), !sign.isLetter, !sign.isNumber,
            sign != "_"
        else { return nil }
        return sign
    }

    private func unexpected(_ range: Range<Int>) -> TemplateFault {
        let written = string(range)
        let help = "()[]".contains(written) ? "brackets are not part of this template language" : nil
        return TemplateFault(message: "unexpected `\(written)`", range: range, help: help)
    }

    private func string(_ range: Range<Int>) -> String { String(decoding: source[range], as: UTF8.self) }
    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    /// Letters, the underscore and everything beyond ASCII: a name may be written in Chinese.
    private func isNameByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == 0x5F || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
    }
}
