/// A message of ours is not stored twice: the decision to send is its event.
extension Migrations {
    /// `message.sent` of ours is read from the decision, as the view `own_messages` shows it: the number of the event is
    /// that of the decision, negative, so that it is no number of a row of `events` (docs/decisions/0074). `chain` is
    /// what the data of the event held: the rules whose events led to it. `sends` finds messages by their instant.
    static let ownMessages = Migration("v15-own-messages", decisionsAsEvents + renumbered + withoutCopies + views)

    private static let decisionsAsEvents = [
        "ALTER TABLE decisions ADD COLUMN is_service INTEGER NOT NULL DEFAULT 0 CHECK (is_service IN (0, 1))",
        "ALTER TABLE decisions ADD COLUMN chain TEXT",
        """
        CREATE TABLE own_v15 (event INTEGER PRIMARY KEY, decision INTEGER NOT NULL) STRICT
        """,
        """
        INSERT INTO own_v15 (event, decision)
        SELECT e.seq, c.id FROM events e CROSS JOIN decisions c ON c.member = e.member AND c.rule = e.data ->> 'rule'
          AND c.occasion = e.data ->> 'occasion'
        WHERE e.name = 'message.sent' AND e.source = 'nudged' AND c.outcome = 'sent' AND c.shadow = 0 AND c.at = e.at
        """,
        """
        UPDATE decisions SET is_service = 1 WHERE id IN (
          SELECT o.decision FROM own_v15 o CROSS JOIN events e ON e.seq = o.event WHERE e.data ->> 'purpose' = 'service')
        """,
        """
        UPDATE decisions SET chain = (
          SELECT e.data ->> 'chain' FROM own_v15 o CROSS JOIN events e ON e.seq = o.event WHERE o.decision = decisions.id)
        WHERE id IN (
          SELECT o.decision FROM own_v15 o CROSS JOIN events e ON e.seq = o.event WHERE e.data ->> 'chain' IS NOT NULL)
        """,
        """
        CREATE TABLE sends (at INTEGER NOT NULL, decision INTEGER NOT NULL REFERENCES decisions (id),
          PRIMARY KEY (at, decision)) WITHOUT ROWID, STRICT
        """,
        """
        INSERT INTO sends (at, decision) SELECT at, id FROM decisions WHERE outcome = 'sent' AND shadow = 0
        ORDER BY at, id
        """,
    ]

    /// What names an event by its number.
    private static let renumbered = [
        """
        UPDATE waits SET event = (SELECT -o.decision FROM own_v15 o WHERE o.event = waits.event)
        WHERE EXISTS (SELECT 1 FROM own_v15 o WHERE o.event = waits.event)
        """,
        """
        UPDATE deliveries SET event = (SELECT -o.decision FROM own_v15 o WHERE o.event = deliveries.event)
        WHERE EXISTS (SELECT 1 FROM own_v15 o WHERE o.event = deliveries.event)
        """,
        """
        UPDATE OR REPLACE address_sends
        SET event = (SELECT -o.decision FROM own_v15 o WHERE o.event = address_sends.event)
        WHERE EXISTS (SELECT 1 FROM own_v15 o WHERE o.event = address_sends.event)
        """,
        """
        UPDATE traces SET read = json_set(read, '$.e', (SELECT -o.decision FROM own_v15 o WHERE o.event = read ->> 'e'))
        WHERE EXISTS (SELECT 1 FROM own_v15 o WHERE o.event = traces.read ->> 'e')
        """,
    ]

    /// The indexes are written anew, because taking a million entries out of them would cost more.
    private static let withoutCopies = [
        "DROP INDEX events_member",
        "DROP INDEX events_name",
        "DELETE FROM events WHERE seq IN (SELECT event FROM own_v15)",
        "CREATE INDEX events_member ON events (member, name, at)",
        "CREATE INDEX events_name ON events (name, at)",
        "DROP TABLE own_v15",
    ]

    private static let views = [
        """
        CREATE VIEW own_messages AS SELECT -c.id AS seq, c.id AS decision, c.member, 'message.sent' AS name, c.at,
          'nudged' AS source, NULL AS event_id, NULL AS ref,
          json_object('rule', c.rule, 'occasion', c.occasion, 'channel', c.channel, 'template', c.template,
            'purpose', CASE c.is_service WHEN 1 THEN 'service' ELSE 'marketing' END, 'chain', c.chain) AS data
        FROM decisions c WHERE c.outcome = 'sent' AND c.shadow = 0
        """,
        "DROP VIEW v_events",
        """
        CREATE VIEW v_events AS SELECT source, event_id, name, member FROM events
          UNION ALL SELECT i.source, i.event_id, e.name, e.member FROM event_ids i JOIN events e ON e.seq = i.event
          UNION ALL SELECT source, event_id, name, member FROM own_messages
        """,
    ]
}
