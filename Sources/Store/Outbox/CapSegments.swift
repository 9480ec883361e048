import Kit
import Policies
import Rules

/// Finds which members of a batch of deliveries are in the segments that `frequency_cap` names, with one query for each
/// segment and zone.
///
/// A cap for a segment applies to the members who are in it now. At a handover, "now" is the moment of handing over,
/// except that what the decisions of the delivery's own instant did (a tag, points, a message that a segment counts) is
/// ignored: that came after the gates of the delivery, which would otherwise have decided differently (decision 0050).
package struct CapSegments {
    private let db: Session
    private let set: RuleSet
    /// The segments that caps name, each with its condition.
    private let segments: [(id: String, condition: Condition)]

    package init(_ db: Session, _ set: RuleSet) {
        self.db = db
        self.set = set
        let named = Set(set.settings.frequencyCap.compactMap(\.segment)).sorted()
        segments = named.compactMap { id in set.segments[id].map { (id, $0.condition) } }
    }

    /// For each delivery, the segments whose caps apply to it at `now`. Where membership cannot be determined (a broken
    /// field of fields.yaml) everyone counts as in the segment: a cap too many is safer than one too few.
    package func holding(for claimed: [Claimed], at now: Instant) throws -> [Int64: Set<String>] {
        guard !segments.isEmpty, !claimed.isEmpty else { return [:] }
        let ids = "[" + claimed.map { String($0.id) }.joined(separator: ",") + "]"
        var found: [Int64: Set<String>] = [:]
        for (segment, condition) in segments {
            let asked = try db.all(
                """
                SELECT id, member FROM v_deliveries WHERE purpose = 'marketing'
                  AND id IN {numbers ?} AND CAST({member cap_segments ?} AS BIGINT) IS DISTINCT FROM 1
                """, [ids, segment]
            ).map { try (id: $0[0] as Int64, member: $0[1] as String) }
            let members = Set(asked.map(\.member)).sorted()
            let inside = Set(try isIn(condition, members, at: now, ifUnknown: true))
            for delivery in asked where inside.contains(delivery.member) {
                found[delivery.id, default: []].insert(segment)
            }
        }
        return found
    }

    /// The text stored with a delivery for the segments that its member is outside of; nil when there are none.
    static func stored(outside segments: [String]) -> String? {
        guard !segments.isEmpty else { return nil }
        return JSONText.object(Set(segments).sorted().map { JSONText.Member($0, .int(0)) }).rendered
    }

    /// Call this after the decisions of one instant about these members. Where a member was outside of a segment and is
    /// in it now, the deliveries decided for that member in this instant are free of its cap.
    package func noteEntered(_ members: Set<String>, at now: Instant) throws {
        guard !segments.isEmpty, !members.isEmpty else { return }
        let decided = """
            FROM {text_elements :members} b {then} decisions c ON c.member = b.value
              {then} deliveries d ON d.decision = c.id
            WHERE d.created_at = :now AND CAST({member d.cap_segments :segment} AS BIGINT) = 0
            """
        for (segment, condition) in segments {
            func arguments(_ members: [String]) -> SQLArguments {
                [
                    "now": now.micros, "segment": segment,
                    "members": JSONRows.encode(members).sql,
                ]
            }
            let outside: [String] = try db.values(
                "SELECT DISTINCT c.member \(decided)", arguments(members.sorted()))
            let entered = try isIn(condition, outside, at: now, ifUnknown: false)
            guard !entered.isEmpty else { continue }
            try db.run(
                """
                UPDATE deliveries SET cap_segments = {noted cap_segments :segment} WHERE id IN (SELECT d.id \(decided))
                """, arguments(entered))
        }
    }

    /// - Parameter ifUnknown: whether a member counts as in the segment when that cannot be determined.
    private func isIn(
        _ condition: Condition, _ members: [String], at now: Instant, ifUnknown: Bool
    ) throws -> [String] {
        guard !members.isEmpty else { return [] }
        var compiler = ConditionSQL(fields: try FieldSQL(db, settings: set.settings, custom: set.fields))
        guard let holds = compiler.compile(condition) else { return ifUnknown ? members : [] }
        let zones = try ZonesInUse(db, set.settings)
        var found: [String] = []
        for zone in zones.all {
            var arguments = compiler.fields.clock.arguments(now: now, zone: zone)
            arguments["members"] = JSONRows.encode(members).sql
            let sql = """
                SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
                WHERE \(zones.predicate(zone)) AND \(holds)
                """
            do {
                found += try (db.values(sql, SQLArguments(arguments)) as [String])
            } catch {
                guard StatementFault.reason(error) != nil else { throw error }
                // Halving the list isolates the one who cannot be read, so that the others still get an answer.
                guard members.count > 1 else { return ifUnknown ? members : [] }
                let middle = members.count / 2
                return try isIn(condition, Array(members[..<middle]), at: now, ifUnknown: ifUnknown)
                    + isIn(condition, Array(members[middle...]), at: now, ifUnknown: ifUnknown)
            }
        }
        return found
    }
}
