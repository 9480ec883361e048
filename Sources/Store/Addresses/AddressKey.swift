import Crypto
import Foundation
import Rules

/// The keyed hash by which the store knows an address: a list of refusals holds no addresses, and without the store's
/// key nobody can try out numbers against it. The key is drawn when the store is made and never shown.
enum AddressKey {
    static func hash(_ address: CanonicalAddress, _ secret: Data) -> Data {
        hash("\(address.kind.rawValue)\u{1F}\(address.text)", secret)
    }

    static func hash(_ text: String, _ secret: Data) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: secret)).prefix(16))
    }

    static func secret(_ db: Session) throws -> Data {
        let secret: Data? = try db.value("SELECT value FROM secrets WHERE name = 'addresses'")
        guard let secret else {
            throw MemberStore.OpenError(
                "the store has lost the key of its address lists; restore a backup",
                "数据库丢失了地址名单的密钥，请恢复备份")
        }
        return secret
    }

    /// `nudged_address_key(secret, kind, address)`; NULL for no address.
    static let function = SQLFunction("nudged_address_key", 3) { values in
        guard let secret = Data.read(values[0]), let name = String.read(values[1]),
            let kind = ChannelDeclaration.Address(rawValue: name),
            let address = CanonicalAddress(kind, String.read(values[2]))
        else { return nil }
        return hash(address, secret)
    }
}

extension ChannelDeclaration.Address {
    /// The column of `members` that holds it, as SQL; nil for `none`.
    var column: String? { self == .none ? nil : rawValue }

    /// The canonical form of that column, as an index of `members` has it.
    var indexed: String? { self == .email ? "lower(email)" : column }
}

extension CanonicalAddress {
    /// The columns of `members` that hold an address, in the order of `kinds`.
    static let columns = kinds.compactMap(\.column).joined(separator: ", ")

    /// The address of a row of `members` that is of a kind.
    static func column(of kind: String, in row: String) -> String {
        let cases = kinds.compactMap(\.column).map { "WHEN '\($0)' THEN \(row).\($0)" }
        return "CASE \(kind) \(cases.joined(separator: " ")) END"
    }

    /// The condition `column = ?` over `members`, served by an index.
    var isHeld: String { isHeld(as: "?") }

    func isHeld(as parameter: String) -> String { "\(kind.indexed ?? "NULL") = \(parameter)" }
}
