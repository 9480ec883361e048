import Kit
import Policies
import Rules

/// The writes of a rule's actions.
extension Ledger {
    package func add(tag: String, to member: String) throws {
        try db.run(
            """
            INSERT INTO member_tags (member, tag, n) VALUES (?1, ?2,
              (SELECT COALESCE(MAX(n), 0) + 1 FROM member_tags WHERE member = ?1)) ON CONFLICT DO NOTHING
            """, [member, tag])
    }

    package func remove(tag: String, from member: String) throws {
        try db.run("DELETE FROM member_tags WHERE member = ? AND tag = ?", [member, tag])
    }

    /// One code of the pool, taken for this coupon; nil when the pool is empty.
    package func takeCode(of template: String, for coupon: String) throws -> String? {
        try
            (db.value(
                """
                UPDATE coupon_codes SET coupon = ? WHERE template = ? AND code =
                  (SELECT code FROM coupon_codes WHERE template = ? AND coupon IS NULL ORDER BY code LIMIT 1)
                RETURNING code
                """, [coupon, template, template]) as String?)
    }

    /// Gives a coupon and raises `coupon.given`.
    package func give(
        _ id: String, of template: String, code: String, faceValue: Int64?, expiring expiry: Instant?,
        for occurrence: Occurrence, at now: Instant
    ) throws {
        try db.run(
            """
            INSERT INTO coupons (member, id, template, code, face_value, issued_at, expires_at, state, rule)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'unused', ?) ON CONFLICT (member, id) DO NOTHING
            """,
            [occurrence.member, id, template, code, faceValue, now.micros, expiry?.micros, occurrence.rule])
        try raise(
            "coupon.given", of: occurrence, at: now, ref: id,
            data: [.init("coupon", .text(id)), .init("template", .text(template))])
    }

    package func open(
        _ task: CreateTask, for occurrence: Occurrence, assignee: String?, text: String?, at now: Instant, due: Instant?
    ) throws {
        try db.run(
            """
            INSERT INTO tasks (member, rule, occasion, assignee, title, script, text, created_at, due_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [
                occurrence.member, occurrence.rule, occurrence.occasion, assignee, task.title, task.script, text,
                now.micros, due?.micros,
            ])
    }

    /// Gives or takes points and raises the event `name`.
    package func adjustPoints(
        by points: Int, expiring expiry: Instant?, raising name: String, for occurrence: Occurrence, at now: Instant
    ) throws {
        let id = "\(occurrence.rule)/\(occurrence.member)/\(occurrence.occasion)"
        try db.run(
            """
            INSERT INTO points (member, id, points, remaining, earned_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """, [occurrence.member, id, points, points, now.micros, expiry?.micros])
        try raise(name, of: occurrence, at: now, ref: id, data: [.init("points", .int(points))])
    }
}
