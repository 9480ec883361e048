import Engine
import Store
import Kit
import Policies
import Rules

/// The people who wait in a rule: a delay under way, a held message, an existing member whose turn has not come. Date
/// triggers and the silence of `inactive` do not count: everybody would be waiting.
package struct WaitingPeople: Sendable {
    /// A wait, by its member and the instant it began.
    package struct Wait: Hashable, Sendable {
        package var member: String
        package var start: Instant
    }
    package var delays: Set<Wait> = []
    package var held = 0
    package var existing = 0

    package var count: Int { delays.count + held + existing }
}

extension MemberStore {
    package func waiting(in plan: RulePlan, of planned: PlannedSet, at now: Instant) throws -> WaitingPeople {
        try writer.read { db in
            let settings = planned.set.settings
            let zones = try ZonesInUse(db, settings)
            var waiting = WaitingPeople()
            (waiting.held, waiting.existing) = try db.waiting(in: plan.rule.id)
            guard let delay = Delay(plan.rule.trigger), !delay.strikesAfter else { return waiting }
            let scan = Scan(
                db: db, plan: plan, settings: settings, zones: zones,
                window: Window(after: now, through: now.adding(micros: delay.longest)), members: nil, decidesAt: nil)
            let ledger = Ledger(db: db, planned: planned, rulesVersion: 0)
            var page: [Occurrence] = []
            func look() throws {
                let settled = try ledger.settled(page)
                for (index, occurrence) in page.enumerated() where !settled.contains(index) {
                    waiting.delays.insert(.init(member: occurrence.member, start: occurrence.start))
                }
                page = []
            }
            try scan.each { found in
                guard case .due(let occurrence) = found, occurrence.start <= now else { return }
                page.append(occurrence)
                if page.count == 2000 { try look() }
            }
            try look()
            return waiting
        }
    }
}
