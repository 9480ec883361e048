extension Invariants {
    /// I14: nothing personal is left of a member who was erased, their hash is kept, and nothing was handed over for them
    /// afterwards.
    var erasures: [Check] {
        let own = "c.member >= 'erased:' AND c.member < 'erased;'"
        let alias = "'erased:' || CAST(e.seq AS TEXT)"
        let deliveries = "FROM decisions c JOIN deliveries d ON d.decision = c.id"
        return [
            Check(
                id: "I14", says: "an erased member's message has its address, text or values, delivery",
                sql: """
                    SELECT d.id \(deliveries) WHERE \(own) AND (d.address IS NOT NULL OR d.subject IS NOT NULL
                      OR d.text IS NOT NULL OR d.html IS NOT NULL OR d.template_values IS NOT NULL OR d.ref IS NOT NULL
                      OR d.event IS NOT NULL OR d.date IS NOT NULL OR d.alternatives IS NOT NULL OR d.links IS NOT NULL
                      OR EXISTS (SELECT 1 FROM short_links l WHERE l.delivery = d.id AND l.url <> ''))
                    """),
            Check(
                id: "I14", says: "an erased member's decision says what it was about, decision",
                sql: """
                    SELECT c.id FROM decisions c WHERE \(own)
                      AND (c.occasion NOT LIKE 'erased:%' OR c.task IS NOT NULL OR c.trace IS NOT NULL)
                    """),
            Check(
                id: "I14", says: "rows are left of an erased member, table",
                sql: ErasureWriting.tables.map { table in
                    """
                    SELECT '\(table)' AS name FROM erasures e
                      WHERE EXISTS (SELECT 1 FROM \(table) x WHERE x.member = \(alias))
                    """
                }.joined(separator: " UNION ALL ")),
            Check(
                id: "I14", says: "an erased member has no hash on record, decision",
                sql: """
                    SELECT c.id FROM decisions c WHERE \(own)
                      AND NOT EXISTS (SELECT 1 FROM erasures e WHERE c.member = \(alias))
                    """),
            Check(
                id: "I8", says: "attempt after an erasure, delivery",
                sql: """
                    SELECT a.delivery FROM erasures e JOIN decisions c ON c.member = \(alias)
                    JOIN deliveries d ON d.decision = c.id JOIN attempts a ON a.delivery = d.id
                    WHERE a.intent_seq > e.seq
                    """),
        ]
    }
}
