import Kit

/// Removes decisions with everything that hangs on them, so that what is left still agrees with itself.
struct LedgerPruning {
    let db: Session

    /// The instant before which decisions are removed, for `verify`.
    static let removedBefore = "ledger_removed_before"

    /// The rows of `message_credits` stay: they keep a callback that comes again from counting twice.
    /// - Parameter rows: id, instant, member, rule, occasion and trace of each decision.
    func remove(_ rows: [SQLRow], before: Instant) throws {
        let decisions = Outbox.list(try rows.map { try $0[0] })
        let deliveries = Outbox.list(
            try db.values("SELECT id FROM deliveries WHERE decision IN {numbers ?}", [decisions]))
        try uncount(deliveries)
        try db.run("DELETE FROM receipts WHERE delivery IN {numbers ?}", [deliveries])
        try db.run("DELETE FROM transitions WHERE delivery IN {numbers ?}", [deliveries])
        try db.run("DELETE FROM attempts WHERE delivery IN {numbers ?}", [deliveries])
        try db.run("DELETE FROM deliveries WHERE id IN {numbers ?}", [deliveries])
        for row in rows { try remove(row) }
        let outbox = Outbox(db: db)
        try outbox.setMeta(
            LedgerPruning.removedBefore, max(before.micros, try outbox.meta(LedgerPruning.removedBefore) ?? .min))
    }

    /// A budget of a day is the sum of its attempts.
    private func uncount(_ deliveries: String) throws {
        let costs = try db.all(
            """
            SELECT d.channel, a.cost_day, SUM(a.cost) FROM attempts a JOIN deliveries d ON d.id = a.delivery
            WHERE a.delivery IN {numbers ?} AND a.cost IS NOT NULL GROUP BY d.channel, a.cost_day
            """, [deliveries])
        for row in costs {
            let (channel, day, cost): (String, Int64, Int64) = try (row[0], row[1], row[2])
            try db.run(
                "UPDATE spending SET spent = spent - ? WHERE channel = ? AND day = ?", [cost, channel, day])
        }
    }

    private func remove(_ row: SQLRow) throws {
        let (id, at): (Int64, Int64) = try (row[0], row[1])
        let (member, rule, occasion): (String, String, String) = try (row[2], row[3], row[4])
        let arguments: SQLArguments = [
            "member": member, "rule": rule, "occasion": occasion, "at": at, "id": id, "event": -id,
            "quarter": at / 900_000_000,
        ]
        try db.run("DELETE FROM sends WHERE at = :at AND decision = :id", arguments)
        try db.run(
            """
            DELETE FROM address_sends WHERE address IN (SELECT address FROM shared_addresses WHERE member = :member)
              AND at = :at AND event = :event
            """, arguments)
        try db.run(
            "UPDATE reach SET people = people - 1 WHERE rule = :rule AND quarter = :quarter AND EXISTS "
                + "(SELECT 1 FROM decisions WHERE id = :id AND outcome IN ('sent', 'task_created', 'done'))", arguments)
        try db.run("DELETE FROM reach WHERE rule = :rule AND quarter = :quarter AND people <= 0", arguments)
        try db.run(
            "DELETE FROM tasks WHERE member = :member AND rule = :rule AND occasion = :occasion", arguments)
        if let trace: Int64 = try row[5] {
            try db.run(
                """
                WITH RECURSIVE own (id) AS (
                  SELECT CAST(? AS BIGINT)
                  UNION SELECT t.earlier FROM traces t JOIN own o ON o.id = t.id WHERE t.earlier IS NOT NULL)
                DELETE FROM traces WHERE id IN (SELECT id FROM own)
                """, [trace])
        }
        try db.run("DELETE FROM merged_decisions WHERE decision = :id", arguments)
        try db.run("DELETE FROM decisions WHERE id = :id", arguments)
    }
}
