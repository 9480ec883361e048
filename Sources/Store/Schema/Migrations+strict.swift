/// Makes the tables STRICT: a cell has no other type than its column, and is what the code reads it as.
extension Migrations {
    /// STRICT does not change how rows are stored, so only the text of the tables has to change: a store of millions of
    /// members is read once (`MisplacedCell`), in the memory of one page, and not copied.
    ///
    /// The key of `picks` was in another order than its columns, which makes the `quick_check` of SQLite 3.40.1 report
    /// a NULL that is not there; the table holds few rows and is rewritten.
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
            // This connection reads the text again; the next statement makes other connections do so too.
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
                    "the store cannot be brought to this version: \(cell); it is left as it was",
                    "数据库无法升级到本版本：\(cell.words.chinese)；没有改动")
            }
        })
}
