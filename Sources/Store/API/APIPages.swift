import Kit
import Rules

/// Where a page of tasks begins: behind that one.
package struct TaskPlace: Sendable, Hashable {
    package var due: Int64
    package var key: TaskKey

    package init(due: Int64, key: TaskKey) { (self.due, self.key) = (due, key) }
}

/// Pages by key: a row that comes or goes meanwhile moves no other.
extension MemberStore {
    /// Deliveries with a larger number than `id`, in the order of their numbers.
    package func deliveries(
        _ filter: DeliveryFilter, after id: Int64, atMost limit: Int
    ) throws -> [DeliveryListing] {
        var arguments = filter.arguments
        arguments += ["after": id, "limit": limit]
        // Without the plain condition every delivery would be looked at for one member.
        let ofMember = filter.member == nil ? "" : "d.member = :member AND"
        return try writer.read { db in
            try db.all(
                """
                \(DeliveryListing.sql) WHERE \(ofMember) d.id > :after AND \(filter.sql) ORDER BY d.id LIMIT :limit
                """, arguments
            ).compactMap(DeliveryListing.init)
        }
    }

    /// The open tasks (or all), the most overdue first and those without a time last.
    /// - Parameter assignee: only theirs.
    package func tasks(
        all: Bool, of assignee: String?, after place: TaskPlace?, atMost limit: Int
    ) throws -> [TaskListing] {
        let due = "COALESCE(due_at, \(TaskPlace.never))"
        let sql = """
            \(TaskListing.sql) WHERE (state = 'open' OR :all) AND (CAST(:assignee AS TEXT) IS NULL OR assignee = :assignee)
              AND (\(due), rule, member, occasion) > (:due, :rule, :member, :occasion)
            ORDER BY \(due), rule, member, occasion LIMIT :limit
            """
        return try writer.read { db in
            try db.all(
                sql,
                [
                    "all": all, "assignee": assignee, "due": place?.due ?? Int64.min, "rule": place?.key.rule ?? "",
                    "member": place?.key.member ?? "", "occasion": place?.key.occasion ?? "", "limit": limit,
                ]
            ).map(TaskListing.init)
        }
    }

    /// Members with an id behind `id`, in the order of their ids, with what a list shows of each.
    package func members(after id: String, atMost limit: Int) throws -> PersonRecord.Table {
        let columns: [PersonRecord.Column] = [
            .init(name: "id", kind: .key), .init(name: "display_name", kind: .prose),
            .init(name: "status", kind: .text), .init(name: "tier", kind: .text), .init(name: "phone", kind: .phone),
            .init(name: "email", kind: .email), .init(name: "city", kind: .text),
            .init(name: "store_id", kind: .text), .init(name: "registered_at", kind: .instant),
        ]
        let names = columns.map(\.name).joined(separator: ", ")
        let rows = try writer.read {
            try $0.all("SELECT \(names) FROM members WHERE id > ? ORDER BY id LIMIT ?", [id, limit])
        }
        return PersonRecord.Table(key: "members", columns: columns, rows: rows.map(\.values))
    }
}

extension TaskListing {
    /// Where the next page begins.
    package var place: TaskPlace {
        TaskPlace(
            due: dueAt?.micros ?? TaskPlace.never, key: TaskKey(rule: rule, member: member, occasion: occasion))
    }
}

extension TaskPlace {
    /// Behind every time: of a task that has none.
    fileprivate static let never = SQLValue.furthest
}
