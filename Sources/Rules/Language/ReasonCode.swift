/// The code keys of `because` (semantics §5): why an occurrence did not act. What each says stands in `Reason`.
package enum ReasonCode: String, CaseIterable, Sendable {
    case condition, history, audience, choose, personalisation, unreachable
    case quietHours = "quiet_hours"
    case limit, cap, holdout
    case couponStock = "coupon_stock"
    case template, field, recommend, unless, anchor, superseded, passed, late, message

    /// In Chinese, as a heading.
    package var chinese: String { traits.chinese }
    /// True when it says nothing of the member: the name of a field, a rule, a coupon or an event, and no value or date.
    package var isImpersonal: Bool { traits.isImpersonal }

    /// The code that people mean by an everyday name of it in a test.
    static func meant(by name: String) -> ReasonCode? { allCases.first { $0.traits.names.contains(name) } }

    private var traits: (chinese: String, isImpersonal: Bool, names: [String]) {
        switch self {
        case .condition: ("条件不成立", true, ["条件", "条件不满足"])
        case .history: ("以往记录不符", true, ["历史"])
        case .audience: ("不在目标人群", true, ["人群"])
        case .choose: ("没有适用的分支", true, ["分支"])
        case .personalisation: ("不接受个性化", true, ["个性化"])
        case .unreachable: ("没有可用的渠道", true, ["无法触达", "触达不到", "no_consent", "no_address", "未授权"])
        case .quietHours: ("免打扰", false, ["免打扰", "免打扰时段", "静默时段"])
        case .limit: ("规则次数已满", true, ["频次限制"])
        case .cap: ("频次上限已满", true, ["频次上限", "全局频次上限", "频控", "frequency_cap"])
        case .holdout: ("对照组", true, ["对照组", "全局对照组"])
        case .couponStock: ("券已发完", true, ["库存", "没有库存", "out_of_stock"])
        case .template: ("文案缺少内容", true, ["模板"])
        case .field: ("字段读不出", true, ["字段"])
        case .recommend: ("没有可推荐的商品", true, ["推荐"])
        case .unless: ("先发生了别的事", true, ["取消"])
        case .anchor: ("事由已消失", true, [])
        case .superseded: ("被新的一次取代", false, [])
        case .passed: ("日子已过", false, ["过期", "已过期"])
        case .late: ("超过补发时限", false, ["迟到"])
        case .message: ("前一条没有发出", true, [])
        }
    }
}
