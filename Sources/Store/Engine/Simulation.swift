import GRDB
import Policies
import Rules

/// Runs rules over a store in memory on a virtual clock: the daemon's own scans, gates and ledger, from instant to
/// instant. It writes only to that private store and has no channels.
package struct Simulation {
    package let store: MemberStore
    package let engine: Engine
    /// `at ≤ now < until`.
    package let from: Instant
    package let until: Instant
    /// `--all`: also `waiting` and `not_due`.
    package var includesAll = false

    package init(store: MemberStore, engine: Engine, from: Instant, until: Instant) {
        self.store = store
        self.engine = engine
        self.from = from
        self.until = until
    }

    /// Every outcome of the window, in the order of semantics §7.
    package func run() throws -> [DecisionLine] {
        try store.writer.write { db in
            var run = try SimulationRun(self, db)
            try run.start()
            while try run.step() {}
            if includesAll { try run.addWaiting() }
            return run.lines.sorted(by: DecisionLine.precedes)
        }
    }
}

private struct SimulationRun {
    private struct Pair: Hashable {
        var plan: Int
        var member: String
    }
    private struct Entry {
        var item: Evaluation.Item
        var generation: Int
    }

    private let simulation: Simulation
    private let db: Database
    private let zones: ZonesInUse
    private let evaluation: Evaluation
    private var agenda: [Instant: [Entry]] = [:]
    private var instants = InstantQueue()
    /// A rescan of a rule for a member replaces what was found for the two before.
    private var generations: [Pair: Int] = [:]
    var lines: [DecisionLine] = []

    init(_ simulation: Simulation, _ db: Database) throws {
        self.simulation = simulation
        self.db = db
        zones = try ZonesInUse(db, simulation.engine.planned.set.settings)
        var evaluation = Evaluation(db: db, engine: simulation.engine)
        evaluation.includesNotDue = simulation.includesAll
        self.evaluation = evaluation
    }

    private var plans: [RulePlan] { simulation.engine.planned.plans }
    private var end: Instant { simulation.until.adding(micros: -1) }

    mutating func start() throws {
        let window = Window(after: simulation.from.adding(micros: -1), through: end)
        for plan in plans.indices {
            try evaluation.enrolExisting(plan, at: simulation.from, zones: zones)
            for found in try scan(plan, window, nil) { push(found, plan) }
        }
    }

    private func scan(_ plan: Int, _ window: Window, _ members: [String]?) throws -> [Found] {
        let scan = Scan(
            db: db, plan: plans[plan], settings: simulation.engine.planned.set.settings, zones: zones, window: window,
            members: members, decidesAt: nil)
        return try scan.run()
            + Waits(db: db, plan: plans[plan], zones: zones).released(in: window, members: members)
    }

    private mutating func push(_ found: Found, _ plan: Int) {
        let entry = Entry(
            item: Evaluation.Item(plan: plan, found: found),
            generation: generations[Pair(plan: plan, member: found.occurrence.member)] ?? 0)
        if agenda[found.at] == nil { instants.push(found.at) }
        agenda[found.at, default: []].append(entry)
    }

    /// Decides everything of the next instant, in rounds: what a round makes due at the same instant follows as a new one.
    mutating func step() throws -> Bool {
        guard let now = instants.pop() else { return false }
        while let entries = agenda.removeValue(forKey: now) {
            let current = entries.filter { entry in
                let pair = Pair(plan: entry.item.plan, member: entry.item.found.occurrence.member)
                return entry.generation == generations[pair] ?? 0
            }
            let outcomes = try evaluation.decide(current.map(\.item), at: now)
            lines += outcomes.lines.filter { $0.at >= simulation.from && $0.at < simulation.until }
            try follow(outcomes, at: now)
        }
        return true
    }

    /// Waits that began in the window, from the instant they began.
    mutating func addWaiting() throws {
        let window = Window(after: simulation.from.adding(micros: -1), through: end)
        for plan in plans.indices {
            let scan = Scan(
                db: db, plan: plans[plan], settings: simulation.engine.planned.set.settings, zones: zones, window: window,
                members: nil, decidesAt: nil)
            lines += try scan.begun().map {
                DecisionLine(at: $0.start, zone: $0.zone, occurrence: $0, outcome: .waiting, because: nil)
            }
        }
    }

    private mutating func follow(_ outcomes: Evaluation.Outcomes, at now: Instant) throws {
        var pairs = Set(outcomes.held.map { Pair(plan: $0.plan, member: $0.member) })
        for (member, names) in outcomes.raised {
            for plan in plans.indices {
                let rule = plans[plan].rule
                if names.contains(where: { rule.trigger.listens(to: $0, unless: rule.unless) }) {
                    pairs.insert(Pair(plan: plan, member: member))
                }
            }
        }
        for pair in pairs.sorted(by: { ($0.plan, $0.member) < ($1.plan, $1.member) }) {
            generations[pair, default: 0] += 1
            let window = Window(after: now.adding(micros: -1), through: end)
            for found in try scan(pair.plan, window, [pair.member]) { push(found, pair.plan) }
        }
    }
}

/// The instants of the agenda, earliest first: a binary heap, each instant once.
private struct InstantQueue {
    private var heap: [Instant] = []

    mutating func push(_ instant: Instant) {
        heap.append(instant)
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> Instant? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[smallest] {
                smallest = child
            }
            if smallest == parent { return first }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
