/// One spelling for each phone number, so that a member imported twice is found to be one (guarantees, fault 91).
package enum PhoneNumber {
    /// `+86 138-0000-0001`, `0086…`, `86…` and full-width digits become `13800000001`; any other country keeps its
    /// code: `+85251234567`. Nil for numbers that no text message reaches (landlines, 10x to 12x), for numbers from
    /// elsewhere without a country code, and for text that is not a number.
    package static func canonical(_ text: String) -> String? {
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), isMainlandMobile(text) { return text }
        guard var digits = bareDigits(of: text) else { return nil }
        if digits.hasPrefix("+") {
            digits.removeFirst()
        } else if digits.hasPrefix("00") {
            digits.removeFirst(2)
        } else {
            if isMainlandMobile(digits) { return digits }
            let national = digits.dropFirst(2)
            return digits.hasPrefix("86") && isMainlandMobile(national) ? String(national) : nil
        }
        if digits.hasPrefix("86") {
            let national = digits.dropFirst(2)
            return isMainlandMobile(national) ? String(national) : nil
        }
        guard (8...15).contains(digits.utf8.count), !digits.hasPrefix("0") else { return nil }
        return "+" + digits
    }

    /// True for eleven digits that begin with 13 to 19.
    private static func isMainlandMobile(_ digits: some StringProtocol) -> Bool {
        guard digits.utf8.count == 11, digits.first == "1", let second = digits.dropFirst().first else { return false }
        return ("3"..."9").contains(second)
    }

    /// ASCII digits with at most a leading plus; nil when the text holds anything else but separators.
    private static func bareDigits(of text: String) -> String? {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39: result.unicodeScalars.append(scalar)
            case 0xFF10...0xFF19: result.append(Character(Unicode.Scalar(UInt8(scalar.value - 0xFF10 + 0x30))))
            case 0x2B, 0xFF0B:
                guard result.isEmpty else { return nil }
                result.append("+")
            case _ where isSeparator(scalar): continue
            default: return nil
            }
        }
        return result.isEmpty || result == "+" ? nil : result
    }

    /// Space, no-break and ideographic space, tab, the dashes that keyboards and word processors make, brackets, and
    /// what nobody sees.
    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20, 0x09, 0xA0, 0x3000, 0x2D, 0x2010...0x2015, 0x2212, 0xFF0D, 0x28, 0x29, 0xFF08, 0xFF09: true
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// The first character that no number has: a letter in place of a digit, for instance. Nil where there is none.
    package static func stranger(in text: String) -> Unicode.Scalar? {
        text.unicodeScalars.first { scalar in
            let isDigit = (0x30...0x39).contains(scalar.value) || (0xFF10...0xFF19).contains(scalar.value)
            return !isDigit && scalar != "+" && scalar.value != 0xFF0B && !isSeparator(scalar)
        }
    }
}
