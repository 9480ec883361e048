/// One spelling for each address, which defines "the same address": members who share one and the entries of a list are
/// found by it.
package struct CanonicalAddress: Hashable, Sendable {
    package let kind: ChannelDeclaration.Address
    package let text: String

    /// A phone as `PhoneNumber.canonical` gives it, an email in lower case, an id as it is. Nil without an address.
    package init?(_ kind: ChannelDeclaration.Address, _ text: String?) {
        guard let text, kind != .none else { return nil }
        let bare = RowID.canonical(text)
        self.kind = kind
        self.text =
            switch kind {
            case .phone: PhoneNumber.canonical(bare) ?? bare
            case .email: CanonicalAddress.lowercased(bare)
            case .wechatOpenID, .wecomExternalUserID, .none: bare
            }
        if self.text.isEmpty { return nil }
    }

    /// An address that a person typed. Nil for what has not the form of this kind: a phone number is no openid.
    package init?(typed text: String, as kind: ChannelDeclaration.Address) {
        let bare = RowID.canonical(text)
        let isOfKind =
            switch kind {
            case .phone: PhoneNumber.canonical(bare) != nil
            case .email: EmailAddress.canonical(bare) != nil
            case .wechatOpenID, .wecomExternalUserID: CanonicalAddress.isProviderID(bare)
            case .none: false
            }
        guard isOfKind else { return nil }
        self.init(kind, kind == .email ? EmailAddress.canonical(bare) : bare)
    }

    /// Ids of WeChat and WeCom are of letters, digits, `-` and `_`, at least eight of them.
    private static func isProviderID(_ text: String) -> Bool {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-" || $0 == "_")
        }
        return isPlain && text.count >= 8 && text.unicodeScalars.contains { $0.properties.isAlphabetic }
    }

    /// The kinds of address there are.
    package static let kinds: [ChannelDeclaration.Address] = [.phone, .email, .wechatOpenID, .wecomExternalUserID]

    /// Changes ASCII letters only, as SQL's `lower` does, so that an index of the database finds the same.
    private static func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
    }
}
