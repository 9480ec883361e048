import Engine
import Kit
import Policies
import Rules
import Store

/// Explains what one rule decides for one member, on a private store in memory: the other live rules run up to the
/// instant asked about, then the rule is decided and everything it read is kept. Of fixtures the window runs once for all
/// of their members, as a dry-run of it does.
package struct Explainer {
    let store: MemberStore
    let member: String
    let zones: ZonesInUse
    /// The rule alone, run as if live whatever its status.
    let own: PreparedRules
    let others: PreparedRules
    /// The `others` that act before the rule at the same instant.
    private let earlier: PreparedRules
    let status: Rule.Status
    /// True for a live store, where earlier decisions are on record.
    private let hasRecords: Bool
    /// Whether the others of the store are decided for as well.
    private let isAmongAll: Bool
    /// The decisions on record in the live store, read before anything is rolled back.
    let recorded: [PastDecision]
    /// When the live store's daemon first knew the rule.
    let liveSince: Instant?

    package struct NoMember: Error {}
    package struct NoRule: Error {}

    /// Changes `store`, which must be private.
    /// - Parameter amongAll: for fixtures, which are few: what the other members get in the window counts too, such as a
    ///   message to the same phone or the last code of a pool.
    /// - Throws: `NoRule`, `NoMember`.
    package init(
        store: MemberStore, set: RuleSet, channels: [ChannelDeclaration], rule id: String, member: String,
        amongAll: Bool = false
    ) throws {
        self.store = store
        self.member = member
        isAmongAll = amongAll
        func planned(_ rules: [Rule]) -> PlannedSet {
            PlannedSet(
                set,
                rules: rules.map { rule in
                    var rule = rule
                    rule.status = .live
                    // In a store, rules count as live for long, so that nobody is past a limit on the first day.
                    if !amongAll { rule.existingMembers = .skip }
                    return rule
                }, channels: channels)
        }
        let mine = set.rules.filter { $0.id == id }
        guard !mine.isEmpty else { throw NoRule() }
        status = mine[0].status
        let rest = set.rules.filter { $0.id != id && $0.status == .live }
        let order = planned(mine + rest).plans.map(\.rule.id)
        let before = Set(order.prefix { $0 != id })
        own = try PreparedRules(planned(mine), rulesVersion: 0, in: store)
        others = try PreparedRules(planned(rest), rulesVersion: 0, in: store)
        earlier = try PreparedRules(planned(rest.filter { before.contains($0.id) }), rulesVersion: 0, in: store)
        let drawsAmongAll = mine.contains { $0.audience?.pick != nil }
        let since = try store.writer.read { try $0.liveSince() }
        (hasRecords, liveSince) = (!since.isEmpty, since[id])
        (zones, recorded) = try store.writer.write { db in
            let records = MemberRecords(db, rule: id, member: member)
            guard try records.profile() != nil else { throw NoMember() }
            if !drawsAmongAll, !amongAll { try records.leaveOutOthers() }
            return (try ZonesInUse(db, set.settings), try records.decisions())
        }
    }

    var plan: RulePlan { own.planned.plans[0] }
    var settings: Settings { own.planned.set.settings }
    static let day: Int64 = 86_400_000_000
    static let horizon: Int64 = 400 * day

    func records(_ db: Session) -> MemberRecords { MemberRecords(db, rule: plan.rule.id, member: member) }

    /// The member's zone.
    package var zone: Zone {
        get throws {
            try store.writer.read { db in zones.zone(named: try records(db).profile()?.zone) }
        }
    }

    // MARK: at an instant

    /// One explanation for each occurrence decided within the window, in order; a single one when nothing is due.
    package func explain(_ window: Range<Instant>) throws -> [Explanation] {
        try start(window.lowerBound)
        let found = isAmongAll ? try explainAmongAll(window) : try explainAlone(window)
        return found.isEmpty ? [try nothingDue(in: window)] : found
    }

    private static let most = 100

    /// Each decision is explained at its turn in a run of the whole window.
    private func explainAmongAll(_ window: Range<Instant>) throws -> [Explanation] {
        var found: [Explanation] = []
        var fault: String?
        var simulation = Simulation(
            store: store, prepared: try own.joined(others, in: store), from: window.lowerBound,
            until: window.upperBound)
        // A festival or schedule also looks at whom it does not address.
        simulation.showsUndecided = true
        simulation.onFault = { if $0 == plan.rule.id { fault = $1 } }
        simulation.watch = Simulation.Watch(rule: plan.rule.id, member: member) { candidate, now, db in
            guard found.count < Explainer.most, window.contains(candidate.at), try isOpen(candidate, db) else { return }
            found.append(try explain(Evaluation.Item(plan: 0, found: candidate), at: now, db))
        }
        try simulation.each { _ in }
        if let fault {
            throw RuleSetLoader.Refusal(
                "\(plan.rule.id) cannot be evaluated: \(fault)", "\(plan.rule.id) 无法运行：\(fault)")
        }
        return found
    }

    private func explainAlone(_ window: Range<Instant>) throws -> [Explanation] {
        var found: [Explanation] = []
        var seen: Set<String> = []
        var cursor = window.lowerBound
        while found.count < Explainer.most {
            let expected = try next(from: cursor, until: window.upperBound, seen)
            try simulate(others, from: cursor, until: expected ?? window.upperBound)
            guard let now = try next(from: cursor, until: window.upperBound, seen) else { break }
            try simulate(earlier, from: now, until: now.adding(micros: 1))
            for item in try due(from: now, until: now.adding(micros: 1), seen) {
                seen.insert(Explainer.key(item.found))
                found.append(
                    try store.writer.write { db in
                        let explanation = try explain(item, at: now, db)
                        _ = try Evaluation(db: db, prepared: own).decide([item], at: now)
                        return explanation
                    })
            }
            cursor = now
        }
        return found
    }

    /// The past is what is on record and nothing else: fixtures begin at the window, as a dry-run does, so that no
    /// message is assumed that was never sent.
    func start(_ instant: Instant) throws {
        try store.writer.write { db in
            try Rewind(db, of: member).run(to: hasRecords ? instant : .distantPast)
        }
    }

    private func simulate(_ prepared: PreparedRules, from: Instant, until: Instant) throws {
        guard from < until, !prepared.planned.plans.isEmpty else { return }
        _ = try Simulation(store: store, prepared: prepared, from: from, until: until).run()
    }

    private func next(from: Instant, until: Instant, _ seen: Set<String>) throws -> Instant? {
        try due(from: from, until: until, seen).first?.found.at
    }

    /// The undecided ones, by instant and occasion.
    private func due(from: Instant, until: Instant, _ seen: Set<String>) throws -> [Evaluation.Item] {
        guard from < until else { return [] }
        return try store.writer.read { db in
            try scan(Window(after: from.adding(micros: -1), through: until.adding(micros: -1)), db)
                .filter { try !seen.contains(Explainer.key($0)) && isOpen($0, db) }
                .sorted { ($0.at, $0.occurrence.occasion) < ($1.at, $1.occurrence.occasion) }
                .map { Evaluation.Item(plan: 0, found: $0) }
        }
    }

    /// Whether it is neither decided nor held already.
    private func isOpen(_ found: Candidate, _ db: Session) throws -> Bool {
        var occurrence = found.occurrence
        if case .cancelled = found { occurrence.isRelease = true }
        return try Ledger(db: db, planned: own.planned, rulesVersion: 0).settled([occurrence]).isEmpty
    }

    private static func key(_ found: Candidate) -> String { "\(found.at.micros) \(found.occurrence.occasion)" }

    /// All that the trigger finds, whether or not the conditions hold.
    func scan(_ window: Window, _ db: Session) throws -> [Candidate] {
        let scan = Scan(
            db: db, plan: plan, settings: settings, zones: zones, window: window, members: [member], decidesAt: nil,
            includesNotDue: true)
        let found = try scan.run() + Waits(db: db, plan: plan, zones: zones).released(in: window, members: [member])
        // A scan of few members also finds what was cancelled before.
        return found.filter { window.contains($0.at) }
    }

    private func explain(_ item: Evaluation.Item, at now: Instant, _ db: Session) throws -> Explanation {
        let occurrence = item.found.occurrence
        let records = records(db)
        var explanation = Explanation(
            plan: plan, planned: own.planned, member: member, at: now, zone: occurrence.zone, occurrence: occurrence)
        explanation.status = status
        explanation.cause = try records.cause(of: occurrence)
        if let liveSince, occurrence.ready <= liveSince, !occurrence.isStored { explanation.liveSince = liveSince }
        var evaluation = Evaluation(db: db, prepared: own)
        evaluation.includesNotDue = true
        let loaded = try FactsLoader(db: db, query: own.queries[0]).load([occurrence], at: now).loaded[0]
        var line = try evaluation.preview(item, at: now)
        if line == nil { line = Decision(notDue: occurrence, at: now) }
        explanation.line = line
        guard let line else { return explanation }
        explanation.gate = Gate(line.outcome, line.because)
        explanation.ending = try line.because?.endingEvent.flatMap { try records.event(named: $0, at: now) }
        if case .due = item.found, var loaded {
            if case .act(let path) = try plan.decide(occurrence, &loaded, in: own.planned, at: now, db) {
                explanation.path = path
            }
            let judgement = judgement(line, occurrence, loaded.facts)
            try explanation.lay(open: judgement, records)
            explanation.recommended = try recommended(judgement, isOfNow: false, db)
            explanation.isPassedOver = line.outcome == .notDue && loaded.facts.readings.qualifies(for: plan)
            explanation.nearest = try NearestChangeSearch(
                db: db, prepared: own, plan: plan, occurrence: occurrence, loaded: loaded, now: now, records: records
            ).find(line)
        } else if let ending = explanation.ending, case .unless = line.because {
            explanation.nearest = try without(ending, occurrence, db)
        }
        return explanation
    }

    /// What the steps of the path recommend, if the gates let the actions begin.
    func recommended(_ judgement: Judgement, isOfNow: Bool, _ db: Session) throws -> [Explanation.Recommended] {
        guard judgement.gate == .acting else { return [] }
        let recommendation = Recommendation(db: db, member: member, now: judgement.now)
        return try (judgement.actions ?? []).compactMap { action in
            guard case .recommend(let step) = action else { return nil }
            let items = try recommendation.picks(step, judgement.facts, plan.slots).map { record in
                if case .text(let name) = record["name"] { name } else { "?" }
            }
            return Explanation.Recommended(step: step, items: items, isOfNow: isOfNow)
        }
    }

    /// The judgement behind the decision.
    func judgement(_ line: Decision, _ occurrence: Occurrence, _ facts: Facts) -> Judgement {
        Judgement(
            Gates(plan: plan, in: own.planned), of: occurrence, facts, at: line.at, outcome: line.outcome, line.because)
    }
}

extension Explanation {
    mutating func lay(open judgement: Judgement, _ records: MemberRecords) throws {
        self.judgement = judgement
        guard gate >= .conditions else { return }
        readings = judgement.facts.readings
        if gate >= .limits, !plan.caps.isEmpty {
            messages = try records.marketingMessages(from: .distantPast, through: judgement.now)
        }
    }
}
