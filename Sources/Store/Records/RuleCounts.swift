import Kit

extension MemberStore {
    /// The number of decisions of a rule in `shadow` since an instant, by outcome.
    package func shadowOutcomes(of rule: String, since: Instant) throws -> [String: Int] {
        try writer.read { db in
            try db.all(
                "SELECT outcome, COUNT(*) FROM decisions WHERE rule = ? AND shadow = 1 AND at >= ? GROUP BY outcome",
                [rule, since.micros]
            ).reduce(into: [:]) { try $0[$1[0]] = $1[1] }
        }
    }

    /// The number of messages of a rule that were decided and not handed over yet.
    package func owed(by rule: String) throws -> Int {
        try writer.read { db in
            try
                (db.value(
                    """
                    SELECT (SELECT COUNT(*) FROM deliveries WHERE \(Outbox.isReady) AND rule = :rule)
                      + (SELECT COUNT(*) FROM deliveries
                         WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND rule = :rule)
                      + (SELECT COUNT(*) FROM deliveries WHERE parked = 1 AND rule = :rule)
                    """, ["rule": rule]) as Int?) ?? 0
        }
    }

    package func memberCount() throws -> Int {
        try writer.read { db in try (db.value("SELECT COUNT(*) FROM members") as Int?) ?? 0 }
    }
}

extension Session {
    /// The number of members with a row in `waits` for the rule: held messages, and existing members.
    package func waiting(in rule: String) throws -> (held: Int, existing: Int) {
        var waiting = (held: 0, existing: 0)
        for row in try all("SELECT kind, COUNT(*) FROM waits WHERE rule = ? GROUP BY kind", [rule]) {
            if try row[0] == "held" { waiting.held = try row[1] } else { waiting.existing = try row[1] }
        }
        return waiting
    }

    /// The number of existing members that wait for their turn, by rule.
    package func existingMembers() throws -> [String: Int] {
        try all("SELECT rule, COUNT(*) FROM waits WHERE kind = 'existing' GROUP BY rule")
            .reduce(into: [:]) { try $0[$1[0]] = $1[1] }
    }

    /// In a private copy, undoes the enrolment of existing members.
    package func forgetExistingMembers() throws {
        try script("DELETE FROM waits WHERE kind = 'existing'; DELETE FROM enrolments")
    }
}
