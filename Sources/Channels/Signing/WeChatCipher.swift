import CryptoExtras
import Crypto
import Foundation
import Kit

/// Signature and encryption of the callbacks of WeChat and WeCom: AES-256-CBC over 16 random bytes, the length of the
/// message in four bytes, the message, and the id of the account or corporation
/// (https://developers.weixin.qq.com/doc/service/guide/dev/push).
struct WeChatCipher {
    private let token: String
    private let receiver: String
    private let key: [UInt8]

    /// A callback that is refused; the reason names no content.
    enum Refusal: String, Error { case signature, base64, length, padding, receiver, text }

    /// - Parameter receiver: the account's appid, or the corporation's id.
    /// - Returns: nil where the key is not the 43 characters that the console shows.
    init?(token: String, encodingAESKey: String, receiver: String) {
        guard let key = WeChatCipher.bytes(of: encodingAESKey) else { return nil }
        (self.token, self.receiver, self.key) = (token, receiver, key)
    }

    static func isKey(_ text: String) -> Bool { bytes(of: text) != nil }

    private static func bytes(of key: String) -> [UInt8]? {
        guard key.utf8.count == 43, let bytes = Digest.bytes(base64: key + "="), bytes.count == 32 else { return nil }
        return bytes
    }

    /// The signature of the query: over token, timestamp and nonce, and over the encrypted text where there is one.
    static func signature(_ parts: String...) -> String {
        Digest.sha1Hex(parts.sorted { $0.isBytewise(before: $1) }.joined())
    }

    /// The plain message of a callback.
    func open(_ encrypted: String, signature: String, timestamp: String, nonce: String) throws(Refusal) -> String {
        guard Digest.isEqual(signature, Self.signature(token, timestamp, nonce, encrypted)) else {
            throw .signature
        }
        guard let bytes = Digest.bytes(base64: encrypted) else { throw .base64 }
        guard !bytes.isEmpty, bytes.count.isMultiple(of: 16), let initial = try? AES._CBC.IV(ivBytes: key[0..<16]),
            let padded = try? AES._CBC.decrypt(
                bytes, using: SymmetricKey(data: key), iv: initial, noPadding: true)
        else { throw .length }
        return try message(Array(padded))
    }

    /// PKCS#7 to blocks of 32 bytes, not of AES's 16.
    private func message(_ padded: [UInt8]) throws(Refusal) -> String {
        guard let pad = padded.last, (1...32).contains(pad), padded.count >= Int(pad),
            padded.suffix(Int(pad)).allSatisfy({ $0 == pad })
        else { throw .padding }
        let content = padded.dropLast(Int(pad)).dropFirst(16)
        guard content.count >= 4 else { throw .length }
        let length = content.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let rest = content.dropFirst(4)
        guard length <= rest.count else { throw .length }
        guard String(validating: rest.dropFirst(length), as: UTF8.self) == receiver else { throw .receiver }
        guard let text = String(validating: rest.prefix(length), as: UTF8.self) else { throw .text }
        return text
    }

    /// A message as the provider sends it: for answers, and for tests that play the provider.
    ///
    /// - Parameter random: 16 bytes.
    func seal(_ message: String, random: [UInt8]) throws -> String {
        let text = Array(message.utf8)
        let length = (0..<4).map { UInt8(truncatingIfNeeded: text.count >> (24 - 8 * $0)) }
        var bytes = Array(random[..<16])
        bytes += length
        bytes += text
        bytes += Array(receiver.utf8)
        let pad = 32 - bytes.count % 32
        bytes += Array(repeating: UInt8(pad), count: pad)
        let sealed = try AES._CBC.encrypt(
            bytes, using: SymmetricKey(data: key), iv: AES._CBC.IV(ivBytes: key[0..<16]), noPadding: true)
        return sealed.base64EncodedString()
    }
}
