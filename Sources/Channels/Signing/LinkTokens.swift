import Crypto
import Foundation
import Kit
import Policies
import Rules

/// The tokens that links end with: the number of a row, and a code over all that the row says, made with a secret of
/// nudged.yaml. No token holds anything of a member, and none can be made up or changed into another.
package struct LinkTokens: Sendable {
    /// The first one signs; each is accepted.
    private let keys: [SymmetricKey]

    package struct WeakSecret: Error, Hashable, CustomStringConvertible {
        package let words = Bilingual(
            "it has less than \(LinkTokens.shortestSecret) characters", "它少于 \(LinkTokens.shortestSecret) 个字符")
        package var description: String { words.description }
        package init() {}
    }

    /// 128 bits, written as hexadecimal digits.
    package static let shortestSecret = 32
    /// 64 bits: of a million guesses a second, one is right in half a million years.
    private static let codeLength = 8

    /// - Parameter previous: what signed until a while ago; links of then still work.
    package init(secret: String, previous: String? = nil) throws(WeakSecret) {
        let secrets = [secret] + (previous.map { [$0] } ?? [])
        guard secrets.allSatisfy({ $0.utf8.count >= LinkTokens.shortestSecret }) else { throw WeakSecret() }
        keys = secrets.map { SymmetricKey(data: Data($0.utf8)) }
    }

    /// Nil for a row whose number is too large for its kind.
    package func token(of row: LinkRow) -> String? { keys.first.flatMap { LinkTokens.token(of: row, $0) } }

    /// The number that a token names, which proves nothing yet; nil for what is no token at all.
    package static func number(in token: some StringProtocol, _ kind: LinkRow.Kind) -> Int64? {
        guard token.utf8.count == kind.tokenLength, let bytes = bytes(base64url: token) else { return nil }
        return bytes.prefix(kind.numberLength).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }

    /// Whether the token is this row's, in a time that does not depend on where it begins to differ.
    package func accepts(_ token: some StringProtocol, of row: LinkRow) -> Bool {
        keys.reduce(false) { accepted, key in
            let own = LinkTokens.token(of: row, key).map { Digest.isEqual($0, String(token)) } ?? false
            return accepted || own
        }
    }

    private static func token(of row: LinkRow, _ key: SymmetricKey) -> String? {
        let size = row.kind.numberLength
        guard row.id >= 0, row.id >> Int64(size * 8) == 0 else { return nil }
        let number = (0..<size).reversed().map { UInt8(truncatingIfNeeded: row.id >> Int64($0 * 8)) }
        let signed = "nudged link\u{1F}\(row.kind.rawValue)\u{1F}\(row.id)\u{1F}\(row.subject)"
        let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: key).prefix(codeLength)
        return base64url(number + code)
    }

    private static func base64url(_ bytes: [UInt8]) -> String {
        Digest.base64(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func bytes(base64url text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") }) else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Digest.bytes(
            base64: String(text).replacing("-", with: "+").replacing("_", with: "/") + padding)
    }
}

extension LinkRow.Kind {
    /// The bytes of a row's number: four thousand million members' addresses, a million million links in messages.
    fileprivate var numberLength: Int {
        switch self {
        case .unsubscribe, .confirm: 4
        case .short: 5
        }
    }

    package var tokenLength: Int {
        switch self {
        case .unsubscribe: LinkForm.unsubscribeToken
        case .confirm: LinkForm.confirmToken
        case .short: LinkForm.shortToken
        }
    }
}

/// Writes the links of messages that leave.
package struct LinkWriter: Sendable {
    private let form: LinkForm
    private let tokens: LinkTokens

    package init(_ form: LinkForm, _ tokens: LinkTokens) {
        self.form = form
        self.tokens = tokens
    }

    /// Nil for a row whose number is too large.
    package func address(of row: LinkRow) -> String? {
        tokens.token(of: row).map { token in
            switch row.kind {
            case .unsubscribe: form.unsubscribe(token)
            case .confirm: form.confirm(token)
            case .short: form.short(token)
            }
        }
    }
}
