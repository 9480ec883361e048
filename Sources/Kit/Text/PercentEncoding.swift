/// RFC 3986 percent-encoding of UTF-8.
package enum PercentEncoding {
    /// Everything but the unreserved characters is encoded: a space is `%20`, `+` is `%2B`, `*` is `%2A`, `~` stays.
    package static func encode(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `name=value` pairs joined by `&`, in the order given.
    package static func query(_ pairs: [(String, String)]) -> String {
        pairs.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
    }

    /// The pairs of a query or of a form body in the order they came; `+` is a space. Nil where an escape is broken or
    /// the bytes are not UTF-8; with `isRepaired`, such bytes become U+FFFD.
    package static func pairs(_ text: some StringProtocol, isRepaired: Bool = false) -> [(name: String, value: String)]?
    {
        var pairs: [(name: String, value: String)] = []
        for part in text.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(halves[0], isRepaired),
                let value = halves.count > 1 ? decode(halves[1], isRepaired) : ""
            else {
                return nil
            }
            pairs.append((name, value))
        }
        return pairs
    }

    /// The text of one segment of a path, in which `+` is a plus. Nil as for `pairs`.
    package static func segment(_ text: some StringProtocol) -> String? {
        decode(text, false, plus: UInt8(ascii: "+"))
    }

    /// The text behind its escapes; `+` is a space. Nil where an escape is broken or the bytes are not UTF-8.
    package static func decoded(_ text: some StringProtocol) -> String? { decode(text, false) }

    private static func decode(_ text: some StringProtocol, _ isRepaired: Bool, plus: UInt8 = 0x20) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(plus)
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return isRepaired ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
