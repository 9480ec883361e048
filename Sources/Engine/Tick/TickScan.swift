import Kit
import Policies
import Rules
import Store

/// The read-only half of a tick: finds what there is to decide.
struct TickScan {
    let agenda: Agenda
    let now: Instant
    private let goesOn: () -> Bool
    /// Whether the scan was stopped before everything was found: nothing may be decided on a part.
    private(set) var isCutShort = false
    /// The audiences of festivals and schedules, not read yet; `people` is how many members they have, by plan.
    var audiences: [SlotAudience] = []
    var people: [Int: Int] = [:]
    /// Members whose rows arrived since the last tick, at most a slice, and the sequence number each had when read.
    var arrivals: [(member: String, seq: Int64)] = []
    var wantsWatermark = false
    var report = TickReport()
    /// In an interlude: the rules, by plan, that have a new audience. They are left to the next tick.
    private(set) var postponed: Set<Int> = []

    var isIdle: Bool {
        get throws { try agenda.first() == nil && audiences.isEmpty && arrivals.isEmpty && !wantsWatermark }
    }

    private struct CutShort: Error {}

    /// What a tick under way has taken over, when an interlude looks for what came since.
    struct Taken {
        /// Everything that was due until then has been found.
        var through: Instant
        var arrivals: [(member: String, seq: Int64)]
        /// The most occurrences, and the most members with new rows, that an interlude takes on.
        var most: Int
    }

    private let taken: Taken?
    private let windows: EventWindows
    /// The rules of which something waits until now.
    private let rulesWithWaits: Set<String>

    init(
        _ db: Session, prepared: PreparedRules, now: Instant, slice: Int, into agenda: Agenda,
        besides taken: Taken? = nil, goesOn: @escaping () -> Bool = { true }
    ) throws {
        (self.agenda, self.now, self.taken, self.goesOn) = (agenda, now, taken, goesOn)
        let settings = prepared.planned.set.settings
        let zones = try ZonesInUse(db, settings)
        let marks = try db.watermarks()
        let guarded = try BlastGuard(db, settings).held()
        arrivals = try TickScan.arrivals(db, slice, besides: taken)
        windows = EventWindows(db)
        rulesWithWaits = try windows.rulesWithWaits(through: now)
        if let taken, arrivals.count > taken.most {
            isCutShort = true
            return
        }
        for (index, plan) in prepared.planned.plans.enumerated() {
            var rule = TickReport.RuleReport(rule: plan.rule.id)
            let clock = ContinuousClock()
            let began = clock.now
            rule.guarded = guarded[plan.rule.id]
            rule.fault = prepared.faults[index]
            if rule.guarded == nil, rule.fault == nil, let (since, stored) = marks[plan.rule.id] {
                let mark = taken.map { max($0.through, stored) } ?? stored
                let scan = Scan(
                    db: db, plan: plan, settings: settings, zones: zones,
                    window: Window(after: max(mark, since), through: now), members: nil, decidesAt: now)
                do {
                    rule.candidates = try find(
                        scan, plan: index, probe: prepared.probes[index], since: since, mark: mark)
                } catch is CutShort {
                    isCutShort = true
                    return
                } catch {
                    guard let reason = StatementFault.reason(error) else { throw error }
                    rule.fault = reason
                    try agenda.remove(plan: index)
                    audiences.removeAll { $0.plan == index }
                }
                // A festival or schedule for which nobody was found is not scanned again.
                let isBehind = scan.hasFallen || now.micros - mark.micros > 60_000_000
                if rule.fault == nil, isBehind { wantsWatermark = true }
            }
            rule.milliseconds = (clock.now - began) / .milliseconds(1)
            report.rules.append(rule)
        }
    }
}

extension TickScan {
    /// Puts what a rule owes on the agenda, and returns how many candidates that is.
    private mutating func find(
        _ scan: Scan, plan: Int, probe: ScanProbe, since: Instant, mark: Instant
    ) throws -> Int {
        var count = 0
        let (agenda, goesOn) = (agenda, goesOn)
        let most = taken?.most ?? .max
        func take(_ found: Candidate) throws {
            try agenda.add(Evaluation.Item(plan: plan, found: found))
            count += 1
            if count > most { throw CutShort() }
            if count.isMultiple(of: 5000), !goesOn() { throw CutShort() }
        }
        if scan.rule.trigger.asksEveryone {
            if taken != nil, scan.hasFallen {
                postponed.insert(plan)
                return 0
            }
            count = try gather(scan, plan: plan)
        } else {
            if try probe.mayFind(scan, windows) { try scan.each(take) }
            try late(scan, since: since, mark: mark)?.each(take)
        }
        guard let now = scan.decidesAt, rulesWithWaits.contains(scan.rule.id) else { return count }
        try Waits(db: scan.db, plan: scan.plan, zones: scan.zones, decidesAt: now)
            .eachReleased(in: Window(after: taken?.through ?? .distantPast, through: now), take)
        return count
    }

    /// The members with new rows, without those that a tick under way has read.
    private static func arrivals(
        _ db: Session, _ slice: Int, besides taken: Taken?
    ) throws -> [(member: String, seq: Int64)] {
        guard let taken else { return try db.arrivals(slice) }
        let known = Dictionary(taken.arrivals.map { ($0.member, $0.seq) }, uniquingKeysWith: max)
        return try db.arrivals(taken.arrivals.count + taken.most + 1).filter { known[$0.member] != $0.seq }
    }

    /// Counts the members that a festival or schedule addresses, because the blast guard judges the whole before
    /// anything is sent. Returns the number of occurrences.
    private mutating func gather(_ scan: Scan, plan: Int) throws -> Int {
        let found = scan.window.isEmpty ? [] : SlotAudience.all(in: scan, plan: plan)
        var ofZone: [Zone: Int] = [:]
        var total = 0
        // When a stop cut an audience short, the members decided before it are already in the day's count.
        let guardian = BlastGuard(scan.db, scan.settings)
        let isCutShort = try !found.isEmpty && guardian.reached(scan.rule, on: scan.window.through) > 0
        for slot in found.flatMap(\.slots) {
            let count = try ofZone[slot.zone] ?? scan.count(slot, onlyUndecided: isCutShort)
            ofZone[slot.zone] = count
            total += count
        }
        guard total > 0 else { return 0 }
        audiences += found
        let all = ofZone.values.reduce(0, +)
        // Where members are drawn, no more than the draw are reached.
        let drawn = (scan.rule.audience?.pick).map { pick in
            Set(found.flatMap(\.slots).map(\.occasion)).count.multipliedReportingOverflow(by: pick)
        }
        people[plan] = drawn.map { $0.overflow ? all : min(all, $0.partialValue) } ?? all
        return total
    }

    /// The scan for late occurrences of a rule: due before the watermark, of members whose rows came since the last
    /// tick. It is not for festivals and schedules, which ask who was there at their instant.
    private func late(_ scan: Scan, since: Instant, mark: Instant) -> Scan? {
        guard !arrivals.isEmpty else { return nil }
        let from = scan.rule.trigger.isDate ? max(since, mark.adding(micros: -scan.plan.lateReach)) : since
        var late = scan
        late.members = arrivals.map(\.member)
        // A watermark ahead of now (a clock that was set back) must not make anything due before its time.
        late.window = Window(after: from, through: min(mark, scan.decidesAt ?? mark))
        return late
    }
}
