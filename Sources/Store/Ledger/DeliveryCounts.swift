import Rules

/// What deliveries are counted by.
package enum DeliveryKey: String, Sendable, CaseIterable {
    case state, rule, channel, code

    fileprivate var column: String { self == .code ? "a.code" : "d.\(rawValue)" }
}

extension MemberStore {
    /// Counts the selected deliveries by the values of these keys, the most first; nil stands for no code.
    package func deliveryCounts(
        _ filter: DeliveryFilter, by keys: [DeliveryKey]
    ) throws -> [(values: [String?], count: Int)] {
        let columns = keys.map(\.column).joined(separator: ", ")
        return try writer.read { db in
            try db.all(
                """
                SELECT \(columns), COUNT(*) AS n FROM v_deliveries d
                LEFT JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
                WHERE \(filter.sql) GROUP BY \(columns) ORDER BY n DESC, \(columns)
                """, filter.arguments
            ).map { row in (try keys.indices.map { try row[$0] as String? }, try row[keys.count]) }
        }
    }
}
