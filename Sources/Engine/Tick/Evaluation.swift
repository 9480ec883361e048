import Kit
import Foundation
import Policies
import Rules
import Store

/// A rule set ready to run against a store: each rule with its prepared facts query. Immutable, swapped as a whole.
package final class PreparedRules: Sendable {
    package let planned: PlannedSet
    package let queries: [FactQuery]
    package let probes: [ScanProbe]
    package let rulesVersion: Int
    /// Why rules cannot be run at all (a field of fields.yaml is broken), by the index of the plan.
    package let faults: [Int: String]

    package init(_ planned: PlannedSet, rulesVersion: Int, in store: MemberStore) throws {
        self.planned = planned
        self.rulesVersion = rulesVersion
        let queries = try store.writer.read { db in try FactQuery.all(of: planned, db) }
        self.queries = queries
        probes = planned.plans.map { ScanProbe($0.rule) }
        let zone = planned.set.settings.zone
        faults = try store.writer.read { db in
            try queries.enumerated().reduce(into: [:]) { faults, query in
                faults[query.offset] = try query.element.fault(db, in: zone)
            }
        }
    }
}

extension PreparedRules {
    /// The rules and members for which our own events may make something due at once. Few names are raised by many
    /// members, and few rules listen to them.
    package func listeners(to raised: [String: Set<String>]) -> [Agenda.Pair] {
        let names = raised.values.reduce(into: Set()) { $0.formUnion($1) }
        var pairs: [Agenda.Pair] = []
        for (index, plan) in planned.plans.enumerated() where faults[index] == nil {
            let heard = names.filter { plan.rule.trigger.listens(to: $0, unless: plan.rule.unless.names) }
            guard !heard.isEmpty else { continue }
            for (member, raised) in raised where !raised.isDisjoint(with: heard) {
                pairs.append(Agenda.Pair(plan: index, member: member))
            }
        }
        return pairs
    }
}

/// Decides batches of occurrences within one transaction, in the order of semantics §5.
package struct Evaluation {
    package let db: Session
    package let prepared: PreparedRules
    package let ledger: Ledger
    /// Dry-runs with `--all` also list who was not due.
    package var includesNotDue = false
    /// See `Simulation.oneIn`.
    package var oneIn = 1
    /// Whether each occurrence has a savepoint of its own, so that a failing statement rolls back that one alone.
    var isolatesEach = false

    /// Channels that fail every decision, as if the member were suppressed on them: for simulations.
    package var failing: Set<String> = []

    package init(db: Session, prepared: PreparedRules, owes: Bool = true) {
        self.db = db
        self.prepared = prepared
        ledger = Ledger(db: db, planned: prepared.planned, rulesVersion: prepared.rulesVersion, owes: owes)
    }

    package typealias Item = AgendaItem

    package struct Outcomes {
        package var lines: [Decision] = []
        /// Members with the names of our own events raised for them, which may make something else due.
        package var raised: [String: Set<String>] = [:]
        /// The reasons why plans could not be decided, by index: what they owe stays owed.
        package var faults: [Int: String] = [:]
        /// Occurrences that are held now.
        package var held: [(plan: Int, member: String)] = []

        package init() {}
    }

    /// The items in the order in which they are decided.
    package func ordered(_ items: [Item], at now: Instant) -> [Item] { Agenda.ordered(items, through: now) }

    /// - Parameter now: the instant of decision of what is due.
    package func decide(_ items: [Item], at now: Instant) throws -> Outcomes {
        let ordered = try withoutErased(ordered(items, at: now))
        let occurrences = ordered.map(\.found.occurrence)
        var batch = Batch(ordered, occurrences, db, queries: prepared.queries)
        batch.ended = try endedMessages(ordered)
        var outcomes = Outcomes()
        let settled = try settledIndices(ordered, occurrences)
        for (index, item) in ordered.enumerated() where !settled.contains(index) {
            if let fault = prepared.faults[item.plan] { outcomes.faults[item.plan] = fault }
            guard outcomes.faults[item.plan] == nil else { continue }
            guard isolatesEach else {
                try decide(item, index, at: now, &outcomes, batch: &batch)
                continue
            }
            do {
                try db.savepoint {
                    try decide(item, index, at: now, &outcomes, batch: &batch)
                    return .keep
                }
            } catch {
                guard let reason = StatementFault.reason(error) else { throw error }
                outcomes.faults[item.plan] = reason
            }
        }
        if ledger.owes { try CapSegments(db, prepared.planned.set).noteEntered(batch.touched, at: now) }
        return outcomes
    }

    /// Leaves out members who were erased since they were found: nothing is recorded of them any more.
    private func withoutErased(_ items: [Item]) throws -> [Item] {
        let erased = try db.erased(among: items.map(\.found.occurrence.member))
        return erased.isEmpty ? items : items.filter { !erased.contains($0.found.occurrence.member) }
    }

    private func decide(
        _ item: Item, _ index: Int, at now: Instant, _ outcomes: inout Outcomes, batch: inout Batch
    ) throws {
        switch item.found {
        case .cancelled(let occurrence, let at, let because):
            outcomes.lines.append(try cancel(occurrence, item.plan, at: at, because))
        case .due(let occurrence):
            let isPassedOver: Bool
            do {
                isPassedOver = try self.isPassedOver(occurrence, item.plan, at: now, &outcomes)
            } catch {
                guard let reason = StatementFault.reason(error) else { throw error }
                outcomes.faults[item.plan] = reason
                return
            }
            if isPassedOver {
                if includesNotDue { outcomes.lines.append(Decision(notDue: occurrence, at: now)) }
                return
            }
            if let state = occurrence.eventNumber.flatMap({ batch.ended[$0] }) {
                outcomes.lines.append(try cancel(occurrence, item.plan, at: now, .message(state)))
                return
            }
            switch try batch.facts(index, at: now) {
            case .loaded(let loaded):
                if let event = try eventOfLoss(occurrence, at: now) {
                    outcomes.lines.append(try cancel(occurrence, item.plan, at: now, .anchor(event)))
                } else {
                    try decide(occurrence, loaded, item.plan, at: now, outcomes: &outcomes, batch: &batch)
                }
            case .unreadable(let field): outcomes.lines.append(try fail(occurrence, item.plan, field, at: now))
            case .gone: try forget(occurrence, item.plan, at: now, &outcomes)
            case .faulty(let reason): outcomes.faults[item.plan] = reason
            }
        }
    }

    /// How messages that are followed here ended without leaving, by the number of their event.
    private func endedMessages(_ items: [Item]) throws -> [Int64: String] {
        let followed = items.filter { prepared.planned.plans[$0.plan].rule.trigger.followsMessages && !$0.isCancelling }
        return try EndedMessages.states(followed.compactMap(\.found.occurrence.eventNumber), db)
    }

    /// Ends only this occurrence, because a field cannot be read for its member.
    func fail(_ occurrence: Occurrence, _ plan: Int, _ field: String, at now: Instant) throws -> Decision {
        let rulePlan = prepared.planned.plans[plan]
        let line = Decision(
            at: now, zone: occurrence.zone, occurrence: occurrence, outcome: .failed, because: .field(field))
        try ledger.record(line, of: occurrence, (rulePlan, nil), isShadow: rulePlan.rule.status == .shadow)
        return line
    }

    private func cancel(_ occurrence: Occurrence, _ plan: Int, at: Instant, _ because: Reason) throws -> Decision {
        var ending = occurrence
        ending.isRelease = true
        let line = Decision(
            at: at, zone: occurrence.zone, occurrence: occurrence, outcome: .cancelled, because: because)
        try ledger.record(line, of: ending, (prepared.planned.plans[plan], nil))
        return line
    }

    /// Ends a wait whose subject no longer exists: its coupons or its member.
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
        outcomes: inout Outcomes, batch: inout Batch
    ) throws {
        let rulePlan = prepared.planned.plans[plan]
        var loaded = loaded
        for channel in failing { loaded.facts.channels[channel]?.isSuppressed = true }
        func line(_ outcome: Outcome, _ because: Reason?) -> Decision {
            Decision(at: now, zone: occurrence.zone, occurrence: occurrence, outcome: outcome, because: because)
        }
        switch try rulePlan.decide(occurrence, &loaded, in: prepared.planned, at: now, db) {
        case .notDue:
            if includesNotDue { outcomes.lines.append(Decision(notDue: occurrence, at: now)) }
        case .hold(let until):
            try ledger.hold(occurrence, (rulePlan, loaded.facts), at: now, until: until)
            outcomes.held.append((plan, occurrence.member))
            var held = line(.held, .quietHours)
            held.until = until
            // One `held` line for each occasion: a release into another quiet window waits again without a second one.
            if !occurrence.isRelease { outcomes.lines.append(held) }
        case .refuse(let outcome, let because, let tried):
            var refused = line(outcome, because)
            refused.tried = tried
            try ledger.record(
                refused, of: occurrence, (rulePlan, loaded.facts), isShadow: rulePlan.rule.status == .shadow)
            outcomes.lines.append(refused)
            if outcome == .heldOut { batch.touch(occurrence.member) }
        case .act(let path):
            let act = ActionRun(ledger: ledger, plan: rulePlan, occurrence: occurrence, now: now)
            if path.entry != nil, ledger.owes, !isolatesEach {
                try ledger.takeNumbers(for: batch.count)
            }
            let result = try act.run(path, loaded)
            outcomes.lines.append(result.line)
            let isMarketing = result.line.message != nil && rulePlan.rule.purpose == .marketing
            batch.touch(
                occurrence.member,
                isMarketing ? path.entry.flatMap { loaded.facts.channels[$0.channel]?.shared } : nil)
            if rulePlan.rule.status != .shadow { batch.take(result.line.effects) }
            if !result.raised.isEmpty { outcomes.raised[occurrence.member, default: []].formUnion(result.raised) }
        }
    }

    /// The indices of items that were decided before, are held, or repeat an earlier item of the batch.
    private func settledIndices(_ items: [Item], _ occurrences: [Occurrence]) throws -> Set<Int> {
        var settled: Set<Int> = []
        var seen: Set<Occurrence.Key> = []
        for (plan, indices) in Dictionary(grouping: items.indices, by: { items[$0].plan }) {
            let mine = indices.map { index in
                var occurrence = occurrences[index]
                // A cancellation ends a held wait, so a hold does not settle it.
                if items[index].isCancelling { occurrence.isRelease = true }
                return occurrence
            }
            for position in try ledger.settled(mine) { settled.insert(indices[position]) }
            for index in indices where !settled.contains(index) {
                if !seen.insert(occurrences[index].key(plan)).inserted { settled.insert(index) }
            }
        }
        return settled
    }
}

extension AgendaItem {
    package var isCancelling: Bool { if case .cancelled = found { true } else { false } }
}

extension RulePlan {
    /// Runs the gates over the loaded facts; `loaded` gains what the path saves before its choices.
    package func decide(
        _ occurrence: Occurrence, _ loaded: inout FactsLoader.Loaded, in planned: PlannedSet, at now: Instant,
        _ db: Session
    ) throws -> Verdict {
        let recommendation = Recommendation(db: db, member: occurrence.member, now: now)
        return try Gates(plan: self, in: planned).decide(occurrence, &loaded.facts, saved: loaded.saved, at: now) {
            try recommendation.picks($0, $1, slots)
        }
    }
}

/// The facts of a batch. They are fetched for a rule when its first occurrence comes up, and again for a member whom an
/// earlier decision of the batch has touched since.
private struct Batch {
    private let items: [Evaluation.Item]
    /// Those of the items: an item is large, and copied to look at its occurrence.
    private let occurrences: [Occurrence]
    private let db: Session
    private let queries: [FactQuery]
    private let byPlan: [Int: [Int]]
    private var reading = FactsLoader.Reading()
    private var loadedAt: [Int: Int] = [:]
    private var touchedAt: [String: Int] = [:]
    /// Shared addresses that got marketing, which counts for the others who have them.
    private var reachedAt: [Data: Int] = [:]
    private var step = 0
    /// Codes that decisions of the batch took, by coupon template: so far, and when a plan's facts were read.
    private var taken: [String: Double] = [:]
    private var takenAt: [Int: [String: Double]] = [:]
    /// See `Evaluation.endedMessages`.
    var ended: [Int64: String] = [:]

    var count: Int { items.count }

    init(_ items: [Evaluation.Item], _ occurrences: [Occurrence], _ db: Session, queries: [FactQuery]) {
        self.items = items
        self.occurrences = occurrences
        self.db = db
        self.queries = queries
        byPlan = Dictionary(grouping: items.indices.filter { !items[$0].isCancelling }, by: { items[$0].plan })
    }

    /// The members whom a decision of the batch touched.
    var touched: Set<String> { Set(touchedAt.keys) }

    mutating func touch(_ member: String, _ address: Data? = nil) {
        step += 1
        touchedAt[member] = step
        if let address { reachedAt[address] = step }
    }

    /// Notes the coupons that were given: the stocks that were read before are less by them.
    mutating func take(_ effects: [Effect]) {
        for case .coupon(let template, _) in effects { taken[template, default: 0] += 1 }
    }

    /// The facts with the stocks as of now.
    private func current(_ loaded: FactsLoader.Loaded, _ plan: Int) -> FactsLoader.Loaded {
        guard !queries[plan].stocks.isEmpty, !taken.isEmpty else { return loaded }
        var loaded = loaded
        for (slot, template) in queries[plan].stocks {
            let since = (taken[template] ?? 0) - (takenAt[plan]?[template] ?? 0)
            guard case .number(let count)? = loaded.facts.readings.values[slot] else { continue }
            loaded.facts.readings.values[slot] = .number(count - since)
        }
        return loaded
    }

    enum Answer {
        case loaded(FactsLoader.Loaded)
        /// The field whose expression fails on this row.
        case unreadable(String)
        /// The member is no longer in the store.
        case gone
        /// No fact of the rule can be read.
        case faulty(String)

        init(_ reading: FactsLoader.Reading, _ index: Int) {
            if let loaded = reading.loaded[index] {
                self = .loaded(loaded)
            } else if let field = reading.unreadable[index] {
                self = .unreadable(field)
            } else {
                self = .gone
            }
        }
    }

    mutating func facts(_ index: Int, at now: Instant) throws -> Answer {
        do {
            return try read(index, at: now)
        } catch {
            guard let reason = StatementFault.reason(error) else { throw error }
            return .faulty(reason)
        }
    }

    private mutating func read(_ index: Int, at now: Instant) throws -> Answer {
        let plan = items[index].plan
        if loadedAt[plan] == nil {
            let indices = byPlan[plan] ?? []
            let found = try load(indices.map { occurrences[$0] }, plan, at: now)
            for (position, facts) in found.loaded { reading.loaded[indices[position]] = facts }
            for (position, field) in found.unreadable { reading.unreadable[indices[position]] = field }
            loadedAt[plan] = step
            takenAt[plan] = taken
        }
        if isOutdated(index, occurrences[index].member, since: loadedAt[plan] ?? 0) {
            return Answer(try load([occurrences[index]], plan, at: now), 0)
        }
        let answer = Answer(reading, index)
        if case .loaded(let loaded) = answer { return .loaded(current(loaded, plan)) }
        return answer
    }

    private func load(_ occurrences: [Occurrence], _ plan: Int, at now: Instant) throws -> FactsLoader.Reading {
        try FactsLoader(db: db, query: queries[plan]).load(occurrences, at: now)
    }

    private func isOutdated(_ index: Int, _ member: String, since read: Int) -> Bool {
        if !touchedAt.isEmpty, touchedAt[member] ?? 0 > read { return true }
        guard !reachedAt.isEmpty, let channels = reading.loaded[index]?.facts.channels else { return false }
        return channels.values.contains { $0.shared.map { reachedAt[$0] ?? 0 > read } ?? false }
    }
}
