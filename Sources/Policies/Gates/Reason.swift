import Kit
import Rules

/// Why an occurrence did not act: one key of a closed list (semantics §5), used by every command and metric alike.
package enum Reason: Sendable, Equatable {
    case passed(LocalDate)
    /// How long after `ready` the daemon decided, as `12h30m`.
    case late(String)
    case condition(String, actual: Value?)
    case history(String, actual: Int)
    /// `in` or `not_in`.
    case audience(String)
    case chooseNone
    /// `none` or `generic`.
    case personalisation(String)
    case unreachable(Reach.Obstacle)
    case quietHours
    /// `once_per` or `at_most`.
    case limit(String)
    case cap(String)
    /// `global` or the experiment's key.
    case holdout(String)
    case couponStock(String)
    case template(String)
    /// A field, or the event that `history` counts, that cannot be read for this member.
    case field(String)
    case recommendEmpty
    case unless(String)
    case anchor(String)
    case superseded(String)
    /// The message that the rule follows up ended in this state, and never left.
    case message(String)

    /// The code key with its JSON value, then `actual` where there is one, with the addresses in it masked.
    package func pairs(in zone: Zone) -> [JSONText.Member] {
        switch self {
        case .passed(let date): [.init("passed", .text(date.text))]
        case .late(let text): [.init("late", .text(text))]
        case .condition(let field, let actual):
            [
                .init("condition", .text(field)),
                .init("actual", actual.map { $0.json(in: zone).masked(of: field) } ?? .text("missing")),
            ]
        case .history(let event, let count): [.init("history", .text(event)), .init("actual", .int(count))]
        case .audience(let side): [.init("audience", .text(side))]
        case .chooseNone: [.init("choose", .text("none"))]
        case .personalisation(let kind): [.init("personalisation", .text(kind))]
        case .unreachable(let obstacle): [.init("unreachable", .text(obstacle.rawValue))]
        case .quietHours: [.init("quiet_hours", .bool(true))]
        case .limit(let kind): [.init("limit", .text(kind))]
        case .cap(let text): [.init("cap", .text(text))]
        case .holdout(let key): [.init("holdout", .text(key))]
        case .couponStock(let template): [.init("coupon_stock", .text(template))]
        case .template(let value): [.init("template", .text(value))]
        case .field(let name): [.init("field", .text(name))]
        case .recommendEmpty: [.init("recommend", .text("empty"))]
        case .unless(let event): [.init("unless", .text(event))]
        case .anchor(let event): [.init("anchor", .text(event))]
        case .superseded(let occasion): [.init("superseded", .text(occasion))]
        case .message(let state): [.init("message", .text(state))]
        }
    }

    /// The pairs as text.
    package func plainPairs(in zone: Zone) -> [(key: String, value: String?)] {
        pairs(in: zone).map { ($0.key, $0.value.plain) }
    }

    /// True when an experiment of the rule itself held the member out.
    package var isOfExperiment: Bool {
        if case .holdout(let key) = self { key != Gates.globalHoldout } else { false }
    }

    package func json(in zone: Zone) -> JSONText { .object(pairs(in: zone)) }

    /// The code key alone: what a metric or a test's bare string names.
    package var code: String { pairs(in: .utc)[0].key }
}

extension Reason {
    /// Reads a reason as it was stored: the code key, its value as text, and `actual` where there is one. Nil when this
    /// version does not know the key.
    package init?(code: String, value: String, actual: String?) {
        guard let code = ReasonCode(rawValue: code) else { return nil }
        switch code {
        case .passed:
            guard let date = LocalDate(text: value) else { return nil }
            self = .passed(date)
        case .late: self = .late(value)
        case .condition: self = .condition(value, actual: actual.flatMap { $0 == "missing" ? nil : .text($0) })
        case .history: self = .history(value, actual: actual.flatMap { Int($0) } ?? 0)
        case .audience: self = .audience(value)
        case .choose: self = .chooseNone
        case .personalisation: self = .personalisation(value)
        case .unreachable:
            guard let obstacle = Reach.Obstacle(rawValue: value) else { return nil }
            self = .unreachable(obstacle)
        case .quietHours: self = .quietHours
        case .limit: self = .limit(value)
        case .cap: self = .cap(value)
        case .holdout: self = .holdout(value)
        case .couponStock: self = .couponStock(value)
        case .template: self = .template(value)
        case .field: self = .field(value)
        case .recommend: self = .recommendEmpty
        case .unless: self = .unless(value)
        case .anchor: self = .anchor(value)
        case .superseded: self = .superseded(value)
        case .message: self = .message(value)
        }
    }
}

extension Reason {
    /// The gate at which a decision with this reason fell.
    package var gate: Gate {
        switch self {
        case .passed, .late: .time
        case .condition, .history, .audience, .field: .conditions
        case .chooseNone: .choice
        case .personalisation("generic"): .genericText
        case .personalisation: .personalisation
        case .unreachable: .reach
        case .quietHours: .quietHours
        case .limit, .cap: .limits
        case .holdout: .holdout
        case .couponStock, .template, .recommendEmpty: .acting
        case .unless, .anchor, .superseded, .message: .trigger
        }
    }

    /// The reason of every hold.
    package static var hold: Reason { .quietHours }

    /// The event that ended a wait.
    package var endingEvent: String? {
        switch self {
        case .unless(let event), .anchor(let event): event
        default: nil
        }
    }

    /// The key of the rule under which the author finds what decided; nil when no key of the rule did.
    ///
    /// - Parameter body: the key that holds the rule's actions.
    package func key(body: String) -> String? {
        switch self {
        case .unless: "unless"
        case .condition, .history: "if"
        case .audience: "audience"
        case .limit: "limits"
        case .late: "if_late"
        case .quietHours, .cap, .personalisation, .holdout: nil
        case .anchor, .superseded, .message, .passed: "when"
        case .chooseNone, .unreachable, .couponStock, .template, .field, .recommendEmpty: body
        }
    }
}

extension Value {
    /// As `values` and `actual` print it (semantics §7): unformatted, money as "199.00", dates and instants as text.
    package func json(in zone: Zone) -> JSONText {
        switch self {
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        case .money(let fen): .text(Value.money2(fen))
        case .date(let date): .text(date.text)
        case .instant(let instant): .text(zone.rfc3339(instant))
        case .list(let items): .list(items.map { .text($0) })
        case .bool(let flag): .bool(flag)
        }
    }

    /// `199.00`, `-0.50`.
    package static func money2(_ fen: Int64) -> String {
        let magnitude = fen.magnitude
        return "\(fen < 0 ? "-" : "")\(magnitude / 100).\(padded(Int(magnitude % 100), 2))"
    }
}

extension Value {
    /// Masks a phone, a mail address and an openid of the member where a decision is kept: they stay in the member's own
    /// row.
    package func masked(as field: String) -> Value {
        guard case .text(let text) = self, let masked = Mask.text(text, of: field) else { return self }
        return .text(masked)
    }
}
