import Kit
import Policies
import Rules
import Store

/// The checks before a delivery leaves: the gates that may have closed since the decision (product §7). Pure.
struct Handover {
    enum Answer: Equatable {
        case go(HandoverLimits)
        /// Waits again, until an instant; nil: claimable at once.
        case wait(until: Instant?, cause: String)
        case end(DeliveryState, Reason?, cause: String)
    }

    let settings: Settings
    let stops: Stops

    /// The first objection decides. A stop or a pause keeps the delivery, which may still expire, except under a stop
    /// of all.
    func answer(_ facts: HandoverFacts, at now: Instant) -> Answer {
        // This comes before anything that the clock decides: the clock may be wrong.
        if stops.all { return .wait(until: nil, cause: "stop") }
        if now >= facts.sendBy { return .end(.expired, nil, cause: "send_by") }
        switch facts.ruleStatus {
        case Rule.Status.live.rawValue where facts.isPlanned: break
        case Rule.Status.live.rawValue: return .wait(until: nil, cause: "reload")
        case Rule.Status.paused.rawValue: return .wait(until: nil, cause: "rule_paused")
        default: return .end(.cancelled, nil, cause: "rule_not_live")
        }
        if stops.covers(rule: facts.rule, channel: facts.channel) {
            return .wait(until: nil, cause: "stop")
        }
        if let ending = facts.ending { return .end(.cancelled, ending, cause: ending.code) }
        guard let member = facts.memberStatus, member == "active" else {
            let actual = Value.text(facts.memberStatus ?? "erased")
            return .end(.suppressed, .condition("member.status", actual: actual), cause: "member_status")
        }
        if facts.purpose == .marketing, let refusal = facts.refusedPersonalisation {
            return .end(.suppressed, .personalisation(refusal), cause: "personalisation")
        }
        if let obstacle = Reach.obstacle(facts.reach, facts.purpose, facts.needsAddress) {
            return .end(.suppressed, .unreachable(obstacle), cause: obstacle.rawValue)
        }
        let limits = HandoverLimits(facts, settings)
        if let end = limits.quiet?.end(of: now, in: limits.zone) {
            return end < facts.sendBy
                ? .wait(until: end, cause: "quiet_hours") : .end(.expired, .quietHours, cause: "quiet_hours")
        }
        return cap(facts, limits, at: now) ?? .go(limits)
    }

    /// Caps are checked again here: a message that was held for long may meet others that were decided meanwhile.
    private func cap(_ facts: HandoverFacts, _ limits: HandoverLimits, at now: Instant) -> Answer? {
        let reached = limits.caps.filter { $0.isReached(by: facts.otherSends, at: now, in: facts.zone) }
        guard let first = reached.first else { return nil }
        let ends = reached.map { $0.end(of: facts.otherSends, in: facts.zone) }.max() ?? now
        return ends < facts.sendBy
            ? .wait(until: ends, cause: "cap") : .end(.suppressed, .cap(first.text), cause: "cap")
    }
}
