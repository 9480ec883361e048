import Kit
import Policies
import Rules

/// Reads what callbacks have in common. Nothing here traps or throws: what cannot be read is nil.
enum CallbackBody {
    /// The items of a JSON array, without those that are no JSON; an object alone is one item. Nil where there is nothing
    /// to be read.
    ///
    /// Carriers cut texts between the halves of an emoji, so half a surrogate pair and bytes that are not UTF-8 become
    /// the replacement character: such a reply may be a refusal.
    static func items(_ body: [UInt8]) -> [StrictJSON]? {
        guard let texts = elements(of: Array(String(decoding: body, as: UTF8.self).utf8)) else { return nil }
        let items = texts.compactMap { (try? StrictJSON(parsing: $0)) ?? (try? StrictJSON(parsing: mended($0))) }
        return items.isEmpty && !texts.isEmpty ? nil : items
    }

    /// The texts between the commas of an array, or the text of an object; nil for anything else. They are not checked.
    private static func elements(of text: [UInt8]) -> [[UInt8]]? {
        let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        guard let first = text.firstIndex(where: { !space.contains($0) }),
            let last = text.lastIndex(where: { !space.contains($0) })
        else { return nil }
        if text[first] == UInt8(ascii: "{") { return [text] }
        guard text[first] == UInt8(ascii: "["), text[last] == UInt8(ascii: "]"), last > first else { return nil }
        var elements: [[UInt8]] = []
        var (start, depth, isQuoted, isEscaped) = (first + 1, 0, false, false)
        for index in first + 1..<last {
            let byte = text[index]
            if isQuoted {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isQuoted = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                elements.append(Array(text[start..<index]))
                start = index + 1
            default: break
            }
        }
        let rest = Array(text[start..<last])
        return elements.isEmpty && rest.allSatisfy(space.contains) ? [] : elements + [rest]
    }

    /// The pairs of a form; nil where it is none.
    static func form(_ body: [UInt8]) -> [(name: String, value: String)]? {
        String(validating: body, as: UTF8.self).flatMap { PercentEncoding.pairs($0) }
    }

    /// Replaces escapes of half a surrogate pair and of NUL.
    private static func mended(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
                result.append(bytes[index])
                index += 1
                continue
            }
            guard let unit = unit(bytes, at: index) else {
                result += bytes[index...index + 1]
                index += 2
                continue
            }
            let low = self.unit(bytes, at: index + 6)
            if (0xD800...0xDBFF).contains(unit), let low, (0xDC00...0xDFFF).contains(low) {
                result += bytes[index..<index + 12]
                index += 12
            } else {
                let isWhole = unit != 0 && !(0xD800...0xDFFF).contains(unit)
                result += isWhole ? Array(bytes[index..<index + 6]) : Array("\\ufffd".utf8)
                index += 6
            }
        }
        return result
    }

    /// The UTF-16 unit of the escape that begins there.
    private static func unit(_ bytes: [UInt8], at index: Int) -> UInt32? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return UInt32(String(decoding: bytes[index + 2..<index + 6], as: UTF8.self), radix: 16)
    }

    /// One spelling of a number, with or without `+`: as members have it, else with its country. Nil for no number.
    static func number(_ text: String?, country: String? = nil) -> String? {
        guard let text, text.utf8.count <= 40 else { return nil }
        if let country, !country.isEmpty, !text.hasPrefix("+") {
            return PhoneNumber.canonical("+\(country)\(text)") ?? PhoneNumber.canonical(text)
        }
        return PhoneNumber.canonical(text) ?? PhoneNumber.canonical("+\(text)")
    }

    /// `yyyy-MM-dd HH:mm:ss` by the clock of Beijing.
    static func beijing(_ text: String?) -> Instant? {
        guard let text, let local = LocalDateTime.parse(text) else { return nil }
        return Zone.beijing.instant(local.date, microsOfDay: local.microsOfDay)
    }

    /// Seconds since 1970, until far in the future.
    static func unix(_ text: String?) -> Instant? {
        guard let text, let seconds = Int64(text), (1...100_000_000_000).contains(seconds) else { return nil }
        return Instant(seconds: seconds)
    }

    /// An id for a reply that came without one.
    static func id(ofReply address: String, _ text: String, _ time: String) -> String {
        String(Digest.sha256Hex(Array("\(address)\u{1F}\(text)\u{1F}\(time)".utf8)).prefix(32))
    }

    /// The code of a receipt as an identifier; carriers' codes have a colon (`MK:0001`).
    static func code(_ text: String?, else word: Receipt.Status) -> String {
        guard let text, !text.isEmpty else { return word.rawValue }
        return ProviderCode.safe(text.replacing(":", with: "_"))
    }
}

extension CallbackRequest {
    /// The first value of a name in the query.
    func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
