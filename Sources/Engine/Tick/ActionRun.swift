import Kit
import Policies
import Rules
import Store

/// Carries out a path, all of it or nothing: when an action fails or stops, nothing of the actions before it is written
/// and only the decision remains (semantics §10, gate 8).
package struct ActionRun {
    let ledger: Ledger
    let plan: RulePlan
    let occurrence: Occurrence
    let now: Instant

    package init(ledger: Ledger, plan: RulePlan, occurrence: Occurrence, now: Instant) {
        (self.ledger, self.plan, self.occurrence, self.now) = (ledger, plan, occurrence, now)
    }

    private var db: Session { ledger.db }
    private var rule: Rule { plan.rule }
    private var ruleSet: RuleSet { ledger.planned.set }

    /// The effects of the actions, for the decision and the line.
    private struct Effects {
        var saved: [String: SavedValue]
        var coupons: [String] = []
        var taskScript: String?
        var script: String?
        var hasTask = false
        /// The effects in order, for the line.
        var done: [Effect] = []
        var message: Decision.Message?
        var composed: Composition.Text?
        /// Names of our own events, which other rules may wait for.
        var raised: [String] = []
        /// The writes, in order, to make once no action can stop the path any more.
        /// Each is given the number of the decision.
        var writes: [(Int64) throws -> Void] = []
    }

    private enum Stop: Error {
        case failed(Reason)
        case skipped(Reason)
    }

    package struct Result {
        package var line: Decision
        /// Names of our own events that this raised, to look for what they make due.
        var raised: [String]
    }

    package func run(_ path: Verdict.Path, _ loaded: FactsLoader.Loaded) throws -> Result {
        let isShadow = rule.status == .shadow
        var line = Decision(
            at: now, zone: occurrence.zone, occurrence: occurrence, outcome: .done, because: nil)
        var effects = Effects(saved: loaded.saved)
        // Outside the savepoint: a shadow rule rolls back, and the count must not be repeated for the next member.
        if path.actions.contains(where: \.isRecommendation) { try Recommendation.refresh(db, at: now) }
        do {
            if path.actions.contains(where: takesCode) {
                // A code is known only when it is taken.
                try db.savepoint {
                    try perform(path, loaded.facts, &effects)
                    return isShadow ? .takeBack : .keep
                }
            } else {
                try perform(path, loaded.facts, &effects)
            }
            line.outcome = effects.message != nil ? .sent : effects.hasTask ? .taskCreated : .done
            line.message = effects.message
            line.coupon = effects.coupons.first
            (line.task, line.script) = (effects.taskScript, effects.script)
            line.variant = path.variant
            line.effects = effects.done
            if effects.message != nil { line.tried = path.tried }
        } catch Stop.failed(let because) {
            (line.outcome, line.because, effects.raised, effects.writes) = (.failed, because, [], [])
        } catch Stop.skipped(let because) {
            (line.outcome, line.because, effects.raised, effects.writes) = (.skipped, because, [], [])
        }
        let decision = try ledger.record(line, of: occurrence, (plan, loaded.facts), isShadow: isShadow)
        if !isShadow { for write in effects.writes { try write(decision) } }
        return Result(line: line, raised: isShadow ? [] : effects.raised)
    }

    private func takesCode(_ action: Action) -> Bool {
        guard case .giveCoupon(let give) = action else { return false }
        return ruleSet.coupons[give.template]?.codes != .generated
    }

    private func perform(_ path: Verdict.Path, _ facts: Facts, _ effects: inout Effects) throws {
        for action in path.actions { try perform(action, path, facts, effects: &effects) }
    }

    private func perform(
        _ action: Action, _ path: Verdict.Path, _ facts: Facts, effects: inout Effects
    ) throws {
        switch action {
        case .giveCoupon(let give): try self.give(give, &effects)
        case .send(let send): try deliver(send, path, facts, effects: &effects)
        case .createTask(let task): try create(task, facts, &effects)
        case .addTag(let tag):
            effects.done.append(.tag(tag, isAdded: true))
            effects.writes.append { _ in try ledger.add(tag: tag, to: occurrence.member) }
        case .removeTag(let tag):
            effects.done.append(.tag(tag, isAdded: false))
            effects.writes.append { _ in try ledger.remove(tag: tag, from: occurrence.member) }
        case .adjustPoints(let adjust): try self.adjust(adjust, facts, &effects)
        case .recommend(let recommend): try self.recommend(recommend, facts, &effects)
        case .choose: preconditionFailure("a path holds no choose: the gates decided it")
        }
    }

    // MARK: actions

    private func give(_ give: GiveCoupon, _ effects: inout Effects) throws {
        guard let template = ruleSet.coupons[give.template] else { throw Stop.failed(.couponStock(give.template)) }
        // A coupon that has already expired when it is given is worth nothing.
        if let end = template.validUntil, occurrence.zone.date(of: now) > end {
            throw Stop.failed(.couponStock(give.template))
        }
        let number = effects.coupons.count + 1
        let id = "\(rule.id)/\(occurrence.member)/\(occurrence.occasion)/\(number)"
        let code =
            template.codes == .generated ? Chance.couponCode(id: id) : try ledger.takeCode(of: give.template, for: id)
        guard let code else { throw Stop.failed(.couponStock(give.template)) }
        let lastDay = give.lastDay(of: template, for: occurrence, at: now)
        let expiry = lastDay.map { occurrence.zone.startOfDay($0.adding(days: 1)) }
        effects.writes.append { _ in
            try ledger.give(
                id, of: give.template, code: code, faceValue: template.faceValue, expiring: expiry, for: occurrence,
                at: now)
        }
        effects.raised.append("coupon.given")
        effects.coupons.append(give.template)
        effects.done.append(.coupon(template: give.template, code: code))
        if let name = give.saveAs {
            effects.saved[name] = .coupon(
                code: code, validUntil: lastDay, faceValue: template.faceValue, template: give.template)
        }
    }

    private func deliver(_ send: Send, _ path: Verdict.Path, _ facts: Facts, effects: inout Effects) throws {
        guard let entry = path.entry, let template = ruleSet.templates[entry.template] else {
            throw Stop.failed(.template(path.entry?.template ?? ""))
        }
        let composition = Composition(
            fill: send.fill, template: template, slots: plan.slots, facts: facts, saved: effects.saved,
            isGeneric: isGeneric(facts), links: ledger.planned.links)
        let composed: Composition.Text
        switch composition.compose() {
        case .text(let text): composed = text
        case .missing(let value): throw Stop.failed(.template(value))
        }
        let kind = ledger.planned.channels[entry.channel] ?? .none
        let address = facts.channels[entry.channel]?.address
        effects.message = Decision.Message(
            channel: entry.channel, template: entry.template, address: address, addressKind: kind, text: composed.text,
            values: composed.values)
        effects.raised.append(OwnMessages.event)
        effects.writes.append { decision in
            if rule.purpose == .marketing, let key = facts.channels[entry.channel]?.shared {
                try AddressBook.noteSend(
                    db, OwnMessages.number(of: decision), to: occurrence.member, key, channel: entry.channel, at: now)
            }
            guard ledger.owes else { return }
            try ledger.owe(
                Outbox.NewDelivery(
                    of: occurrence, entry, under: rule, policy: policy, createdAt: now, sendBy: sendBy,
                    address: address, composed: composed, templateCode: template.code,
                    alternatives: Alternative.following(
                        entry, of: send.entries, in: composition, preferred: facts.preferredChannel,
                        templates: ruleSet.templates),
                    outsideOf: plan.segmentsOutside(facts)), decidedBy: decision)
        }
    }

    private func isGeneric(_ facts: Facts) -> Bool {
        rule.purpose == .marketing && facts.personalisation == "generic"
    }

    private var policy: Settings.OnUnknown { ruleSet.settings.onUnknown[rule.purpose] ?? .hold }

    /// The message is never sent after its occasion has passed, nor later than the rule allows (three days where it
    /// sets no limit).
    private var sendBy: Instant {
        let patience: Instant =
            switch rule.ifLate {
            case .within(let span): occurrence.zone.add(span, to: max(occurrence.ready, now))
            case .forever: now.adding(micros: 72 * 3_600_000_000)
            }
        return occurrence.passes.map { min($0, patience) } ?? patience
    }

    private func create(_ task: CreateTask, _ facts: Facts, _ effects: inout Effects) throws {
        let assignee = assignee(of: task, facts, effects)
        let script = script(of: task, facts, effects)
        effects.writes.append { _ in
            try ledger.open(
                task, for: occurrence, assignee: assignee, text: script, at: now,
                due: task.dueIn.map { occurrence.zone.add($0, to: now) })
        }
        effects.hasTask = true
        effects.done.append(.task(title: task.title))
        if effects.taskScript == nil { (effects.taskScript, effects.script) = (task.script, script) }
    }

    private func assignee(of task: CreateTask, _ facts: Facts, _ effects: Effects) -> String? {
        switch task.assignee {
        case .named(let name): return name
        case .field(let field, let orElse):
            if case .text(let text)? = value(of: field, facts, effects) { return text }
            return orElse
        }
    }

    /// The script with its values; nil where a value without default is missing: the task is due all the same. Staff get
    /// addresses as they are, because a click of theirs is no member's, and no link that says no for a member.
    private func script(of task: CreateTask, _ facts: Facts, _ effects: Effects) -> String? {
        guard let template = task.script.flatMap({ ruleSet.templates[$0] }) else { return nil }
        var plain = ledger.planned.links[template.channel] ?? .standIn
        plain.shortens = false
        let composition = Composition(
            fill: task.fill, template: template, slots: plan.slots, facts: facts, saved: effects.saved,
            isGeneric: isGeneric(facts), links: [template.channel: plain])
        guard case .text(let composed) = composition.compose(), composed.links.isEmpty else { return nil }
        return composed.text
    }

    private func value(of field: Field, _ facts: Facts, _ effects: Effects) -> Value? {
        var readings = facts.readings
        for (name, thing) in effects.saved { readings.note(thing, as: name, plan.slots) }
        return readings.value(of: field, plan.slots)
    }

    private func adjust(_ adjust: AdjustPoints, _ facts: Facts, _ effects: inout Effects) throws {
        let points = try points(adjust.add, facts, effects)
        // Nothing to add is nothing done: no row, no event.
        guard points != 0 else { return }
        let expiry = adjust.expiresIn.map { span in
            span.isNominal
                ? occurrence.zone.startOfDay(occurrence.zone.date(of: now).adding(days: span.days + 1))
                : occurrence.zone.add(span, to: now)
        }
        let name = points < 0 ? "points.spent" : "points.earned"
        effects.writes.append { _ in
            try ledger.adjustPoints(by: points, expiring: expiry, raising: name, for: occurrence, at: now)
        }
        effects.raised.append(name)
        effects.done.append(.points(points))
    }

    /// A field without a value counts as nothing.
    private func points(_ amount: AdjustPoints.Amount, _ facts: Facts, _ effects: Effects) throws -> Int {
        switch amount {
        case .fixed(let points): return points
        case .each(let field, let times):
            guard let value = value(of: field, facts, effects) else { return 0 }
            guard let points = times.points(of: value) else { throw Stop.failed(.field(field.name)) }
            return points
        }
    }

    private func recommend(_ recommend: Recommend, _ facts: Facts, _ effects: inout Effects) throws {
        let basis = value(of: recommend.basedOn, facts, effects)
        let picks = try Recommendation(db: db, member: occurrence.member, now: now).picks(recommend, basedOn: basis)
        if picks.isEmpty && recommend.stopIfEmpty { throw Stop.skipped(.recommendEmpty) }
        effects.saved[recommend.saveAs] = .picks(picks)
    }
}

extension RulePlan {
    /// The segments whose caps did not apply at the gates.
    fileprivate func segmentsOutside(_ facts: Facts) -> [String] {
        caps.compactMap { cap in cap.segment.flatMap { facts.readings.holds($0) ? nil : cap.limit.segment } }
    }
}

extension Action {
    fileprivate var isRecommendation: Bool { if case .recommend = self { true } else { false } }
}
