/// One field as the product declares it: resolving, `nudged fields`, the schema and the reference page read it here.
package struct FieldDeclaration: Sendable, Hashable {
    /// The name in a rule: `member.tier`. A `KEY` or `NAME` at the end stands for any name.
    package var name: String
    package var type: FieldType
    package var canBeMissing: Bool
    package var description: String
    package var chinese: String
    /// The only possible values, where the set is closed.
    package var words: [String]

    package init(
        _ name: String, _ type: FieldType, missing: Bool = true, _ description: String, chinese: String,
        words: [String] = []
    ) {
        self.name = name
        self.type = type
        canBeMissing = missing
        self.description = description
        self.chinese = chinese
        self.words = words
    }
}

/// Every field that a rule may name (product §4).
package enum FieldCatalogue {
    package static let all: [FieldDeclaration] = member + derived + order + cart + points + coupon + browse + trigger

    /// The row that each first part of a name is read from.
    package static let sources: [String: Field.Source] = [
        "member": .member, "order": .order, "cart": .cart, "points": .points, "coupon": .coupon, "browse": .browse,
        "trigger": .trigger,
    ]

    package static func declarations(of source: String) -> [FieldDeclaration] {
        all.filter { $0.name.hasPrefix(source + ".") }
    }

    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// The built-in field with this whole name; any key under `trigger.data` is one.
    package static func declaration(named name: String) -> FieldDeclaration? {
        if let found = byName[name] { return found }
        let prefix = "trigger.data."
        guard name.hasPrefix(prefix), name.utf8.count > prefix.utf8.count, var data = byName["trigger.data.KEY"]
        else { return nil }
        data.name = name
        return data
    }

    /// The field of that name in a rule with `trigger`, after actions have saved `saved`; nil when there is none.
    package static func field(
        named name: String, trigger: Trigger?, saved: [String: SavedName], custom: [CustomField]
    ) -> Field? {
        let rows = trigger.map { $0.rows.union(["trigger"]) } ?? []
        let scope = FieldScope(rows: rows.union(["member"]), saved: saved, custom: custom)
        if case .found(let field, _) = scope.lookup(name) { return field }
        return nil
    }
}
