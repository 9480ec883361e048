import Engine
import Kit
import Policies
import Rules
import Store

/// Tries a rule set on a sample, past or future, with the daemon's own decisions on private copies.
extension StoreSample {
    /// From `from` on: rules that already run go on, new and changed ones go live at `from`.
    /// - Parameter take: gets every outcome, in no particular order.
    package func forecast(
        _ planned: PlannedSet, from: Instant, until: Instant, _ take: @escaping (Decision) -> Void
    ) throws {
        try run(planned, on: again(), from: from, until: until, take)
    }

    /// The past again, as if the set had always been in force: later decisions are rolled back first, and nobody counts
    /// as an existing member.
    package func replay(
        _ planned: PlannedSet, from: Instant, until: Instant, _ take: @escaping (Decision) -> Void
    ) throws {
        let skipping = planned.plans.map { plan in
            var rule = plan.rule
            rule.existingMembers = .skip
            return rule
        }
        let copy = try again()
        try copy.writer.write { db in try Rewind(db).run(to: from) }
        try run(planned.with(rules: skipping), on: copy, from: from, until: until, take)
    }

    /// What a paused rule decides at once when it runs again: all that fell due since it last ran, as the first tick
    /// after an outage decides it (T11). Festivals and schedules are not caught up.
    package func catchUp(_ planned: PlannedSet, at now: Instant, _ take: @escaping (Decision) -> Void) throws {
        let copy = try again()
        let marks = try copy.writer.read { try $0.watermarks() }
        for plan in planned.plans where !plan.rule.trigger.asksEveryone {
            guard let (since, mark) = marks[plan.rule.id] else { continue }
            let from = max(since, mark.adding(micros: -plan.lateReach))
            guard from < now else { continue }
            var rule = plan.rule
            rule.existingMembers = .skip
            let prepared = try PreparedRules(planned.with(rules: [rule]), rulesVersion: 0, in: copy)
            var simulation = Simulation(store: copy, prepared: prepared, from: from, until: now.adding(micros: 1))
            simulation.oneIn = oneIn
            simulation.script.steps = [.init(at: from, .stop(until: now))]
            try simulation.each { take($0.line) }
        }
    }

    /// For each rule, the people past the limit of `inactive` whom it would take in if the set went live now.
    package func existingMembers(of planned: PlannedSet, at now: Instant) throws -> [String: Int] {
        let takesIn = planned.plans.contains { $0.rule.existingMembers != nil && $0.rule.existingMembers != .skip }
        guard takesIn else { return [:] }
        let copy = try again()
        let prepared = try PreparedRules(planned, rulesVersion: 0, in: copy)
        try copy.writer.write { db in
            try db.forgetExistingMembers()
            let known = try KnownRules(db)
            for rule in planned.plans.map(\.rule) where known.begins(rule) || known.reachesAnew(rule, in: planned.set) {
                try Enrolment.begin(rule, at: now, db)
            }
        }
        try copy.enrol(prepared)
        return try copy.writer.read { try $0.existingMembers() }
    }

    private func run(
        _ planned: PlannedSet, on copy: MemberStore, from: Instant, until: Instant,
        _ take: @escaping (Decision) -> Void
    ) throws {
        var simulation = Simulation(
            store: copy, prepared: try PreparedRules(planned, rulesVersion: 0, in: copy), from: from, until: until)
        simulation.oneIn = oneIn
        try simulation.each { take($0.line) }
    }
}

extension MemberStore {
    /// The people the blast guard calls usual: the mean of the last 30 days that had any; for a festival or schedule
    /// the last.
    package func usualReach(_ rule: Rule, _ settings: Settings, on now: Instant) throws -> Double? {
        try writer.read { db in try BlastGuard(db, settings).usual(rule, on: now) }
    }
}
