/// What the sources of events sent.
extension Migrations {
    /// `received` has every event that was taken, so that a source may send it again: `hash` tells whether it is the
    /// same. Its key is the ingest dedupe, the one that has no member in it. `quarantine` keeps what could not be taken
    /// (`rejected`) and what contradicts an event that was (`conflict`, with the hash of that one); `member` is who it
    /// names.
    static let sources = Migration(
        "v17-sources",
        [
            """
            CREATE TABLE received (source TEXT NOT NULL, event_id TEXT NOT NULL, hash BLOB NOT NULL, at INTEGER NOT NULL,
              PRIMARY KEY (source, event_id)) WITHOUT ROWID, STRICT
            """,
            """
            CREATE TABLE quarantine (id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, event_id TEXT NOT NULL,
              hash BLOB NOT NULL, kind TEXT NOT NULL CHECK (kind = 'rejected' OR kind = 'conflict'), known BLOB,
              member TEXT, at INTEGER NOT NULL, reason TEXT NOT NULL, reason_chinese TEXT NOT NULL, body TEXT NOT NULL) STRICT
            """,
            "CREATE UNIQUE INDEX quarantine_event ON quarantine (source, event_id, hash)",
        ])
}
