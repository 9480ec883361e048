extension Migrations {
    /// The enrolment of existing members while it is under way: its rule and instant, the last member that was read
    /// (NULL: all were), and how many have their slot. It is done a page at a time and resumes after a crash.
    static let enrolments = Migration(
        "v6-enrolments",
        [
            """
            CREATE TABLE enrolments (rule TEXT PRIMARY KEY, at INTEGER NOT NULL, read_through TEXT,
              dealt INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID, STRICT
            """
        ])
}
