import Kit

/// What a rule set asks of a store: the third stage of checking (qa-tools §2).
package struct StoreQuestions: Sendable {
    /// Fields of members whose missing values are to be counted, each once.
    package var missing: [Field]
    /// Fields that are derived with SQL of the shop's own.
    package var derived: [CustomField]
    /// Coupon templates with a pool of codes that a live rule gives from.
    package var pools: [String]
    /// Rules that do not say what happens to members who are inactive already.
    package var undecided: [Rule]

    /// `counting` asks also for what takes a look at every member.
    package init(_ set: RuleSet, counting: Bool) {
        derived = set.fields.filter { $0.sqliteSQL != nil }
        let given = set.rules.filter { $0.status == .live }.flatMap(\.givenCoupons)
        pools = Set(given.map(\.template)).filter { set.coupons[$0]?.codes == .pool }.sorted()
        guard counting else {
            (missing, undecided) = ([], [])
            return
        }
        var seen: Set<String> = []
        missing = set.missingMatches.map(\.test.field).filter { seen.insert($0.name).inserted }
        undecided = set.rules.filter { $0.asksForExistingMembers }
    }
}

/// What the store answered.
package struct StoreAnswers: Sendable {
    package enum Fault: Sendable, Hashable {
        /// The SQL cannot be run; the database's own words.
        case broken(String)
        /// It reads all of these tables for each member.
        case scans([String])
    }
    package struct Pool: Sendable, Hashable {
        package var free: Int
        /// Codes given in the seven days before.
        package var given: Int
        package init(free: Int, given: Int) {
            self.free = free
            self.given = given
        }
    }

    package var countedAt: Instant
    /// Active ones: nobody else is ever reached.
    package var members = 0
    /// By field name.
    package var missing: [String: Int] = [:]
    /// By id of the derived field.
    package var faults: [String: Fault] = [:]
    /// By coupon template.
    package var pools: [String: Pool] = [:]
    /// People past the limit who meet `if` and `audience`, by rule.
    package var pastLimit: [String: Int] = [:]
    package init(countedAt: Instant) { self.countedAt = countedAt }
}

extension RuleSet {
    /// Of rules that may run and of segments, in the order of files.
    package var missingMatches: [Condition.MissingMatch] {
        let conditions = rules.filter { $0.status != .retired }.flatMap(\.conditions)
        return (conditions + segments.values.map(\.condition)).flatMap(\.missingMatches)
    }
}

extension Rule {
    /// `if`, and that of each branch of `choose`.
    var conditions: [Condition] {
        (condition.map { [$0] } ?? [])
            + steps.flatMap { step -> [Condition] in
                guard case .choose(let branches, _) = step else { return [] }
                return branches.map(\.condition)
            }
    }

    var givenCoupons: [GiveCoupon] {
        steps.compactMap { if case .giveCoupon(let give) = $0 { give } else { nil } }
    }

    var asksForExistingMembers: Bool {
        guard case .inactive = trigger, status != .retired else { return false }
        return existingMembers == nil
    }
}
