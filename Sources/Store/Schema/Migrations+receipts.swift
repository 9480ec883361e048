/// What providers report of messages that they took.
extension Migrations {
    /// `key` is a keyed hash of our reference, or of the provider's id and the address: the table holds no number and no
    /// text. A receipt without a delivery waits for the answer that names its id. `flagged`: it did not agree with the
    /// state of its delivery when it was linked.
    static let receipts = Migration(
        "v9-receipts",
        [
            """
            CREATE TABLE receipts (channel TEXT NOT NULL, key BLOB NOT NULL, part INTEGER NOT NULL,
              status TEXT NOT NULL CHECK (status = 'sent' OR status = 'delivered' OR status = 'undelivered'),
              delivery INTEGER REFERENCES deliveries (id), code TEXT NOT NULL, at INTEGER NOT NULL,
              noted_at INTEGER NOT NULL, kind TEXT NOT NULL, suppression TEXT,
              flagged INTEGER NOT NULL DEFAULT 0 CHECK (flagged IN (0, 1)), seq INTEGER NOT NULL,
              PRIMARY KEY (channel, key, part, status)) WITHOUT ROWID, STRICT
            """,
            "CREATE INDEX receipts_delivery ON receipts (delivery) WHERE delivery IS NOT NULL",
            "CREATE INDEX receipts_waiting ON receipts (channel, noted_at) WHERE delivery IS NULL",
            "CREATE INDEX attempts_provider ON attempts (provider_id) WHERE provider_id IS NOT NULL",
        ])
}
