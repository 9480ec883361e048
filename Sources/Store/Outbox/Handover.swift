import Policies
import Rules

/// The last look before a delivery leaves: the gates that may have closed since the decision (product §7). Pure.
struct Handover {
    /// A delivery and what is known of its member at this moment.
    struct Facts {
        var purpose: Rule.Purpose
        var channel: String
        var rule: String
        var sendBy: Instant
        /// `live_rules.status`; nil: the rule was never live here.
        var ruleStatus: String?
        /// The rule is among those in force; false for a moment while a new set takes over.
        var isPlanned: Bool
        /// Nil: the member is gone.
        var memberStatus: String?
        var zone: Zone
        var personalisation: String?
        var reach: Reach.ChannelFacts
        var needsAddress: Bool
        /// The `unless` event that came, or the end of the thing itself.
        var ending: Because?
    }

    enum Answer: Equatable {
        case go
        /// Back to waiting, at once or until an instant.
        case wait(until: Instant?, cause: String)
        case end(DeliveryState, Because?, cause: String)
    }

    let settings: Settings
    let stops: Stops

    /// The first objection decides. A stop or a pause keeps the delivery; it may still expire meanwhile.
    func answer(_ facts: Facts, at now: Instant) -> Answer {
        if now >= facts.sendBy { return .end(.expired, nil, cause: "send_by") }
        switch facts.ruleStatus {
        case Rule.Status.live.rawValue where facts.isPlanned: break
        case Rule.Status.live.rawValue: return .wait(until: nil, cause: "reload")
        case Rule.Status.paused.rawValue: return .wait(until: nil, cause: "rule_paused")
        default: return .end(.cancelled, nil, cause: "rule_not_live")
        }
        if stops.all || stops.rules.contains(facts.rule) || stops.channels.contains(facts.channel) {
            return .wait(until: nil, cause: "stop")
        }
        if let ending = facts.ending { return .end(.cancelled, ending, cause: ending.code) }
        guard let member = facts.memberStatus, member == "active" else {
            let actual = Value.text(facts.memberStatus ?? "erased")
            return .end(.suppressed, .condition("member.status", actual: actual), cause: "member_status")
        }
        if facts.purpose == .marketing && facts.personalisation == "none" {
            return .end(.suppressed, .personalisation("none"), cause: "personalisation")
        }
        if let obstacle = Reach.obstacle(facts.reach, facts.purpose, facts.needsAddress) {
            return .end(.suppressed, .unreachable(obstacle), cause: obstacle.rawValue)
        }
        if let quiet = settings.quietHours, quiet.appliesTo.contains(facts.purpose),
            let end = quiet.end(of: now, in: facts.zone)
        {
            return end < facts.sendBy
                ? .wait(until: end, cause: "quiet_hours") : .end(.expired, .quietHours, cause: "quiet_hours")
        }
        return .go
    }
}
