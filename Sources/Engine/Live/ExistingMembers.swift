import Kit
import Policies
import Rules
import Store

/// The enrolment, a page at a time, of members who were already past the limit when an `inactive` rule went live and
/// pass `if` and `audience` then. They are ordered by latest activity first, then member id; number i is due in slot
/// ⌊i/drip⌋ (semantics §4).
///
/// First everyone is read in the order of ids; with a drip, their waits are due out of reach, in the order of the
/// dealing. Then the slots are dealt in that order. A row of `enrolments`, written with each page, records the
/// progress, so that a crash loses nobody and enrols nobody twice. Until that row is deleted none of them is released.
package struct Enrolment {
    private let plan: Int
    private let at: Instant
    /// The last member that was read; nil: all were.
    private let readThrough: String?
    private let dealt: Int
    /// How many members are read, or get their slot, in one transaction.
    private let size: Int

    /// The rows that one transaction writes.
    fileprivate struct Page {
        struct Place {
            var occurrence: Occurrence
            var event: Int64
            var due: Instant
        }
        var taken: [Place] = []
        var dealt: [(member: String, occasion: String, due: Instant)] = []
        var readThrough: String?
        var isLast = false
    }

    /// An instant beyond everything that can be due (the year 9999 is at half of it), and within the numbers that a
    /// store keeps. Members wait there for their slot, the latest first.
    private static let outOfReach: Int64 = 500_000_000_000_000_000

    /// Begins the enrolment of a rule, replacing what is left of an older one.
    package static func begin(_ rule: Rule, at now: Instant, _ db: Session) throws {
        try db.endEnrolment(of: rule.id)
        guard case .inactive = rule.trigger, rule.existingMembers != nil, rule.existingMembers != .skip else { return }
        try db.beginEnrolment(of: rule.id, at: now)
    }

    /// The next enrolment that is under way; nil: there is none.
    static func next(_ db: Session, _ prepared: PreparedRules, besides left: Set<Int>, size: Int) throws -> Enrolment? {
        for row in try db.enrolments() {
            guard let plan = prepared.planned.plans.firstIndex(where: { $0.rule.id == row.rule }), !left.contains(plan),
                prepared.faults[plan] == nil
            else { continue }
            return Enrolment(plan: plan, at: row.at, readThrough: row.readThrough, dealt: row.dealt, size: size)
        }
        return nil
    }

    /// How many members share a slot, and how far slots are apart.
    private func slots(_ rule: Rule) -> (size: Int, every: Span)? {
        switch rule.existingMembers {
        case .all: (Int.max, .zero)
        case .drip(let count, let span): (max(count, 1), span)
        case .skip, nil: nil
        }
    }

    // MARK: reading

    /// - Parameter oneIn: see `Simulation.oneIn`.
    fileprivate func page(_ db: Session, _ prepared: PreparedRules, oneIn: Int) throws -> Page {
        let rulePlan = prepared.planned.plans[plan]
        guard case .inactive(let inactive) = rulePlan.rule.trigger, let slots = slots(rulePlan.rule) else {
            return Page(isLast: true)
        }
        guard let readThrough else { return try deal(db, rulePlan.rule, inactive, slots: slots, oneIn: oneIn) }
        let zones = try ZonesInUse(db, prepared.planned.set.settings)
        let (candidates, last) = try pastTheLimit(db, rulePlan.rule, inactive, after: readThrough, zones: zones)
        var page = Page(readThrough: last)
        let reading = try FactsLoader(db: db, query: prepared.queries[plan]).load(candidates, at: at)
        let settled = try Evaluation(db: db, prepared: prepared).ledger.settled(candidates)
        for (index, occurrence) in candidates.enumerated() {
            // A member who cannot be read now is enrolled: the decision will be `failed` if that is still so.
            let qualifies =
                reading.unreadable[index] != nil
                || reading.loaded[index]?.facts.readings.qualifies(for: rulePlan) ?? false
            guard qualifies, !settled.contains(index), case .event(let event) = occurrence.anchor else { continue }
            let due =
                slots.size == Int.max
                ? slot(0, slots.every, inactive.at, zone: occurrence.zone)
                : Instant(
                    micros: Enrolment.outOfReach - occurrence.zone.add(inactive.for, to: occurrence.start).micros)
            page.taken.append(.init(occurrence: occurrence, event: event, due: due))
        }
        page.isLast = last == nil && slots.size == Int.max
        return page
    }

    /// Those of the next members by id who were past the limit, and the last member read; nil: there are no more.
    private func pastTheLimit(
        _ db: Session, _ rule: Rule, _ inactive: Trigger.Inactive, after member: String, zones: ZonesInUse
    ) throws -> ([Occurrence], String?) {
        guard let delay = Delay(rule.trigger) else { return ([], nil) }
        let rows = try db.silences(inactive.activity, at: at, after: member, most: size)
        let occurrences = rows.compactMap { row -> Occurrence? in
            guard let start = row.last, let event = row.event else { return nil }
            let zone = zones.zone(named: row.zone)
            let due = delay.due(from: start, in: zone)
            guard due < at else { return nil }
            return Occurrence(
                rule: rule.id, member: row.member, occasion: "inactive@\(start.utcText)", due: due, start: start,
                zone: zone, anchor: .event(seq: event))
        }
        return (occurrences, rows.count < size ? nil : rows.last?.member)
    }

    // MARK: dealing

    private func deal(
        _ db: Session, _ rule: Rule, _ inactive: Trigger.Inactive, slots: (size: Int, every: Span), oneIn: Int
    ) throws -> Page {
        let rows = try db.undealt(of: rule.id, beyond: Enrolment.outOfReach / 2, most: size)
        let places = rows.enumerated().map { index, row -> (member: String, occasion: String, due: Instant) in
            let number = ((dealt + index) * oneIn) / slots.size
            return (
                row.member, row.occasion, slot(number, slots.every, inactive.at, zone: Zone(named: row.zone) ?? .utc)
            )
        }
        return Page(dealt: places, isLast: rows.count < size)
    }

    /// Slot 0 is the first local `at` on or after the beginning (without `at`: the beginning itself), slot k is
    /// k × `every` later.
    private func slot(_ number: Int, _ every: Span, _ time: LocalTime?, zone: Zone) -> Instant {
        var first = at
        if let time {
            let today = zone.instant(zone.date(of: at), time)
            first = today >= at ? today : zone.instant(zone.date(of: at).adding(days: 1), time)
        }
        return zone.add(Span(every.amount * number, every.unit), to: first)
    }

    // MARK: writing

    fileprivate func take(_ page: Page, of rule: String, _ db: Session) throws {
        for place in page.taken { try db.enrol(place.occurrence, event: place.event, due: place.due) }
        for place in page.dealt { try db.deal(place.due, to: place.member, rule: rule, occasion: place.occasion) }
        guard !page.isLast else { return try db.closeEnrolment(of: rule) }
        try db.noteEnrolment(of: rule, readThrough: page.readThrough, dealt: dealt + page.dealt.count)
    }
}

extension MemberStore {
    /// Continues the enrolment of existing members, in slices of one transaction each.
    /// - Parameters:
    ///   - oneIn: see `Simulation.oneIn`.
    ///   - goesOn: asked after each slice; false ends it there, and the next call goes on.
    /// - Returns: rules whose statement for this cannot be run, with the reason; the next call tries them again.
    @discardableResult
    package func enrol(
        _ prepared: PreparedRules, oneIn: Int = 1, size: Int = 2000, goesOn: () -> Bool = { true }
    ) throws -> [String: String] {
        var faults: [Int: String] = [:]
        while true {
            let left = Set(faults.keys)
            let next: Enrolment? = try writer.read { db -> Enrolment? in
                try Enrolment.next(db, prepared, besides: left, size: size)
            }
            guard let enrolment = next else { break }
            do {
                try enrolment.advance(self, prepared, oneIn)
            } catch {
                guard let reason = StatementFault.reason(error) else { throw error }
                faults[enrolment.index] = reason
            }
            guard goesOn() else { break }
        }
        let named = faults.map { (prepared.planned.plans[$0.key].rule.id, $0.value) }
        return Dictionary(uniqueKeysWithValues: named)
    }
}

extension Enrolment {
    fileprivate var index: Int { plan }

    /// Reads the page before taking the store for writing, so that others can write meanwhile.
    fileprivate func advance(_ store: MemberStore, _ prepared: PreparedRules, _ oneIn: Int) throws {
        let next = try store.writer.read { db in try page(db, prepared, oneIn: oneIn) }
        try store.writeSlice { db in try take(next, of: prepared.planned.plans[plan].rule.id, db) }
    }
}

extension FieldValues {
    package func qualifies(for plan: RulePlan) -> Bool {
        (plan.condition.map(holds) ?? true)
            && (plan.audienceIn.isEmpty || plan.audienceIn.contains(where: holds))
            && !plan.audienceNotIn.contains(where: holds)
    }
}
