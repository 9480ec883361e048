/// One spelling for each address, so that whoever else has it is found, and a list finds them: what "the same address"
/// means.
package struct CanonicalAddress: Hashable, Sendable {
    package let kind: ChannelDeclaration.Address
    package let text: String

    /// A phone as `PhoneNumber.canonical` gives it, an email in lower case, an id as it is. Nil where there is none.
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

    /// The kinds of address there are.
    package static let kinds: [ChannelDeclaration.Address] = [.phone, .email, .wechatOpenID, .wecomExternalUserID]

    /// ASCII letters only, as SQL's `lower` does it, so that an index of the database finds the same.
    private static func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
    }
}
