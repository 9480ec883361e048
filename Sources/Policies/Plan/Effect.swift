import Kit
import Rules

/// Something that a decision did besides its message.
package enum Effect: Sendable, Equatable {
    case coupon(template: String, code: String)
    /// Negative points were taken away.
    case points(Int)
    /// Reported even when the member's tags did not change.
    case tag(String, isAdded: Bool)
    case task(title: String)

    /// As it is printed: a phone number or a mail address in a title is masked.
    package var json: JSONText {
        switch self {
        case .coupon(let template, let code): .object(["coupon": .text(template), "code": .text(code)])
        case .points(let points): .object(["points": .int(points)])
        case .tag(let tag, let isAdded): .object(["tag": .text((isAdded ? "+" : "-") + tag)])
        case .task(let title): .object(["task": .text(Mask.text(title))])
        }
    }
}

extension Decision {
    /// The effects that the keys `coupon` and `task` do not already report.
    package var untoldEffects: [Effect] {
        var rest = effects
        func drop(_ isTold: (Effect) -> Bool) {
            if let index = rest.firstIndex(where: isTold) { rest.remove(at: index) }
        }
        if coupon != nil { drop { if case .coupon = $0 { true } else { false } } }
        if task != nil { drop { if case .task = $0 { true } else { false } } }
        return rest
    }
}
