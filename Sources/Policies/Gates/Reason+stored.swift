import Kit
import Rules

extension Reason {
    /// As a decision was stored: the code key, its value as text, and `actual` where there is one. Nil: a key that this
    /// version does not know.
    package init?(code: String, value: String, actual: String?) {
        switch code {
        case "passed":
            guard let date = LocalDate(text: value) else { return nil }
            self = .passed(date)
        case "late": self = .late(value)
        case "condition": self = .condition(value, actual: actual.flatMap { $0 == "missing" ? nil : .text($0) })
        case "history": self = .history(value, actual: actual.flatMap { Int($0) } ?? 0)
        case "audience": self = .audience(value)
        case "choose": self = .chooseNone
        case "personalisation": self = .personalisation(value)
        case "unreachable":
            guard let obstacle = Reach.Obstacle(rawValue: value) else { return nil }
            self = .unreachable(obstacle)
        case "quiet_hours": self = .quietHours
        case "limit": self = .limit(value)
        case "cap": self = .cap(value)
        case "holdout": self = .holdout(value)
        case "coupon_stock": self = .couponStock(value)
        case "template": self = .template(value)
        case "field": self = .field(value)
        case "recommend": self = .recommendEmpty
        case "unless": self = .unless(value)
        case "anchor": self = .anchor(value)
        case "superseded": self = .superseded(value)
        case "message": self = .message(value)
        default: return nil
        }
    }
}
