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

    /// A cell of a column that takes the words of a closed list, which this is none of: `QQ`, `部分退款`. Its digits are masked,
    /// and all of it where it may be a mail address.
    package static func word(_ value: String) -> String {
        guard !value.contains("@"), !value.contains("＠") else { return cell(value) }
        var masked = String.UnicodeScalarView()
        for letter in value.unicodeScalars.prefix(20) {
            masked.append(letter.properties.numericType == .decimal ? "*" : letter)
        }
        return value.unicodeScalars.count > 20 ? String(masked) + "…" : String(masked)
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

    /// A text with every mail address and phone number in it masked; the numbers of orders and amounts stay.
    package static func text(_ text: String) -> String { PhoneMask.text(mails(text)) }

    /// The value of a field as it is printed. A field that holds an address by its name (`member.phone`,
    /// `trigger.data.openid`) is masked as such, any other like a text.
    package static func value(_ text: String, of field: String) -> String {
        if let own = self.text(text, of: field) { return own }
        switch field.split(separator: ".").last?.lowercased() {
        case "openid", "open_id", "wechat_openid", "unionid", "union_id", "external_userid", "wecom_external_userid":
            return id(text)
        default: return self.text(text)
        }
    }

    /// Looks from each `@` to both sides, so that a long text costs its length and not the square of it.
    private static func mails(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
        let bytes = Array(text.utf8)
        var (masked, done) = ([UInt8](), 0)
        for at in bytes.indices where bytes[at] == UInt8(ascii: "@") && at >= done {
            var begin = at
            while begin > done, isLetterOrDigit(bytes[begin - 1]) || "._%+-".utf8.contains(bytes[begin - 1]) {
                begin -= 1
            }
            let end = endOfDomain(bytes, from: at + 1)
            guard begin < at, let end else { continue }
            masked += bytes[done..<begin] + Array(email(String(decoding: bytes[begin..<end], as: UTF8.self)).utf8)
            done = end
        }
        return done == 0 ? text : String(decoding: masked + bytes[done...], as: UTF8.self)
    }

    /// The end of `shop.example.com`; nil for less than two labels.
    private static func endOfDomain(_ bytes: [UInt8], from begin: Int) -> Int? {
        func label(_ place: Int) -> Int {
            var place = place
            while place < bytes.count, isLetterOrDigit(bytes[place]) || bytes[place] == UInt8(ascii: "-") { place += 1 }
            return place
        }
        var (end, labels) = (label(begin), 1)
        guard end > begin else { return nil }
        while end < bytes.count, bytes[end] == UInt8(ascii: "."), label(end + 1) > end + 1 {
            end = label(end + 1)
            labels += 1
        }
        return labels > 1 ? end : nil
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// An openid or any other id: `oLin12345678` → `oL****78`; under 8 characters `****`.
    package static func id(_ id: String) -> String {
        id.count < 8 ? "****" : "\(id.prefix(2))****\(id.suffix(2))"
    }
}
