/// Addresses that several members share, and lists by address (settled: a refusal belongs to the address).
extension Migrations {
    static let addresses = Migration(
        "v6-addresses",
        addressTables + addressIndexes + noInTheVoid
            + ["phone", "email", "wechat_openid", "wecom_external_userid"].map(sharedToday) + addressCopies,
        requirement: { $0.add(AddressKey.function) })

    private static let addressTables = [
        // The store has its own key for the hashes; its copies have the same one.
        "CREATE TABLE secrets (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID, STRICT",
        "INSERT INTO secrets (name, value) VALUES ('addresses', randomblob(32))",
        // Members whose address of that kind another member has too, or a list names; `seq` is when that began.
        """
        CREATE TABLE shared_addresses (member TEXT NOT NULL, kind TEXT NOT NULL, address BLOB NOT NULL,
          seq INTEGER NOT NULL, PRIMARY KEY (member, kind)) WITHOUT ROWID, STRICT
        """,
        "CREATE INDEX shared_addresses_address ON shared_addresses (address)",
        // Consents from lists: they apply to everyone who has the address, now or later.
        """
        CREATE TABLE list_consents (address BLOB NOT NULL, channel TEXT NOT NULL,
          purpose TEXT NOT NULL CHECK (purpose = 'marketing' OR purpose = 'service'), at INTEGER NOT NULL,
          state TEXT NOT NULL CHECK (state = 'granted' OR state = 'withdrawn'), source TEXT, seq INTEGER NOT NULL,
          PRIMARY KEY (address, channel, purpose, at)) WITHOUT ROWID, STRICT
        """,
        // A standing "do not send" for both purposes; channel '*' is every channel that uses such an address.
        """
        CREATE TABLE address_suppressions (address BLOB NOT NULL, channel TEXT NOT NULL, reason TEXT NOT NULL,
          at INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (address, channel)) WITHOUT ROWID, STRICT
        """,
        // Copies of the marketing consents of members with a shared address and of lists (member ''): the latest
        // consent of all who have the address is one row of an index.
        """
        CREATE TABLE address_consents (address BLOB NOT NULL, channel TEXT NOT NULL, at INTEGER NOT NULL,
          state TEXT NOT NULL, member TEXT NOT NULL, seq INTEGER NOT NULL,
          PRIMARY KEY (address, channel, at, state, member)) WITHOUT ROWID, STRICT
        """,
        // Marketing that was sent to members with a shared address; `event` is its row of events.
        """
        CREATE TABLE address_sends (address BLOB NOT NULL, channel TEXT NOT NULL, at INTEGER NOT NULL,
          event INTEGER NOT NULL, member TEXT NOT NULL, PRIMARY KEY (address, channel, at, event)) WITHOUT ROWID, STRICT
        """,
    ]

    private static let addressIndexes = [
        "CREATE INDEX members_phone ON members (phone) WHERE phone IS NOT NULL",
        "CREATE INDEX members_email ON members (lower(email)) WHERE lower(email) IS NOT NULL",
        "CREATE INDEX members_openid ON members (wechat_openid) WHERE wechat_openid IS NOT NULL",
        "CREATE INDEX members_wecom ON members (wecom_external_userid) WHERE wecom_external_userid IS NOT NULL",
    ]

    /// Stored consents count as they would be read today: words for every channel, a refusal dated in the future. A
    /// grant never replaces a refusal. Closed members no longer wait.
    private static let noInTheVoid = [
        "UPDATE OR REPLACE consents SET channel = '*' WHERE channel IN ('all', '全部') AND state = 'withdrawn'",
        "UPDATE OR IGNORE consents SET channel = '*' WHERE channel IN ('all', '全部') AND state = 'granted'",
        "UPDATE OR REPLACE consents SET channel = 'sms' WHERE channel = '手机短信' AND state = 'withdrawn'",
        "UPDATE OR IGNORE consents SET channel = 'sms' WHERE channel = '手机短信' AND state = 'granted'",
        """
        DELETE FROM consents WHERE state = 'granted' AND at > strftime('%s', 'now') * 1000000 AND EXISTS (
          SELECT 1 FROM consents w WHERE w.member = consents.member AND w.channel = consents.channel
            AND w.purpose = consents.purpose AND w.state = 'withdrawn' AND w.at > consents.at)
        """,
        """
        UPDATE OR REPLACE consents SET at = strftime('%s', 'now') * 1000000
        WHERE state = 'withdrawn' AND at > strftime('%s', 'now') * 1000000
        """,
        """
        UPDATE suppressions SET at = strftime('%s', 'now') * 1000000 WHERE at > strftime('%s', 'now') * 1000000
        """,
        """
        DELETE FROM waits WHERE NOT EXISTS (
          SELECT 1 FROM members m WHERE m.id = waits.member AND m.status = 'active')
        """,
    ]

    private static func sharedToday(_ column: String) -> String {
        let spelt = column == "email" ? "lower(email)" : column
        return """
            INSERT INTO shared_addresses (member, kind, address, seq)
            SELECT id, '\(column)', nudged_address_key((SELECT value FROM secrets WHERE name = 'addresses'), '\(column)',
              \(column)), (SELECT value FROM meta WHERE key = 'seq')
            FROM members WHERE \(column) <> '' AND \(spelt) IN (
              SELECT \(spelt) FROM members WHERE \(column) IS NOT NULL GROUP BY \(spelt) HAVING COUNT(*) > 1)
            """
    }

    private static let addressCopies = [
        """
        INSERT INTO address_consents (address, channel, at, state, member, seq)
        SELECT DISTINCT s.address, c.channel, c.at, c.state, c.member, c.seq
        FROM shared_addresses s CROSS JOIN consents c ON c.member = s.member WHERE c.purpose = 'marketing'
        """,
        """
        INSERT INTO address_sends (address, channel, at, event, member)
        SELECT DISTINCT s.address, CAST(e.data ->> 'channel' AS TEXT), e.at, e.seq, e.member
        FROM shared_addresses s CROSS JOIN events e ON e.member = s.member
        WHERE e.name = 'message.sent' AND e.data ->> 'purpose' IS NOT 'service' AND e.data ->> 'channel' IS NOT NULL
        """,
    ]
}
