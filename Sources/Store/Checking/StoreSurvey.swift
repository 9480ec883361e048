import Kit
import Policies
import Rules

/// Answers the questions of a rule set about a store by counting; nothing is copied and nothing is written.
package struct StoreSurvey {
    private let store: MemberStore
    private let now: Instant

    package init(_ store: MemberStore, at now: Instant) {
        self.store = store
        self.now = now
    }

    /// The facts that findings on files can mention; at most six tiers.
    package func onFile() throws -> OnFile {
        try store.writer.read { db in
            let tiers: [String] = try db.values(
                "SELECT DISTINCT tier FROM members WHERE tier IS NOT NULL AND tier <> '' LIMIT 6")
            let free = try db.all("SELECT template, COUNT(*) FROM coupon_codes WHERE coupon IS NULL GROUP BY template")
            return OnFile(
                tiers: tiers.sorted { $0.isBytewise(before: $1) },
                freeCodes: Dictionary(
                    try free.map { try ($0[0] as String, $0[1] as Int) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// The fields whose SQL exceeds the limits of SQLite.
    package func tooMuch(of derived: [CustomField]) throws -> [CustomField] {
        try store.writer.read { db in derived.filter { DerivedSQL($0).isTooMuch(db) } }
    }

    /// `set` need not be complete. Each question is a read of its own, so that no snapshot is held for long.
    package func answers(to questions: StoreQuestions, of set: RuleSet) throws -> StoreAnswers {
        var answers = StoreAnswers(countedAt: now)
        for field in questions.derived {
            answers.faults[field.id] = try store.writer.read { try DerivedSQL(field).fault($0, at: now) }
        }
        let fields = set.fields.filter { answers.faults[$0.id] == nil }
        try count(questions.missing, custom: fields, set.settings, into: &answers)
        if !questions.pools.isEmpty { answers.pools = try store.writer.read { try pools(questions.pools, $0) } }
        answers.unknownNames = try NameSurvey(store).unknown(questions.names)
        for rule in questions.undecided {
            answers.pastLimit[rule.id] = try store.writer.read {
                try PastLimit(db: $0, set: set, custom: fields, now: now).count(rule)
            }
        }
        return answers
    }

    /// Reads the members once for all fields of our own, and once for each derived field, because its SQL may still
    /// fail on some row.
    private func count(
        _ fields: [Field], custom: [CustomField], _ settings: Settings, into answers: inout StoreAnswers
    ) throws {
        let derived = Set(custom.filter { $0.sqliteSQL != nil }.map(\.id))
        let broken = Set(answers.faults.keys)
        let own = fields.filter { !derived.contains($0.name) && !broken.contains($0.name) }
        if !own.isEmpty { try store.writer.read { try count(own, custom, settings, db: $0, into: &answers) } }
        for field in fields where derived.contains(field.name) {
            do {
                try store.writer.read { try count([field], custom, settings, db: $0, into: &answers) }
            } catch let fault as SQLFault where fault.isOfTheText || fault.isReadOnly {
                answers.faults[field.name] = .broken(fault.message ?? "")
            }
        }
    }

    private func count(
        _ fields: [Field], _ custom: [CustomField], _ settings: Settings, db: Session,
        into answers: inout StoreAnswers
    ) throws {
        var sql = try FieldSQL(db, settings: settings, custom: custom)
        var columns: [(name: String, sql: String)] = []
        for field in fields {
            if let value = sql.expression(for: field) {
                columns.append((field.name, "COUNT(CASE WHEN \(value) IS NULL THEN 1 END)"))
            }
        }
        let row = try db.first(
            "SELECT \((["COUNT(*)"] + columns.map(\.sql)).joined(separator: ",\n")) FROM members m "
                + "WHERE m.status = 'active'", SQLArguments(sql.clock.arguments(now: now, zone: settings.zone)))
        answers.members = try row?[0] ?? 0
        for (index, column) in columns.enumerated() { answers.missing[column.name] = try row?[index + 1] ?? 0 }
    }

    private func pools(_ templates: [String], _ db: Session) throws -> [String: StoreAnswers.Pool] {
        let week = try db.all(
            """
            SELECT {json data} ->> 'template', COUNT(*) FROM events WHERE name = 'coupon.given' AND at > ? AND at <= ?
              AND source = 'nudged' GROUP BY 1
            """, [now.adding(micros: -7 * 86_400_000_000).micros, now.micros])
        let given = try week.reduce(into: [String: Int]()) { counts, row in
            if let template = try row[0] as String? { counts[template] = try row[1] as Int }
        }
        return try templates.reduce(into: [:]) { pools, template in
            let free: Int =
                try db.value("SELECT COUNT(*) FROM coupon_codes WHERE template = ? AND coupon IS NULL", [template]) ?? 0
            pools[template] = .init(free: free, given: given[template, default: 0])
        }
    }
}
