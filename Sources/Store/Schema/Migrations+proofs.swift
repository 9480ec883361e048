/// What a consent rests on, and consents that wait for their confirmation.
extension Migrations {
    /// `text_version`, `proof`: as stated, NULL where nothing was. `guardian`: 1 for the word of a parent or guardian.
    ///
    /// A row of `consent_requests` is a grant that counts once the member opens a link and confirms it: `address` is the
    /// keyed hash of the address that is to be confirmed, empty where the member had none; `at` is the instant that was
    /// stated with the grant, `made_at` that of the request.
    ///
    /// A row of `personalisation_choices` is what a member chose themselves; the last one bounds what imports may say.
    static let proofs = Migration(
        "v21-consent-proofs",
        [
            "ALTER TABLE consents ADD COLUMN text_version TEXT",
            "ALTER TABLE consents ADD COLUMN proof TEXT",
            "ALTER TABLE consents ADD COLUMN guardian INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE list_consents ADD COLUMN text_version TEXT",
            "ALTER TABLE list_consents ADD COLUMN proof TEXT",
            "ALTER TABLE list_consents ADD COLUMN guardian INTEGER NOT NULL DEFAULT 0",
            """
            CREATE TABLE consent_requests (id INTEGER PRIMARY KEY, member TEXT NOT NULL, channel TEXT NOT NULL,
              address BLOB NOT NULL, at INTEGER, made_at INTEGER NOT NULL, source TEXT, text_version TEXT,
              confirmed_at INTEGER, seq INTEGER NOT NULL) STRICT
            """,
            "CREATE INDEX consent_requests_member ON consent_requests (member, channel)",
            """
            CREATE TABLE personalisation_choices (member TEXT NOT NULL, at INTEGER NOT NULL, choice TEXT NOT NULL,
              source TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (member, at)) WITHOUT ROWID, STRICT
            """,
        ])
}
