import Kit
@testable import Review
@testable import Engine
@testable import Policies
import Rules

@testable import Store

/// The same rules over the same people on each path that decides, as lines that can be compared.
struct ConditionPaths {
    let people: HostilePeople
    let rules: [Rule]

    private var planned: PlannedSet { people.planned(rules) }

    private static func text(_ line: Decision) -> String {
        "\(line.rule) \(line.member) \(line.occasion) \(line.at.utcText) \(line.outcome.rawValue) "
            + (line.because.map { $0.json(in: line.zone).rendered } ?? "")
    }

    /// With `--all`: also the instants at which nobody was due.
    func dryRun(showsUndecided: Bool = false) throws -> (lines: [String], instants: [Instant]) {
        let store = try people.store()
        var simulation = Simulation(
            store: store, prepared: try PreparedRules(planned, rulesVersion: 0, in: store), from: people.from,
            until: people.until)
        simulation.showsUndecided = showsUndecided
        let lines = try simulation.run()
        let decided = lines.filter { $0.outcome != .notDue && $0.outcome != .waiting }
        return (decided.map(ConditionPaths.text), Set(lines.map(\.at)).filter { $0 < people.until }.sorted())
    }

    /// The daemon, at each instant at which anything is due.
    func ticks(at instants: [Instant]) throws -> [String] {
        let store = try people.store()
        let prepared = try store.goLive(planned, files: "{}", hash: "h", at: people.from)
        return try instants.flatMap { try store.tick(prepared, at: $0).lines }.map(ConditionPaths.text)
    }

    /// Rules that also take up those who were past a limit when they went live: `explain` and a scan know none of them.
    var enrolling: Set<String> { Set(rules.filter { $0.existingMembers == .all }.map(\.id)) }

    /// Everyone whom a trigger finds, decided by the evaluator in memory alone; rules that enrol are left out.
    func inMemory() throws -> [String] {
        let enrolling = enrolling
        let store = try people.store()
        let prepared = try PreparedRules(planned, rulesVersion: 0, in: store)
        return try store.writer.read { db in
            let zones = try ZonesInUse(db, people.settings)
            return try prepared.planned.plans.indices.flatMap { index -> [String] in
                let plan = prepared.planned.plans[index]
                if enrolling.contains(plan.rule.id) { return [] }
                let scan = Scan(
                    db: db, plan: plan, settings: people.settings, zones: zones,
                    window: Window(after: people.from.adding(micros: -1), through: people.until.adding(micros: -1)),
                    includesNotDue: true)
                let loader = FactsLoader(db: db, query: prepared.queries[index])
                func facts(_ occurrence: Occurrence, at now: Instant) throws -> Facts? {
                    try loader.load([occurrence], at: now).loaded[0]?.facts
                }
                let found = try scan.run()
                let draws = ConditionPaths.draws(of: plan, found)
                return try found.compactMap { found -> String? in
                    guard case .due(let occurrence) = found else { return nil }
                    if let draw = draws[occurrence.occasion] {
                        let isDrawn = try facts(occurrence, at: draw)?.readings.qualifies(for: plan) ?? false
                        guard isDrawn else { return nil }
                    }
                    guard let facts = try facts(occurrence, at: occurrence.due) else { return nil }
                    let objection = plan.condition.flatMap { facts.readings.objection(to: $0) }
                    if objection != nil, occurrence.asksEveryone { return nil }
                    let because: Reason? =
                        switch objection {
                        case .field(let name, let actual): .condition(name, actual: actual?.masked(as: name))
                        case .history(let event, let count): .history(event, actual: count)
                        case nil: nil
                        }
                    return ConditionPaths.text(
                        Decision(
                            at: occurrence.due, zone: occurrence.zone, occurrence: occurrence,
                            outcome: because == nil ? .taskCreated : .skipped, because: because))
                }
            }
        }
    }

    /// When the draw of each occasion is made: at its earliest due instant, in whatever zone (settled-2 §4.5). Whoever
    /// passes only later, on a clock further west, is not among those who are drawn.
    private static func draws(of plan: RulePlan, _ found: [Candidate]) -> [String: Instant] {
        guard plan.rule.audience?.pick != nil else { return [:] }
        return Dictionary(found.map { ($0.occurrence.occasion, $0.occurrence.due) }, uniquingKeysWith: min)
    }

    func explain(_ rule: String, _ member: String) throws -> [String] {
        let explainer = try Explainer(
            store: try people.store(), set: people.ruleSet(rules.filter { $0.id == rule }),
            channels: ChannelDeclaration.standard, rule: rule, member: member)
        return try explainer.explain(people.from..<people.until).compactMap(\.line)
            .filter { $0.outcome != .notDue }.map(ConditionPaths.text)
    }

    /// The conditions of the rules that some lines name.
    func named(in lines: [String]) -> String {
        let ids = Set(lines.prefix(4).map { $0.prefix(5) })
        return rules.filter { ids.contains($0.id[...]) }.map { "\($0.id) \($0.trigger.kind) \($0.condition!)" }
            .joined(separator: "\n")
    }
}
