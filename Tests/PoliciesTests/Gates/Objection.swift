import Kit
import Rules
import Testing

/// Everything that can keep a rule from acting, in the order in which it is asked (semantics §5, gates 1 to 7).
enum Objection: String, CaseIterable, CustomTestStringConvertible {
    case passed, late
    case condition, history, audience, audienceExclusion, noBranch
    case noPersonalisation
    case unreachable
    case genericPersonalisation
    case quietHours
    case oncePerLifetime, atMost, firstCap, secondCap
    case globalHoldout, experimentHoldout

    var testDescription: String { rawValue }

    /// Makes this gate object, and no other one.
    func raise(in world: inout GateWorld) throws {
        let now = world.now
        switch self {
        case .passed: world.occurrence.passes = now
        case .late: world.occurrence.ready = now.adding(hours: -13)
        case .condition: world.values["member.gender"] = .text("male")
        case .history: world.purchases = 0
        case .audience: world.values["member.tier"] = .text("silver")
        case .audienceExclusion: world.values["member.tags"] = .list(["staff"])
        case .noBranch: world.values["member.city"] = .text("Beijing")
        case .noPersonalisation: world.personalisation = "none"
        case .unreachable: for channel in world.channels.keys { world.channels[channel]?.address = nil }
        case .genericPersonalisation: world.personalisation = "generic"
        case .quietHours:
            world.set.settings.quietHours = Settings.QuietHours(
                from: try #require(LocalTime(9, 30)), to: try #require(LocalTime(14, 15)), appliesTo: [.marketing])
        case .oncePerLifetime:
            world.rule.limits.oncePerLifetime = true
            world.ownActs.append(now.adding(hours: -24 * 400))
        case .atMost:
            world.rule.limits.atMost = CountLimit(times: 1, window: Span(3, .days))
            world.ownActs.append(now.adding(hours: -48))
        case .firstCap: world.marketingSends.append(now.adding(hours: -1))
        case .secondCap: world.marketingSends.append(now.adding(hours: -72))
        case .globalHoldout: world.set.settings.globalHoldout = 10_000
        case .experimentHoldout: world.rule.body = world.rule.body.withHoldout(10_000)
        }
    }

    /// What is decided when this gate is the first to object.
    var verdict: String {
        switch self {
        case .passed: #"missed {"passed":"2026-03-07"}"#
        case .late: #"missed {"late":"13h"}"#
        case .condition: #"skipped {"condition":"member.gender","actual":"male"}"#
        case .history: #"skipped {"history":"order.paid","actual":0}"#
        case .audience: #"skipped {"audience":"in"}"#
        case .audienceExclusion: #"skipped {"audience":"not_in"}"#
        case .noBranch: #"skipped {"choose":"none"}"#
        case .noPersonalisation: #"suppressed {"personalisation":"none"}"#
        case .unreachable: #"suppressed {"unreachable":"no_address"}"#
        case .genericPersonalisation: #"suppressed {"personalisation":"generic"}"#
        case .quietHours: "held until 14:15"
        case .oncePerLifetime: #"suppressed {"limit":"once_per"}"#
        case .atMost: #"suppressed {"limit":"at_most"}"#
        case .firstCap: #"suppressed {"cap":"1 in 1d"}"#
        case .secondCap: #"suppressed {"cap":"1 in 7d"}"#
        case .globalHoldout: #"held_out {"holdout":"global"}"#
        case .experimentHoldout: #"held_out {"holdout":"e"}"#
        }
    }

    /// An earlier objection with a later one.
    struct Pair: CustomTestStringConvertible {
        let earlier, later: Objection
        var testDescription: String { "\(earlier) before \(later)" }
    }

    /// All pairs that one member can be in: personalisation is one word.
    static let pairs: [Pair] = allCases.enumerated().flatMap { place, earlier in
        allCases.dropFirst(place + 1).map { Pair(earlier: earlier, later: $0) }
    }.filter { ($0.earlier, $0.later) != (.noPersonalisation, .genericPersonalisation) }
}
