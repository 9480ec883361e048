import GRDB
import Rules

/// What operators list; no address and no text is read here.
package struct DeliveryListing: Sendable {
    package var rule: String
    package var member: String
    package var occasion: String
    package var step: Int
    package var state: String
    /// Of the last attempt; nil before the first.
    package var reference: String?
    package var channel: String
    package var because: String?
}

package struct TaskListing: Sendable {
    package var rule: String
    package var member: String
    package var occasion: String
    package var assignee: String?
    package var title: String
    package var script: String?
    /// The script with its values; nil where one was missing.
    package var text: String?
    package var dueAt: Instant?
    package var state: String
}

extension MemberStore {
    /// Oldest first.
    package func deliveries(
        rule: String? = nil, member: String? = nil, state: String? = nil, _ body: (DeliveryListing) throws -> Void
    ) throws {
        try writer.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT d.rule, d.member, d.occasion, d.step, d.state,
                      (SELECT reference FROM attempts a WHERE a.delivery = d.id ORDER BY n DESC LIMIT 1), d.channel, d.because
                    FROM deliveries d WHERE (:rule IS NULL OR d.rule = :rule) AND (:member IS NULL OR d.member = :member)
                      AND (:state IS NULL OR d.state = :state) ORDER BY d.id
                    """, arguments: ["rule": rule, "member": member, "state": state])
            while let row = try rows.next() {
                try body(
                    DeliveryListing(
                        rule: row[0], member: row[1], occasion: row[2], step: row[3], state: row[4], reference: row[5],
                        channel: row[6], because: row[7]))
            }
        }
    }

    /// Open ones (or all), most urgent first.
    package func tasks(all: Bool) throws -> [TaskListing] {
        try writer.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT rule, member, occasion, assignee, title, script, text, due_at, state FROM tasks
                    WHERE state = 'open' OR ? ORDER BY due_at IS NULL, due_at, rule, member
                    """, arguments: [all]
            ).map { row in
                TaskListing(
                    rule: row[0], member: row[1], occasion: row[2], assignee: row[3], title: row[4], script: row[5],
                    text: row[6], dueAt: (row[7] as Int64?).map(Instant.init(micros:)), state: row[8])
            }
        }
    }

    /// True when an open task was closed; it raises `task.done`, so that follow-ups are rules.
    package func closeTask(rule: String, member: String, occasion: String, at now: Instant) throws -> Bool {
        try writer.write { db in
            try db.execute(
                sql:
                    "UPDATE tasks SET state = 'done' WHERE rule = ? AND member = ? AND occasion = ? AND state = 'open'",
                arguments: [rule, member, occasion])
            guard db.changesCount == 1 else { return false }
            let data = JSONText.object(["rule": .text(rule), "occasion": .text(occasion)])
            var rows = RowWriter(db, origin: .world(now: now))
            _ = try rows.write(
                event: EventRow(
                    id: "task:\(rule):\(occasion):\(member)", memberID: member, name: "task.done", at: now,
                    data: data.rendered), source: "nudged")
            return true
        }
    }
}
