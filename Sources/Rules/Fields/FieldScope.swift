/// The kind of value that an action or `combine` saved under a name.
package enum SavedName: Sendable, Hashable {
    /// Saved by `give_coupon`; whether its template promises a face value and a last day.
    case coupon(hasFaceValue: Bool, hasLastDay: Bool)
    /// Saved by `recommend`; whether the list can be empty here.
    case records(canBeEmpty: Bool)
    /// Saved by `combine`: a list of coupons.
    case coupons

    /// The fields under the name, with the name in front; the name alone is a list where it stands for several.
    package func declarations(under name: String) -> [FieldDeclaration] {
        switch self {
        case .coupon(let hasFaceValue, let hasLastDay):
            [
                .init("\(name).code", .code, missing: false, "code to redeem", chinese: "券码"),
                .init("\(name).valid_until", .date, missing: !hasLastDay, "last day of the coupon", chinese: "有效期至"),
                .init("\(name).face_value", .money, missing: !hasFaceValue, "face value", chinese: "面额"),
                .init("\(name).template", .text, missing: false, "id of its template", chinese: "券模板"),
            ]
        case .records(let canBeEmpty):
            [
                .init(name, .list, missing: canBeEmpty, "the recommended products", chinese: "推荐商品"),
                .init("\(name).count", .number, missing: false, "how many there are", chinese: "推荐数量"),
                .init("\(name).first.name", .text, "name of the first product", chinese: "首个推荐商品名"),
                .init("\(name).first.sku", .text, missing: canBeEmpty, "sku of the first product", chinese: "首个推荐商品编码"),
                .init("\(name).first.category", .text, "category of the first product", chinese: "首个推荐商品品类"),
                .init("\(name).first.price", .money, "price of the first product", chinese: "首个推荐商品价格"),
            ]
        case .coupons:
            [
                .init(name, .list, missing: false, "the combined coupons", chinese: "合并的券"),
                .init("\(name).count", .number, missing: false, "how many there are", chinese: "券数量"),
            ]
                + FieldCatalogue.coupon.map { coupon in
                    var first = coupon
                    first.name = "\(name).first." + coupon.name.dropFirst("coupon.".count)
                    return first
                }
        }
    }
}

extension SavedName {
    /// The kind of a name that two branches save; nil where they save different things.
    func merged(with other: SavedName) -> SavedName? {
        switch (self, other) {
        case (.coupon(let face, let day), .coupon(let otherFace, let otherDay)):
            .coupon(hasFaceValue: face && otherFace, hasLastDay: day && otherDay)
        case (.records(let empty), .records(let otherEmpty)): .records(canBeEmpty: empty || otherEmpty)
        case (.coupons, .coupons): .coupons
        default: nil
        }
    }
}

/// The names that are known at one place of a rule.
package struct FieldScope: Sendable {
    /// `member`, `trigger` and the rows of the trigger.
    package var rows: Set<String>
    package var saved: [String: SavedName]
    /// Names that a step with findings would have saved: no finding is made about them.
    package var unreadable: Set<String> = []
    /// Names that an earlier `choose` does not save alike in every branch, each with the branch that is at fault.
    package var partlySaved: [String: BranchWithout] = [:]
    package var custom: [CustomField]
    /// Fields that conditions above have proved to be there.
    package var present: Set<String> = []
    /// False when a condition above could not be read: it may be the one that proves a field to be there.
    package var presenceIsWhole = true
    /// The place in words, for findings: "a rule with `birthday`".
    package var place = "this place"
    /// False when a field of the shop could not be read: an unknown name may be it.
    package var customIsWhole = true
    /// The shop's tiers, lowest first; empty where the settings name none.
    package var tiers: [Settings.Tier] = []
    /// A few tiers that members have, where the settings name none and a store was asked.
    package var tiersOnFile: [String] = []
    /// Rows of the event whose name was nearly written (R204): that they are missing here has been reported.
    package var nearRows: Set<String> = []
    /// The coupon templates, for `coupon_stock`.
    var coupons = Registry<CouponTemplate>(isComplete: false)
    /// The purpose of the rule; nil outside a rule, and where it cannot be read.
    package var purpose: Rule.Purpose?

    package struct BranchWithout: Sendable {
        /// `branch 2` or `otherwise`.
        package var words: String
        package var place: SourceSpan
        /// True when the name is saved there too, but by another action.
        package var savesOther: Bool
    }

    package init(rows: Set<String>, saved: [String: SavedName] = [:], custom: [CustomField] = []) {
        self.rows = rows
        self.saved = saved
        self.custom = custom
    }

    package enum Lookup: Sendable {
        case found(Field, words: [String])
        /// The name exists, but not with this trigger.
        case elsewhere(row: String)
        case unknown(near: NearField?)
    }

    package func lookup(_ name: String) -> Lookup {
        let head = String(name.prefix { $0 != "." })
        if let saved = saved[head] {
            guard let found = saved.declarations(under: head).first(where: { $0.name == name }) else {
                return .unknown(near: NearField(name, self))
            }
            return .found(field(found, .saved(head)), words: found.words)
        }
        if let own = custom.first(where: { $0.id == name }), rows.contains("member") {
            let missing = own.canBeMissing && !present.contains(name)
            return .found(Field(name: name, source: .member, type: own.type, canBeMissing: missing), words: [])
        }
        guard let source = FieldCatalogue.sources[head], let found = FieldCatalogue.declaration(named: name),
            found.name != "trigger.data.KEY"
        else { return .unknown(near: NearField(name, self)) }
        if !rows.contains(head) { return .elsewhere(row: head) }
        return .found(field(found, source), words: found.words)
    }

    private func field(_ found: FieldDeclaration, _ source: Field.Source) -> Field {
        Field(
            name: found.name, source: source, type: found.type,
            canBeMissing: found.canBeMissing && !present.contains(found.name))
    }

    var tierNames: [String] { tiers.isEmpty ? tiersOnFile : tiers.map(\.id) }

    /// Every name that is known here, built-in ones first.
    package var declarations: [FieldDeclaration] {
        FieldCatalogue.all.filter { rows.contains(String($0.name.prefix { $0 != "." })) }
            + custom.map { .init($0.id, $0.type, missing: $0.canBeMissing, $0.description, chinese: $0.description) }
            + saved.sorted { $0.key < $1.key }.flatMap { $0.value.declarations(under: $0.key) }
    }
}
