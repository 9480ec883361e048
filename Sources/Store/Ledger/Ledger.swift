import Kit
import Policies
import Rules

/// Writes what was decided. The decision, the coupon, the events that caps count, the task and the outbox row belong to
/// one transaction, the caller's. A decision is unique by (member, rule, occasion).
package struct Ledger {
    package let db: Session
    package let planned: PlannedSet
    /// 0 on a virtual clock, where no rule set is in force.
    package let rulesVersion: Int
    /// Whether messages go to the outbox. A simulation has no channels, so nothing would read it.
    package let owes: Bool
    /// The sequence numbers for the transitions of this transaction's messages.
    private let numbers = SequenceBlock()
    /// The zone of the settings; nil where no traces are kept.
    private let tracesIn: Zone?

    package init(db: Session, planned: PlannedSet, rulesVersion: Int, owes: Bool = true) {
        self.db = db
        self.planned = planned
        self.rulesVersion = rulesVersion
        self.owes = owes
        let settings = planned.set.settings
        tracesIn = rulesVersion > 0 && settings.traces != .off ? settings.zone : nil
    }

    /// The facts that a decision read about the member, by the slots of the rule's plan.
    package typealias Read = (plan: RulePlan, facts: Facts?)

    /// Indexes of the occurrences that are already decided, or held and not just released. A silence that began before
    /// a decided one is the same silence: the later event that began the decided one was withdrawn since. A silence in
    /// which the rule already acted is settled too, wherever it begins now.
    package func settled(_ occurrences: [Occurrence]) throws -> Set<Int> {
        guard let rule = occurrences.first?.rule else { return [] }
        let targets = occurrences.map {
            FactQuery.Target(
                member: $0.member, ref: $0.occasion, event: $0.isRelease ? 1 : 0, lo: $0.due.micros,
                hi: $0.start.micros)
        }
        let isSilence = occurrences.contains { $0.occasion.hasPrefix("inactive@") }
        let sql = (isSilence ? Ledger.settledSilence : Ledger.settled)[targets.count == 1 ? 0 : 1]
        var arguments: Bindings = ["rule": rule.sql]
        let tables = TargetRows.add(targets, to: &arguments)
        let rows: [Int] = try db.values(sql, SQLArguments(arguments, tables: tables))
        return Set(rows)
    }

    /// Outcomes that count for a rule's own limits. `IN` would build a table for each statement.
    package static let acted =
        "(d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out')"

    /// The statements for one occurrence, and for several.
    private static let settled = [TargetRows.one, TargetRows.many].map { $0 + isSettled }
    private static let settledSilence = settled.map { $0 + answeredSilence }

    /// In `b`, `ref` is the occasion, `event` is 1 for a release, `lo` is when it was due, and `hi` its start.
    private static let isSettled = """
        SELECT b.i FROM b WHERE
          EXISTS (SELECT 1 FROM decisions d WHERE d.member = b.member AND d.rule = :rule AND d.occasion = b.ref)
          OR b.event = 0 AND EXISTS (SELECT 1 FROM waits w
            WHERE w.member = b.member AND w.rule = :rule AND w.occasion = b.ref AND w.kind = 'held')
        """
    private static let answeredSilence = """
          OR EXISTS (
            SELECT 1 FROM decisions d WHERE d.member = b.member AND d.rule = :rule
              AND d.occasion > b.ref AND d.occasion < 'inactive@~' AND d.due >= b.lo
            UNION ALL SELECT 1 FROM decisions d WHERE d.member = b.member AND d.rule = :rule
              AND d.occasion > 'inactive@' AND d.occasion < 'inactive@~' AND d.at >= b.hi
              AND \(Ledger.acted))
        """

    /// Writes the final outcome of an occurrence, and ends its wait.
    ///
    /// - Returns: the number of the decision, which what it sends refers to.
    @discardableResult
    package func record(
        _ line: Decision, of occurrence: Occurrence, _ read: Read, isShadow: Bool = false
    ) throws -> Int64 {
        let trace = try keep(read, of: occurrence, at: line.at)
        let isMessage = line.outcome == .sent && !isShadow
        let id: Int64? = try db.value(
            """
            INSERT INTO decisions (id, member, rule, occasion, due, at, outcome, because, channel, template, coupon, task,
              variant, shadow, rules_version, trace, is_service, chain)
            VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM decisions), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            RETURNING id
            """,
            [
                occurrence.member, occurrence.rule, occurrence.occasion, occurrence.due.micros, line.at.micros,
                line.outcome.rawValue, line.because?.json(in: line.zone).rendered, line.message?.channel,
                line.message?.template, line.coupon, line.task, line.variant, isShadow ? 1 : 0, rulesVersion, trace,
                isMessage && read.plan.rule.purpose == .service ? 1 : 0, isMessage ? chain(to: occurrence) : nil,
            ])
        if occurrence.isRelease || occurrence.isStored { try endWait(occurrence) }
        guard let id else { preconditionFailure("an INSERT with RETURNING has a row") }
        if isMessage { try db.run("INSERT INTO sends (at, decision) VALUES (?, ?)", [line.at.micros, id]) }
        return id
    }

    /// Holds an occurrence until the release; nothing is given, counted or reserved.
    package func hold(_ occurrence: Occurrence, _ read: Read, at now: Instant, until: Instant) throws {
        let trace = try keep(read, of: occurrence, at: now, until: until)
        try db.run(
            """
            INSERT INTO waits (member, rule, occasion, kind, due, first_due, start, ref, event, date, passes, zone,
              trace) VALUES (?, ?, ?, 'held', ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (member, rule, occasion) DO UPDATE
              SET kind = 'held', due = excluded.due, trace = excluded.trace
            """,
            [
                occurrence.member, occurrence.rule, occurrence.occasion, until.micros, occurrence.due.micros,
                occurrence.start.micros, occurrence.anchor.ref, occurrence.anchor.event, occurrence.date?.days,
                occurrence.passes?.micros,
                occurrence.zone.name,
                trace,
            ])
    }

    /// Puts the message of a decision into the outbox.
    package func owe(_ delivery: Outbox.NewDelivery, decidedBy decision: Int64) throws {
        try Outbox(db: db).add(delivery, decidedBy: decision, sequence: numbers.next(Sequence(db: db)))
    }

    /// Takes the numbers for the transitions of `count` messages at once.
    package func takeNumbers(for count: Int) throws { try numbers.fill(count, from: Sequence(db: db)) }

    /// Writes the trace and returns its number; nil where none is kept.
    private func keep(
        _ read: Read, of occurrence: Occurrence, at now: Instant, until: Instant? = nil
    ) throws -> Int64? {
        guard let zone = tracesIn else { return nil }
        let earlier = occurrence.isRelease ? try heldTrace(occurrence) : nil
        try db.run(
            "INSERT INTO traces (at, earlier, read) VALUES (?, ?, ?)",
            [
                now.micros, earlier,
                Trace(plan: read.plan, standard: zone)
                    .text(occurrence, read.facts, at: now, hold: until.map { ($0, rulesVersion) }),
            ])
        return db.lastRow
    }

    private func heldTrace(_ occurrence: Occurrence) throws -> Int64? {
        try
            (db.value(
                "SELECT trace FROM waits WHERE member = ? AND rule = ? AND occasion = ? AND kind = 'held'",
                [occurrence.member, occurrence.rule, occurrence.occasion]) as Int64?) ?? nil
    }

    package func endWait(_ occurrence: Occurrence) throws {
        try db.run(
            "DELETE FROM waits WHERE member = ? AND rule = ? AND occasion = ?",
            [occurrence.member, occurrence.rule, occurrence.occasion])
    }

    /// The events that our own decisions raise.
    static let ownEvents: Set = [OwnMessages.event, "coupon.given", "points.earned", "points.spent"]

    /// Raises an event of our own other than a message, on which follow-up rules can act. Its data names the rule, and the earlier rules
    /// whose events led here: none of them reacts to it (decision 0008).
    func raise(
        _ name: String, of occurrence: Occurrence, at now: Instant, ref: String?, data: [JSONText.Member]
    ) throws {
        let chain = try chain(to: occurrence).map { [JSONText.Member("chain", .text($0))] } ?? []
        let data = JSONText.object([.init("rule", .text(occurrence.rule))] + data + chain)
        try db.run(
            "INSERT INTO events (member, name, at, source, ref, data) VALUES (?, ?, ?, 'nudged', ?, ?)",
            [occurrence.member, name, now.micros, ref, data.rendered])
        try db.noteLatest(occurrence.member, name, now)
    }

    /// The rules whose events led to this occurrence, the latest first, separated by spaces; nil where an outside event
    /// did.
    private func chain(to occurrence: Occurrence) throws -> String? {
        guard case .event(let seq) = occurrence.anchor else { return nil }
        if let decision = OwnMessages.decision(of: seq) {
            return try
                (db.value("SELECT rule || COALESCE(' ' || chain, '') FROM decisions WHERE id = ?", [decision])
                as String?)
        }
        return try
            (db.value(
                """
                SELECT ({json data} ->> 'rule') || COALESCE(' ' || ({json data} ->> 'chain'), '') FROM events
                WHERE seq = ? AND source = 'nudged'
                """, [seq]) as String?) ?? nil
    }
}
