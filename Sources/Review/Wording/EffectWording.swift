import Kit
import Policies
import Rules

/// Words for what a decision did besides its message.
enum EffectWording {
    static func words(_ effect: Effect, _ say: Phrases) -> String {
        switch effect {
        case .coupon(let template, _): say("coupon \(template)", "券 \(template)")
        case .points(let points):
            say("points \(signed(points))", "积分 \(signed(points))")
        case .tag(let tag, let isAdded): say("tag \(isAdded ? "+" : "-")\(tag)", "标签 \(isAdded ? "+" : "-")\(tag)")
        case .task(let title): say("task \(Mask.text(title))", "任务 \(Mask.text(title))")
        }
    }

    /// As an expectation writes it; anything else is printed as it is.
    static func words(_ item: YAMLNode, _ say: Phrases) -> String {
        func text(_ key: String) -> String? { item[key]?.text }
        if let template = text("coupon") { return say("coupon \(template)", "券 \(template)") }
        if let points = text("points") {
            let shown = Int(points).map(signed) ?? points
            return say("points \(shown)", "积分 \(shown)")
        }
        if let tag = text("tag") { return say("tag \(tag)", "标签 \(tag)") }
        if let title = text("task").map(Mask.text) { return say("task \(title)", "任务 \(title)") }
        return text("code") ?? ""
    }

    private static func signed(_ points: Int) -> String { points > 0 ? "+\(points)" : "\(points)" }
}
