import Kit
import Policies
import Rules
import Store

/// One decision of a simulation with a look into it: what it read, and which channels failed it.
///
/// A channel that fails is suppressed for the member while the decision is taken, so that the daemon's own gates go on
/// to the next entry of `try`; only an entry that would have been used is failed.
struct DetailedDecision {
    let script: SimulationScript
    let prepared: PreparedRules
    let evaluation: Evaluation
    let db: Session
    let now: Instant
    private(set) var readings: FieldValues?
    private(set) var failures: [String: String] = [:]

    init(script: SimulationScript, prepared: PreparedRules, evaluation: Evaluation, db: Session, now: Instant) {
        self.script = script
        self.prepared = prepared
        self.evaluation = evaluation
        self.db = db
        self.now = now
    }

    mutating func decide(_ item: Evaluation.Item) throws -> Evaluation.Outcomes {
        guard case .due(let occurrence) = item.found, prepared.faults[item.plan] == nil else {
            return try evaluation.decide([item], at: now)
        }
        let plan = prepared.planned.plans[item.plan]
        let loader = FactsLoader(db: db, query: prepared.queries[item.plan])
        var loaded = try loader.load([occurrence], at: now).loaded[0]
        while let channel = try channel(for: occurrence, plan, &loaded), let reason = script.failing[channel],
            failures[channel] == nil
        {
            failures[channel] = reason
            try setSuppressed(channel, of: occurrence.member, true)
            loaded = try loader.load([occurrence], at: now).loaded[0]
        }
        readings = loaded?.facts.readings
        var outcomes = try evaluation.decide([item], at: now)
        for channel in failures.keys { try setSuppressed(channel, of: occurrence.member, false) }
        for index in outcomes.lines.indices { try checkDelivery(of: &outcomes.lines[index]) }
        return outcomes
    }

    /// The channel that the decision would use now; what it reads on the way is noted.
    private func channel(
        for occurrence: Occurrence, _ plan: RulePlan, _ loaded: inout FactsLoader.Loaded?
    ) throws -> String? {
        guard var known = loaded else { return nil }
        let verdict = try plan.decide(occurrence, &known, in: prepared.planned, at: now, db)
        loaded = known
        guard case .act(let path) = verdict else { return nil }
        return path.entry?.channel
    }

    private func setSuppressed(_ channel: String, of member: String, _ isSuppressed: Bool) throws {
        try db.run(
            isSuppressed
                ? "INSERT INTO suppressions (member, channel, at, reason, seq) VALUES (?, ?, ?, 'simulated', 0) "
                    + "ON CONFLICT DO NOTHING"
                : "DELETE FROM suppressions WHERE member = ? AND channel = ? AND at = ? AND reason = 'simulated'",
            [member, channel, now.micros])
    }

    /// A message waits for its channel, but no longer than it may: then it never leaves the house.
    private mutating func checkDelivery(of line: inout Decision) throws {
        guard let channel = line.message?.channel,
            let until = script.interruptions.filter({ $0.channel == channel && $0.from <= now && now < $0.until })
                .map(\.until).max(),
            let sendBy = try MemberRecords(db, rule: line.rule, member: line.member).sendBy(of: line.occasion),
            until > sendBy
        else { return }
        // As the daemon leaves it: what follows the message finds that it never left.
        try MemberRecords(db, rule: line.rule, member: line.member).expireMessages(of: line.occasion)
        line.outcome = .failed
        line.because = .unreachable(.suppressed)
        line.message = nil
        line.tried.append((channel, .suppressed))
        failures[channel] = "expired"
    }
}
