import Kit
import Policies
import Rules

/// Which members meet what a rule asks of a member, trigger apart: `if` and `audience`, as far as they read the member
/// and his history. What only the occasion knows (the cart, the coupon) is left out.
package struct Qualification: Sendable {
    package var before: Int?
    package var after: Int?
    /// Who qualifies only after, and only before.
    package var joined = 0
    package var left = 0
}

extension MemberStore {
    /// Counts everyone. A side is nil where there is no such rule, or where it asks nothing that the store can answer.
    package func qualification(
        before: (rule: Rule, set: RuleSet)?, after: (rule: Rule, set: RuleSet)?, at now: Instant
    ) throws -> Qualification {
        try writer.read { db in
            let old = try before.flatMap { try Question(db, $0.rule, $0.set, now: now) }
            let new = try after.flatMap { try Question(db, $0.rule, $0.set, now: now) }
            var result = Qualification(before: old.map { _ in 0 }, after: new.map { _ in 0 })
            var last = ""
            while true {
                let members: [String] = try db.values(
                    "SELECT id FROM members WHERE id > ? ORDER BY id LIMIT ?", [last, Qualification.page])
                guard let end = members.last else { return result }
                let was = try old?.members(db, after: last, through: end)
                let will = try new?.members(db, after: last, through: end)
                if let was { result.before? += was.count }
                if let will { result.after? += will.count }
                if let was, let will {
                    result.joined += will.subtracting(was).count
                    result.left += was.subtracting(will).count
                }
                last = end
            }
        }
    }
}

extension Qualification {
    /// Members that are looked at together: as many ids are in memory.
    fileprivate static let page = 5000
}

/// Who meets what a rule asks, as statements over members, one for each zone.
private struct Question {
    private let statements: [(sql: String, arguments: Bindings)]

    /// Nil: the rule asks nothing that the store can answer.
    init?(_ db: Session, _ rule: Rule, _ set: RuleSet, now: Instant) throws {
        let zones = try ZonesInUse(db, set.settings)
        var compiler = ConditionSQL(fields: try FieldSQL(db, settings: set.settings, custom: set.fields))
        guard let condition = Question.condition(rule, set), let sql = compiler.compile(condition) else { return nil }
        statements = zones.all.map { zone in
            (
                """
                SELECT m.id FROM members m WHERE m.status = 'active' AND \(zones.predicate(zone)) AND \(sql)
                  AND m.id > :page_after AND m.id <= :page_through
                """, compiler.fields.clock.arguments(now: now, zone: zone)
            )
        }
    }

    func members(_ db: Session, after: String, through: String) throws -> Set<String> {
        var members: Set<String> = []
        for (sql, arguments) in statements {
            let bounds = ["page_after": after.sql, "page_through": through.sql]
            members.formUnion(
                try (db.values(sql, SQLArguments(arguments.merging(bounds) { $1 })) as [String]))
        }
        return members
    }

    /// Nil: the rule asks nothing of the member.
    private static func condition(_ rule: Rule, _ set: RuleSet) -> Condition? {
        func segments(_ ids: [String]) -> [Condition] { ids.map { set.segments[$0]?.condition ?? .any([]) } }
        var parts: [Condition] = []
        if let own = rule.condition?.memberPart { parts.append(own) }
        if let audience = rule.audience {
            if !audience.inSegments.isEmpty { parts.append(.any(segments(audience.inSegments))) }
            if !audience.notInSegments.isEmpty { parts.append(.none(segments(audience.notInSegments))) }
        }
        return parts.isEmpty ? nil : .all(parts)
    }
}

extension Condition {
    /// What of a condition depends on the member alone; nil when nothing does.
    fileprivate var memberPart: Condition? {
        switch self {
        case .field(let test): return test.field.source == .member ? self : nil
        case .history: return self
        case .all(let children):
            let parts = children.compactMap(\.memberPart)
            return parts.isEmpty ? nil : .all(parts)
        case .any(let children):
            // A branch that the occasion decides may hold for anybody.
            let parts = children.compactMap(\.memberPart)
            return parts.count == children.count ? .any(parts) : nil
        case .none(let children):
            let parts = children.filter(\.isOfMember)
            return parts.isEmpty ? nil : .none(parts)
        }
    }

    private var isOfMember: Bool {
        switch self {
        case .field(let test): test.field.source == .member
        case .history: true
        case .all(let children), .any(let children), .none(let children): children.allSatisfy(\.isOfMember)
        }
    }
}
