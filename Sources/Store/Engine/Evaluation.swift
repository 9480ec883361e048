import GRDB
import Policies
import Rules

/// A rule set ready to run against a store: each rule with its prepared facts query. Immutable, swapped as a whole.
package final class Engine: Sendable {
    package let planned: PlannedSet
    let queries: [FactQuery]
    package let rulesVersion: Int

    package init(_ planned: PlannedSet, rulesVersion: Int, in store: MemberStore) throws {
        self.planned = planned
        self.rulesVersion = rulesVersion
        let (hasOverrides, hasForced) = try store.writer.read { db in
            func isFilled(_ table: String) throws -> Bool {
                try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM \(table))") ?? false
            }
            return (try isFilled("member_overrides"), try isFilled("experiment_overrides"))
        }
        queries = planned.plans.map {
            FactQuery(
                $0, set: planned.set, addressKinds: planned.channels, hasOverrides: hasOverrides, hasForced: hasForced)
        }
    }
}

/// Decides batches of occurrences within one transaction, in the order of semantics §5.
struct Evaluation {
    let db: Database
    let engine: Engine
    let ledger: Ledger
    /// Dry-runs with `--all` also say who was not due.
    var includesNotDue = false
    /// See `Simulation.oneIn`.
    var oneIn = 1

    init(db: Database, engine: Engine, owes: Bool = true) {
        self.db = db
        self.engine = engine
        ledger = Ledger(db: db, planned: engine.planned, rulesVersion: engine.rulesVersion, owes: owes)
    }

    struct Item {
        var plan: Int
        var found: Found
    }

    struct Outcomes {
        var lines: [DecisionLine] = []
        /// Members whose own events may make something else due, with the names of those events.
        var raised: [String: Set<String>] = [:]
        /// Plans whose facts could not be read (a broken field of fields.yaml), with the database's words.
        var faults: [Int: String] = [:]
        /// Occurrences that are held now.
        var held: [(plan: Int, member: String)] = []
    }

    /// In the order of semantics §5.
    func ordered(_ items: [Item]) -> [Item] { items.sorted(by: precedes) }

    /// - Parameter now: the instant of decision of what is due.
    func decide(_ items: [Item], at now: Instant) throws -> Outcomes {
        let ordered = ordered(items)
        var batch = Batch(ordered, db, engine.queries)
        var outcomes = Outcomes()
        let settled = try settledIndices(ordered, at: now)
        for (index, item) in ordered.enumerated() where !settled.contains(index) {
            switch item.found {
            case .cancelled(let occurrence, let at, let because):
                outcomes.lines.append(try cancel(occurrence, item.plan, at: at, because))
            case .due(let occurrence) where outcomes.faults[item.plan] == nil:
                if try isPassedOver(occurrence, item.plan, at: now) {
                    if includesNotDue { outcomes.lines.append(DecisionLine(notDue: occurrence, at: now)) }
                    continue
                }
                let loaded: FactsLoader.Loaded?
                do { loaded = try batch.facts(index, at: now) } catch let error as DatabaseError
                    where error.resultCode == .SQLITE_ERROR
                {
                    outcomes.faults[item.plan] = error.message ?? "the facts of this rule cannot be read"
                    continue
                }
                guard let loaded else {
                    try forget(occurrence, item.plan, at: now, &outcomes)
                    continue
                }
                try decide(occurrence, loaded, item.plan, at: now, &outcomes, &batch)
            case .due: break
            }
        }
        return outcomes
    }

    private func cancel(_ occurrence: Occurrence, _ plan: Int, at: Instant, _ because: Because) throws -> DecisionLine {
        var ending = occurrence
        ending.isRelease = true
        let line = DecisionLine(
            at: at, zone: occurrence.zone, occurrence: occurrence, outcome: .cancelled, because: because)
        try ledger.record(line, of: ending, (engine.planned.plans[plan], nil))
        return line
    }

    /// What a wait was about is there no more: its coupons are gone, or the member is.
    private func forget(
        _ occurrence: Occurrence, _ plan: Int, at now: Instant, _ outcomes: inout Outcomes
    ) throws {
        guard occurrence.isRelease || occurrence.isStored else { return }
        if case .coupons = occurrence.anchor {
            outcomes.lines.append(try cancel(occurrence, plan, at: now, .anchor("coupon.used")))
        } else {
            try ledger.endWait(occurrence)
        }
    }

    private func decide(
        _ occurrence: Occurrence, _ loaded: FactsLoader.Loaded, _ plan: Int, at now: Instant,
        _ outcomes: inout Outcomes, _ batch: inout Batch
    ) throws {
        let rulePlan = engine.planned.plans[plan]
        let gates = Gates(plan: rulePlan, in: engine.planned)
        func line(_ outcome: Outcome, _ because: Because?) -> DecisionLine {
            DecisionLine(at: now, zone: occurrence.zone, occurrence: occurrence, outcome: outcome, because: because)
        }
        switch gates.decide(occurrence, loaded.facts, saved: loaded.saved, at: now) {
        case .notDue:
            if includesNotDue { outcomes.lines.append(DecisionLine(notDue: occurrence, at: now)) }
        case .hold(let until):
            try ledger.hold(occurrence, (rulePlan, loaded.facts), at: now, until: until)
            outcomes.held.append((plan, occurrence.member))
            var held = line(.held, .quietHours)
            held.until = until
            // One `held` line an occasion: a release into another quiet window waits on without a second one.
            if !occurrence.isRelease { outcomes.lines.append(held) }
        case .refuse(let outcome, let because, let tried):
            var refused = line(outcome, because)
            refused.tried = tried
            try ledger.record(
                refused, of: occurrence, (rulePlan, loaded.facts), isShadow: rulePlan.rule.status == .shadow)
            outcomes.lines.append(refused)
            if outcome == .heldOut { batch.touch(occurrence.member) }
        case .act(let path):
            let act = Act(ledger: ledger, plan: rulePlan, occurrence: occurrence, now: now)
            let result = try act.run(path, loaded)
            outcomes.lines.append(result.line)
            batch.touch(occurrence.member)
            if !result.raised.isEmpty { outcomes.raised[occurrence.member, default: []].formUnion(result.raised) }
        }
    }

    /// Step 2 before step 3; then by priority and rule id (the order of plans), member, occasion.
    private func precedes(_ a: Item, _ b: Item) -> Bool {
        if a.found.at != b.found.at { return a.found.at < b.found.at }
        if a.isCancelling != b.isCancelling { return a.isCancelling }
        if a.plan != b.plan { return a.plan < b.plan }
        let (x, y) = (a.found.occurrence, b.found.occurrence)
        return x.member != y.member
            ? x.member.isBytewise(before: y.member) : x.occasion.isBytewise(before: y.occasion)
    }

    /// Decided before, held, twice in this batch, or cancelled in it before they could be decided.
    private func settledIndices(_ items: [Item], at now: Instant) throws -> Set<Int> {
        var settled: Set<Int> = []
        var cancelled: Set<Occurrence.Key> = []
        for item in items where item.isCancelling && item.found.at <= now {
            cancelled.insert(item.found.occurrence.key(item.plan))
        }
        for (index, item) in items.enumerated() where !item.isCancelling {
            if cancelled.contains(item.found.occurrence.key(item.plan)) { settled.insert(index) }
        }
        var seen: Set<Occurrence.Key> = []
        for (plan, indices) in Dictionary(grouping: items.indices, by: { items[$0].plan }) {
            let occurrences = indices.map { index in
                var occurrence = items[index].found.occurrence
                // A cancellation ends a held wait, so a hold does not settle it.
                if items[index].isCancelling { occurrence.isRelease = true }
                return occurrence
            }
            for position in try ledger.settled(occurrences) { settled.insert(indices[position]) }
            for index in indices where !settled.contains(index) {
                if !seen.insert(items[index].found.occurrence.key(plan)).inserted { settled.insert(index) }
            }
        }
        return settled
    }
}

extension Evaluation.Item {
    var isCancelling: Bool { if case .cancelled = found { true } else { false } }
}

extension Occurrence {
    struct Key: Hashable {
        var plan: Int
        var member: String
        var occasion: String
    }
    func key(_ plan: Int) -> Key { Key(plan: plan, member: member, occasion: occasion) }
}

/// Facts of a batch: fetched for a rule when the first of its occurrences comes up, and again for a member that an
/// earlier decision of the batch has touched since.
private struct Batch {
    private let items: [Evaluation.Item]
    private let db: Database
    private let queries: [FactQuery]
    private let byPlan: [Int: [Int]]
    private var loaded: [Int: FactsLoader.Loaded] = [:]
    private var loadedAt: [Int: Int] = [:]
    private var touchedAt: [String: Int] = [:]
    private var step = 0

    init(_ items: [Evaluation.Item], _ db: Database, _ queries: [FactQuery]) {
        self.items = items
        self.db = db
        self.queries = queries
        byPlan = Dictionary(grouping: items.indices.filter { !items[$0].isCancelling }, by: { items[$0].plan })
    }

    mutating func touch(_ member: String) {
        step += 1
        touchedAt[member] = step
    }

    mutating func facts(_ index: Int, at now: Instant) throws -> FactsLoader.Loaded? {
        let plan = items[index].plan
        let loader = FactsLoader(db: db, query: queries[plan])
        if loadedAt[plan] == nil {
            let indices = byPlan[plan] ?? []
            loadedAt[plan] = step
            for (position, facts) in try loader.load(indices.map { items[$0].found.occurrence }, at: now) {
                loaded[indices[position]] = facts
            }
        }
        let occurrence = items[index].found.occurrence
        if let touched = touchedAt[occurrence.member], touched > loadedAt[plan] ?? 0 {
            return try loader.load([occurrence], at: now)[0]
        }
        return loaded[index]
    }
}
