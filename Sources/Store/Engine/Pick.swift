import GRDB
import Policies
import Rules

extension Evaluation {
    /// `audience.pick`: makes the draw of each occasion that comes up for the first time, and gives the indexes of those
    /// who were not drawn. A release was drawn before it was held.
    func draw(_ items: [Item], at now: Instant) throws -> Set<Int> {
        var passedOver: Set<Int> = []
        for (index, item) in items.enumerated() {
            guard case .due(let occurrence) = item.found, !occurrence.isRelease,
                let count = engine.planned.plans[item.plan].rule.audience?.pick
            else { continue }
            if try !isDrawn(occurrence, member: "") { try makeDraw(item.plan, occurrence, count, at: now) }
            if try !isDrawn(occurrence, member: occurrence.member) { passedOver.insert(index) }
        }
        return passedOver
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
        let chosen = drawn.sorted { $0.rank < $1.rank }.prefix(count).map(\.member)
        for member in chosen + [""] {
            try db.cachedStatement(sql: "INSERT INTO picks (rule, occasion, member) VALUES (?, ?, ?)")
                .execute(arguments: [occurrence.rule, occurrence.occasion, member])
        }
    }
}
