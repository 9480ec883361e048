import Kit

/// A cause that somebody was told of and that is not over.
package struct AlertRow: Sendable, Hashable {
    /// What makes it this cause and no other: the code, and where it is about one of several things, which.
    package var cause: String
    package var code: String
    package var subject: String?
    /// What was said of it first.
    package var words: Bilingual
    package var beganAt: Instant
    /// When somebody was last told.
    package var toldAt: Instant
    /// Since when it has not been found any more; nil while it lasts.
    package var goneAt: Instant?

    package init(
        cause: String, code: String, subject: String?, words: Bilingual, beganAt: Instant, toldAt: Instant,
        goneAt: Instant? = nil
    ) {
        (self.cause, self.code, self.subject, self.words) = (cause, code, subject, words)
        (self.beganAt, self.toldAt, self.goneAt) = (beganAt, toldAt, goneAt)
    }
}

extension MemberStore {
    /// In `meta`, before the cause: since when it is gone. Ticks by cron know it of each other by this.
    private static let goneKey = "alert_gone "

    /// The oldest first.
    package func alerts() throws -> [AlertRow] {
        try writer.read { db in
            try db.all(
                """
                SELECT cause, code, subject, english, chinese, began_at, told_at,
                  (SELECT value FROM meta WHERE key = ? || cause)
                FROM alerts ORDER BY began_at, cause
                """, [MemberStore.goneKey]
            ).map { row in
                AlertRow(
                    cause: try row[0], code: try row[1], subject: try row[2],
                    words: Bilingual(try row[3], try row[4]), beganAt: Instant(micros: try row[5]),
                    toldAt: Instant(micros: try row[6]), goneAt: (try row[7] as Int64?).map(Instant.init(micros:)))
            }
        }
    }

    /// Writes these rows, and deletes those of the causes that are over.
    package func keep(alerts: [AlertRow], over: [String]) throws {
        try writer.write { db in
            for cause in over { try db.run("DELETE FROM alerts WHERE cause = ?", [cause]) }
            for cause in over + alerts.map(\.cause) {
                try db.run("DELETE FROM meta WHERE key = ?", [MemberStore.goneKey + cause])
            }
            for row in alerts {
                if let goneAt = row.goneAt {
                    try db.run(
                        "INSERT INTO meta (key, value) VALUES (?, ?)", [MemberStore.goneKey + row.cause, goneAt.micros])
                }
                try db.run(
                    """
                    INSERT INTO alerts (cause, code, subject, english, chinese, began_at, told_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (cause) DO UPDATE SET told_at = excluded.told_at
                    """,
                    [
                        row.cause, row.code, row.subject, row.words.english, row.words.chinese, row.beganAt.micros,
                        row.toldAt.micros,
                    ])
            }
        }
    }
}
