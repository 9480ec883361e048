import GRDB
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
            let old = try before.flatMap { try Qualification.members(db, $0.rule, $0.set, now) }
            let new = try after.flatMap { try Qualification.members(db, $0.rule, $0.set, now) }
            var result = Qualification(before: old?.count, after: new?.count)
            if let old, let new {
                let both = old.count < new.count ? old.count(where: new.contains) : new.count(where: old.contains)
                result.joined = new.count - both
                result.left = old.count - both
            }
            return result
        }
    }
}

extension Qualification {
    fileprivate static func members(
        _ db: Database, _ rule: Rule, _ set: RuleSet, _ now: Instant
    ) throws -> Set<String>? {
        let zones = try ZonesInUse(db, set.settings)
        var compiler = ConditionSQL(fields: try FieldSQL(db, settings: set.settings, custom: set.fields))
        guard let condition = condition(rule, set), let sql = compiler.compile(condition) else { return nil }
        var members: Set<String> = []
        for zone in zones.all {
            let arguments = compiler.fields.clock.arguments(now: now, zone: zone)
            let ids = try String.fetchCursor(
                db,
                sql: "SELECT m.id FROM members m WHERE m.status = 'active' AND \(zones.predicate(zone)) AND \(sql)",
                arguments: StatementArguments(arguments))
            while let id = try ids.next() { members.insert(id) }
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
