import GRDB
import Policies
import Rules

/// Who is in the segments that `frequency_cap` names, for a batch of deliveries: one query for each segment and zone.
struct CapSegments {
    private let db: Database
    private let set: RuleSet
    /// Segments of caps with what makes a member of them.
    private let segments: [(id: String, condition: Condition)]

    init(_ db: Database, _ set: RuleSet) {
        self.db = db
        self.set = set
        let named = Set(set.settings.frequencyCap.compactMap(\.segment)).sorted()
        segments = named.compactMap { id in set.segments[id].map { (id, $0.condition) } }
    }

    /// By member: the segments each is in at `now`. Where that cannot be told (a broken field of fields.yaml) everyone
    /// counts as in it: a cap too many is safer than one too few.
    func members(of claimed: [Claimed], at now: Instant) throws -> [String: Set<String>] {
        guard !segments.isEmpty, !claimed.isEmpty else { return [:] }
        let owners = try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT member FROM deliveries
                    WHERE purpose = 'marketing' AND id IN (SELECT value FROM json_each(?))
                    """), arguments: ["[" + claimed.map { String($0.id) }.joined(separator: ",") + "]"])
        guard !owners.isEmpty else { return [:] }
        var found: [String: Set<String>] = [:]
        for (id, condition) in segments {
            for member in try isIn(condition, owners, at: now) { found[member, default: []].insert(id) }
        }
        return found
    }

    private func isIn(_ condition: Condition, _ members: [String], at now: Instant) throws -> [String] {
        var compiler = ConditionSQL(fields: try FieldSQL(db, settings: set.settings, custom: set.fields))
        guard let holds = compiler.compile(condition) else { return members }
        let zones = try ZonesInUse(db, set.settings)
        var found: [String] = []
        for zone in zones.all {
            var arguments = compiler.fields.clock.arguments(now: now, zone: zone)
            arguments["members"] = JSONRows.encode(members).databaseValue
            let sql = """
                SELECT m.id FROM json_each(:members) b CROSS JOIN members m ON m.id = b.value
                WHERE \(zones.predicate(zone)) AND \(holds)
                """
            do {
                found += try String.fetchAll(db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
            } catch {
                guard StatementFault.reason(error) != nil else { throw error }
                // Who cannot be read counts as capped; the others are asked without that one.
                guard members.count > 1 else { return members }
                let middle = members.count / 2
                return try isIn(condition, Array(members[..<middle]), at: now)
                    + isIn(condition, Array(members[middle...]), at: now)
            }
        }
        return found
    }
}
