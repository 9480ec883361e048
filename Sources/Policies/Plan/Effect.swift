import Kit
import Rules

/// Something that a decision did beside its message.
package enum Effect: Sendable, Equatable {
    case coupon(template: String, code: String)
    /// Negative ones were taken away.
    case points(Int)
    /// Said also where the member had the tag already, or has it no more.
    case tag(String, isAdded: Bool)
    case task(title: String)

    package var json: JSONText {
        switch self {
        case .coupon(let template, let code): .object(["coupon": .text(template), "code": .text(code)])
        case .points(let points): .object(["points": .int(points)])
        case .tag(let tag, let isAdded): .object(["tag": .text((isAdded ? "+" : "-") + tag)])
        case .task(let title): .object(["task": .text(title)])
        }
    }
}

extension Decision {
    /// Those that the keys `coupon` and `task` do not tell of.
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
