import Kit
import Rules

/// A call or visit that the staff owe to a member.
package struct TaskListing: Sendable {
    package var rule: String
    package var member: String
    package var occasion: String
    package var assignee: String?
    package var title: String
    package var script: String?
    /// The script with its values; nil where one was missing.
    package var text: String?
    package var createdAt: Instant
    package var dueAt: Instant?
    package var state: String

    /// Whether it should have been done by now.
    package func isOverdue(at now: Instant) -> Bool { state == "open" && dueAt.map { $0 < now } ?? false }
}

/// Which task: a rule makes at most one for each member and occasion.
package struct TaskKey: Sendable, Hashable {
    package var rule: String
    package var member: String
    package var occasion: String

    package init(rule: String, member: String, occasion: String) {
        (self.rule, self.member, self.occasion) = (rule, member, occasion)
    }

    /// Written as a parameter of the audit trail.
    fileprivate var detail: [JSONText.Member] { [.init("rule", .text(rule))] }
}

extension TaskListing {
    static let sql =
        "SELECT rule, member, occasion, assignee, title, script, text, created_at, due_at, state FROM tasks"

    init(_ row: SQLRow) throws {
        try self.init(
            rule: row[0], member: row[1], occasion: row[2], assignee: row[3], title: row[4], script: row[5],
            text: row[6], createdAt: Instant(micros: row[7]), dueAt: (row[8] as Int64?).map(Instant.init(micros:)),
            state: row[9])
    }
}

extension MemberStore {
    /// The open tasks (or all), the most overdue first and those without a time last.
    /// - Parameter assignee: only theirs.
    package func tasks(all: Bool, of assignee: String? = nil) throws -> [TaskListing] {
        try writer.read { db in
            try db.all(
                """
                \(TaskListing.sql) WHERE (state = 'open' OR ?1) AND (CAST(?2 AS TEXT) IS NULL OR assignee = ?2)
                ORDER BY due_at IS NULL, due_at, rule, member, occasion
                """, [all, assignee]
            ).map(TaskListing.init)
        }
    }

    /// Closes an open task and raises `task.done`, on which follow-up rules can act. False: there was none.
    package func closeTask(_ key: TaskKey, by who: String = Typist.name, at now: Instant) throws -> Bool {
        try writer.write { try $0.closeTask(key, by: who, at: now) }
    }

    /// Gives an open task to somebody else. False: there was none.
    package func assignTask(
        _ key: TaskKey, to assignee: String, by who: String = Typist.name, at now: Instant
    ) throws -> Bool {
        try writer.write { try $0.assignTask(key, to: assignee, by: who, at: now) }
    }

    /// Gives every open task that was due before an instant to one person, and returns how many; theirs stay.
    /// - Parameter rule: only tasks of this rule.
    package func escalateTasks(
        dueBefore instant: Instant, of rule: String? = nil, to assignee: String, by who: String = Typist.name,
        at now: Instant
    ) throws -> Int {
        try writer.write { try $0.escalateTasks(dueBefore: instant, of: rule, to: assignee, by: who, at: now) }
    }
}

/// The same within the caller's transaction.
extension Session {
    package func closeTask(_ key: TaskKey, by who: String, at now: Instant) throws -> Bool {
        let closed = try run(
            "UPDATE tasks SET state = 'done' WHERE rule = ? AND member = ? AND occasion = ? AND state = 'open'",
            [key.rule, key.member, key.occasion])
        guard closed == 1 else { return false }
        let data = JSONText.object(["rule": .text(key.rule), "occasion": .text(key.occasion)])
        var rows = RowWriter(self, origin: .world(now: now))
        _ = try rows.write(
            event: EventRow(
                id: "task:\(key.rule):\(key.occasion):\(key.member)", memberID: key.member, name: "task.done", at: now,
                data: data.rendered), source: "nudged")
        try audit(of: key, [.init("done", .bool(true))], by: who, at: now)
        return true
    }

    package func assignTask(_ key: TaskKey, to assignee: String, by who: String, at now: Instant) throws -> Bool {
        let changed = try run(
            "UPDATE tasks SET assignee = ? WHERE rule = ? AND member = ? AND occasion = ? AND state = 'open'",
            [assignee, key.rule, key.member, key.occasion])
        guard changed == 1 else { return false }
        try audit(of: key, [.init("assignee", .text(assignee))], by: who, at: now)
        return true
    }

    package func escalateTasks(
        dueBefore instant: Instant, of rule: String?, to assignee: String, by who: String, at now: Instant
    ) throws -> Int {
        let changed = try run(
            """
            UPDATE tasks SET assignee = ?1 WHERE state = 'open' AND due_at < ?2
              AND (CAST(?3 AS TEXT) IS NULL OR rule = ?3) AND assignee IS DISTINCT FROM ?1
            """, [assignee, instant.micros, rule])
        guard changed > 0 else { return 0 }
        let detail = JSONText.object(["assignee": .text(assignee), "tasks": .int(changed)])
        try audit(AuditEntry(.task, who: who, subject: rule, detail: detail), at: now)
        return changed
    }

    private func audit(
        of key: TaskKey, _ change: [JSONText.Member], by who: String, at now: Instant
    ) throws {
        try audit(
            AuditEntry(
                .task, who: who, subject: AuditTrail.member(key.member, self), detail: .object(key.detail + change)),
            at: now)
    }
}
