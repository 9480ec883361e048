import GRDB
import Policies
import Rules

/// A simulation under way: the agenda of what is to come, and the lines so far.
struct SimulationRun {
    private struct Pair: Hashable {
        var plan: Int
        var member: String
    }
    private struct Entry {
        var item: Evaluation.Item
        var generation: Int
    }

    private let simulation: Simulation
    private(set) var engine: Engine
    private var agenda: [Instant: [Entry]] = [:]
    private var instants = InstantQueue()
    /// A rescan of a rule for a member replaces what was found for the two before.
    private var generations: [Pair: Int] = [:]
    /// Only a step of the script moves members.
    private var zones: ZonesInUse
    /// While the daemon is down: from when, and until when.
    private var outage: (from: Instant, until: Instant)?
    var lines: [SimulatedLine] = []
    /// Rules that cannot be run, by id.
    private var faults: Set<String> = []

    init(_ simulation: Simulation, _ db: Database) throws {
        self.simulation = simulation
        engine = simulation.engine
        zones = try ZonesInUse(db, engine.planned.set.settings)
    }

    private var plans: [RulePlan] { engine.planned.plans }
    private var end: Instant { simulation.until.adding(micros: -1) }
    private func evaluation(_ db: Database) -> Evaluation {
        var evaluation = Evaluation(db: db, engine: engine, owes: simulation.script.isDetailed)
        evaluation.includesNotDue = simulation.includesAll
        evaluation.oneIn = simulation.oneIn
        return evaluation
    }

    // MARK: what is to come

    /// As when the daemon starts: what is live in the store goes on, the others go live now.
    mutating func start(_ db: Database) throws {
        try goLive(at: simulation.from, db)
        try findAll(from: simulation.from, db)
    }

    /// Everything that is due from `instant` on, for all rules and members.
    private mutating func findAll(from instant: Instant, _ db: Database) throws {
        agenda = [:]
        instants = InstantQueue()
        let window = Window(after: instant.adding(micros: -1), through: end)
        for plan in plans.indices {
            for found in try scan(plan, window, nil, db) { push(found, plan) }
        }
    }

    private mutating func fault(_ plan: Int, _ reason: String) {
        if faults.insert(plans[plan].rule.id).inserted { simulation.onFault?(plans[plan].rule.id, reason) }
    }

    private mutating func scan(
        _ plan: Int, _ window: Window, _ members: [String]?, decidesAt: Instant? = nil, _ db: Database
    ) throws -> [Found] {
        if let reason = engine.faults[plan] { fault(plan, reason) }
        guard !faults.contains(plans[plan].rule.id) else { return [] }
        do {
            return try find(plan, window, members, decidesAt: decidesAt, db)
        } catch {
            guard let reason = StatementFault.reason(error) else { throw error }
            fault(plan, reason)
            return []
        }
    }

    private func find(
        _ plan: Int, _ window: Window, _ members: [String]?, decidesAt: Instant?, _ db: Database
    ) throws -> [Found] {
        let scan = Scan(
            db: db, plan: plans[plan], settings: engine.planned.set.settings, zones: zones, window: window,
            members: members, decidesAt: decidesAt, includesNotDue: simulation.includesAll)
        // Who is late looks at all that waits, as the daemon does: also at what came to wait while nobody looked.
        let waiting = decidesAt == nil ? window : Window(after: .distantPast, through: window.through)
        return try scan.run()
            + Waits(db: db, plan: plans[plan], zones: zones, decidesAt: decidesAt).released(
                in: waiting, members: members)
    }

    private mutating func push(_ found: Found, _ plan: Int) {
        let entry = Entry(
            item: Evaluation.Item(plan: plan, found: found),
            generation: generations[Pair(plan: plan, member: found.occurrence.member)] ?? 0)
        if agenda[found.at] == nil { instants.push(found.at) }
        agenda[found.at, default: []].append(entry)
    }

    private mutating func rescan(_ pairs: Set<Pair>, from now: Instant, _ db: Database) throws {
        let window = Window(after: now.adding(micros: -1), through: end)
        for pair in pairs { generations[pair, default: 0] += 1 }
        for (plan, pairs) in Dictionary(grouping: pairs, by: \.plan) {
            for found in try scan(plan, window, pairs.map(\.member).sorted(), db) { push(found, plan) }
        }
    }

    // MARK: the clock

    /// Decides what comes before `limit`.
    mutating func advance(to limit: Instant, _ db: Database) throws {
        if let outage {
            guard outage.until < limit else { return }
            self.outage = nil
            try catchUp(outage.from, at: outage.until, db)
        }
        while let now = instants.first, now < limit {
            instants.removeFirst()
            simulation.onInstant?(now)
            try decideAll([], at: now, db)
        }
    }

    /// Everything of one instant, in rounds: what a round makes due at the same instant follows as a new one.
    private mutating func decideAll(_ items: [Evaluation.Item], at now: Instant, _ db: Database) throws {
        var items = items + takeDue(at: now)
        while !items.isEmpty {
            let outcomes = try decide(items, at: now, db)
            try follow(outcomes, at: now, db)
            items = takeDue(at: now)
        }
    }

    private mutating func takeDue(at now: Instant) -> [Evaluation.Item] {
        (agenda.removeValue(forKey: now) ?? []).filter { entry in
            let pair = Pair(plan: entry.item.plan, member: entry.item.found.occurrence.member)
            return entry.generation == generations[pair] ?? 0
        }.map(\.item)
    }

    /// The first tick after an outage: all of its time at once, decided now.
    private mutating func catchUp(_ began: Instant, at now: Instant, _ db: Database) throws {
        (agenda, instants) = ([:], InstantQueue())
        var items: [Evaluation.Item] = []
        let since = try Row.fetchAll(db, sql: "SELECT rule, since FROM live_rules")
            .reduce(into: [String: Instant]()) { $0[$1[0]] = Instant(micros: $1[1]) }
        let before = began.adding(micros: -1)
        for plan in plans.indices {
            let window = Window(after: max(before, since[plans[plan].rule.id] ?? before), through: now)
            for found in try scan(plan, window, nil, decidesAt: now, db) {
                items.append(Evaluation.Item(plan: plan, found: found))
            }
        }
        try decideAll(items, at: now, db)
        // What was changed or loaded meanwhile may have moved what is still to come.
        try findAll(from: now.adding(micros: 1), db)
    }

    private mutating func follow(_ outcomes: Evaluation.Outcomes, at now: Instant, _ db: Database) throws {
        var pairs = try heldPairs(outcomes, from: now, db)
        for (member, names) in outcomes.raised {
            for plan in plans.indices {
                let rule = plans[plan].rule
                if names.contains(where: { rule.trigger.listens(to: $0, unless: rule.unless) }) {
                    pairs.insert(Pair(plan: plan, member: member))
                }
            }
        }
        try rescan(pairs, from: now, db)
    }

    /// Those to look at again. What comes by the calendar has only its release to add: its other dates stay.
    private mutating func heldPairs(
        _ outcomes: Evaluation.Outcomes, from now: Instant, _ db: Database
    ) throws -> Set<Pair> {
        let held = Set(outcomes.held.map { Pair(plan: $0.plan, member: $0.member) })
        let byCalendar = held.filter { plans[$0.plan].rule.trigger.isByCalendar }
        if byCalendar.isEmpty { return held }
        let window = Window(after: now.adding(micros: -1), through: end)
        for (plan, pairs) in Dictionary(grouping: byCalendar, by: \.plan).sorted(by: { $0.key < $1.key }) {
            let waits = Waits(db: db, plan: plans[plan], zones: zones)
            for found in try waits.released(in: window, members: pairs.map(\.member)) { push(found, plan) }
        }
        return held.subtracting(byCalendar)
    }

    /// Waits that began in the window, from the instant they began: before what became of them in that instant.
    mutating func addWaiting(_ db: Database) throws {
        let window = Window(after: simulation.from.adding(micros: -1), through: end)
        var begun: [SimulatedLine] = []
        for plan in plans.indices {
            let scan = Scan(
                db: db, plan: plans[plan], settings: engine.planned.set.settings, zones: zones, window: window,
                members: nil, decidesAt: nil)
            begun += try scan.begun().map { occurrence in
                let line = DecisionLine(
                    at: occurrence.start, zone: occurrence.zone, occurrence: occurrence, outcome: .waiting, because: nil
                )
                return SimulatedLine(line: line, plan: plans[plan])
            }
        }
        lines = begun + lines
    }

    // MARK: the script

    /// - Parameter engine: made after the step changed the store.
    mutating func perform(_ step: SimulationScript.Step, _ engine: Engine, _ db: Database) throws {
        self.engine = engine
        // What was loaded anew may be mended.
        faults = []
        zones = try ZonesInUse(db, engine.planned.set.settings)
        switch step.action {
        case .change(let member, _, _):
            guard outage == nil else { return }
            let pairs = plans.indices.map { Pair(plan: $0, member: member.row.id) }
            try rescan(Set(pairs), from: step.at, db)
        case .restart:
            if outage == nil { try findAll(from: step.at, db) }
        case .reload:
            try goLive(at: outage?.until ?? step.at, db)
            if outage == nil { try findAll(from: step.at, db) }
        case .stop(let until):
            outage = (min(outage?.from ?? step.at, step.at), max(outage?.until ?? until, until))
        }
    }

    private func goLive(at now: Instant, _ db: Database) throws {
        try GoingLive(db: db, engine: engine, now: now, oneIn: simulation.oneIn).begin()
    }

    // MARK: decisions

    private mutating func decide(
        _ items: [Evaluation.Item], at now: Instant, _ db: Database
    ) throws -> Evaluation.Outcomes {
        let evaluation = evaluation(db)
        guard simulation.script.isDetailed else {
            let outcomes = try evaluation.decide(items, at: now)
            for (plan, reason) in outcomes.faults { fault(plan, reason) }
            keep(outcomes.lines) { _ in }
            return outcomes
        }
        var all = Evaluation.Outcomes()
        for item in evaluation.ordered(items, at: now) {
            var detail = DetailedDecision(
                script: simulation.script, engine: engine, evaluation: evaluation, db: db, now: now)
            let outcomes = try detail.decide(item)
            for (plan, reason) in outcomes.faults { fault(plan, reason) }
            keep(outcomes.lines) { line in
                line.readings = detail.readings
                line.failures = detail.failures
            }
            all.held += outcomes.held
            all.raised.merge(outcomes.raised) { $0.union($1) }
        }
        return all
    }

    private mutating func keep(_ found: [DecisionLine], _ complete: (inout SimulatedLine) -> Void) {
        for line in found where line.at >= simulation.from && line.at < simulation.until {
            guard let plan = plans.indices.first(where: { plans[$0].rule.id == line.rule }) else { continue }
            var simulated = SimulatedLine(line: line, plan: plans[plan])
            complete(&simulated)
            lines.append(simulated)
        }
    }
}
