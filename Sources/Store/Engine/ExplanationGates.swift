import Kit
import Policies
import Rules

/// What each gate beside the conditions reads, for people. It decides nothing: `Gates` did.
struct GateReader {
    let plan: RulePlan
    let planned: PlannedSet
    let occurrence: Occurrence
    let facts: Facts
    let records: ExplanationRecords
    let now: Instant
    /// Where the decision fell.
    let stage: Explanation.Stage
    let because: Reason?

    private var settings: Settings { planned.set.settings }
    private var isMarketing: Bool { plan.rule.purpose == .marketing }

    func read() throws -> [GateReading] {
        guard stage >= .conditions else { return [] }
        var gates = audience
        guard !stops(at: .conditions, unless: .chooseNone) else { return gates }
        gates += choices
        guard stage > .conditions else { return gates }
        if isMarketing, let kind = facts.personalisation, kind != "personalised" {
            gates.append(
                GateReading(subject: .personalisation(kind), mark: stage == .personalisation ? .objects : .passes))
        }
        guard stage > .personalisation else { return gates }
        let send = self.send
        if let send { gates += entries(of: send) }
        guard stage > .reach else { return gates }
        if send != nil { gates += quietHours }
        guard stage > .quietHours else { return gates }
        gates += try limits(sends: send != nil)
        guard stage > .limits else { return gates }
        return gates + holdouts
    }

    /// Decided at this stage, for another reason than this one.
    private func stops(at wanted: Explanation.Stage, unless reason: Reason) -> Bool {
        stage == wanted && because != reason
    }

    // MARK: gate 2

    private var audience: [GateReading] {
        guard let audience = plan.rule.audience else { return [] }
        // Without an objection of the audience the conditions decided, and nobody asked.
        let isRead: Bool
        switch because {
        case .condition, .history: isRead = false
        default: isRead = true
        }
        let isIn = plan.audienceIn.contains(where: facts.readings.holds)
        var gates: [GateReading] = []
        for (id, check) in zip(audience.inSegments, plan.audienceIn) {
            let holds = facts.readings.holds(check)
            let mark: GateReading.Mark = !isRead ? .unneeded : holds ? .passes : isIn ? .unneeded : .objects
            gates.append(GateReading(subject: .segment(id, wanted: true), mark: mark))
        }
        for (id, check) in zip(audience.notInSegments, plan.audienceNotIn) {
            let mark: GateReading.Mark = !isRead ? .unneeded : facts.readings.holds(check) ? .objects : .passes
            gates.append(GateReading(subject: .segment(id, wanted: false), mark: mark))
        }
        return gates
    }

    private var choices: [GateReading] {
        var gates: [GateReading] = []
        if let variant = assigned.variant { gates.append(GateReading(subject: .variant(variant), mark: .passes)) }
        func look(_ steps: [RulePlan.Step]) {
            for case .choose(let branches, let otherwise) in steps {
                var isChosen = false
                for branch in branches {
                    let holds = facts.readings.holds(branch.check)
                    let mark: GateReading.Mark =
                        isChosen ? .unneeded : holds ? .passes : otherwise == nil ? .objects : .unneeded
                    gates.append(GateReading(subject: .branch(branch.check), mark: mark))
                    if holds && !isChosen {
                        isChosen = true
                        look(branch.steps)
                    }
                }
                if !isChosen, let otherwise { look(otherwise) }
            }
        }
        look(assigned.steps)
        return gates
    }

    private var assigned: Gates.Assignment { Gates(plan: plan, in: planned).assign(occurrence.member, facts) }

    /// The actions of the path, by facts that hold what its steps saved; nil when no branch holds.
    var actions: [Action]? {
        assigned.steps.path { _, branches, otherwise in facts.readings.branch(of: branches) ?? otherwise }
    }
    var send: Send? { actions?.firstSend }

    // MARK: gates 4 and 5

    private func entries(of send: Send) -> [GateReading] {
        var ordered = send.entries
        if let preferred = facts.preferredChannel, let index = ordered.firstIndex(where: { $0.channel == preferred }) {
            ordered.insert(ordered.remove(at: index), at: 0)
        }
        var isChosen = false
        return ordered.map { entry in
            let contact = contact(entry.channel)
            let mark: GateReading.Mark = isChosen ? .unneeded : contact.obstacle == nil ? .passes : .objects
            if contact.obstacle == nil { isChosen = true }
            return GateReading(subject: .entry(entry, contact), mark: mark)
        }
    }

    private func contact(_ channel: String) -> GateReading.Contact {
        let kind = planned.channels[channel] ?? .none
        let known = facts.channels[channel]
        return GateReading.Contact(
            kind: kind,
            // A trace knows that there was one, not which.
            maskedAddress: known?.address == ""
                ? nil
                : Decision.Message(
                    channel: channel, template: "", address: known?.address, addressKind: kind, text: "", values: []
                ).maskedAddress,
            obstacle: Reach.obstacle(known, plan.rule.purpose, kind != .none),
            consent: isMarketing ? known?.marketing : known?.service)
    }

    private var quietHours: [GateReading] {
        guard let quiet = settings.quietHours else { return [] }
        guard quiet.appliesTo.contains(plan.rule.purpose) else {
            return [GateReading(subject: .quietHours(quiet, end: nil), mark: .unneeded)]
        }
        let end = quiet.end(of: now, in: occurrence.zone)
        return [GateReading(subject: .quietHours(quiet, end: end), mark: end == nil ? .passes : .objects)]
    }

    // MARK: gates 6 and 7

    private func limits(sends: Bool) throws -> [GateReading] {
        var gates: [GateReading] = []
        let limits = plan.rule.limits
        if limits.oncePerLifetime {
            gates.append(
                GateReading(
                    subject: .oncePerLifetime(last: facts.ownActs.max()),
                    mark: facts.ownActs.isEmpty ? .passes : .objects)
            )
        }
        if let limit = limits.atMost {
            let start = limit.windowStart(at: now, in: occurrence.zone)
            let counted = facts.ownActs.filter { $0 >= start && $0 <= now }.sorted(by: >)
            gates.append(
                GateReading(
                    subject: .atMost(limit, counted: counted), mark: counted.count >= limit.times ? .objects : .passes))
        }
        guard sends else { return gates }
        let channel = self.send.flatMap { chosen($0)?.channel }
        for cap in plan.caps {
            let start = cap.limit.windowStart(at: now, in: occurrence.zone)
            let counted = try counted(from: start, through: channel)
            let applies = cap.segment.map(facts.readings.holds) ?? true
            gates.append(
                GateReading(
                    subject: .cap(cap.limit, counted: counted),
                    mark: !applies ? .unneeded : counted.count >= cap.limit.times ? .objects : .passes))
        }
        return gates
    }

    /// The entry of `try` that the gates took.
    private func chosen(_ send: Send) -> Send.Entry? {
        Reach(
            entries: send.entries, purpose: plan.rule.purpose, preferred: facts.preferredChannel,
            channels: facts.channels, needsAddress: { planned.channels[$0] != ChannelDeclaration.Address.none }
        ).chosen
    }

    /// What the decision counted; the rules that sent it to the member are on record.
    private func counted(from start: Instant, through channel: String?) throws -> [GateReading.Message] {
        var known = try records.marketingMessages(from: start, through: now)
        let sends = channel.map(facts.marketingSends(through:)) ?? facts.marketingSends
        return sends.filter { $0 >= start && $0 <= now }.sorted(by: >).map { at in
            // The decision's own message is of the same instant.
            let index = known.firstIndex { $0.at == at && !(at == now && $0.rule == plan.rule.id) }
            return index.map { known.remove(at: $0) } ?? GateReading.Message(at: at, rule: nil)
        }
    }

    private var holdouts: [GateReading] {
        var gates: [GateReading] = []
        if isMarketing, settings.globalHoldout > 0 {
            gates.append(
                GateReading(
                    subject: .holdout(key: "global", share: settings.globalHoldout),
                    mark: because == .holdout("global") ? .objects : .passes))
        }
        if case .experiment(let key, let share, _, _) = plan.body, share > 0, because != .holdout("global") {
            gates.append(
                GateReading(
                    subject: .holdout(key: key, share: share), mark: because == .holdout(key) ? .objects : .passes))
        }
        return gates
    }
}

extension Explanation.Stage {
    /// Where a decision with this outcome and reason fell.
    init(_ outcome: Outcome, _ because: Reason?) {
        switch because {
        case .passed, .late: self = .time
        case .condition, .history, .audience, .chooseNone, .field: self = .conditions
        case .personalisation("generic"): self = .reach
        case .personalisation: self = .personalisation
        case .unreachable: self = .reach
        case .quietHours: self = .quietHours
        case .limit, .cap: self = .limits
        case .holdout: self = .holdout
        case .couponStock, .template, .recommendEmpty: self = .acting
        case .unless, .anchor, .superseded, .message: self = .trigger
        case nil: self = outcome == .notDue ? .conditions : .acting
        }
    }
}
