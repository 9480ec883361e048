/// What operators were told, the rules that cannot be evaluated, and the deliveries that died.
extension Migrations {
    /// `alerts` has a row for each cause that somebody was told of and that is not over. `rule_faults` has one for each
    /// rule that stands still.
    static let alerts = Migration(
        "v20-operations-2",
        [
            """
            CREATE TABLE alerts (cause TEXT NOT NULL PRIMARY KEY, code TEXT NOT NULL, subject TEXT,
              english TEXT NOT NULL, chinese TEXT NOT NULL, began_at INTEGER NOT NULL, told_at INTEGER NOT NULL) STRICT
            """,
            "CREATE TABLE rule_faults (rule TEXT NOT NULL PRIMARY KEY, reason TEXT NOT NULL, since INTEGER NOT NULL) STRICT",
            "CREATE INDEX deliveries_dead ON deliveries (created_at, rule) WHERE state = 'dead'",
        ])
}
