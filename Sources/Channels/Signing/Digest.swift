import Crypto
import Foundation

/// The hashes that providers sign with, in the spellings they ask for.
enum Digest {
    static func sha256Hex(_ bytes: some DataProtocol) -> String { hex(SHA256.hash(data: bytes)) }

    static func sha1Hex(_ text: String) -> String { hex(Insecure.SHA1.hash(data: Array(text.utf8))) }

    static func hmacSHA256(_ message: String, key: some DataProtocol) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(message.utf8), using: SymmetricKey(data: Array(key))))
    }

    static func hmacSHA1(_ message: String, key: String) -> [UInt8] {
        let key = SymmetricKey(data: Array(key.utf8))
        return Array(HMAC<Insecure.SHA1>.authenticationCode(for: Array(message.utf8), using: key))
    }

    /// Lower case.
    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// Nil where the text is not base64.
    static func bytes(base64 text: String) -> [UInt8]? { Data(base64Encoded: text).map(Array.init) }

    /// Compares without telling by its duration where two texts begin to differ.
    static func isEqual(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
