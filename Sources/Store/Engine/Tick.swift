import Foundation
import GRDB
import Policies
import Rules

/// What one tick found and did, per rule and in all.
package struct TickReport: Sendable {
    package struct RuleReport: Sendable {
        package var rule: String
        /// Found by the trigger.
        package var candidates = 0
        /// Decided now.
        package var due = 0
        /// Messages that were decided; whether a provider takes them is seen at the handover.
        package var decidedToSend = 0
        /// Why the blast guard holds the rule; nothing of it was decided.
        package var guarded: String?
        /// Why the rule cannot be evaluated; the others were, and this one goes on from where it is once it is mended.
        package var fault: String?
        /// Everything else, by outcome.
        package var skipped: [String: Int] = [:]
        package var milliseconds = 0.0
    }
    /// Empty where they were handed to the caller slice by slice.
    package var lines: [DecisionLine] = []
    package var rules: [RuleReport] = []
    /// How many were decided.
    package var decided: Int { rules.reduce(0) { $0 + $1.due } }
    /// All of the tick, its commits included.
    package var milliseconds = 0.0

    /// Both list the same rules in the same order, or one is empty.
    fileprivate mutating func add(_ other: TickReport) {
        lines += other.lines
        guard !rules.isEmpty else {
            rules = other.rules
            return
        }
        for (index, rule) in other.rules.enumerated() where rules.indices.contains(index) {
            rules[index].candidates += rule.candidates
            rules[index].due += rule.due
            rules[index].decidedToSend += rule.decidedToSend
            rules[index].milliseconds += rule.milliseconds
            rules[index].skipped.merge(rule.skipped, uniquingKeysWith: +)
            rules[index].guarded = rule.guarded ?? rules[index].guarded
            rules[index].fault = rule.fault ?? rules[index].fault
        }
    }

    fileprivate var withoutCounts: TickReport {
        TickReport(
            lines: [], rules: rules.map { RuleReport(rule: $0.rule, guarded: $0.guarded, fault: $0.fault) })
    }
}

/// How much of a tick is one transaction.
package struct TickSlices: Sendable {
    /// Occurrences that are decided.
    package var items: Int
    /// Members whose rows arrived that are looked at.
    package var arrivals: Int
    package init(items: Int = 2000, arrivals: Int = 5000) { (self.items, self.arrivals) = (items, arrivals) }
}

extension MemberStore {
    /// Decides everything that became due since the last tick, and what arrived late, in slices of one transaction each,
    /// so that others can write in between; the watermark moves with the last. Nothing is written
    /// when nothing is due, but the watermark now and then.
    /// - Parameters:
    ///   - slices: how much is one transaction.
    ///   - take: gets the lines of each slice once it is on disk; nil: the report holds them all.
    ///   - goesOn: asked after each slice; false ends the tick there. What is decided stays decided, and the next tick
    ///     finds the rest, because the watermark has not moved.
    package func tick(
        _ engine: Engine, at now: Instant, slices: TickSlices = TickSlices(),
        lines take: (([DecisionLine]) -> Void)? = nil, goesOn: () -> Bool = { true }
    ) throws -> TickReport {
        var report = TickReport()
        let clock = ContinuousClock()
        let began = clock.now
        var isMore = true
        // After the first round the windows are empty: further rounds look only at what arrived, a slice at a time.
        while isMore {
            let scan = try writer.read { db in try TickScan(db, engine: engine, now: now, slice: slices.arrivals) }
            report.add(scan.report)
            isMore = scan.arrivals.count == slices.arrivals && goesOn()
            guard !scan.isIdle else { break }
            var run = TickRun(engine: engine, now: now, slice: slices.items, report: scan.report.withoutCounts)
            try writer.write { db in
                try run.begin(db, scan)
                try run.advance(db, scan)
            }
            run.handOver(take)
            while !run.isDone {
                guard goesOn() else {
                    isMore = false
                    break
                }
                try writer.write { db in try run.advance(db, scan) }
                run.handOver(take)
            }
            report.add(run.report)
        }
        report.milliseconds = (clock.now - began) / .milliseconds(1)
        return report
    }
}

/// The read-only half of a tick: what is there to decide.
private struct TickScan {
    var items: [Evaluation.Item] = []
    /// Whom festivals and schedules are about, not read yet; how many people that is, by plan.
    var crowds: [Crowd] = []
    var people: [Int: Int] = [:]
    /// Members whose rows arrived since the last tick, at most a slice of them, and the newest of their numbers.
    var arrivals: [String] = []
    var arrivalsThrough: Int64 = 0
    var wantsWatermark = false
    var report = TickReport()

    var isIdle: Bool { items.isEmpty && crowds.isEmpty && arrivals.isEmpty && !wantsWatermark }

    init(_ db: Database, engine: Engine, now: Instant, slice: Int) throws {
        let settings = engine.planned.set.settings
        let zones = try ZonesInUse(db, settings)
        let marks = try Row.fetchAll(db, sql: "SELECT rule, since, watermark FROM live_rules")
            .reduce(into: [String: (since: Instant, mark: Instant)]()) {
                $0[$1[0]] = (Instant(micros: $1[1]), Instant(micros: $1[2]))
            }
        let guarded = try BlastGuard(db, settings).held()
        let arrived = try Row.fetchAll(
            db, sql: "SELECT member, seq FROM arrivals LIMIT ?", arguments: [slice])
        arrivals = arrived.map { $0[0] }
        arrivalsThrough = arrived.map { $0[1] as Int64 }.max() ?? 0
        for (index, plan) in engine.planned.plans.enumerated() {
            var rule = TickReport.RuleReport(rule: plan.rule.id)
            let clock = ContinuousClock()
            let began = clock.now
            rule.guarded = guarded[plan.rule.id]
            rule.fault = engine.faults[index]
            if rule.guarded == nil, rule.fault == nil, let (since, mark) = marks[plan.rule.id] {
                let scan = Scan(
                    db: db, plan: plan, settings: settings, zones: zones,
                    window: Window(after: max(mark, since), through: now), members: nil, decidesAt: now)
                do {
                    let isCrowd = plan.rule.trigger.isSilent
                    if isCrowd { rule.candidates = try gather(scan, plan: index) }
                    let found =
                        try (isCrowd ? [] : scan.run() + late(scan, since: since, mark: mark))
                        + Waits(db: db, plan: plan, zones: zones, decidesAt: now)
                        .released(in: Window(after: .distantPast, through: now))
                    rule.candidates += found.count
                    items += found.map { Evaluation.Item(plan: index, found: $0) }
                } catch {
                    guard let reason = StatementFault.reason(error) else { throw error }
                    rule.fault = reason
                }
                // A festival or schedule that nobody passed is not looked at again.
                let isBehind = scan.hasStruck || now.micros - mark.micros > 60_000_000
                if rule.fault == nil, isBehind { wantsWatermark = true }
            }
            rule.milliseconds = (clock.now - began) / .milliseconds(1)
            report.rules.append(rule)
        }
    }
}

extension TickScan {
    /// Counts whom a festival or schedule is about: the blast guard judges the whole before anything goes. Returns the
    /// number of occurrences.
    private mutating func gather(_ scan: Scan, plan: Int) throws -> Int {
        let found = scan.window.isEmpty ? [] : Crowd.all(in: scan, plan: plan)
        var ofZone: [Zone: Int] = [:]
        var total = 0
        // Of a crowd that a stop cut short, those decided before it are in the day's count already.
        let guardian = BlastGuard(scan.db, scan.settings)
        let isCutShort = try !found.isEmpty && guardian.reached(scan.rule, on: scan.window.through) > 0
        for stroke in found.flatMap(\.strokes) {
            let count = try ofZone[stroke.zone] ?? scan.count(stroke, onlyUndecided: isCutShort)
            ofZone[stroke.zone] = count
            total += count
        }
        guard total > 0 else { return 0 }
        crowds += found
        let all = ofZone.values.reduce(0, +)
        // Of whom some are drawn, no more are reached.
        let drawn = (scan.rule.audience?.pick).map { pick in
            Set(found.flatMap(\.strokes).map(\.occasion)).count.multipliedReportingOverflow(by: pick)
        }
        people[plan] = drawn.map { $0.overflow ? all : min(all, $0.partialValue) } ?? all
        return total
    }

    /// What arrived late for a rule: due before the watermark, of members whose rows came since the last tick. Festivals
    /// and schedules ask who was there at their instant: for them nobody comes late.
    private func late(_ scan: Scan, since: Instant, mark: Instant) throws -> [Found] {
        guard !arrivals.isEmpty else { return [] }
        let from = scan.rule.trigger.isDateBased ? max(since, mark.adding(micros: -scan.plan.lateReach)) : since
        var late = scan
        late.members = arrivals
        // A watermark ahead of now (a clock that went back) makes nothing due before its time.
        late.window = Window(after: from, through: min(mark, scan.decidesAt ?? mark))
        return try late.run()
    }
}

/// The writing half: decide, follow what the decisions raised, move the watermark.
private struct TickRun {
    let engine: Engine
    let now: Instant
    let slice: Int
    var report: TickReport
    /// What is left of this round, in order; crowds are of the first one only.
    private var pending: ArraySlice<Evaluation.Item> = []
    private var crowds: [Crowd] = []
    /// Own events of this round that may make something due at once, by member; and what was found of it so far.
    private var raised: [String: Set<String>] = [:]
    private var found: [Evaluation.Item] = []
    private(set) var isDone = false

    init(engine: Engine, now: Instant, slice: Int, report: TickReport) {
        self.engine = engine
        self.now = now
        self.slice = slice
        self.report = report
    }

    mutating func begin(_ db: Database, _ scan: TickScan) throws {
        let (allowed, held) = try BlastGuard(db, engine.planned.set.settings)
            .check(scan.items, crowds: scan.people, engine: engine, now: now)
        for (rule, reason) in held { note(rule) { $0.guarded = reason } }
        for plan in engine.planned.plans where held[plan.rule.id] != nil { try plan.lookBack(db) }
        pending = Evaluation(db: db, engine: engine).ordered(allowed, at: now)[...]
        crowds = scan.crowds.filter { held[engine.planned.plans[$0.plan].rule.id] == nil }
            .sorted { ($0.due, $0.plan) < ($1.due, $1.plan) }
    }

    /// The next ones in the order of semantics §5: of what was found, or a page of a crowd.
    private mutating func next(
        _ db: Database, _ evaluation: Evaluation, _ zones: ZonesInUse, upTo room: Int
    ) throws -> (items: [Evaluation.Item], failed: [DecisionLine]) {
        let found = pending.prefix(room).prefix { item in crowds.first.map(item.precedes) ?? true }
        pending = pending.dropFirst(found.count)
        guard found.isEmpty, var crowd = crowds.first else { return (Array(found), []) }
        let scan = Scan(
            db: db, plan: engine.planned.plans[crowd.plan], settings: engine.planned.set.settings, zones: zones,
            window: Window(after: now, through: now), members: nil, decidesAt: now)
        do {
            let failed = try crowd.strokes.flatMap {
                try evaluation.drawIfDue(scan.occurrence(of: $0, member: ""), crowd.plan, at: now)
            }
            let page = try crowd.next(room, of: scan).map { Evaluation.Item(plan: crowd.plan, found: $0) }
            if page.count < room { crowds.removeFirst() } else { crowds[0] = crowd }
            return (page, failed)
        } catch {
            try fault(crowd.plan, error)
            return ([], [])
        }
    }

    /// A rule whose statement fails is left alone until the next tick; the error of a machine is thrown on.
    private mutating func fault(_ plan: Int, _ error: any Error) throws {
        guard let reason = StatementFault.reason(error) else { throw error }
        leave(plan, because: reason)
    }

    private mutating func leave(_ plan: Int, because reason: String) {
        note(engine.planned.plans[plan].rule.id) { $0.fault = reason }
        crowds.removeAll { $0.plan == plan }
    }

    /// Hands the lines so far to whoever wants them slice by slice.
    mutating func handOver(_ take: (([DecisionLine]) -> Void)?) {
        guard let take, !report.lines.isEmpty else { return }
        take(report.lines)
        report.lines = []
    }

    /// One transaction's worth: round after round (semantics §5), each to its end before the next begins.
    mutating func advance(_ db: Database, _ scan: TickScan) throws {
        let zones = try ZonesInUse(db, engine.planned.set.settings)
        var room = slice
        while room > 0 {
            var done = try decide(db, zones, upTo: room)
            if done == 0 { done = try follow(db, zones, upTo: room) }
            guard done > 0 else {
                try finish(db, scan)
                isDone = true
                return
            }
            room -= done
        }
    }

    /// The next ones of this round; returns how many, 0 at its end.
    private mutating func decide(_ db: Database, _ zones: ZonesInUse, upTo room: Int) throws -> Int {
        let evaluation = Evaluation(db: db, engine: engine)
        var items: [Evaluation.Item] = []
        while items.isEmpty, !pending.isEmpty || !crowds.isEmpty {
            let page = try next(db, evaluation, zones, upTo: room)
            items = page.items
            count(page.failed, milliseconds: 0)
        }
        guard !items.isEmpty else { return 0 }
        let clock = ContinuousClock()
        let began = clock.now
        let outcomes = try decideTogether(items, evaluation, db)
        count(outcomes.lines, milliseconds: (clock.now - began) / .milliseconds(1))
        try BlastGuard(db, engine.planned.set.settings).count(outcomes.lines, on: now)
        for (plan, reason) in outcomes.faults { leave(plan, because: reason) }
        raised.merge(outcomes.raised) { $0.union($1) }
        return items.count
    }

    /// All of a page in one go; where a statement fails, the page is taken back and decided one by one.
    private func decideTogether(
        _ items: [Evaluation.Item], _ evaluation: Evaluation, _ db: Database
    ) throws -> Evaluation.Outcomes {
        var outcomes = Evaluation.Outcomes()
        do {
            try db.inSavepoint {
                outcomes = try evaluation.decide(items, at: now)
                return .commit
            }
            return outcomes
        } catch {
            guard StatementFault.reason(error) != nil else { throw error }
            var isolating = evaluation
            isolating.isolatesEach = true
            return try isolating.decide(items, at: now)
        }
    }

    private mutating func note(_ rule: String, _ change: (inout TickReport.RuleReport) -> Void) {
        guard let index = report.rules.firstIndex(where: { $0.rule == rule }) else { return }
        change(&report.rules[index])
    }

    /// A rule that is guarded or faulty stays where it is: afterwards it goes on from there.
    private func finish(_ db: Database, _ scan: TickScan) throws {
        if !scan.arrivals.isEmpty {
            // What arrived is forgotten: a faulty rule looks for it once it can be run again.
            let faulty = Set(report.rules.filter { $0.fault != nil }.map(\.rule))
            for plan in engine.planned.plans where faulty.contains(plan.rule.id) { try plan.lookBack(db, from: now) }
            try db.execute(
                sql: "DELETE FROM arrivals WHERE member IN (SELECT value FROM json_each(?)) AND seq <= ?",
                arguments: [JSONRows.encode(scan.arrivals), scan.arrivalsThrough])
        }
        let looked = JSONRows.encode(report.rules.filter { $0.guarded == nil && $0.fault == nil }.map(\.rule))
        try db.execute(
            sql: """
                UPDATE live_rules SET watermark = ?1 WHERE status IN ('live', 'shadow') AND watermark < ?1
                  AND rule IN (SELECT value FROM json_each(?2))
                """, arguments: [now.micros, looked])
        try db.execute(
            sql: """
                DELETE FROM waits WHERE kind = 'existing' AND due <= ?1 AND rule IN (SELECT value FROM json_each(?2))
                """, arguments: [now.micros, looked])
    }

    /// Looks at some of the members whose decisions raised events, for the next round; returns how many, 0 when there
    /// is none.
    private mutating func follow(_ db: Database, _ zones: ZonesInUse, upTo room: Int) throws -> Int {
        let looked = Array(raised.prefix(room))
        for (member, _) in looked { raised[member] = nil }
        for (index, plan) in engine.planned.plans.enumerated() where engine.faults[index] == nil {
            let members = looked.compactMap { member, names in
                names.contains { plan.rule.trigger.listens(to: $0, unless: plan.rule.unless) } ? member : nil
            }
            guard !members.isEmpty else { continue }
            let window = Window(after: now.adding(micros: -1), through: now)
            let scan = Scan(
                db: db, plan: plan, settings: engine.planned.set.settings, zones: zones, window: window,
                members: members.sorted(), decidesAt: now)
            do {
                found += try scan.run().map { Evaluation.Item(plan: index, found: $0) }
            } catch { try fault(index, error) }
        }
        if raised.isEmpty {
            pending = Evaluation(db: db, engine: engine).ordered(found, at: now)[...]
            found = []
        }
        return looked.count
    }

    private mutating func count(_ lines: [DecisionLine], milliseconds: Double) {
        report.lines += lines
        for line in lines {
            guard let index = report.rules.firstIndex(where: { $0.rule == line.rule }) else { continue }
            report.rules[index].due += 1
            report.rules[index].milliseconds += milliseconds / Double(max(lines.count, 1))
            if line.outcome == .sent {
                report.rules[index].decidedToSend += 1
            } else {
                report.rules[index].skipped[line.outcome.rawValue, default: 0] += 1
            }
        }
    }
}

extension Evaluation.Item {
    /// What is found is decided before a crowd of its instant, unless its rule comes later.
    fileprivate func precedes(_ crowd: Crowd) -> Bool {
        if found.at != crowd.due { return found.at < crowd.due }
        return isCancelling || plan <= crowd.plan
    }
}

extension Trigger {
    var isDateBased: Bool {
        switch self {
        case .birthday, .anniversary, .festival, .schedule, .couponExpires, .pointsExpire: true
        default: false
        }
    }
}
