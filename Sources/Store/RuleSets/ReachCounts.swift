import Kit

/// How many people each rule reached, by quarter of an hour, and the rules that the blast guard holds.
extension Session {
    /// Rules held by the guard, with the reason.
    package func guardedRules() throws -> [String: String] {
        try all("SELECT substr(scope, 7), reason FROM stops WHERE scope LIKE 'blast:%'").reduce(into: [:]) {
            try $0[$1[0]] = $1[1]
        }
    }

    package func hold(_ rule: String, who: String, reason: String, at now: Instant) throws {
        try run(
            "INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO NOTHING",
            [Stops.blast(rule), reason, who, now.micros])
    }

    /// Whether an operator released the rule with this text; `text` is its hash.
    package func isReleased(_ rule: String, text: String) throws -> Bool {
        try
            (value("SELECT EXISTS (SELECT 1 FROM blast_releases WHERE rule = ? AND text_hash = ?)", [rule, text])
            as Bool?) ?? false
    }

    package func countReached(_ people: Int, by rule: String, quarter: Int64) throws {
        try run(
            """
            INSERT INTO reach (rule, quarter, people) VALUES (?, ?, ?)
            ON CONFLICT (rule, quarter) DO UPDATE SET people = reach.people + excluded.people
            """, [rule, quarter, people])
    }

    /// The quarters in which the rule reached anybody.
    package func reached(by rule: String, from first: Int64, to end: Int64) throws -> [(quarter: Int64, people: Int)] {
        try all(
            "SELECT quarter, people FROM reach WHERE rule = ? AND quarter >= ? AND quarter < ?", [rule, first, end]
        )
        .map { try ($0[0], $0[1]) }
    }

    package func lastReached(by rule: String, before quarter: Int64) throws -> Int64? {
        try (value("SELECT MAX(quarter) FROM reach WHERE rule = ? AND quarter < ?", [rule, quarter]) as Int64?) ?? nil
    }

    package func countMembers() throws -> Int { try value("SELECT COUNT(*) FROM members") ?? 0 }
}
