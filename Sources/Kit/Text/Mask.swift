/// How an address is shown to a person (semantics.md §7). Everything that prints an address prints it through here.
package enum Mask {
    package enum Kind: Sendable, Hashable { case phone, email, id }

    package static func address(_ address: String, as kind: Kind) -> String {
        switch kind {
        case .phone: phone(address)
        case .email: email(address)
        case .id: id(address)
        }
    }

    /// For a place that does not know the kind: an `@` makes an email, digits after an optional `+` a phone.
    package static func address(_ address: String) -> String {
        if address.utf8.contains(UInt8(ascii: "@")) { return email(address) }
        let digits = address.hasPrefix("+") ? address.dropFirst() : address[...]
        let isPhone = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isPhone ? phone(address) : id(address)
    }

    /// The text of a field that is an address of the member; nil for every other field.
    package static func text(_ text: String, of field: String) -> String? {
        switch field {
        case "member.phone": phone(text)
        case "member.email": email(text)
        case "member.wechat_openid", "member.wecom_external_userid": id(text)
        default: nil
        }
    }

    /// `+8613800000001` → `138****0001`. A number too short to hide anything is `****`.
    package static func phone(_ number: String) -> String {
        let national = number.hasPrefix("+86") ? number.dropFirst(3) : number[...]
        guard national.unicodeScalars.count >= 8 else { return "****" }
        return "\(national.prefix(3))****\(national.suffix(4))"
    }

    /// `lin@example.com` → `l***@example.com`. Without an `@` it is masked like an id.
    package static func email(_ address: String) -> String {
        guard let at = address.lastIndex(of: "@") else { return id(address) }
        return "\(address[..<at].prefix(1))***\(address[at...])"
    }

    /// A cell of a file of members, whatever its column says it is: columns shift. Only its shape is shown, so that
    /// `1.2万` is `*.*万` and a phone number eleven stars; no digit, and no letter except those of units.
    package static func cell(_ value: String) -> String {
        let units = "万亿元角分年月日时点秒号天¥￥%"
        var masked = ""
        for letter in value.unicodeScalars.prefix(20) {
            let isHidden = letter.properties.isAlphabetic || letter.properties.numericType != nil
            masked.unicodeScalars.append(isHidden && !units.unicodeScalars.contains(letter) ? "*" : letter)
        }
        return value.unicodeScalars.count > 20 ? masked + "…" : masked
    }

    /// The name of a column. Where a file has no header, its first row is taken for one, so a name that looks like a
    /// number or an address of a person is masked.
    package static func heading(_ name: String) -> String {
        let digits = name.unicodeScalars.count { $0.properties.numericType != nil }
        return digits >= 5 || name.contains("@") || name.contains("＠") ? cell(name) : name
    }

    /// A member's id or another key of the shop's own: masked where it looks like an address, because some shops use
    /// phone numbers and mail addresses as ids.
    package static func key(_ key: String) -> String {
        let isAddress = key.contains("@") || key.utf8.count { (0x30...0x39).contains($0) } >= 7
        return isAddress ? address(key) : key
    }

    /// A text with every mail address and mobile number in it masked.
    package static func text(_ text: String) -> String {
        text.replacing(/[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+/) { email(String($0.output.0)) }
            .replacing(/(?:\+86)?1[3-9][0-9]{9}/) { phone(String($0.output)) }
    }

    /// An openid or any other id: `oLin12345678` → `oL****78`; under 8 characters `****`.
    package static func id(_ id: String) -> String {
        id.count < 8 ? "****" : "\(id.prefix(2))****\(id.suffix(2))"
    }
}
