import Kit
import Policies
import Rules
import Store

/// What becomes due while a tick decides for a large audience, decided between two slices of the tick, so that nobody's
/// message waits until a million others are decided.
///
/// For the members concerned, and for those who share an address with them, it is as if the tick had begun now: what
/// the tick still owes them is decided first, in the order of semantics §5. So caps and limits see the same messages as
/// they would without an audience. Everyone else keeps their place. Where that would be too much at once, nothing is
/// decided: the next interlude or the next tick finds it.
struct Interlude {
    /// What was seen to, for the watermarks of the tick.
    struct Seen {
        var through: Instant
        /// Rules, by plan, that were not looked at in some interlude.
        var postponed: Set<Int> = []

        func has(_ plan: Int) -> Bool { !postponed.contains(plan) }
    }

    private let prepared: PreparedRules
    private let slices: TickSlices
    private let clock: () -> Instant
    /// The members with new rows that the tick itself has read.
    private let arrivals: [(member: String, seq: Int64)]
    private var seen: Seen

    init(
        _ prepared: PreparedRules, after now: Instant, slices: TickSlices, arrivals: [(member: String, seq: Int64)],
        clock: @escaping () -> Instant
    ) {
        (self.prepared, self.slices, self.arrivals, self.clock) = (prepared, slices, arrivals, clock)
        seen = Seen(through: now)
    }

    /// Decides what became due since the last interlude, in one transaction.
    /// - Returns: what was decided; nil: nothing, or too much for an interlude.
    mutating func run(_ store: MemberStore, amid tick: inout TickRun) throws -> TickReport? {
        let now = clock()
        guard tick.hasInterludes, now > seen.through else { return nil }
        let agenda = Agenda(most: .max, page: slices.items)
        let taken = TickScan.Taken(through: seen.through, arrivals: arrivals, most: slices.interlude)
        let (scan, members) = try store.writer.read { db in
            let scan = try TickScan(
                db, prepared: prepared, now: now, slice: slices.arrivals, into: agenda, besides: taken)
            return (scan, try db.sharingAddresses(with: agenda.members(), most: slices.interlude))
        }
        // Too many at once are no interlude.
        guard !scan.isCutShort, let members else { return nil }
        seen.postponed.formUnion(scan.postponed)
        seen.through = now
        guard !members.isEmpty || !scan.arrivals.isEmpty else {
            try tick.note(seen, scan.report)
            return nil
        }
        let others = tick
        let report = try store.writer.write { db in
            try catchUp(db, amid: others, scan, on: agenda, members: members)
        }
        try tick.note(seen, report)
        return report
    }

    /// Brings the members up to now: what the tick owes them and what the scan found, round after round.
    private func catchUp(
        _ db: Session, amid tick: TickRun, _ scan: TickScan, on agenda: Agenda, members: [String]
    ) throws -> TickReport {
        let people = try agenda.people()
        let owed = tick.give(up: Set(members))
        for item in owed.items { try agenda.add(item) }
        let zones = try ZonesInUse(db, prepared.planned.set.settings)
        for (plan, pairs) in Dictionary(grouping: owed.touched, by: \.plan) {
            let again = Scan(
                db: db, plan: prepared.planned.plans[plan], settings: prepared.planned.set.settings, zones: zones,
                window: Window(after: tick.now.adding(micros: -1), through: scan.now), members: pairs.map(\.member),
                decidesAt: scan.now)
            try again.each { try agenda.add(Evaluation.Item(plan: plan, found: $0)) }
        }
        var run = TickRun(amid: tick, for: members, agenda: agenda, at: scan.now, report: scan.report)
        try run.begin(db, scan, finding: people)
        run.join(tick.audiences)
        while !run.isDone { try run.advance(db, scan) }
        return run.report
    }
}
