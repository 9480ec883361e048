import Kit
import Policies
import Rules

/// Decisions and deliveries of the duplicate. A rule that decided for both, for one occasion, decided once for the person:
/// the decision whose message has or may have left keeps the occasion, else the one that kept somebody silent to measure,
/// else the one whose message is owed, else the one that acted, else the member's. The other stays as history under an occasion of its own, and owes nothing more.
extension MergeWriting {
    /// The cause of what a merge cancels.
    static let cause = "merge"

    private struct Decided {
        let id: Int64
        let member: String
        let rule: String
        let occasion: String
    }

    /// Writes down whom, and which occasion, the decisions were made for.
    mutating func noteDecisions() throws {
        try db.run(
            """
            INSERT INTO merged_decisions (decision, former, occasion, seq)
            SELECT id, member, occasion, ?2 FROM decisions WHERE member = ?1
            ON CONFLICT (decision) DO UPDATE SET seq = excluded.seq
            """, [duplicate, try rows.number()])
    }

    mutating func takeDecisions() throws {
        let own = try db.all("SELECT id, rule, occasion FROM decisions WHERE member = ? ORDER BY id", [duplicate])
        merge.decisions = own.count
        for row in own {
            let theirs = try Decided(id: row[0], member: duplicate, rule: row[1], occasion: row[2])
            guard let mine = try decided(like: theirs) else {
                try take(theirs, as: theirs.occasion)
                continue
            }
            merge.repeated += 1
            let (own, other) = try (weight(mine), weight(theirs))
            let isTheirs = other > own
            try retire(isTheirs ? mine : theirs, hasLeft: min(own, other) == MergeWriting.left)
            if isTheirs { try take(theirs, as: theirs.occasion) }
        }
    }

    private func decided(like other: Decided) throws -> Decided? {
        let sql = "SELECT id FROM decisions WHERE member = ? AND rule = ? AND occasion = ?"
        guard let row = try db.first(sql, [member, other.rule, other.occasion]) else { return nil }
        return Decided(id: try row[0], member: member, rule: other.rule, occasion: other.occasion)
    }

    private static let left = 4

    /// How much was done for the occasion: 4 a message has or may have left, 3 the holdout kept one back, 2 one is owed,
    /// 1 anything else was done, 0 nothing.
    private func weight(_ decided: Decided) throws -> Int {
        try db.value(
            """
            SELECT CASE
              WHEN EXISTS (SELECT 1 FROM deliveries x JOIN attempts a ON a.delivery = x.id WHERE x.decision = d.id
                AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))) THEN 4
              WHEN d.outcome = 'held_out' THEN 3
              WHEN EXISTS (SELECT 1 FROM deliveries x WHERE x.decision = d.id
                AND x.state IN ('pending', 'claimed', 'retry_wait')) THEN 2
              WHEN \(Ledger.acted) AND d.shadow = 0 THEN 1 ELSE 0 END
            FROM decisions d WHERE d.id = ?
            """, [decided.id]) ?? 0
    }

    private func take(_ decided: Decided, as occasion: String) throws {
        let key: SQLArguments = [decided.member, decided.rule, decided.occasion, member, occasion]
        let sql = "UPDATE decisions SET member = ?4, occasion = ?5 WHERE member = ?1 AND rule = ?2 AND occasion = ?3"
        try db.run(sql, key)
    }

    private mutating func retire(_ decided: Decided, hasLeft: Bool) throws {
        try db.run(
            """
            INSERT INTO merged_decisions (decision, former, occasion, seq, repeats) VALUES (?1, ?2, ?3, 0, ?4)
            ON CONFLICT (decision) DO UPDATE SET repeats = excluded.repeats
            """, [decided.id, decided.member, decided.occasion, hasLeft ? decided.occasion : nil])
        let open = try db.all(
            """
            SELECT id, state FROM deliveries WHERE decision = ?
              AND state IN ('pending', 'claimed', 'retry_wait', 'unknown', 'sending')
            """, [decided.id])
        let ended = try Outbox(db: db).endAll(
            open, cause: MergeWriting.cause, Outbox.Change(because: .superseded(decided.occasion)))
        merge.cancelled += ended.cancelled
        if ended.cancelled > 0 { merge.cancelledFor.append(.init(rule: decided.rule, occasion: decided.occasion)) }
        merge.underWay += ended.underWay
        let occasion = "merged:\(decided.id):\(decided.occasion)"
        let key: SQLArguments = [decided.member, decided.rule, decided.occasion, member, occasion]
        try db.run(
            """
            UPDATE tasks SET member = ?4, occasion = ?5, state = CASE state WHEN 'open' THEN 'cancelled' ELSE state END
            WHERE member = ?1 AND rule = ?2 AND occasion = ?3
            """, key)
        try take(decided, as: occasion)
    }

    /// What was held for either of them and is decided, or is held twice, waits no more.
    func dropWaits() throws {
        let settled = try db.all(
            """
            SELECT w.member, w.rule, w.occasion, w.trace FROM waits w WHERE w.member IN (?1, ?2)
              AND EXISTS (SELECT 1 FROM decisions c WHERE c.member = ?2 AND c.rule = w.rule AND c.occasion = w.occasion)
            UNION SELECT w.member, w.rule, w.occasion, w.trace FROM waits w WHERE w.member = ?1
              AND EXISTS (SELECT 1 FROM waits o WHERE o.member = ?2 AND o.rule = w.rule AND o.occasion = w.occasion)
            """, both)
        for row in settled {
            if let trace: Int64 = try row[3] {
                try db.run(
                    """
                    WITH RECURSIVE own (id) AS (
                      SELECT CAST(? AS BIGINT)
                      UNION SELECT t.earlier FROM traces t JOIN own o ON o.id = t.id WHERE t.earlier IS NOT NULL)
                    DELETE FROM traces WHERE id IN (SELECT id FROM own)
                    """, [trace])
            }
            try db.run(
                "DELETE FROM waits WHERE member = ? AND rule = ? AND occasion = ?",
                [row[0] as String, row[1] as String, row[2] as String])
        }
    }

    // MARK: coupons and points

    /// A coupon, or points, of an id that the member has for another one gets a new id, wherever that stands.
    mutating func renameHoldings() throws {
        try leaveDoubledCoupons()
        let number = try rows.number()
        for (table, events) in [
            ("coupons", "'coupon.given', 'coupon.used'"), ("points", "'points.earned', 'points.spent'"),
        ] {
            let doubled: [String] = try db.values(
                """
                SELECT id FROM \(table) WHERE member = ?1
                  AND EXISTS (SELECT 1 FROM \(table) o WHERE o.member = ?2 AND o.id = \(table).id)
                """, both)
            for id in doubled {
                let key: SQLArguments = [duplicate, id, MergedMembers.id(id, after: number)]
                try db.run("UPDATE \(table) SET id = ?3 WHERE member = ?1 AND id = ?2", key)
                try db.run(
                    "UPDATE events SET ref = ?3 WHERE member = ?1 AND name IN (\(events)) AND ref = ?2", key)
                if table == "coupons" { try renameCoupon(key) }
            }
        }
    }

    /// A coupon of one id, template and code is one coupon: of the two rows that stays of which more is known.
    private func leaveDoubledCoupons() throws {
        let isSame = "o.id = coupons.id AND o.template = coupons.template AND o.code = coupons.code"
        try db.run(
            """
            DELETE FROM coupons WHERE member = ?2 AND state = 'unused'
              AND EXISTS (SELECT 1 FROM coupons o WHERE o.member = ?1 AND \(isSame) AND o.state <> 'unused')
            """, both)
        try db.run(
            """
            DELETE FROM coupons WHERE member = ?1
              AND EXISTS (SELECT 1 FROM coupons o WHERE o.member = ?2 AND \(isSame))
            """, both)
    }

    /// - Parameter key: the duplicate, the id and the new id.
    private func renameCoupon(_ key: SQLArguments) throws {
        try db.run(
            """
            UPDATE coupon_codes SET coupon = ?3 WHERE coupon = ?2 AND (template, code) IN (
              SELECT template, code FROM coupons WHERE member = ?1 AND id = ?3 AND code IS NOT NULL)
            """, key)
        try db.run(
            """
            UPDATE deliveries SET ref = ?3 WHERE ref = ?2
              AND decision IN (SELECT id FROM decisions WHERE member = ?1 AND occasion = 'coupon:' || ?2)
            """, key)
        try db.run(
            "UPDATE waits SET ref = ?3 WHERE member = ?1 AND ref = ?2 AND occasion = 'coupon:' || ?2", key)
        for table in ["decisions", "waits", "tasks"] {
            try db.run(
                "UPDATE \(table) SET occasion = 'coupon:' || ?3 WHERE member = ?1 AND occasion = 'coupon:' || ?2", key)
        }
    }
}
