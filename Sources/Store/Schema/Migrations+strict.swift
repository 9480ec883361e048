/// Tables that take no value of another type than their columns have, so that a cell is what the code reads it as.
extension Migrations {
    /// STRICT changes nothing of how rows are stored, so the text of the tables is all that has to change: a store of
    /// millions of members is read once (`MisplacedCell`) and not copied, in the memory of one page.
    ///
    /// `picks` had its key in another order than its columns, which makes the `quick_check` of SQLite 3.40.1 report a
    /// NULL that is not there; it holds few rows and is written anew.
    static let strictTables = Migration(
        "v4-strict",
        [
            "PRAGMA writable_schema = ON",
            """
            UPDATE sqlite_schema SET sql = sql || CASE WHEN sql LIKE '%WITHOUT ROWID' THEN ', STRICT' ELSE ' STRICT' END
              WHERE type = 'table' AND name IN ('arrivals', 'attempts', 'bestsellers', 'blast_releases', 'carts', 'consents',
                'coupon_codes', 'coupons', 'daily_reach', 'dates', 'decisions', 'deliveries', 'event_ids', 'events',
                'experiment_overrides', 'handover_limits', 'latest', 'live_rules', 'member_attributes', 'member_overrides',
                'member_tags', 'members', 'meta', 'order_items', 'orders', 'points', 'products', 'rule_sets', 'stops', 'stores',
                'suppressions', 'tasks', 'template_versions', 'traces', 'transitions', 'waits')
            """,
            // Reads the text again, and what comes next tells other connections to do so.
            "PRAGMA writable_schema = RESET",
            "ALTER TABLE picks RENAME TO picks_v1",
            """
            CREATE TABLE picks (member TEXT NOT NULL, rule TEXT NOT NULL, occasion TEXT NOT NULL,
              PRIMARY KEY (member, rule, occasion)) WITHOUT ROWID, STRICT
            """,
            "INSERT INTO picks (member, rule, occasion) SELECT member, rule, occasion FROM picks_v1",
            "DROP TABLE picks_v1",
        ],
        requirement: { db in
            if let cell = try MisplacedCell.first(in: db) {
                throw MemberStore.OpenError(
                    description: "the store cannot be brought to this version: \(cell); it is left as it was")
            }
        })
}
