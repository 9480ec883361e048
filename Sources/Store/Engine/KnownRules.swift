import GRDB
import Policies
import Rules

/// The rules that a store knows as running: whether one of a new set goes on there or begins.
struct KnownRules {
    private struct Known {
        var trigger: String
        /// Nil on a store of a version that did not keep it.
        var reach: String?
        var status: String
    }
    private let known: [String: Known]

    init(_ db: Database) throws {
        known = try Row.fetchAll(
            db, sql: "SELECT rule, trigger_hash, reach_hash, status FROM live_rules WHERE status <> 'retired'"
        ).reduce(into: [:]) { $0[$1[0]] = Known(trigger: $1[1], reach: $1[2], status: $1[3]) }
    }

    /// New, or with another trigger: it counts from now.
    func begins(_ rule: Rule) -> Bool { known[rule.id]?.trigger != rule.triggerHash }

    /// It goes on, but `if`, `audience` or `existing_members` were edited: whoever was past the limit already and passes
    /// only now is an existing member as well.
    func reachesAnew(_ rule: Rule, in set: RuleSet) -> Bool {
        guard !begins(rule), let reach = known[rule.id]?.reach else { return false }
        return reach != rule.reachHash(in: set)
    }

    func wasPaused(_ rule: Rule) -> Bool { known[rule.id]?.status == Rule.Status.paused.rawValue }
}
