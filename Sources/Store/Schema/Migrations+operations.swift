/// What operators did, who was erased, and the deliveries that expired.
extension Migrations {
    /// `audit` is only added to: each hash is made of the row and of the hash before it. `erasures` has one row for each
    /// time that a member was erased: the keyed hash of the member's id, the instant, and the number of the erasure, by
    /// which what is left of the member is named.
    static let operations = Migration(
        "v16-operations",
        [
            """
            CREATE TABLE audit (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, host TEXT NOT NULL,
              action TEXT NOT NULL, subject TEXT, reason TEXT, detail TEXT, hash BLOB NOT NULL) STRICT
            """,
            """
            CREATE TABLE erasures (key BLOB NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
              PRIMARY KEY (key, seq)) WITHOUT ROWID, STRICT
            """,
            "CREATE INDEX deliveries_expired ON deliveries (send_by, rule) WHERE state = 'expired'",
        ])
}
