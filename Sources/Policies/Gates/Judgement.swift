import Kit
import Rules

/// A decision laid open: what each gate read of one occurrence, through the one that decided. The readings are computed
/// when they are asked for, so a decision that nobody asks about pays nothing.
package struct Judgement: Sendable {
    package let gates: Gates
    package let occurrence: Occurrence
    /// The facts after the decision, with what the steps of its path saved.
    package let facts: Facts
    package let now: Instant
    /// The gate that decided.
    package let gate: Gate
    package let reason: Reason?

    package init(
        _ gates: Gates, of occurrence: Occurrence, _ facts: Facts, at now: Instant, outcome: Outcome, _ reason: Reason?
    ) {
        self.gates = gates
        self.occurrence = occurrence
        self.facts = facts
        self.now = now
        self.reason = reason
        gate = Gate(outcome, reason)
    }

    /// The judgement behind a verdict of the gates.
    package init(_ gates: Gates, of occurrence: Occurrence, _ facts: Facts, at now: Instant, _ verdict: Verdict) {
        let (outcome, reason) = verdict.outcome
        self.init(gates, of: occurrence, facts, at: now, outcome: outcome, reason)
    }

    private var plan: RulePlan { gates.plan }
    private var settings: Settings { gates.settings }

    /// The readings of every gate but `if`, in order, through the one that decided.
    package var readings: [GateReading] { Gate.order.prefix { $0 <= gate }.flatMap(readings) }

    private func readings(of gate: Gate) -> [GateReading] {
        switch gate {
        case .trigger, .time, .genericText, .acting: []
        case .conditions: audience
        case .choice: choices
        case .personalisation: personalisation
        case .reach: send.map(entries) ?? []
        case .quietHours: send == nil ? [] : quietHours
        case .limits: limits + (send == nil ? [] : caps)
        case .holdout: holdouts
        }
    }

    /// The actions of the path, from facts that hold what its steps saved; nil when no branch holds.
    package var actions: [Action]? {
        assigned.steps.path { _, branches, otherwise in facts.readings.branch(of: branches) ?? otherwise }
    }
    package var send: Send? { actions?.firstSend }

    private var assigned: Gates.Assignment { gates.assign(occurrence.member, facts) }

    // MARK: conditions

    private var audience: [GateReading] {
        guard let audience = plan.rule.audience else { return [] }
        // When `if` decided, the audience was never asked.
        let isRead: Bool
        switch reason {
        case .condition, .history: isRead = false
        default: isRead = true
        }
        let isIn = plan.audienceIn.contains(where: facts.readings.holds)
        return zip(audience.inSegments, plan.audienceIn).map { id, check in
            let holds = facts.readings.holds(check)
            let mark: GateReading.Mark = !isRead ? .unneeded : holds ? .passes : isIn ? .unneeded : .objects
            return GateReading(subject: .segment(id, check, wanted: true), mark: mark)
        }
            + zip(audience.notInSegments, plan.audienceNotIn).map { id, check in
                let mark: GateReading.Mark = !isRead ? .unneeded : facts.readings.holds(check) ? .objects : .passes
                return GateReading(subject: .segment(id, check, wanted: false), mark: mark)
            }
    }

    private var choices: [GateReading] {
        var readings: [GateReading] = []
        if let variant = assigned.variant { readings.append(GateReading(subject: .variant(variant), mark: .passes)) }
        func look(_ steps: [RulePlan.Step]) {
            for case .choose(let branches, let otherwise) in steps {
                var isChosen = false
                for branch in branches {
                    let holds = facts.readings.holds(branch.check)
                    let mark: GateReading.Mark =
                        isChosen ? .unneeded : holds ? .passes : otherwise == nil ? .objects : .unneeded
                    readings.append(GateReading(subject: .branch(branch.check), mark: mark))
                    if holds && !isChosen {
                        isChosen = true
                        look(branch.steps)
                    }
                }
                if !isChosen, let otherwise { look(otherwise) }
            }
        }
        look(assigned.steps)
        return readings
    }

    // MARK: messages

    private var personalisation: [GateReading] {
        guard gates.isMarketing, let kind = facts.personalisation, kind != "personalised" else { return [] }
        return [GateReading(subject: .personalisation(kind), mark: gate == .personalisation ? .objects : .passes)]
    }

    private func entries(of send: Send) -> [GateReading] {
        var isChosen = false
        return Reach.ordered(send.entries, preferred: facts.preferredChannel).map { entry in
            let contact = contact(entry)
            let mark: GateReading.Mark = isChosen ? .unneeded : contact.obstacle == nil ? .passes : .objects
            if contact.obstacle == nil { isChosen = true }
            return GateReading(subject: .entry(entry, contact), mark: mark)
        }
    }

    private func contact(_ entry: Send.Entry) -> GateReading.Contact {
        let (channel, code) = (entry.channel, gates.code(of: entry))
        let kind = gates.planned.channels[channel] ?? .none
        let known = facts.channels[channel]
        let obstacle = Reach.obstacle(known, plan.rule.purpose, kind != .none, code: code)
        var uncounted = known
        uncounted?.credits = nil
        return GateReading.Contact(
            kind: kind,
            // A trace records that there was an address, not which.
            maskedAddress: known?.address == ""
                ? nil
                : Decision.Message(
                    channel: channel, template: "", address: known?.address, addressKind: kind, text: "", values: []
                ).maskedAddress,
            obstacle: obstacle,
            consent: gates.isMarketing ? known?.marketing : known?.service, minorsUnder: settings.minorsUnder,
            lacksCredit: obstacle != nil && Reach.obstacle(uncounted, plan.rule.purpose, kind != .none) == nil)
    }

    private var quietHours: [GateReading] {
        guard let quiet = settings.quietHours else { return [] }
        let end = gates.quietHoursEnd(of: occurrence, at: now)
        let isAsked = quiet.appliesTo.contains(plan.rule.purpose)
        return [
            GateReading(
                subject: .quietHours(quiet, end: end), mark: !isAsked ? .unneeded : end == nil ? .passes : .objects)
        ]
    }

    // MARK: limits and holdouts

    private var limits: [GateReading] {
        var readings: [GateReading] = []
        let limits = plan.rule.limits
        if limits.oncePerLifetime {
            readings.append(
                GateReading(
                    subject: .oncePerLifetime(last: facts.ownActs.max()),
                    mark: facts.ownActs.isEmpty ? .passes : .objects))
        }
        if let limit = limits.atMost {
            let counted = limit.counted(facts.ownActs, at: now, in: occurrence.zone)
            readings.append(
                GateReading(
                    subject: .atMost(limit, counted: counted), mark: counted.count >= limit.times ? .objects : .passes))
        }
        return readings
    }

    private var caps: [GateReading] {
        let channel = send.flatMap { gates.reach(of: $0, facts).chosen?.channel }
        let sends = channel.map(facts.marketingSends(through:)) ?? facts.marketingSends
        return plan.caps.map { cap in
            let counted = cap.limit.counted(sends, at: now, in: occurrence.zone)
            let applies = cap.segment.map(facts.readings.holds) ?? true
            return GateReading(
                subject: .cap(cap.limit, counted: counted),
                mark: !applies ? .unneeded : counted.count >= cap.limit.times ? .objects : .passes)
        }
    }

    private var holdouts: [GateReading] {
        var readings: [GateReading] = []
        let global = Gates.globalHoldout
        if gates.isMarketing, settings.globalHoldout > 0 {
            readings.append(
                GateReading(
                    subject: .holdout(key: global, share: settings.globalHoldout),
                    mark: reason == .holdout(global) ? .objects : .passes))
        }
        if case .experiment(let key, let share, _, _) = plan.body, share > 0, reason != .holdout(global) {
            readings.append(
                GateReading(
                    subject: .holdout(key: key, share: share), mark: reason == .holdout(key) ? .objects : .passes))
        }
        return readings
    }
}

extension Gates {
    /// Whether the rule has anything to ask at this gate.
    package func asks(_ gate: Gate) -> Bool {
        let limits = plan.rule.limits
        switch gate {
        case .conditions: return plan.condition != nil
        case .reach: return sends
        case .quietHours: return sends && isMarketing
        case .limits:
            return limits.oncePerLifetime || limits.atMost != nil || limits.oncePer != nil || !plan.caps.isEmpty
        default: return false
        }
    }

    private var sends: Bool { !RulePlan.sends(of: plan.rule).isEmpty }
}

/// One reading of a gate other than `if`.
package struct GateReading: Sendable {
    /// `unneeded`: it could not object, or nobody asked.
    package enum Mark: Sendable { case passes, objects, unneeded }
    package enum Subject: Sendable {
        /// With the condition that says who is in it.
        case segment(String, BoundCondition, wanted: Bool)
        /// A branch of `choose`.
        case branch(BoundCondition)
        case variant(String)
        case personalisation(String)
        case entry(Send.Entry, Contact)
        /// `end` is nil outside the quiet hours.
        case quietHours(Settings.QuietHours, end: Instant?)
        case oncePerLifetime(last: Instant?)
        /// The acts in the window, latest first.
        case atMost(CountLimit, counted: [Instant])
        case cap(CountLimit, counted: [Instant])
        /// Share in basis points.
        case holdout(key: String, share: Int)
    }
    /// Whether a channel can reach the member.
    package struct Contact: Sendable {
        package var kind: ChannelDeclaration.Address
        package var maskedAddress: String?
        package var obstacle: Reach.Obstacle?
        /// The consent to the rule's purpose; nil where none is on file.
        package var consent: Reach.Consent?
        /// The age from which no guardian is asked; nil: none ever is.
        package var minorsUnder: Int?
        /// Nothing is in the way but that the member allowed no further message through the provider.
        package var lacksCredit: Bool
    }
    package var subject: Subject
    package var mark: Mark
}
