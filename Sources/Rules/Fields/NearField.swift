import Kit

/// The field that an unknown name is most likely meant to be.
package struct NearField: Sendable, Hashable {
    package let name: String
    /// True when `typed` is only another spelling of it.
    package let isSame: Bool

    private init(name: String, isSame: Bool = false) {
        self.name = name
        self.isSame = isSame
    }

    /// Tries another spelling, a word of the same meaning, the same last part under another row, then a near spelling
    /// of the part behind the row: `member.level` is the tier, however near `member.gender` is in letters.
    init?(_ typed: String, _ scope: FieldScope) {
        let fields = scope.declarations.filter { !$0.name.hasSuffix("KEY") }
        let names = fields.map(\.name)
        if let same = SameWord.exact(typed, among: names) {
            self.init(name: same, isSame: true)
        } else if let meant = NearField.synonym(typed, fields) ?? NearField.sameEnd(typed, names)
            ?? NearField.nearSpelling(typed, names)
        {
            self.init(name: meant)
        } else {
            return nil
        }
    }

    private static func synonym(_ typed: String, _ fields: [FieldDeclaration]) -> String? {
        let parts = SameWord.folded(typed).split(separator: ".", maxSplits: 1).map(String.init)
        guard let last = parts.last else { return nil }
        let head = parts.count == 2 ? rows[parts[0]] ?? parts[0] : nil
        let known = fields.filter { head == nil || $0.name.hasPrefix("\(head ?? "").") }
        let meant =
            ForeignWords.fields[last].map { word in known.map(\.name).filter { $0.hasSuffix(".\(word)") } } ?? []
        let described = known.filter { $0.chinese == last }.map(\.name)
        let exact = parts.count == 2 ? known.map(\.name).filter { $0 == "\(head ?? "").\(last)" } : []
        for found in [exact, meant, described] {
            if found.count == 1 { return found[0] }
            if let ofMember = found.first(where: { $0.hasPrefix("member.") }) { return ofMember }
        }
        return nil
    }

    private static let rows = [
        "会员": "member", "用户": "member", "客户": "member", "user": "member", "customer": "member", "contact": "member",
        "订单": "order", "购物车": "cart", "券": "coupon", "优惠券": "coupon", "积分": "points",
    ]

    /// A name with the same last part: `tier` is `member.tier`.
    private static func sameEnd(_ typed: String, _ names: [String]) -> String? {
        let tail = typed.split(separator: ".").last.map { "." + $0 } ?? typed
        let found = names.filter { $0.hasSuffix(tail) }
        return found.count == 1 || !typed.contains(".") ? found.first : nil
    }

    private static func nearSpelling(_ typed: String, _ names: [String]) -> String? {
        let head = typed.prefix { $0 != "." } + "."
        let ofRow = names.filter { $0.hasPrefix(head) }
        guard !ofRow.isEmpty else { return Suggestion.nearest(to: typed, among: names) }
        let tail = String(typed.dropFirst(head.count))
        let near = Suggestion.nearest(to: tail, among: ofRow.map { String($0.dropFirst(head.count)) }).map {
            String(head + $0)
        }
        // A short name with two slips: `cart.totle`. The beginning must be right, so that it is no other word.
        let start = String(typed.prefix(head.count + 3))
        return near ?? Suggestion.nearest(to: typed, among: ofRow.filter { $0.hasPrefix(start) })
            ?? onlyWord(SameWord.folded(tail), in: ofRow)
    }

    /// The only name of which the word is a part: `coupon.value` is `coupon.face_value`.
    private static func onlyWord(_ word: String, in names: [String]) -> String? {
        let found = names.filter { name in
            (name.split(separator: ".").last ?? "").split(separator: "_").contains { $0 == word }
        }
        return found.count == 1 ? found[0] : nil
    }
}
