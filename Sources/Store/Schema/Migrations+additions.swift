/// Steps after the first version. They are never edited, see `Migrations.all`.
extension Migrations {
    /// The source of a rule set and who applied it, a hash of whom a rule reaches, the versions of a template.
    static let ruleSets = Migration(
        "v2-rule-sets",
        [
            """
            ALTER TABLE rule_sets ADD COLUMN source TEXT NOT NULL DEFAULT 'directory'
              CHECK (source IN ('directory', 'applied'))
            """,
            "ALTER TABLE rule_sets ADD COLUMN who TEXT",
            // Whether the rules directory held it when it was read.
            "ALTER TABLE rule_sets ADD COLUMN in_directory INTEGER NOT NULL DEFAULT 1",
            "ALTER TABLE live_rules ADD COLUMN reach_hash TEXT",
            """
            CREATE TABLE template_versions (template TEXT NOT NULL, version INTEGER NOT NULL, hash TEXT NOT NULL,
              rules_version INTEGER NOT NULL, PRIMARY KEY (template, version)) WITHOUT ROWID
            """,
        ])

    static let traces = Migration(
        "v3-traces",
        [
            // What decisions read (docs/decisions/0014), in the order of writing, so that the oldest are removed in
            // slices. A number is never reused, because a decision outlives its trace. `earlier` is the previous hold.
            """
            CREATE TABLE traces (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, earlier INTEGER,
              read TEXT NOT NULL)
            """,
            "ALTER TABLE decisions ADD COLUMN trace INTEGER",
            "ALTER TABLE waits ADD COLUMN trace INTEGER",
        ])

    /// The key becomes the line number, from 1: an order may have several lines of one sku (a gift beside the paid
    /// one).
    static let orderLines = Migration(
        "v2-order-lines",
        [
            "ALTER TABLE order_items RENAME TO order_items_v1",
            """
            CREATE TABLE order_items (member TEXT NOT NULL, order_id TEXT NOT NULL, line INTEGER NOT NULL, sku TEXT NOT NULL,
              name TEXT, category TEXT, quantity INTEGER NOT NULL DEFAULT 1, price INTEGER,
              PRIMARY KEY (member, order_id, line)) WITHOUT ROWID
            """,
            """
            INSERT INTO order_items (member, order_id, line, sku, name, category, quantity, price)
            SELECT member, order_id, ROW_NUMBER() OVER (PARTITION BY member, order_id ORDER BY line, sku), sku, name, category,
              quantity, price FROM order_items_v1
            """,
            "DROP TABLE order_items_v1",
        ])

    /// Further ids under which a source reported a known event (an order is paid once). The event counts once.
    static let eventIDs = Migration(
        "v2-event-ids",
        [
            """
            CREATE TABLE event_ids (source TEXT NOT NULL, event_id TEXT NOT NULL, event INTEGER NOT NULL,
              PRIMARY KEY (source, event_id)) WITHOUT ROWID
            """,
            "DROP VIEW v_events",
            """
            CREATE VIEW v_events AS SELECT source, event_id, name, member FROM events
              UNION ALL SELECT i.source, i.event_id, e.name, e.member FROM event_ids i JOIN events e ON e.seq = i.event
            """,
        ])

    /// The limits that the gates of a handover used, so that a later check needs neither the settings nor the member as
    /// they were then. NULL: an attempt from before this step.
    static let handoverLimits = Migration(
        "v2-handover-limits",
        [
            """
            CREATE TABLE handover_limits (id INTEGER PRIMARY KEY, zone TEXT NOT NULL, quiet TEXT NOT NULL, caps TEXT NOT NULL,
              UNIQUE (zone, quiet, caps))
            """,
            "ALTER TABLE attempts ADD COLUMN limits INTEGER REFERENCES handover_limits (id)",
        ])
}
