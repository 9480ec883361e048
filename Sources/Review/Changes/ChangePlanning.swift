import Kit
import Foundation
import Policies
import Rules
import Store
import Synchronization

/// Works out a `ChangePlan` from a checked set and a store, which is only read.
package struct ChangePlanning: Sendable {
    /// Replay and forecast sample a store with more members than this; qualification always counts all.
    package static let standardSample = 20_000

    package let storeURL: String
    package let channels: [ChannelDeclaration]
    package let at: Instant
    package var sample = ChangePlanning.standardSample
    package var language = Language.english

    package init(storeURL: String, channels: [ChannelDeclaration], at: Instant) {
        self.storeURL = storeURL
        self.channels = channels
        self.at = at
    }

    /// The set in force has errors under this program or these channels, so nothing can be compared.
    package struct BrokenBase: Error {
        package let version: Int
        package let findings: [Diagnostic]
    }

    private struct Side {
        var set: RuleSet
        var planned: PlannedSet
        var difference: RuleSetDifference.Side

        init(_ set: RuleSet, _ files: [YAMLFile], _ channels: [ChannelDeclaration]) {
            self.set = set
            planned = PlannedSet(set, rules: set.rules.filter { $0.status == .live }, channels: channels)
            difference = RuleSetDifference.Side(set, files)
        }
        func rule(_ id: String) -> Rule? { set.rules.first { $0.id == id } }
        func plan(_ id: String) -> RulePlan? { planned.plans.first { $0.rule.id == id } }
    }

    /// - Parameter progress: called with words for the work under way.
    /// - Throws: `BrokenBase`, `MemberStore.OpenError`.
    package func run(
        _ loaded: RuleSetLoader.Loaded, _ set: RuleSet, progress: @Sendable (String) -> Void
    ) throws -> ChangePlan {
        let live = try MemberStore.reading(storeURL)
        try live.requireCurrentSchema()
        let inForce = try live.rulesInForce()
        let old = try inForce.map { rules in
            let kept = RuleSetLoader.check(rules, channels: channels)
            guard let set = kept.set else {
                throw BrokenBase(version: rules.version, findings: kept.diagnostics.filter { $0.severity == .error })
            }
            return Side(set, kept.files, channels)
        }
        let new = Side(set, loaded.files.filter { !$0.isOutsideRules }, channels)
        var plan = ChangePlan(
            base: inForce.map { .init(version: $0.version, hash: $0.hash, loadedAt: $0.loadedAt) },
            hash: loaded.hash,
            files: loaded.files.filter { !$0.isOutsideRules }.map {
                ($0.path, String(decoding: $0.source.bytes, as: UTF8.self))
            },
            at: at, zone: set.settings.zone,
            difference: RuleSetDifference(
                from: old?.difference, to: new.difference, say: Phrases(language: language)))
        plan.segmentPrice = set.settings.prices.smsSegment.map { Double($0) / Double(Settings.fen) }
        guard !plan.isEmpty else { return plan }
        progress(Phrases(language: language)("counting who qualifies", "正在统计符合条件的人"))
        for change in plan.difference.rules {
            plan.effects[change.id] = try standing(change, old, new, live: live)
        }
        try tryOut(&plan, old, new, live: live, progress: progress)
        return plan
    }

    // MARK: counted among all

    private func standing(
        _ change: RuleSetDifference.RuleChange, _ old: Side?, _ new: Side, live: MemberStore
    ) throws -> ChangePlan.Effect {
        var effect = ChangePlan.Effect()
        let runs = [Rule.Status.live, .shadow].contains((new.rule(change.id) ?? old?.rule(change.id))?.status)
        if change.touchesPeople, runs {
            effect.qualification = try live.qualification(
                before: old.flatMap { side in side.rule(change.id).map { ($0, side.set) } },
                after: new.rule(change.id).map { ($0, new.set) }, at: at)
        }
        if let old, let before = old.plan(change.id) {
            effect.waiting = try waiting(before, new.plan(change.id), old, new: new, live: live)
        }
        if old?.rule(change.id) != nil, new.plan(change.id) == nil || resumes(change.id, old, new) {
            effect.owed = try live.owed(by: change.id)
        }
        if old?.rule(change.id)?.status == .shadow {
            effect.shadow = try live.shadowOutcomes(of: change.id, since: past)
        }
        let known = try live.templateVersions()
        for template in change.named where template.kind == "template" {
            guard let (version, hash) = known[template.id], let text = new.set.templates[template.id] else { continue }
            let isNew = Chance.fingerprint(text.wording) != hash
            effect.templates.append((template.id, version, isNew ? version + 1 : version))
        }
        return effect
    }

    /// Whether a paused rule runs again.
    private func resumes(_ id: String, _ old: Side?, _ new: Side) -> Bool {
        old?.rule(id)?.status == .paused && new.plan(id) != nil
    }

    /// With the same trigger they go on. With another, those that it finds get its due instant and the rest are
    /// released.
    private func waiting(
        _ before: RulePlan, _ after: RulePlan?, _ old: Side, new: Side, live: MemberStore
    ) throws -> ChangePlan.Waiting? {
        let now = try live.waiting(in: before, of: old.planned, at: at)
        guard now.count > 0 else { return nil }
        var waiting = ChangePlan.Waiting()
        guard let after else {
            switch new.rule(before.rule.id)?.status {
            case .paused: waiting.paused = now.count
            case .shadow: waiting.shadowed = now.count
            default: waiting.released = now.count
            }
            return waiting
        }
        guard before.rule.triggerHash != after.rule.triggerHash else {
            waiting.continuing = now.count
            return waiting
        }
        let then = try live.waiting(in: after, of: new.planned, at: at)
        waiting.recomputed = now.delays.intersection(then.delays).count
        waiting.released = now.count - waiting.recomputed
        return waiting
    }

    // MARK: tried out

    private var past: Instant { at.adding(micros: -Int64(ChangePlan.days) * 86_400_000_000) }
    private var future: Instant { at.adding(micros: Int64(ChangePlan.days) * 86_400_000_000) }

    private func tryOut(
        _ plan: inout ChangePlan, _ old: Side?, _ new: Side, live: MemberStore, progress: @Sendable (String) -> Void
    ) throws {
        let say = Phrases(language: language)
        progress(say("reading the store", "正在读取数据库"))
        let sample = try MemberStore.sample(of: storeURL, atMost: sample)
        (plan.taken, plan.of) = (sample.taken, sample.of)
        progress(
            say(
                "replaying the last \(ChangePlan.days) days and running the next",
                "正在重演过去 \(ChangePlan.days) 天，并推演未来 \(ChangePlan.days) 天"))
        let zone = plan.zone
        let none = PlannedSet(new.set, rules: [], channels: channels)
        let before = old?.planned ?? none
        let after = new.planned
        let (past, future) = (past, future)
        let runs: [@Sendable () throws -> [String: OutcomeTally]] = [
            { try OutcomeTally.byRule(zone) { try sample.replay(before, from: past, until: at, $0) } },
            { try OutcomeTally.byRule(zone) { try sample.replay(after, from: past, until: at, $0) } },
            { try OutcomeTally.byRule(zone) { try sample.forecast(before, from: at, until: future, $0) } },
            { try OutcomeTally.byRule(zone) { try sample.forecast(after, from: at, until: future, $0) } },
        ]
        let tallies = try concurrently(runs).map { $0.mapValues { $0.scaled(sample.scaled) } }
        plan.before = OutcomeTotals(tallies[2].values)
        plan.after = OutcomeTotals(tallies[3].values)
        plan.forecast = tallies[3]
        plan.overBudget = OverBudget.days(of: tallies[3].values, new.set.settings)
        // What waits for events has little to come: for such rules the past says what other settings do.
        for rule in new.set.rules
        where tallies[0][rule.id] != tallies[1][rule.id] || tallies[2][rule.id] != tallies[3][rule.id] {
            plan.difference.affect(rule)
        }
        let existing = try sample.existingMembers(of: after, at: at)
        for change in plan.difference.rules {
            var effect = plan.effects[change.id] ?? ChangePlan.Effect()
            func pair(_ old: [String: OutcomeTally], _ new: [String: OutcomeTally]) -> ChangePlan.Pair {
                ChangePlan.Pair(
                    before: before.runs(change.id) ? old[change.id] ?? OutcomeTally() : nil,
                    after: after.runs(change.id) ? new[change.id] ?? OutcomeTally() : nil)
            }
            effect.replay = pair(tallies[0], tallies[1])
            effect.forecast = pair(tallies[2], tallies[3])
            if let rule = new.plan(change.id)?.rule {
                if let people = existing[change.id], people > 0, let how = rule.existingMembers {
                    effect.existing = (sample.scaled(people), how)
                }
                if effect.forecast?.after?.acts == 0, rule.trigger.asksEveryone {
                    effect.next = try next(rule, new, sample, zone: zone)?.scaled(sample.scaled)
                }
                effect.blast = try blast(rule, effect, new.set.settings, live: live)
                if resumes(change.id, old, new) {
                    let alone = PlannedSet(new.set, rules: [rule], channels: channels)
                    effect.catchUp =
                        try OutcomeTally.byRule(zone) { try sample.catchUp(alone, at: at, $0) }[rule.id]?
                        .scaled(sample.scaled).outcomes ?? [:]
                }
            }
            plan.effects[change.id] = effect
        }
    }

    /// The next occasion of a festival or schedule within 400 days, when none falls into the forecast.
    private func next(_ rule: Rule, _ new: Side, _ sample: StoreSample, zone: Zone) throws -> OutcomeTally? {
        let alone = PlannedSet(new.set, rules: [rule], channels: channels)
        guard let day = alone.plans.first?.nextOccasion(after: future, within: 400, zone) else { return nil }
        let start = zone.startOfDay(day)
        let end = start.adding(micros: 2 * 86_400_000_000)
        return try OutcomeTally.byRule(zone) { try sample.forecast(alone, from: start, until: end, $0) }[rule.id]
    }

    private func blast(
        _ rule: Rule, _ effect: ChangePlan.Effect, _ settings: Settings, live: MemberStore
    ) throws -> (day: LocalDate, reason: String)? {
        guard let limit = settings.blastGuard else { return nil }
        let days = (effect.forecast?.after?.byDay ?? [:]).merging(effect.next?.byDay ?? [:]) { first, _ in first }
        let usual = try live.usualReach(rule, settings, on: at)
        let members = try live.memberCount()
        for (day, people) in days.sorted(by: { $0.key < $1.key }) {
            if let reason = limit.objection(
                people: people, usual: usual, members: members, needsHistory: rule.trigger.asksEveryone)
            {
                return (day, reason)
            }
        }
        return nil
    }

    /// Each on a thread of its own: the copies share nothing.
    private func concurrently<Result: Sendable>(_ runs: [@Sendable () throws -> Result]) throws -> [Result] {
        let results = Mutex([Int: Swift.Result<Result, any Error>]())
        DispatchQueue.concurrentPerform(iterations: runs.count) { index in
            let result = Swift.Result { try runs[index]() }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { done in try runs.indices.compactMap { try done[$0]?.get() } }
    }
}

extension PlannedSet {
    fileprivate func runs(_ rule: String) -> Bool { plans.contains { $0.rule.id == rule } }
}

extension RuleSetDifference.RuleChange {
    /// True when the rule may reach other members than before.
    fileprivate var touchesPeople: Bool {
        kind != .changed && kind != .affected
            || named.contains { $0.kind == "segment" || $0.kind == "field" }
            || differences.contains { $0.key.hasPrefix("if") || $0.key.hasPrefix("audience") }
    }
}

extension YAMLFile {
    /// Tests, fixtures and nudged.yaml are not part of a rule set.
    fileprivate var isOutsideRules: Bool {
        guard let root else { return false }
        let kind = FileKind(of: root)
        return kind == .tests || kind == .members || root["store"] != nil || root["rules_dir"] != nil
    }
}
