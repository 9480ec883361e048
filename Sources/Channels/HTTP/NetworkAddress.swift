import Glibc

/// Addresses that belong to this machine or its own network, where a request from a setting must not wander.
enum NetworkAddress {
    /// True, too, for what is no address.
    static func isPrivate(_ text: String) -> Bool {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return isPrivate(UInt32(bigEndian: four.s_addr)) }
        var six = in6_addr()
        let plain = text.prefix { $0 != "%" }
        guard inet_pton(AF_INET6, String(plain), &six) == 1 else { return true }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        // IPv4 in IPv6, as it is or translated.
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10...11].allSatisfy { $0 == 0xFF }
        let isTranslated = bytes[..<12].elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])
        if isMapped || isTranslated { return isPrivate(bytes[12...].reduce(0) { $0 << 8 | UInt32($1) }) }
        // Everything but global unicast (2000::/3): unspecified, loopback, link-local, unique local, multicast.
        return bytes[0] & 0xE0 != 0x20
    }

    /// RFC 6890: this network, private use, shared, loopback, link-local, protocol assignments, documentation,
    /// benchmarking, multicast and reserved.
    private static func isPrivate(_ address: UInt32) -> Bool {
        let blocks: [(UInt32, UInt32)] = [
            (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
            (0xAC10_0000, 12), (0xC000_0000, 24), (0xC000_0200, 24), (0xC0A8_0000, 16), (0xC612_0000, 15),
            (0xC633_6400, 24), (0xCB00_7100, 24), (0xE000_0000, 3),
        ]
        return blocks.contains { address >> (32 - $0.1) == $0.0 >> (32 - $0.1) }
    }
}
