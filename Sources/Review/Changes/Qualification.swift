import Engine
import Store
import Kit
import Policies
import Rules

/// How many members meet what a rule asks of a member, without the trigger: `if` and `audience`, as far as they read
/// the member or the member's history. Tests of the occasion (cart, coupon) are left out.
package struct Qualification: Sendable {
    package var before: Int?
    package var after: Int?
    /// Members who qualify only after, and only before.
    package var joined = 0
    package var left = 0
}

extension MemberStore {
    /// Counts all members. A side is nil when there is no such rule, or when it asks nothing that the store can answer.
    package func qualification(
        before: (rule: Rule, set: RuleSet)?, after: (rule: Rule, set: RuleSet)?, at now: Instant
    ) throws -> Qualification {
        try writer.read { db in
            let old = try before.flatMap { try MembersMeeting($0.rule, $0.set, at: now, db) }
            let new = try after.flatMap { try MembersMeeting($0.rule, $0.set, at: now, db) }
            var result = Qualification(before: old.map { _ in 0 }, after: new.map { _ in 0 })
            var last = ""
            while true {
                let members = try db.memberIDs(after: last, limit: Qualification.page)
                guard let end = members.last else { return result }
                let was = try old?.members(after: last, through: end, db)
                let will = try new?.members(after: last, through: end, db)
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
    /// The members looked at together: as many ids are in memory.
    fileprivate static let page = 5000
}

extension MembersMeeting {
    /// Nil when the rule asks nothing that the store can answer.
    fileprivate init?(_ rule: Rule, _ set: RuleSet, at now: Instant, _ db: Session) throws {
        guard let condition = MembersMeeting.condition(rule, set) else { return nil }
        try self.init(condition, of: set, at: now, db)
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
    /// The part of a condition that depends on the member alone; nil when nothing does.
    fileprivate var memberPart: Condition? {
        switch self {
        case .field(let test): return test.fields.allSatisfy { $0.source == .member } ? self : nil
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
        case .field(let test): test.fields.allSatisfy { $0.source == .member }
        case .history: true
        case .all(let children), .any(let children), .none(let children): children.allSatisfy(\.isOfMember)
        }
    }
}
