import Engine
import Kit
import Policies
import Rules
import Store

/// One decision of a simulation, with what it read and which channels failed it. A channel fails only if it would have
/// been used; the daemon's own gates then go on to the next entry of `try`.
struct DetailedDecision {
    private let script: SimulationScript
    private let prepared: PreparedRules
    private var evaluation: Evaluation
    private let now: Instant
    private(set) var readings: FieldValues?
    private(set) var failures: [String: String] = [:]
    private var db: Session { evaluation.db }

    init(script: SimulationScript, evaluation: Evaluation, now: Instant) {
        self.script = script
        self.evaluation = evaluation
        prepared = evaluation.prepared
        self.now = now
    }

    mutating func decide(_ item: Evaluation.Item) throws -> Evaluation.Outcomes {
        guard case .due(let occurrence) = item.found, prepared.faults[item.plan] == nil else {
            return try evaluation.decide([item], at: now)
        }
        let loader = FactsLoader(db: db, query: prepared.queries[item.plan])
        if let loaded = try loader.load([occurrence], at: now).loaded[0] {
            let plan = prepared.planned.plans[item.plan]
            while let channel = try channel(for: occurrence, plan, loaded), let reason = script.failing[channel],
                failures[channel] == nil
            {
                failures[channel] = reason
                evaluation.failing.insert(channel)
            }
        }
        var outcomes = try evaluation.decide([item], at: now)
        for index in outcomes.lines.indices { try checkDelivery(of: &outcomes.lines[index]) }
        return outcomes
    }

    /// The channel that the decision would use now; notes what it reads on the way.
    private mutating func channel(
        for occurrence: Occurrence, _ plan: RulePlan, _ loaded: FactsLoader.Loaded
    ) throws -> String? {
        var known = loaded
        for channel in evaluation.failing { known.facts.channels[channel]?.isSuppressed = true }
        let verdict = try plan.decide(occurrence, &known, in: prepared.planned, at: now, db)
        readings = known.facts.readings
        guard case .act(let path) = verdict else { return nil }
        return path.entry?.channel
    }

    /// Fails a message whose channel is interrupted for longer than it may wait: it never goes out.
    private mutating func checkDelivery(of line: inout Decision) throws {
        guard let channel = line.message?.channel,
            let until = script.interruptions.filter({ $0.channel == channel && $0.from <= now && now < $0.until })
                .map(\.until).max(),
            let sendBy = try MemberRecords(db, rule: line.rule, member: line.member).sendBy(of: line.occasion),
            until > sendBy
        else { return }
        // Recorded as the daemon does, so that a follow-up rule finds that the message never left.
        try MemberRecords(db, rule: line.rule, member: line.member).expireMessages(of: line.occasion)
        line.outcome = .failed
        line.because = .unreachable(.suppressed)
        line.message = nil
        line.tried.append((channel, .suppressed))
        failures[channel] = "expired"
    }
}
