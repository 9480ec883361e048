import Kit
import Policies
import Rules
import Store

extension Evaluation {
    /// `audience.pick`: true for a member who was not drawn. The draw is made when the first occurrence of an occasion
    /// comes up, so that it sees what was decided earlier in the same round. A release was drawn before it was held.
    func isPassedOver(
        _ occurrence: Occurrence, _ plan: Int, at now: Instant, _ outcomes: inout Outcomes
    ) throws -> Bool {
        guard prepared.planned.plans[plan].rule.audience?.pick != nil, !occurrence.isRelease else { return false }
        outcomes.lines += try drawIfDue(occurrence, plan, at: now)
        return try !isDrawn(occurrence, member: occurrence.member)
    }

    /// Draws for the occasion, unless its rule has no draw or it was made already. A member for whom a field cannot be
    /// read is not drawn; the occurrence ends as `failed`, and its line is returned.
    func drawIfDue(_ occurrence: Occurrence, _ plan: Int, at now: Instant) throws -> [Decision] {
        guard let count = prepared.planned.plans[plan].rule.audience?.pick,
            try !isDrawn(occurrence, member: "")
        else { return [] }
        var failed: [Decision] = []
        try db.savepoint {
            failed = try makeDraw(plan, occurrence, count, at: now)
            return .keep
        }
        return failed
    }

    private func isDrawn(_ occurrence: Occurrence, member: String) throws -> Bool {
        try db.isDrawn(member, for: occurrence)
    }

    /// Draws the k smallest by hash of all who pass in any zone, at the occasion's earliest due instant (semantics §4).
    /// Members are read a page at a time, and only the k best so far are kept.
    private func makeDraw(
        _ plan: Int, _ occurrence: Occurrence, _ count: Int, at now: Instant
    ) throws -> [Decision] {
        var failed: [Decision] = []
        let zones = try ZonesInUse(db, prepared.planned.set.settings)
        let most = max(count / oneIn, 1)
        var drawn: [(rank: String, member: String)] = []
        for zone in zones.all {
            var last = ""
            while true {
                let members = try db.activeMembers(on: zone, of: zones, after: last, most: Evaluation.drawPage)
                drawn += try passing(members, occurrence, zone, plan: plan, at: now, failed: &failed)
                drawn = Array(drawn.sorted { $0.rank < $1.rank }.prefix(most))
                guard let end = members.last, members.count == Evaluation.drawPage else { break }
                last = end
            }
        }
        for member in drawn.map(\.member) + [""] { try db.noteDrawn(member, for: occurrence) }
        return failed
    }

    private static let drawPage = 2000

    /// The members who pass `if` and `audience`, each with their rank.
    private func passing(
        _ members: [String], _ occurrence: Occurrence, _ zone: Zone, plan: Int, at now: Instant,
        failed: inout [Decision]
    ) throws -> [(rank: String, member: String)] {
        var here = occurrence
        here.zone = zone
        // Each zone has its own due instant, which `trigger.due_at` gives.
        if let date = occurrence.date, let due = prepared.planned.plans[plan].rule.trigger.due(of: date, in: zone) {
            (here.due, here.start) = (due, due)
        }
        let candidates = members.map { member in
            var candidate = here
            candidate.member = member
            return candidate
        }
        let reading = try FactsLoader(db: db, query: prepared.queries[plan]).load(candidates, at: now)
        for (index, field) in reading.unreadable.sorted(by: { $0.key < $1.key }) {
            let isSettled = try !ledger.settled([candidates[index]]).isEmpty
            if !isSettled { failed.append(try fail(candidates[index], plan, field, at: now)) }
        }
        let facts = reading.loaded
        return members.indices.compactMap { index in
            guard facts[index]?.facts.readings.qualifies(for: prepared.planned.plans[plan]) ?? false else { return nil }
            let member = members[index]
            return (Chance.pickRank(rule: occurrence.rule, occasion: occurrence.occasion, member: member), member)
        }
    }
}
