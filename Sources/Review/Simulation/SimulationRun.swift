import Engine
import Kit
import Policies
import Rules
import Store

/// A simulation under way: its agenda, worked off an instant at a time and a slice of people at a time.
struct SimulationRun {
    private let simulation: Simulation
    private let take: (SimulatedLine) throws -> Void
    private(set) var prepared: PreparedRules
    private let agenda = Agenda()
    /// The instant whose rounds are under way.
    private var deciding: Instant?
    /// Only a step of the script can change a member's zone.
    private var zones: ZonesInUse
    /// The outage under way: since when, and until when.
    private var outage: (from: Instant, until: Instant)?
    /// True while deciding what fell due in an outage.
    private var isCatchingUp = false
    /// Rules that cannot be run, by id.
    private var faults: Set<String> = []

    /// Decisions per transaction.
    private static let slice = 2000

    /// - Parameter take: gets the lines in order of instant, except those that began before it.
    init(_ simulation: Simulation, _ db: Session, _ take: @escaping (SimulatedLine) throws -> Void) throws {
        self.simulation = simulation
        self.take = take
        prepared = simulation.prepared
        zones = try ZonesInUse(db, prepared.planned.set.settings)
    }

    private var plans: [RulePlan] { prepared.planned.plans }
    private var end: Instant { simulation.until.adding(micros: -1) }
    private func evaluation(_ db: Session) -> Evaluation {
        var evaluation = Evaluation(db: db, prepared: prepared, owes: simulation.script.isDetailed)
        evaluation.includesNotDue = simulation.showsUndecided
        evaluation.oneIn = simulation.oneIn
        return evaluation
    }

    // MARK: the agenda

    /// Finds everything due from `instant` on, for all rules and members.
    mutating func findAll(from instant: Instant, _ db: Session) throws {
        agenda.removeAll()
        let window = Window(after: instant.adding(micros: -1), through: end)
        for plan in plans.indices { try find(plan, window, nil, db: db) }
    }

    private mutating func fault(_ plan: Int, _ reason: String) throws {
        if faults.insert(plans[plan].rule.id).inserted { simulation.onFault?(plans[plan].rule.id, reason) }
        try agenda.remove(plan: plan)
    }

    /// Puts what a rule owes these members, or all, in the window on the agenda.
    private mutating func find(
        _ plan: Int, _ window: Window, _ members: [String]?, decidesAt: Instant? = nil, db: Session
    ) throws {
        if let reason = prepared.faults[plan] { try fault(plan, reason) }
        guard !faults.contains(plans[plan].rule.id) else { return }
        let scan = Scan(
            db: db, plan: plans[plan], settings: prepared.planned.set.settings, zones: zones, window: window,
            members: members, decidesAt: decidesAt, includesNotDue: simulation.showsUndecided)
        // A late decision looks at all that waits, as the daemon does: also at what began to wait while nobody looked.
        let waiting = decidesAt == nil ? window : Window(after: .distantPast, through: window.through)
        do {
            try scan.each { try push($0, plan) }
            try Waits(db: db, plan: plans[plan], zones: zones, decidesAt: decidesAt)
                .eachReleased(in: waiting, members: members) { try push($0, plan) }
        } catch {
            guard let reason = StatementFault.reason(error) else { throw error }
            try fault(plan, reason)
        }
    }

    private func push(_ found: Candidate, _ plan: Int) throws {
        try agenda.add(Evaluation.Item(plan: plan, found: found))
    }

    /// Replaces what was found for the rule and these members by what is due now.
    private mutating func rescan(_ plan: Int, _ members: [String], from now: Instant, _ db: Session) throws {
        for member in members { try agenda.remove(.init(plan: plan, member: member)) }
        try find(plan, Window(after: now.adding(micros: -1), through: end), members, db: db)
    }

    // MARK: the clock

    /// Decides one slice of what comes before `limit`; false when all of it is decided.
    mutating func advance(to limit: Instant, _ db: Session) throws -> Bool {
        var room = SimulationRun.slice
        while room > 0 {
            guard let now = deciding else {
                guard try begin(before: limit, db) else { return false }
                continue
            }
            let items = try agenda.next(room)
            if !items.isEmpty {
                try note(decide(items, at: now, db), at: now, db)
                room -= items.count
            } else if let (plan, members) = try agenda.nextTouched(room) {
                try rescan(plan, members, from: now, db)
                room -= members.count
            } else if let first = try agenda.first(), first <= now {
                // What a round made due at the same instant follows in a new round.
                try agenda.beginRound(through: now)
            } else {
                deciding = nil
                // A change or a reload in the outage may have moved what is still to come.
                if isCatchingUp { try findAll(from: now.adding(micros: 1), db) }
                isCatchingUp = false
            }
        }
        return true
    }

    /// Goes on to the next instant with something due; false when there is none before `limit`.
    private mutating func begin(before limit: Instant, _ db: Session) throws -> Bool {
        if let outage {
            guard outage.until < limit else { return false }
            self.outage = nil
            try catchUp(outage.from, at: outage.until, db)
            return true
        }
        guard let now = try agenda.first(), now < limit else { return false }
        simulation.onInstant?(now)
        deciding = now
        try agenda.beginRound(through: now)
        return true
    }

    /// The first tick after an outage: everything that fell due in it, decided now.
    private mutating func catchUp(_ began: Instant, at now: Instant, _ db: Session) throws {
        agenda.removeAll()
        let since = try db.liveSince()
        let before = began.adding(micros: -1)
        for plan in plans.indices {
            let window = Window(after: max(before, since[plans[plan].rule.id] ?? before), through: now)
            try find(plan, window, nil, decidesAt: now, db: db)
        }
        (deciding, isCatchingUp) = (now, true)
        try agenda.beginRound(through: now)
    }

    /// Remembers which members to look at again. A calendar rule only gains the release of a hold; its dates stay.
    private mutating func note(_ outcomes: Evaluation.Outcomes, at now: Instant, _ db: Session) throws {
        for pair in prepared.listeners(to: outcomes.raised) { try agenda.touch(pair) }
        let window = Window(after: now.adding(micros: -1), through: end)
        for (plan, held) in Dictionary(grouping: outcomes.held, by: \.plan).sorted(by: { $0.key < $1.key }) {
            let members = Set(held.map(\.member)).sorted()
            guard plans[plan].rule.trigger.isByCalendar else {
                for member in members { try agenda.touch(.init(plan: plan, member: member)) }
                continue
            }
            try Waits(db: db, plan: plans[plan], zones: zones)
                .eachReleased(in: window, members: members) { try push($0, plan) }
        }
    }

    /// Hands over the waits that began in the window, dated at the instant they began.
    func addWaiting(_ db: Session) throws {
        let window = Window(after: simulation.from.adding(micros: -1), through: end)
        for plan in plans.indices {
            let scan = Scan(
                db: db, plan: plans[plan], settings: prepared.planned.set.settings, zones: zones, window: window,
                members: nil, decidesAt: nil)
            try scan.begun { occurrence in
                let line = Decision(
                    at: occurrence.start, zone: occurrence.zone, occurrence: occurrence, outcome: .waiting, because: nil
                )
                try take(SimulatedLine(line: line, plan: plans[plan]))
            }
        }
    }

    // MARK: the script

    /// Puts a set live at `instant`, or at the end of an outage; rules that are known go on.
    func goLive(_ prepared: PreparedRules, at instant: Instant, _ db: Session) throws {
        try GoingLive(db: db, prepared: prepared, now: outage?.until ?? instant).begin()
    }

    /// - Parameter prepared: made after the step changed the store; a set it loaded is live already.
    mutating func perform(_ step: SimulationScript.Step, _ prepared: PreparedRules, _ db: Session) throws {
        self.prepared = prepared
        // A reloaded rule may have been mended.
        faults = []
        zones = try ZonesInUse(db, prepared.planned.set.settings)
        switch step.action {
        case .change(let member, _, _):
            guard outage == nil else { return }
            for plan in plans.indices { try rescan(plan, [member.row.id], from: step.at, db) }
        case .restart, .reload:
            if outage == nil { try findAll(from: step.at, db) }
        case .stop(let until):
            outage = (min(outage?.from ?? step.at, step.at), max(outage?.until ?? until, until))
        }
    }

    // MARK: decisions

    private mutating func decide(
        _ items: [Evaluation.Item], at now: Instant, _ db: Session
    ) throws -> Evaluation.Outcomes {
        let evaluation = evaluation(db)
        guard simulation.script.isDetailed else {
            let outcomes = try decide(items, evaluation, at: now, db)
            for (plan, reason) in outcomes.faults { try fault(plan, reason) }
            try keep(outcomes.lines) { _ in }
            return outcomes
        }
        var all = Evaluation.Outcomes()
        for item in evaluation.ordered(items, at: now) {
            var detail = DetailedDecision(script: simulation.script, evaluation: evaluation, now: now)
            let outcomes = try detail.decide(item)
            for (plan, reason) in outcomes.faults { try fault(plan, reason) }
            try keep(outcomes.lines) { line in
                line.readings = detail.readings
                line.failures = detail.failures
            }
            all.held += outcomes.held
            all.raised.merge(outcomes.raised) { $0.union($1) }
        }
        return all
    }

    /// What is watched is looked at between what comes before it and itself.
    private func decide(
        _ items: [Evaluation.Item], _ evaluation: Evaluation, at now: Instant, _ db: Session
    ) throws -> Evaluation.Outcomes {
        guard let watch = simulation.watch, items.contains(where: { watch.concerns($0.found.occurrence) }) else {
            return try evaluation.decide(items, at: now)
        }
        var all = Evaluation.Outcomes()
        var next: [Evaluation.Item] = []
        func decideNext() throws {
            let outcomes = try evaluation.decide(next, at: now)
            all.lines += outcomes.lines
            all.held += outcomes.held
            all.raised.merge(outcomes.raised) { $0.union($1) }
            all.faults.merge(outcomes.faults) { $1 }
            next = []
        }
        for item in evaluation.ordered(items, at: now) {
            if watch.concerns(item.found.occurrence) {
                try decideNext()
                try watch.look(item.found, now, db)
            }
            next.append(item)
        }
        try decideNext()
        return all
    }

    private func keep(_ found: [Decision], _ complete: (inout SimulatedLine) -> Void) throws {
        for line in found where line.at >= simulation.from && line.at < simulation.until {
            guard let plan = plans.indices.first(where: { plans[$0].rule.id == line.rule }) else { continue }
            var simulated = SimulatedLine(line: line, plan: plans[plan])
            complete(&simulated)
            try take(simulated)
        }
    }
}
