/// What members allow through a provider: WeChat's one-time consents and its windows for answers, and who follows.
extension Migrations {
    /// `address` is the keyed hash of the address book. A row of `message_credits` is the right to one message of the
    /// provider's template, or, where that is '', to one text without a template; `until` ends it. `delivery` is the
    /// message that took it: no foreign key, because copies of single members have not the messages of others with the
    /// address. `ended`: void without a message; the row stays, so that the same callback again adds nothing.
    ///
    /// `followings` has the last word of each address, by the provider's clock.
    static let credits = Migration(
        "v11-credits",
        [
            """
            CREATE TABLE message_credits (address BLOB NOT NULL, channel TEXT NOT NULL, template TEXT NOT NULL,
              at INTEGER NOT NULL, n INTEGER NOT NULL, until INTEGER, delivery INTEGER,
              ended INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1)),
              PRIMARY KEY (address, channel, template, at, n)) WITHOUT ROWID, STRICT
            """,
            "CREATE UNIQUE INDEX message_credits_delivery ON message_credits (delivery) WHERE delivery IS NOT NULL",
            "CREATE INDEX message_credits_until ON message_credits (until) WHERE until IS NOT NULL",
            """
            CREATE TABLE followings (address BLOB NOT NULL, channel TEXT NOT NULL,
              follows INTEGER NOT NULL CHECK (follows IN (0, 1)), at INTEGER NOT NULL, seq INTEGER NOT NULL,
              PRIMARY KEY (address, channel)) WITHOUT ROWID, STRICT
            """,
        ])
}
