import Kit
import Rules

/// The facts about one member at the instant of decision.
package struct Facts: Sendable {
    package var readings: FieldValues
    package var channels: [String: Reach.ChannelFacts]
    package var preferredChannel: String?
    /// `personalised`, `generic`, `none`, or nil.
    package var personalisation: String?
    /// When this rule acted for the member (sent, task, done, held out), newest window only.
    package var ownActs: [Instant]
    /// When any rule sent marketing to the member.
    package var marketingSends: [Instant]
    /// Experiment key → variant or `holdout`, forced by a fixture.
    package var forcedVariants: [String: String]

    package init(
        readings: FieldValues, channels: [String: Reach.ChannelFacts], preferredChannel: String?,
        personalisation: String?,
        ownActs: [Instant], marketingSends: [Instant], forcedVariants: [String: String]
    ) {
        self.readings = readings
        self.channels = channels
        self.preferredChannel = preferredChannel
        self.personalisation = personalisation
        self.ownActs = ownActs
        self.marketingSends = marketingSends
        self.forcedVariants = forcedVariants
    }
}

extension Facts {
    /// The sends that count for a cap on a message through this channel: marketing to the member, and marketing through
    /// it to others at the same address.
    package func marketingSends(through channel: String) -> [Instant] {
        marketingSends + (channels[channel]?.othersSends ?? [])
    }
}

/// What to do with one occurrence.
package enum Verdict: Sendable {
    case act(Path)
    case hold(until: Instant)
    /// Nothing happens, with its outcome, the reason, and the entries of `try` that were passed over.
    case refuse(Outcome, Reason, tried: [(channel: String, obstacle: Reach.Obstacle)] = [])
    /// Festival and schedule: the member is not in the audience of this occasion.
    case notDue

    /// The actions to take, in order, with at most one `send` among them.
    package struct Path: Sendable {
        package var actions: [Action]
        package var variant: String?
        /// The `try` entry to send through, nil when the path sends nothing.
        package var entry: Send.Entry?
        package var tried: [(channel: String, obstacle: Reach.Obstacle)]

        package init(
            actions: [Action], variant: String?, entry: Send.Entry?,
            tried: [(channel: String, obstacle: Reach.Obstacle)]
        ) {
            self.actions = actions
            self.variant = variant
            self.entry = entry
            self.tried = tried
        }
    }
}

extension Verdict {
    /// The outcome with its reason, as far as the gates decide: for `act`, what will have been sent or done.
    package var outcome: (Outcome, Reason?) {
        switch self {
        case .act(let path): (path.entry == nil ? .done : .sent, nil)
        case .hold: (.held, .hold)
        case .refuse(let outcome, let because, _): (outcome, because)
        case .notDue: (.notDue, nil)
        }
    }
}

package enum Outcome: String, Sendable, CaseIterable {
    case sent
    case taskCreated = "task_created"
    case done, waiting, held, skipped, cancelled, suppressed
    case heldOut = "held_out"
    case missed, failed
    case notDue = "not_due"
}

/// The gates over one rule's occurrences, asked in the order of `Gate`; every answer carries its reason.
package struct Gates: Sendable {
    package var plan: RulePlan
    package var planned: PlannedSet
    /// The key of the holdout of all marketing.
    static let globalHoldout = "global"
    var settings: Settings { planned.set.settings }
    var isMarketing: Bool { plan.rule.purpose == .marketing }

    package init(plan: RulePlan, in planned: PlannedSet) {
        self.plan = plan
        self.planned = planned
    }

    /// One occurrence on its way through the gates.
    private struct Walk {
        let occurrence: Occurrence
        let now: Instant
        let saved: [String: SavedValue]
        let unqualified: Verdict?
        var assignment = Assignment(steps: [])
        var chosen: [Action]?
        var send: Send?
        var path = Verdict.Path(actions: [], variant: nil, entry: nil, tried: [])
    }

    /// - Parameters:
    ///   - facts: gains the values the path's steps save that conditions of `choose` may read.
    ///   - saved: the values that `combine` saved.
    ///   - picks: computes what a `recommend` before a `choose` picks; writes nothing.
    package func decide(
        _ occurrence: Occurrence, _ facts: inout Facts, saved: [String: SavedValue] = [:], at now: Instant,
        picks: Picks
    ) rethrows -> Verdict {
        let unqualified = qualification(occurrence, facts)
        // A member whom a festival or schedule does not address cannot miss it.
        if case .notDue = unqualified { return .notDue }
        var walk = Walk(occurrence: occurrence, now: now, saved: saved, unqualified: unqualified)
        for gate in Gate.order {
            if let objection = try objection(of: gate, to: &walk, &facts, picks) { return objection }
        }
        return .act(walk.path)
    }

    private func objection(
        of gate: Gate, to walk: inout Walk, _ facts: inout Facts, _ picks: Picks
    ) rethrows -> Verdict? {
        switch gate {
        case .trigger, .acting: return nil
        case .time: return try missed(&walk, &facts, picks).map { .refuse(.missed, $0) }
        case .conditions: return walk.unqualified
        case .choice:
            guard let actions = walk.chosen else { return .refuse(.skipped, .chooseNone) }
            walk.send = actions.firstSend
            (walk.path.actions, walk.path.variant) = (actions, walk.assignment.variant)
        case .personalisation:
            if isMarketing && facts.personalisation == "none" { return .refuse(.suppressed, .personalisation("none")) }
        case .reach:
            guard let send = walk.send else { return nil }
            let reach = reach(of: send, facts)
            (walk.path.entry, walk.path.tried) = (reach.chosen, reach.tried)
            guard reach.chosen == nil else { return nil }
            return .refuse(.suppressed, .unreachable(reach.tried.last?.obstacle ?? .noAddress), tried: reach.tried)
        case .genericText:
            guard let send = walk.send, isMarketing, facts.personalisation == "generic" else { return nil }
            if !suffices(walk.path, send, facts, saved: walk.saved) {
                return .refuse(.suppressed, .personalisation("generic"))
            }
        case .quietHours:
            guard walk.send != nil else { return nil }
            return quietHoursEnd(of: walk.occurrence, at: walk.now).map { .hold(until: $0) }
        case .limits:
            return countLimit(facts, through: walk.path.entry, zone: walk.occurrence.zone, at: walk.now)
                .map { .refuse(.suppressed, $0) }
        case .holdout:
            return holdout(of: walk.occurrence.member, facts, walk.assignment).map { .refuse(.heldOut, .holdout($0)) }
        }
        return nil
    }

    // MARK: time

    /// The reason of an occurrence that is over or late; any other gets its path. A member who fails the conditions
    /// needs no path while either kind of path is in time.
    private func missed(_ walk: inout Walk, _ facts: inout Facts, _ picks: Picks) rethrows -> Reason? {
        let (occurrence, now) = (walk.occurrence, walk.now)
        if let passed = passed(occurrence, at: now) { return passed }
        let lateWithSend = lateness(occurrence, plan.rule.ifLate, at: now)
        let lateWithout = lateness(occurrence, plan.rule.ifLateWithoutSend, at: now)
        if walk.unqualified != nil, lateWithSend == nil, lateWithout == nil { return nil }
        for (name, thing) in walk.saved { facts.readings.note(thing, as: name, plan.slots) }
        walk.assignment = assign(occurrence.member, facts)
        walk.chosen = try choose(walk.assignment.steps, &facts, picks)
        return walk.chosen?.firstSend == nil ? lateWithout : lateWithSend
    }

    private func passed(_ occurrence: Occurrence, at now: Instant) -> Reason? {
        guard let passes = occurrence.passes, now >= passes else { return nil }
        return .passed(occurrence.date ?? occurrence.zone.date(of: passes.adding(micros: -1)))
    }

    private func lateness(_ occurrence: Occurrence, _ patience: Lateness, at now: Instant) -> Reason? {
        guard case .within(let span) = patience else { return nil }
        let late = now.micros - occurrence.ready.micros
        return now > occurrence.zone.add(span, to: occurrence.ready) ? .late(Gates.hoursAndMinutes(late)) : nil
    }

    static func hoursAndMinutes(_ micros: Int64) -> String {
        let minutes = micros / 60_000_000
        let (h, m) = (minutes / 60, minutes % 60)
        return h == 0 ? "\(m)m" : m == 0 ? "\(h)h" : "\(h)h\(m)m"
    }

    // MARK: conditions

    private func qualification(_ occurrence: Occurrence, _ facts: Facts) -> Verdict? {
        func refuse(_ because: Reason) -> Verdict {
            occurrence.asksEveryone && !occurrence.isRelease ? .notDue : .refuse(.skipped, because)
        }
        if let condition = plan.condition, let objection = facts.readings.objection(to: condition) {
            switch objection {
            case .field(let name, let actual):
                return refuse(.condition(name, actual: actual.map { $0.masked(as: name) }))
            case .history(let event, let count): return refuse(.history(event, actual: count))
            }
        }
        if !plan.audienceIn.isEmpty && !plan.audienceIn.contains(where: facts.readings.holds) {
            return refuse(.audience("in"))
        }
        if plan.audienceNotIn.contains(where: facts.readings.holds) { return refuse(.audience("not_in")) }
        return nil
    }

    // MARK: messages

    /// Which entry of `try` reaches the member.
    package func reach(of send: Send, _ facts: Facts) -> Reach {
        Reach(
            entries: send.entries, purpose: plan.rule.purpose, preferred: facts.preferredChannel,
            channels: facts.channels, needsAddress: { planned.channels[$0] != ChannelDeclaration.Address.none },
            code: code(of:))
    }

    /// The provider's template of an entry; nil for a text of one's own.
    func code(of entry: Send.Entry) -> String? { planned.set.templates[entry.template]?.code }

    /// Nil outside the quiet hours, and where they do not apply to this rule.
    func quietHoursEnd(of occurrence: Occurrence, at now: Instant) -> Instant? {
        guard let quiet = settings.quietHours, quiet.appliesTo.contains(plan.rule.purpose) else { return nil }
        return quiet.end(of: now, in: occurrence.zone)
    }

    /// Whether the text is complete without personal values, before anything is given: coupons of the path count.
    private func suffices(_ path: Verdict.Path, _ send: Send, _ facts: Facts, saved: [String: SavedValue]) -> Bool {
        guard let entry = path.entry, let template = planned.set.templates[entry.template] else { return true }
        var saved = saved
        for case .giveCoupon(let give) in path.actions {
            guard let name = give.saveAs else { continue }
            saved[name] = .coupon(
                code: "0", validUntil: LocalDate(days: 0), faceValue: 0, template: give.template)
        }
        let composition = Composition(
            fill: send.fill, template: template, slots: plan.slots, facts: facts, saved: saved, isGeneric: true,
            links: planned.links)
        if case .missing = composition.compose() { return false }
        return true
    }

    // MARK: limits and holdouts

    /// Windows in days use the zone of the occurrence.
    private func countLimit(_ facts: Facts, through entry: Send.Entry?, zone: Zone, at now: Instant) -> Reason? {
        if plan.rule.limits.oncePerLifetime && !facts.ownActs.isEmpty { return .limit("once_per") }
        if let limit = plan.rule.limits.atMost, limit.isReached(by: facts.ownActs, at: now, in: zone) {
            return .limit("at_most")
        }
        guard let entry else { return nil }
        let sends = facts.marketingSends(through: entry.channel)
        for cap in plan.caps where cap.segment.map(facts.readings.holds) ?? true {
            if cap.limit.isReached(by: sends, at: now, in: zone) { return .cap(cap.limit.text) }
        }
        return nil
    }

    /// The key of the holdout that the member is in.
    func holdout(of member: String, _ facts: Facts, _ assignment: Assignment) -> String? {
        isMarketing && isGloballyHeldOut(member, facts) ? Gates.globalHoldout : assignment.heldOutBy
    }

    private func isGloballyHeldOut(_ member: String, _ facts: Facts) -> Bool {
        if let forced = facts.forcedVariants[Gates.globalHoldout] { return forced == "holdout" }
        return Chance.isHeldOut(key: Gates.globalHoldout, member: member, basisPoints: settings.globalHoldout)
    }
}

extension [Action] {
    package var firstSend: Send? {
        for case .send(let send) in self { return send }
        return nil
    }
}
