import Crypto
import Rules

/// Assignment by hash: stable, repeatable, independent between experiments (semantics §6).
package enum Chance {
    /// Bytes 0–7 and 8–15 of SHA-256(key ␟ member), big-endian.
    package static func draw(key: String, member: String) -> (n: UInt64, m: UInt64) {
        var bytes = Array(key.utf8)
        bytes.append(0x1F)
        bytes.append(contentsOf: member.utf8)
        let digest = Array(SHA256.hash(data: bytes))
        func word(_ from: Int) -> UInt64 { digest[from..<(from + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
        return (word(0), word(8))
    }

    /// `n × 10000 < b × 2⁶⁴`, in exact integers.
    static func isBelow(_ word: UInt64, basisPoints: Int) -> Bool {
        guard basisPoints > 0 else { return false }
        let (high, _) = word.multipliedFullWidth(by: 10_000)
        return high < UInt64(basisPoints)
    }

    package static func isHeldOut(key: String, member: String, basisPoints: Int) -> Bool {
        basisPoints > 0 && isBelow(draw(key: key, member: member).n, basisPoints: basisPoints)
    }

    /// The index of the member's variant, by the shares in file order.
    package static func variant(key: String, member: String, shares: [Int]) -> Int? {
        let m = draw(key: key, member: member).m
        var total = 0
        for (index, share) in shares.enumerated() {
            total += share
            if isBelow(m, basisPoints: total) { return index }
        }
        return nil
    }

    /// Hex SHA-256(rule ␟ occasion ␟ member): the members with the k smallest are picked (semantics §4).
    package static func pickRank(rule: String, occasion: String, member: String) -> String {
        hex(SHA256.hash(data: Array("\(rule)\u{1F}\(occasion)\u{1F}\(member)".utf8)))
    }

    /// The first 10 hex digits, upper case, of SHA-256(coupon id).
    package static func couponCode(id: String) -> String {
        String(hex(SHA256.hash(data: Array(id.utf8))).prefix(10)).uppercased()
    }

    package static func fingerprint(_ text: String) -> String { hex(SHA256.hash(data: Array(text.utf8))) }

    private static func hex(_ digest: SHA256.Digest) -> String {
        digest.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }
}
