/// Who may use the API, and what it answered.
extension Migrations {
    /// `api_keys` has every key that there ever was, so that its name in the audit trail means one key for ever; `hash` is
    /// that of its token. `api_replies` keeps what a request with an Idempotency-Key was answered: `token` and `request`
    /// are keyed hashes of that key and of the request.
    static let apiKeys = Migration(
        "v18-api-keys",
        [
            """
            CREATE TABLE api_keys (name TEXT NOT NULL PRIMARY KEY, prefix TEXT NOT NULL, hash BLOB NOT NULL,
              scopes TEXT NOT NULL, rate INTEGER NOT NULL CHECK (rate > 0), created_at INTEGER NOT NULL,
              created_by TEXT NOT NULL, used_at INTEGER, revoked_at INTEGER) WITHOUT ROWID, STRICT
            """,
            """
            CREATE TABLE api_replies (api_key TEXT NOT NULL, token BLOB NOT NULL, request BLOB NOT NULL,
              at INTEGER NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
              PRIMARY KEY (api_key, token)) WITHOUT ROWID, STRICT
            """,
            "CREATE INDEX api_replies_at ON api_replies (at)",
        ])
}
