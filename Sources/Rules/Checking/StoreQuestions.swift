import Kit

/// The questions that a rule set puts to a store: the third stage of checking (qa-tools §2).
package struct StoreQuestions: Sendable {
    /// Fields of members whose missing values are to be counted, each once.
    package var missing: [Field]
    /// Fields that are derived with SQL of the shop's own.
    package var derived: [CustomField]
    /// Coupon templates with a pool of codes that a live rule gives from.
    package var pools: [String]
    /// Rules that do not say what happens to members who are inactive already.
    package var undecided: [Rule]
    /// Names that members bring along, each once.
    package var names: [UsedNames.Kind: [String]] = [:]

    /// With `counting` it also asks the questions that need a look at every member.
    package init(_ set: RuleSet, names used: UsedNames, counting: Bool) {
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
        names = Dictionary(grouping: used.uses, by: \.kind).mapValues { Set($0.map(\.name)).sorted() }
    }
}

/// The answers of the store to `StoreQuestions`.
package struct StoreAnswers: Sendable {
    package enum Fault: Sendable, Hashable {
        /// The SQL cannot be run; these are the database's own words.
        case broken(String)
        /// The SQL reads all of these tables for each member.
        case scans([String])
    }
    package struct Pool: Sendable, Hashable {
        package var free: Int
        /// The codes given in the seven days before `countedAt`.
        package var given: Int
        package init(free: Int, given: Int) {
            self.free = free
            self.given = given
        }
    }

    package var countedAt: Instant
    /// The number of active members: nobody else is ever reached.
    package var members = 0
    /// Members without a value, by field name.
    package var missing: [String: Int] = [:]
    /// The fault of each derived field that has one, by id of the field.
    package var faults: [String: Fault] = [:]
    /// The pools, by coupon template.
    package var pools: [String: Pool] = [:]
    /// Members past the limit who meet `if` and `audience`, by rule.
    package var pastLimit: [String: Int] = [:]
    /// Names that the store does not have, each with the nearest that it has.
    package var unknownNames: [UsedNames.Kind: [String: String?]] = [:]
    package init(countedAt: Instant) { self.countedAt = countedAt }
}

extension RuleSet {
    /// The missing matches of rules that may run and of segments, in the order of files.
    package var missingMatches: [Condition.MissingMatch] {
        let conditions = rules.filter { $0.status != .retired }.flatMap(\.conditions)
        return (conditions + segments.values.map(\.condition)).flatMap(\.missingMatches)
    }
}

extension Rule {
    /// The condition under `if`, and that of each branch of `choose`.
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
