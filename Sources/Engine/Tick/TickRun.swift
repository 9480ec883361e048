import Kit
import Policies
import Rules
import Store

/// A statement failed among occurrences that were decided together.
struct FailedPage: Error {}

/// The writing half: decide, follow what the decisions raised, move the watermark.
struct TickRun {
    let prepared: PreparedRules
    let now: Instant
    let slice: Int
    /// See `Evaluation.isolatesEach`.
    let isolatesEach: Bool
    private(set) var report: TickReport
    /// What is left of this round, and the members to look at for the next. Audiences belong to the first round only.
    private let agenda: Agenda
    private(set) var audiences: [SlotAudience] = []
    /// In an interlude: only these members are decided, and the watermarks stay.
    private var members: [String]?
    /// What interludes of this run have seen to, for the watermarks.
    private var seen: Interlude.Seen?
    private var hasFollowed = false
    private(set) var isDone = false

    init(prepared: PreparedRules, now: Instant, slice: Int, agenda: Agenda, isolatesEach: Bool, report: TickReport) {
        self.agenda = agenda
        self.prepared = prepared
        self.now = now
        self.slice = slice
        self.isolatesEach = isolatesEach
        self.report = report
    }

    /// Runs the work of one transaction; if it fails, the state and report stay as they were before.
    mutating func slice(_ body: (inout TickRun) throws -> Void) throws {
        var next = self
        try body(&next)
        self = next
    }

    mutating func begin(_ db: Session, _ scan: TickScan, finding found: [Int: Int]) throws {
        let people = found.merging(scan.people, uniquingKeysWith: +)
        let held = try BlastGuard(db, prepared.planned.set.settings).check(people, prepared: prepared, now: now)
        for (plan, reason) in held {
            note(prepared.planned.plans[plan].rule.id) { $0.guarded = reason }
            try prepared.planned.plans[plan].lookBack(db)
            try agenda.remove(plan: plan)
        }
        audiences = scan.audiences.filter { held[$0.plan] == nil }.sorted { ($0.due, $0.plan) < ($1.due, $1.plan) }
        try agenda.beginRound(through: now)
    }

    /// The next items in the order of semantics §5: of what was found, or a page of an audience.
    private mutating func next(
        _ db: Session, _ evaluation: Evaluation, _ zones: ZonesInUse, upTo room: Int
    ) throws -> (items: [Evaluation.Item], failed: [Decision]) {
        let found = try agenda.next(room) { item in audiences.first.map(item.precedes) ?? true }
        guard found.isEmpty, var audience = audiences.first else { return (found, []) }
        let scan = Scan(
            db: db, plan: prepared.planned.plans[audience.plan], settings: prepared.planned.set.settings, zones: zones,
            window: Window(after: now, through: now), members: members, decidesAt: now)
        do {
            let failed = try audience.slots.flatMap {
                try evaluation.drawIfDue(scan.occurrence(of: $0, member: ""), audience.plan, at: now)
            }
            let page = try audience.next(room, of: scan).map { Evaluation.Item(plan: audience.plan, found: $0) }
            if page.count < room { audiences.removeFirst() } else { audiences[0] = audience }
            return (page, failed)
        } catch {
            try fault(audience.plan, error)
            return ([], [])
        }
    }

    /// A rule whose statement fails is left alone until the next tick; the error of a machine is thrown on.
    private mutating func fault(_ plan: Int, _ error: any Error) throws {
        guard let reason = StatementFault.reason(error) else { throw error }
        try leave(plan, because: reason)
    }

    private mutating func leave(_ plan: Int, because reason: String) throws {
        note(prepared.planned.plans[plan].rule.id) { $0.fault = reason }
        audiences.removeAll { $0.plan == plan }
        try agenda.remove(plan: plan)
    }

    /// Passes the lines so far to `take`, if there is one.
    mutating func handOver(_ take: (([Decision]) -> Void)?) {
        guard let take, !report.lines.isEmpty else { return }
        take(report.lines)
        report.lines = []
    }

    /// Does the work of one transaction: round after round (semantics §5), each to its end before the next begins.
    mutating func advance(_ db: Session, _ scan: TickScan) throws {
        let zones = try ZonesInUse(db, prepared.planned.set.settings)
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

    /// Decides the next items of this round; returns how many, 0 at its end.
    private mutating func decide(_ db: Session, _ zones: ZonesInUse, upTo room: Int) throws -> Int {
        var evaluation = Evaluation(db: db, prepared: prepared)
        evaluation.isolatesEach = isolatesEach
        var items: [Evaluation.Item] = []
        while items.isEmpty, try !audiences.isEmpty || !agenda.isRoundOver() {
            let page = try next(db, evaluation, zones, upTo: room)
            items = page.items
            count(page.failed, milliseconds: 0)
        }
        guard !items.isEmpty else { return 0 }
        let clock = ContinuousClock()
        let began = clock.now
        let outcomes = try decideTogether(items, evaluation)
        count(outcomes.lines, milliseconds: (clock.now - began) / .milliseconds(1))
        try BlastGuard(db, prepared.planned.set.settings).count(outcomes.lines, on: now)
        for (plan, reason) in outcomes.faults { try leave(plan, because: reason) }
        for pair in prepared.listeners(to: outcomes.raised) { try agenda.touch(pair) }
        return items.count
    }

    private func decideTogether(
        _ items: [Evaluation.Item], _ evaluation: Evaluation
    ) throws -> Evaluation.Outcomes {
        do {
            return try evaluation.decide(items, at: now)
        } catch  where !isolatesEach && StatementFault.reason(error) != nil {
            throw FailedPage()
        }
    }

    private mutating func note(_ rule: String, _ change: (inout TickReport.RuleReport) -> Void) {
        guard let index = report.rules.firstIndex(where: { $0.rule == rule }) else { return }
        change(&report.rules[index])
    }

    /// Moves the watermarks and forgets the arrivals. A guarded or faulty rule keeps its watermark.
    private func finish(_ db: Session, _ scan: TickScan) throws {
        if !scan.arrivals.isEmpty {
            // The arrivals are forgotten, so a faulty rule has to look for them once it can be run again.
            let faulty = Set(report.rules.filter { $0.fault != nil }.map(\.rule))
            for plan in prepared.planned.plans where faulty.contains(plan.rule.id) { try plan.lookBack(db, from: now) }
            try db.forgetArrivals(scan.arrivals)
        }
        guard members == nil else { return }
        let evaluated = report.rules.indices.filter {
            report.rules[$0].guarded == nil && report.rules[$0].fault == nil
        }
        let ahead = Set(evaluated.filter { seen?.has($0) ?? false })
        if let seen, !ahead.isEmpty { try db.noteEvaluated(ahead.map { report.rules[$0].rule }, until: seen.through) }
        try db.noteEvaluated(evaluated.filter { !ahead.contains($0) }.map { report.rules[$0].rule }, until: now)
    }

    /// Scans some of the members whose decisions raised events, for the next round; returns how many.
    private mutating func follow(_ db: Session, _ zones: ZonesInUse, upTo room: Int) throws -> Int {
        guard let (plan, members) = try agenda.nextTouched(room) else {
            guard hasFollowed else { return 0 }
            hasFollowed = false
            try agenda.beginRound(through: now)
            return try agenda.isRoundOver() ? 0 : 1
        }
        hasFollowed = true
        let window = Window(after: now.adding(micros: -1), through: now)
        let scan = Scan(
            db: db, plan: prepared.planned.plans[plan], settings: prepared.planned.set.settings, zones: zones,
            window: window, members: members, decidesAt: now)
        do {
            for found in try scan.run() { try agenda.add(Evaluation.Item(plan: plan, found: found)) }
        } catch { try fault(plan, error) }
        return members.count
    }

    private mutating func count(_ lines: [Decision], milliseconds: Double) {
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

// MARK: interludes

extension TickRun {
    /// A run amid another one: some members are brought up to `now`, as if the other run had begun then.
    init(amid other: TickRun, for members: [String], agenda: Agenda, at now: Instant, report: TickReport) {
        self.init(
            prepared: other.prepared, now: now, slice: other.slice, agenda: agenda, isolatesEach: other.isolatesEach,
            report: report)
        self.members = members
    }

    /// Whether an interlude is of use: an audience is left, and what else is left is in memory.
    var hasInterludes: Bool { !audiences.isEmpty && !agenda.isSpilled }

    /// Takes from this run what it owes to some members.
    func give(up members: Set<String>) -> (items: [Evaluation.Item], touched: [Agenda.Pair]) {
        agenda.take(of: members)
    }

    /// Begins with the audiences that the other run has left. They are in the order of their instants already.
    mutating func join(_ audiences: [SlotAudience]) {
        let held = Set(report.rules.indices.filter { report.rules[$0].guarded != nil || report.rules[$0].fault != nil })
        self.audiences = audiences.filter { !held.contains($0.plan) }
    }

    /// Notes what an interlude has seen to, and leaves the rules alone that it had to stop.
    mutating func note(_ seen: Interlude.Seen, _ other: TickReport) throws {
        self.seen = seen
        for (plan, rule) in other.rules.enumerated() where rule.guarded != nil || rule.fault != nil {
            guard report.rules[plan].guarded == nil, report.rules[plan].fault == nil else { continue }
            (report.rules[plan].guarded, report.rules[plan].fault) = (rule.guarded, rule.fault)
            audiences.removeAll { $0.plan == plan }
            try agenda.remove(plan: plan)
        }
    }
}

extension Evaluation.Item {
    /// Whether the item is decided before an audience: by instant, and within one instant unless its rule comes later.
    fileprivate func precedes(_ audience: SlotAudience) -> Bool {
        if found.at != audience.due { return found.at < audience.due }
        return isCancelling || plan <= audience.plan
    }
}
