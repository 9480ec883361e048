import GRDB
import Policies
import Rules

extension Evaluation {
    /// `audience.pick`: true for whoever was not drawn. The draw is made when the first of an occasion comes up, so that
    /// it sees what was decided before in the same round. A release was drawn before it was held.
    func isPassedOver(_ occurrence: Occurrence, _ plan: Int, at now: Instant) throws -> Bool {
        guard let count = engine.planned.plans[plan].rule.audience?.pick, !occurrence.isRelease else { return false }
        if try !isDrawn(occurrence, member: "") { try makeDraw(plan, occurrence, count, at: now) }
        return try !isDrawn(occurrence, member: occurrence.member)
    }

    private func isDrawn(_ occurrence: Occurrence, member: String) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM picks WHERE member = ? AND rule = ? AND occasion = ?)"),
            arguments: [member, occurrence.rule, occurrence.occasion]) ?? false
    }

    /// At the occasion's earliest due instant, of all who pass in any zone, the k smallest by hash (semantics §4).
    private func makeDraw(_ plan: Int, _ occurrence: Occurrence, _ count: Int, at now: Instant) throws {
        let rulePlan = engine.planned.plans[plan]
        let zones = try ZonesInUse(db, engine.planned.set.settings)
        var drawn: [(rank: String, member: String)] = []
        for zone in zones.all {
            let members = try String.fetchAll(
                db, sql: "SELECT m.id FROM members m WHERE m.status = 'active' AND \(zones.predicate(zone))")
            let candidates = members.map { member in
                var candidate = occurrence
                candidate.member = member
                candidate.zone = zone
                return candidate
            }
            let facts = try FactsLoader(db: db, query: engine.queries[plan]).load(candidates, at: now)
            for (index, member) in members.enumerated() {
                guard facts[index]?.facts.readings.qualifies(for: rulePlan) ?? false else { continue }
                drawn.append(
                    (Chance.pickRank(rule: occurrence.rule, occasion: occurrence.occasion, member: member), member))
            }
        }
        let chosen = drawn.sorted { $0.rank < $1.rank }.prefix(max(count / oneIn, 1)).map(\.member)
        for member in chosen + [""] {
            try db.cachedStatement(sql: "INSERT INTO picks (rule, occasion, member) VALUES (?, ?, ?)")
                .execute(arguments: [occurrence.rule, occurrence.occasion, member])
        }
    }
}
