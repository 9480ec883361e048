import Glibc
import Rules

/// Addresses of the Internet that share their first bits, such as `203.0.113.0/24`; an address alone is one of them.
package struct IPRange: Sendable, Equatable {
    private let bytes: [UInt8]
    private let bits: Int

    package static let loopback = [IPRange("127.0.0.0/8"), IPRange("::1")].compactMap { $0 }

    /// Nil for what is no address, or no number of its bits.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = IPRange.bytes(String(parts[0])) else { return nil }
        let most = bytes.count * 8
        guard let bits = parts.count == 1 ? most : Decimal2.wholeNumber(String(parts[1])),
            (0...most).contains(bits)
        else { return nil }
        self.bytes = bytes
        self.bits = bits
    }

    /// False for a text that is no address.
    package func contains(_ address: String) -> Bool {
        guard let other = IPRange.bytes(address), other.count == bytes.count else { return false }
        return zip(bytes, other).enumerated().allSatisfy { index, pair in
            let own = min(8, max(0, bits - index * 8))
            return UInt8(truncatingIfNeeded: (Int(pair.0) ^ Int(pair.1)) >> (8 - own)) == 0
        }
    }

    /// IPv4 that came in an IPv6 form is IPv4.
    private static func bytes(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        guard inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        let isFour = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10...11].allSatisfy { $0 == 0xFF }
        return isFour ? Array(bytes[12...]) : bytes
    }
}
