package enum Hex {
    /// The number in upper-case hexadecimal, padded with zeros to `digits`.
    package static func text(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// Two digits for each byte.
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { text(UInt32($0), digits: 2) }.joined()
    }
}
