/// Columns and tables for the order at handover and for counting a shop's day.
extension Migrations {
    /// A delivery's place in line is stored with it, so that the next ones of a channel and rule come first in an
    /// index, however many others are owed. Those that wait for a time are `parked` until it comes. Members reached by
    /// a rule are counted by quarter of an hour, from which a shop's day can be summed in any time zone.
    static let placeInLine = Migration(
        "v6-outbox",
        [
            "ALTER TABLE deliveries ADD COLUMN place INTEGER NOT NULL DEFAULT 10000",
            "ALTER TABLE deliveries ADD COLUMN parked INTEGER NOT NULL DEFAULT 0 CHECK (parked IN (0, 1))",
            "UPDATE deliveries SET place = 0 WHERE purpose = 'service'",
            """
            UPDATE deliveries SET parked = 1
            WHERE state = 'retry_wait' OR (state = 'pending' AND not_before > created_at)
            """,
            "DROP INDEX deliveries_due",
            "DROP INDEX deliveries_suspect",
            // Deliveries that may go now, by channel and rule, in the order of leaving.
            """
            CREATE INDEX deliveries_ready ON deliveries (channel, rule, place, send_by)
              WHERE state = 'pending' AND parked = 0 AND claim_count = 0
            """,
            // A claim of these ended in a crash: they go one at a time.
            """
            CREATE INDEX deliveries_suspect ON deliveries (send_by)
              WHERE state = 'pending' AND parked = 0 AND claim_count > 0
            """,
            "CREATE INDEX deliveries_parked ON deliveries (not_before, place) WHERE parked = 1",
            """
            CREATE TABLE reach (rule TEXT NOT NULL, quarter INTEGER NOT NULL, people INTEGER NOT NULL,
              PRIMARY KEY (rule, quarter)) WITHOUT ROWID, STRICT
            """,
            """
            INSERT INTO reach (rule, quarter, people) SELECT rule, at / 900000000, COUNT(*) FROM decisions
            WHERE outcome = 'sent' OR outcome = 'task_created' OR outcome = 'done' GROUP BY rule, at / 900000000
            """,
            "DROP TABLE daily_reach",
        ])
}
