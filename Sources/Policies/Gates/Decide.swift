import Kit
import Rules

/// What is known of one member at the instant of decision.
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
    /// What counts for a cap of a message through that channel: marketing to the member, and to others at the same
    /// address through it.
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

package enum Outcome: String, Sendable, CaseIterable {
    case sent
    case taskCreated = "task_created"
    case done, waiting, held, skipped, cancelled, suppressed
    case heldOut = "held_out"
    case missed, failed
    case notDue = "not_due"
}

/// The gates in their order (semantics §5): the first objection decides, and every answer carries its reason.
/// Quiet hours hold before anything is counted; the holdout comes last, so that the members held out are exactly those
/// who would have been sent to at that moment.
package struct Gates: Sendable {
    package var plan: RulePlan
    package var planned: PlannedSet
    private var settings: Settings { planned.set.settings }

    package init(plan: RulePlan, in planned: PlannedSet) {
        self.plan = plan
        self.planned = planned
    }

    /// - Parameters:
    ///   - facts: gains what the steps of the path saved that conditions of `choose` may read.
    ///   - saved: what `combine` saved.
    ///   - picks: reads what a `recommend` before a `choose` picks; it writes nothing.
    package func decide(
        _ occurrence: Occurrence, _ facts: inout Facts, saved: [String: SavedValue] = [:], at now: Instant,
        picks: Picks
    ) rethrows -> Verdict {
        let unqualified = qualification(occurrence, facts)
        // Whom a festival or schedule is not about has missed nothing.
        if case .notDue = unqualified { return .notDue }
        if let passed = passed(occurrence, at: now) { return .refuse(.missed, passed) }
        let lateWithSend = lateness(occurrence, plan.rule.ifLate, at: now)
        let lateWithout = lateness(occurrence, plan.rule.ifLateWithoutSend, at: now)
        // Who fails the conditions needs no path while either kind is in time.
        if let unqualified, lateWithSend == nil, lateWithout == nil { return unqualified }
        for (name, thing) in saved { facts.readings.note(thing, as: name, plan.slots) }
        let assignment = assign(occurrence.member, facts)
        let chosen = try choose(assignment.steps, &facts, picks)
        if let late = chosen?.firstSend == nil ? lateWithout : lateWithSend { return .refuse(.missed, late) }
        if let unqualified { return unqualified }
        guard let actions = chosen else { return .refuse(.skipped, .chooseNone) }
        let isMarketing = plan.rule.purpose == .marketing
        if isMarketing && facts.personalisation == "none" { return .refuse(.suppressed, .personalisation("none")) }

        var path = Verdict.Path(actions: actions, variant: assignment.variant, entry: nil, tried: [])
        let send = actions.firstSend
        if let send {
            let reach = Reach(
                entries: send.entries, purpose: plan.rule.purpose, preferred: facts.preferredChannel,
                channels: facts.channels, needsAddress: { planned.channels[$0] != ChannelDeclaration.Address.none })
            guard let entry = reach.chosen else {
                return .refuse(
                    .suppressed, .unreachable(reach.tried.last?.obstacle ?? .noAddress), tried: reach.tried)
            }
            path.entry = entry
            path.tried = reach.tried
            if isMarketing, facts.personalisation == "generic", !suffices(path, send, facts, saved: saved) {
                return .refuse(.suppressed, .personalisation("generic"))
            }
            if let quiet = settings.quietHours, quiet.appliesTo.contains(plan.rule.purpose),
                let end = quiet.end(of: now, in: occurrence.zone)
            {
                return .hold(until: end)
            }
        }
        if let reason = countLimit(facts, through: path.entry, zone: occurrence.zone, at: now) {
            return .refuse(.suppressed, reason)
        }
        if isMarketing && isGloballyHeldOut(occurrence.member, facts) { return .refuse(.heldOut, .holdout("global")) }
        if let key = assignment.heldOutBy { return .refuse(.heldOut, .holdout(key)) }
        return .act(path)
    }

    // Gate 1.
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

    // Gate 2.
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

    /// Personalisation `generic` is decided by rendering before anything is given: coupons are taken as there.
    private func suffices(_ path: Verdict.Path, _ send: Send, _ facts: Facts, saved: [String: SavedValue]) -> Bool {
        guard let entry = path.entry, let template = planned.set.templates[entry.template] else { return true }
        var saved = saved
        for case .giveCoupon(let give) in path.actions {
            guard let name = give.saveAs else { continue }
            saved[name] = .coupon(
                code: "0", validUntil: LocalDate(days: 0), faceValue: 0, template: give.template)
        }
        let composition = Composition(
            fill: send.fill, template: template, slots: plan.slots, facts: facts, saved: saved, isGeneric: true)
        if case .missing = composition.compose() { return false }
        return true
    }

    // Gate 6. Nominal windows are on the clock of the occurrence.
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

    private func isGloballyHeldOut(_ member: String, _ facts: Facts) -> Bool {
        if let forced = facts.forcedVariants["global"] { return forced == "holdout" }
        return Chance.isHeldOut(key: "global", member: member, basisPoints: settings.globalHoldout)
    }
}

extension [Action] {
    package var firstSend: Send? {
        for case .send(let send) in self { return send }
        return nil
    }
}
