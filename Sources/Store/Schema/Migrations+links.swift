/// Links of messages: those that say no, and short ones whose clicks are counted.
extension Migrations {
    /// `links`: the places of the links in a text, as a JSON list; NULL: none. A row of `unsubscribe_links` is for ever,
    /// also when its messages are gone: `address` is a keyed hash, empty for a channel without addresses. A row of
    /// `short_links` is one address in one message, `n` its number there.
    static let links = Migration(
        "v12-links",
        [
            "ALTER TABLE deliveries ADD COLUMN links TEXT",
            """
            CREATE TABLE unsubscribe_links (id INTEGER PRIMARY KEY, member TEXT NOT NULL, channel TEXT NOT NULL,
              address BLOB NOT NULL, made_at INTEGER NOT NULL, UNIQUE (member, channel, address)) STRICT
            """,
            """
            CREATE TABLE short_links (id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL REFERENCES deliveries (id),
              n INTEGER NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL, clicks INTEGER NOT NULL DEFAULT 0,
              first_click INTEGER, UNIQUE (delivery, n)) STRICT
            """,
        ])
}
