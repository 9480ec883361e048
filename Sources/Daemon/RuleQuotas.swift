import Channels
import Engine
import Kit
import Policies
import Rules
import Store

/// The `per_minute` limits of the rules that have one. Pure: the caller names the time.
struct RuleQuotas {
    private var buckets: [String: (perMinute: Int, bucket: TokenBucket)] = [:]

    /// How many messages each throttled rule may send now, at most `limit`; nothing is counted.
    mutating func left(in prepared: PreparedRules, upTo limit: Int, at now: TokenBucket.Moment) -> [String: Int] {
        var left: [String: Int] = [:]
        for plan in prepared.planned.plans {
            guard let perMinute = RulePlan.sends(of: plan.rule).compactMap(\.perMinute).min() else { continue }
            if buckets[plan.rule.id]?.perMinute != perMinute {
                let rate = Double(perMinute) / 60
                buckets[plan.rule.id] = (perMinute, TokenBucket(rate: rate, burst: max(1, rate)))
            }
            guard var trial = buckets[plan.rule.id]?.bucket else { continue }
            var count = 0
            while count < limit, trial.take(at: now) == nil { count += 1 }
            left[plan.rule.id] = count
        }
        return left
    }

    mutating func take(_ rule: String, at now: TokenBucket.Moment) { _ = buckets[rule]?.bucket.take(at: now) }
}

extension PreparedRules {
    /// The budgets in force, for the shop's day.
    func budgets(at now: Instant) -> DayBudgets {
        planned.set.settings.dayBudgets(at: now, planned.channels)
    }
}
