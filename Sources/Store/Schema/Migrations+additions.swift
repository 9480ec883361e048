extension Migrations {
    /// What came after the first version, in the order in which it is applied. One that stores have is never edited.
    static let additions = [
        ("v2-order-lines", orderLines), ("v2-event-ids", eventIDs), ("v2-handover-limits", handoverLimits),
    ]

    /// An order may have several lines of one sku (a gift beside the paid one): the line is the key, from 1.
    private static let orderLines = [
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
    ]

    /// Further ids under which a source told of an event that was known already (an order is paid once): the event
    /// counts once, and is known under each of them.
    private static let eventIDs = [
        """
        CREATE TABLE event_ids (source TEXT NOT NULL, event_id TEXT NOT NULL, event INTEGER NOT NULL,
          PRIMARY KEY (source, event_id)) WITHOUT ROWID
        """,
        "DROP VIEW v_events",
        """
        CREATE VIEW v_events AS SELECT source, event_id, name, member FROM events
          UNION ALL SELECT i.source, i.event_id, e.name, e.member FROM event_ids i JOIN events e ON e.seq = i.event
        """,
    ]

    /// What the gates of a handover went by, so that whoever checks it later needs neither the settings nor the member of
    /// then. NULL: an attempt of a time before this was written.
    private static let handoverLimits = [
        """
        CREATE TABLE handover_limits (id INTEGER PRIMARY KEY, zone TEXT NOT NULL, quiet TEXT NOT NULL, caps TEXT NOT NULL,
          UNIQUE (zone, quiet, caps))
        """,
        "ALTER TABLE attempts ADD COLUMN limits INTEGER REFERENCES handover_limits (id)",
    ]
}
