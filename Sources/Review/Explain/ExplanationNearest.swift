import Engine
import Kit
import Policies
import Rules
import Store

/// Looks for one change that would make a rule act: the daemon's own gates decide and carry out each candidate, and the
/// result is rolled back.
struct NearestChangeSearch {
    let db: Session
    let prepared: PreparedRules
    let plan: RulePlan
    let occurrence: Occurrence
    let loaded: FactsLoader.Loaded
    let now: Instant
    let records: MemberRecords

    private var facts: Facts { loaded.facts }

    /// The first change that helps; nil when no single one does.
    func find(_ line: Decision) throws -> NearestChange? {
        switch line.because {
        case .condition, .history:
            return try plan.condition.flatMap { try leaf(of: $0, wanted: true) }
        case .audience("in"):
            return try leaf(ofAny: plan.audienceIn)
        case .audience:
            let objecting = plan.audienceNotIn.first(where: facts.readings.holds)
            return try objecting.flatMap { try leaf(of: $0, wanted: false) }
        case .chooseNone:
            return try leaf(ofAny: branches(of: plan.body))
        case .personalisation:
            return try trial(.personalised) { $0.facts.personalisation = nil }
        case .unreachable: return try contact()
        case .quietHours:
            return try line.until.flatMap { until in
                var released = occurrence
                released.ready = until
                released.isRelease = true
                return try trial(.released(until), released, at: until) { $0.facts.readings.now = until }
            }
        case .limit, .cap: return try fewer()
        case .holdout(let key):
            let variants = variantNames
            return try trial(.notHeldOut(key)) { loaded in
                loaded.facts.forcedVariants[key] = key == "global" ? "" : line.variant ?? variants.first ?? ""
            }
        case .passed, .late: return try trial(.inTime(occurrence.due), at: occurrence.due) { _ in }
        case .couponStock(let template): return try stocked(template)
        case .template(let value): return try filled(value)
        case nil where line.outcome == .notDue:
            if let condition = plan.condition, !facts.readings.holds(condition) {
                return try leaf(of: condition, wanted: true)
            }
            if let nearest = try leaf(ofAny: plan.audienceIn) { return nearest }
            return try plan.audienceNotIn.first(where: facts.readings.holds).flatMap { try leaf(of: $0, wanted: false) }
        default: return nil
        }
    }

    // MARK: one try

    /// The result of a change, or nil when the rule would still not act.
    func trial(
        _ change: NearestChange.Change, _ other: Occurrence? = nil, at instant: Instant? = nil,
        alter: (inout FactsLoader.Loaded) -> Void
    ) throws -> NearestChange? {
        var changed = loaded
        alter(&changed)
        let occurrence = other ?? self.occurrence
        let now = instant ?? self.now
        guard case .act(let path) = try plan.decide(occurrence, &changed, in: prepared.planned, at: now, db) else {
            return nil
        }
        let ledger = Ledger(db: db, planned: prepared.planned, rulesVersion: 0)
        var line: Decision?
        try db.savepoint {
            var fresh = occurrence
            fresh.isRelease = false
            line = try ActionRun(ledger: ledger, plan: plan, occurrence: fresh, now: now).run(path, changed).line
            return .takeBack
        }
        guard let line, [.sent, .taskCreated, .done].contains(line.outcome) else { return nil }
        return NearestChange(change: change, line: line, path: path)
    }

    // MARK: conditions

    private func leaf(ofAny checks: [BoundCondition]) throws -> NearestChange? {
        for check in checks {
            if let nearest = try leaf(of: check, wanted: true) { return nearest }
        }
        return nil
    }

    /// The first leaf, in file order, that alone would turn the condition.
    private func leaf(of check: BoundCondition, wanted: Bool) throws -> NearestChange? {
        switch check {
        case .all(let children), .any(let children):
            for child in children {
                if let nearest = try leaf(of: child, wanted: wanted) { return nearest }
            }
            return nil
        case .none(let children):
            for child in children {
                if let nearest = try leaf(of: child, wanted: !wanted) { return nearest }
            }
            return nil
        case .field(let test, let slot):
            guard let slot, facts.readings.holds(check) != wanted else { return nil }
            for value in ExplanationValues(readings: facts.readings).candidates(
                test, now: facts.readings.values[slot], wanted)
            {
                let change = NearestChange.Change.value(test.field, value)
                if let nearest = try trial(change, alter: { $0.facts.readings.values[slot] = value }) { return nearest }
            }
            return nil
        case .history(let test, let slot):
            guard facts.readings.holds(check) != wanted else { return nil }
            for count in test.times.flatMap({ $0.neighbours }).sorted(by: { a, b in
                abs(a - facts.readings.counts[slot]) < abs(b - facts.readings.counts[slot])
            }) where count >= 0 {
                let change = NearestChange.Change.history(test, count)
                if let nearest = try trial(change, alter: { $0.facts.readings.counts[slot] = count }) { return nearest }
            }
            return nil
        }
    }

    private func branches(of body: RulePlan.Body) -> [BoundCondition] {
        func checks(_ steps: [RulePlan.Step]) -> [BoundCondition] {
            steps.flatMap { step -> [BoundCondition] in
                guard case .choose(let branches, _) = step else { return [] }
                return branches.map(\.check) + branches.flatMap { checks($0.steps) }
            }
        }
        switch body {
        case .steps(let steps): return checks(steps)
        case .experiment(_, _, _, let variants): return variants.flatMap { checks($0.steps) }
        }
    }

    private var variantNames: [String] {
        if case .experiment(_, _, _, let variants) = plan.body { return variants.map(\.name) }
        return []
    }

    // MARK: other gates

    private func contact() throws -> NearestChange? {
        for channel in plan.channels {
            guard let known = facts.channels[channel] else { continue }
            let kind = prepared.planned.channels[channel] ?? .none
            func attempt(_ change: NearestChange.Change, _ alter: (inout Reach.ChannelFacts) -> Void) throws
                -> NearestChange?
            {
                var other = known
                alter(&other)
                return try trial(change) { $0.facts.channels[channel] = other }
            }
            let entry = RulePlan.sends(of: plan.rule).flatMap(\.entries).first { $0.channel == channel }
            let code = entry.flatMap { prepared.planned.set.templates[$0.template]?.code }
            let nearest: NearestChange? =
                switch Reach.obstacle(known, plan.rule.purpose, kind != .none, code: code) {
                case .noAddress: try attempt(.address(channel: channel, kind)) { $0.address = "" }
                case .suppressed: try attempt(.unsuppressed(channel: channel)) { $0.isSuppressed = false }
                case .noConsent:
                    try attempt(
                        known.marketing == .minor ? .guardian(channel: channel) : .consent(channel: channel)
                    ) {
                        $0.marketing = .granted
                        $0.service = nil
                    }
                case nil: nil
                }
            if let nearest { return nearest }
        }
        return nil
    }

    /// Leaves out the latest act or message counted, which counts for the limits and the caps alike.
    private func fewer() throws -> NearestChange? {
        let counted = try records.marketingMessages(from: .distantPast, through: now)
        let latest = (facts.ownActs.max().map { [$0] } ?? []) + (facts.marketingSends.max().map { [$0] } ?? [])
        // Others may share the address.
        let others = facts.channels.values.compactMap { $0.othersSends.max() }
        for at in Set(latest + others).sorted(by: >) {
            let own = SentMessage(at: at, rule: facts.ownActs.contains(at) ? plan.rule.id : nil)
            let message = counted.first { $0.at == at } ?? own
            let nearest = try trial(.without(message)) { loaded in
                if let index = loaded.facts.ownActs.firstIndex(of: at) { loaded.facts.ownActs.remove(at: index) }
                if let index = loaded.facts.marketingSends.firstIndex(of: at) {
                    loaded.facts.marketingSends.remove(at: index)
                }
                for channel in others.contains(at) ? Array(loaded.facts.channels.keys) : [] {
                    loaded.facts.channels[channel]?.othersSends.removeAll { $0 == at }
                }
            }
            if let nearest { return nearest }
        }
        return nil
    }

    private func stocked(_ template: String) throws -> NearestChange? {
        var nearest: NearestChange?
        try db.savepoint {
            try records.addCode(of: template)
            nearest = try trial(.stock(template)) { _ in }
            return .takeBack
        }
        return nearest
    }

    /// Fills in the field of a placeholder that had no value.
    private func filled(_ placeholder: String) throws -> NearestChange? {
        for send in RulePlan.sends(of: plan.rule) {
            guard let field = send.fill.first(where: { $0.placeholder == placeholder })?.field,
                let slot = plan.slots.index(of: field)
            else { continue }
            let value = ExplanationValues(readings: facts.readings).any(of: field.type)
            if let nearest = try trial(.filled(field), alter: { $0.facts.readings.values[slot] = value }) {
                return nearest
            }
        }
        return nil
    }
}

extension HistoryTest.Times {
    /// Counts at and beside its bounds.
    fileprivate var neighbours: [Int] {
        switch self {
        case .exactly(let n), .atLeast(let n), .moreThan(let n), .atMost(let n), .lessThan(let n): [n - 1, n, n + 1]
        case .between(let low, let high): [low - 1, low, high, high + 1]
        }
    }
}
