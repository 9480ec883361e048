import Kit

/// R236: a price or a discount that depends on the shop's knowledge of one member (PIPL Art. 24 ¶2, decision 0013).
///
/// A benefit of a tier, of a segment, of the order itself, and a draw by chance are the same for everybody in the same
/// place, and pass. So does a rule as a whole: the choice of members it reaches is no price.
struct PersonalPrices {
    let vocabulary: Vocabulary

    /// Reports two paths of one `choose` that give coupons of different worth, chosen by a field of the profile.
    func check(
        _ branches: [(branch: Action.Branch, condition: YAMLNode)], _ otherwise: [Action]?, _ findings: inout Findings
    ) {
        let worths = branches.flatMap { worth(of: $0.branch.actions) } + worth(of: otherwise ?? [])
        let telling = branches.filter { !worth(of: $0.branch.actions).isEmpty }.lazy.compactMap { branch in
            branch.branch.condition.profileField.flatMap { field in
                branch.condition.keySpan(of: field).map { (field: field, span: $0) }
            }
        }
        guard let split = telling.first, let first = worths.first,
            let other = worths.first(where: { $0.fen != first.fen })
        else { return }
        findings.report(
            "R236", .warning, "what a coupon is worth depends on `\(split.field)` of the member", at: split.span,
            help: [
                "tie it to something that everybody can know, such as `member.tier` or `order.total`",
                "if the offer is published like this, add  # nudged: allow R236 and where",
            ],
            notes: ["`\(first.coupon)` is worth \(yuan(first.fen)) yuan, `\(other.coupon)` \(yuan(other.fen)) yuan"],
            key: "choose")
    }

    private func worth(of actions: [Action]) -> [(coupon: String, fen: Int64)] {
        actions.compactMap { action in
            guard case .giveCoupon(let give) = action, let fen = vocabulary.coupons[give.template]?.faceValue else {
                return nil
            }
            return (give.template, fen)
        }
    }

    private func yuan(_ fen: Int64) -> String {
        fen % 100 == 0 ? String(fen / 100) : "\(fen / 100).\(padded(Int(fen % 100), 2))"
    }
}

extension YAMLNode {
    /// The first place of `key`, however deep.
    fileprivate func keySpan(of key: String) -> SourceSpan? {
        for entry in entries ?? [] {
            if entry.key == key { return entry.keySpan }
            if let found = entry.value.keySpan(of: key) { return found }
        }
        return items?.lazy.compactMap { $0.keySpan(of: key) }.first
    }
}

extension FillReader {
    /// Reports a placeholder whose name or field is a word for a price, filled from the member.
    func checkPrice(_ one: Filled, _ findings: inout Findings) {
        let field = one.fill.field
        guard field.source == .member, [.number, .money, .text, .code].contains(field.type),
            PriceWord.isIn(one.fill.placeholder) || PriceWord.isIn(field.path)
        else { return }
        findings.inside("fill") {
            $0.report(
                "R236", .warning,
                "`\(one.fill.placeholder)` shows each member a price of their own, from `\(field.name)`",
                at: one.span,
                help: [
                    "name the price in the template, or fill it from a coupon, the cart or the order",
                    "if it is no price of this member, add  # nudged: allow R236 and why",
                ], key: one.fill.placeholder)
        }
    }
}

/// Words that mean the cost of something.
enum PriceWord {
    private static let words: Set<String> = [
        "price", "prices", "discount", "discounts", "rebate", "markup", "surcharge",
    ]
    private static let chinese = ["价格", "售价", "优惠价", "专属价", "会员价", "折扣"]

    static func isIn(_ name: String) -> Bool {
        let parts = name.lowercased().split { "_-. ".contains($0) }.map(String.init)
        return parts.contains { words.contains($0) } || chinese.contains { name.contains($0) }
    }
}

extension Condition {
    /// The first field about how this one member buys or who they are; the tier, tags and the shop's own consent and
    /// contact columns do not count.
    fileprivate var profileField: String? {
        switch self {
        case .all(let children), .any(let children), .none(let children):
            children.lazy.compactMap(\.profileField).first
        case .history: nil
        case .field(let test): Condition.profile.contains(test.field.name) ? test.field.name : nil
        }
    }

    private static let profile: Set<String> = [
        "member.lifetime_spend", "member.lifetime_orders", "member.average_order_value", "member.largest_order",
        "member.first_order_at", "member.last_order_at", "member.days_since_last_order", "member.orders_30d",
        "member.orders_90d", "member.spend_90d", "member.spend_365d", "member.top_category", "member.lifecycle",
        "member.rfm.recency", "member.rfm.frequency", "member.rfm.monetary", "member.rfm.segment", "member.age",
        "member.gender", "member.city", "member.region",
    ]
}
