/// Members who turned out to be one person.
extension Migrations {
    /// `merged_members` has the id of everyone who was merged into another member, who is `member`; `seq` is the number
    /// of the merge. `merged_decisions` has the decisions that came with them: whom and which occasion they were made
    /// for, which references of providers are made of, and since which number they are the other member's. `repeats` is the
    /// occasion of a message that left though another one for it did, too: to the rules that follow it up it is still that
    /// occasion. `merged_addresses` has the keyed hashes of the addresses that a member did not take over: whoever writes
    /// back from one is that member.
    static let merges = Migration(
        "v22-merges",
        [
            """
            CREATE TABLE merged_members (id TEXT NOT NULL PRIMARY KEY, member TEXT NOT NULL, seq INTEGER NOT NULL,
              at INTEGER NOT NULL) WITHOUT ROWID, STRICT
            """,
            "CREATE INDEX merged_members_member ON merged_members (member)",
            """
            CREATE TABLE merged_decisions (decision INTEGER NOT NULL PRIMARY KEY, former TEXT NOT NULL,
              occasion TEXT NOT NULL, seq INTEGER NOT NULL, repeats TEXT) WITHOUT ROWID, STRICT
            """,
            """
            CREATE TABLE merged_addresses (member TEXT NOT NULL, address BLOB NOT NULL, PRIMARY KEY (member, address))
              WITHOUT ROWID, STRICT
            """,
            "CREATE INDEX merged_addresses_address ON merged_addresses (address)",
            "CREATE INDEX quarantine_member ON quarantine (member) WHERE member IS NOT NULL",
            "DROP VIEW v_events",
            "DROP VIEW own_messages",
            """
            CREATE VIEW own_messages AS SELECT -c.id AS seq, c.id AS decision, c.member, 'message.sent' AS name, c.at,
              'nudged' AS source, NULL AS event_id, NULL AS ref,
              json_object('rule', c.rule, 'occasion', COALESCE(
                  (SELECT m.repeats FROM merged_decisions m WHERE m.decision = c.id), c.occasion),
                'channel', c.channel, 'template', c.template,
                'purpose', CASE c.is_service WHEN 1 THEN 'service' ELSE 'marketing' END, 'chain', c.chain) AS data
            FROM decisions c WHERE c.outcome = 'sent' AND c.shadow = 0
            """,
            """
            CREATE VIEW v_events AS SELECT source, event_id, name, member FROM events
              UNION ALL SELECT i.source, i.event_id, e.name, e.member FROM event_ids i JOIN events e ON e.seq = i.event
              UNION ALL SELECT source, event_id, name, member FROM own_messages
            """,
        ])
}
