import Engine
import Kit
import Policies
import Rules
import Store

/// A decision on record in the live store, with the values it was based on as far as they are kept.
package struct Recollection: Sendable {
    package var decision: PastDecision
    package var basis: Basis
    /// Nothing is on record in the window; this is the nearest decision.
    package var isNearest = false

    package enum Basis: Sendable {
        /// Recomputed with the rules version and the stored values of the original decision.
        case explained(Explanation)
        /// Retention removed the values.
        case removed
        /// Nothing was kept: `traces: off`, or a store of an earlier version.
        case neverKept
        /// The rules of that version can no longer be read, or do not fit what was kept.
        case unreadable
    }
}

extension Explainer {
    /// The decisions on record within the window, oldest first, or else the nearest within a day of it. Call it before
    /// `explain` and `history`, which roll the record back.
    ///
    /// - Parameter versions: returns the rule set of a version; nil when it cannot be read.
    package func recall(
        in window: Range<Instant>, versions: (Int) throws -> (set: RuleSet, channels: [ChannelDeclaration])?
    ) throws -> [Recollection] {
        let exact = recorded.filter { window.contains($0.at) || window.contains($0.due) }
        let shown = exact.isEmpty ? nearest(to: window.lowerBound).map { [$0] } ?? [] : exact
        return try shown.map { decision in
            Recollection(decision: decision, basis: try basis(of: decision, versions), isNearest: exact.isEmpty)
        }
    }

    private func nearest(to instant: Instant) -> PastDecision? {
        func distance(_ decision: PastDecision) -> Int64 { abs(decision.at.micros - instant.micros) }
        return recorded.filter { distance($0) <= Explainer.day }.min { distance($0) < distance($1) }
    }

    private func basis(
        of decision: PastDecision, _ versions: (Int) throws -> (set: RuleSet, channels: [ChannelDeclaration])?
    ) throws -> Recollection.Basis {
        guard let id = decision.trace else { return .neverKept }
        guard let text = try store.writer.read({ try records($0).trace(id) }) else { return .removed }
        guard let (set, channels) = try versions(decision.rulesVersion),
            set.rules.contains(where: { $0.id == plan.rule.id })
        else { return .unreadable }
        let then = try Explainer(store: store, set: set, channels: channels, rule: plan.rule.id, member: member)
        return try then.explanation(of: decision, text).map { .explained($0) } ?? .unreadable
    }

    /// Explains the decision by this set, which is the one that decided.
    private func explanation(of decision: PastDecision, _ text: String) throws -> Explanation? {
        guard let trace = Trace(plan: plan, standard: settings.zone).read(text, at: decision.at) else { return nil }
        return try store.writer.write { db in
            let records = records(db)
            let cause = try trace.event.flatMap { try records.event(seq: $0) }
            let occurrence = occurrence(of: decision, trace, startedAt: cause?.at)
            var line = decision.line(of: occurrence)
            line.message = try records.message(of: decision, own.planned.channels)
            var explanation = Explanation(
                plan: plan, planned: own.planned, member: member, at: decision.at, zone: trace.zone,
                occurrence: occurrence)
            explanation.status = status
            explanation.cause = cause
            explanation.line = line
            explanation.gate = Gate(line.outcome, line.because)
            explanation.ending = decision.ending
            explanation.version = decision.rulesVersion
            guard let facts = trace.facts else { return explanation }
            let judgement = judgement(line, occurrence, facts)
            try explanation.lay(open: judgement, records)
            explanation.recommended = try recommended(judgement, isOfNow: true, db)
            line.tried = tried(line, judgement)
            explanation.line = line
            if line.because == nil, let actions = judgement.actions {
                explanation.path = Verdict.Path(
                    actions: actions, variant: decision.variant, entry: nil, tried: line.tried)
                line.effects = try records.effects(of: actions, occasion: decision.occasion)
                explanation.line = line
            }
            explanation.nearest = try nearest(line, occurrence, facts, records: records, db: db)
            return explanation
        }
    }

    /// The entries passed over on a path that sent, or could reach nobody.
    private func tried(_ line: Decision, _ judgement: Judgement) -> [(channel: String, obstacle: Reach.Obstacle)] {
        let isReached: Bool = if case .unreachable = line.because { true } else { line.outcome == .sent }
        guard isReached, let send = judgement.send else { return [] }
        return judgement.gates.reach(of: send, judgement.facts).tried
    }

    private func occurrence(of decision: PastDecision, _ trace: StoredTrace, startedAt start: Instant?) -> Occurrence {
        var occurrence = Occurrence(
            rule: plan.rule.id, member: member, occasion: decision.occasion, due: decision.due,
            start: start ?? decision.due, zone: trace.zone, date: trace.date,
            anchor: Occurrence.Anchor(occasion: decision.occasion, event: trace.event, date: trace.date))
        occurrence.isRelease = decision.isRelease
        return occurrence
    }

    /// Searches as if nothing had been decided: the decision on record makes way for the trial.
    private func nearest(
        _ line: Decision, _ occurrence: Occurrence, _ facts: Facts, records: MemberRecords, db: Session
    ) throws -> NearestChange? {
        // A hold that was sent later needs no nearest change.
        guard try !records.hasDelivery(occurrence.occasion) else { return nil }
        var nearest: NearestChange?
        try db.savepoint {
            try records.forgetDecision(of: occurrence.occasion)
            nearest = try NearestChangeSearch(
                db: db, prepared: own, plan: plan, occurrence: occurrence, loaded: FactsLoader.Loaded(facts: facts),
                now: line.at, records: records
            ).find(line)
            return .takeBack
        }
        return nearest
    }
}

extension Occurrence.Anchor {
    /// The anchor, as far as an occasion names it.
    fileprivate init(occasion: String, event: Int64?, date: LocalDate?) {
        func rest(_ prefix: String) -> String? {
            occasion.hasPrefix(prefix) ? String(occasion.dropFirst(prefix.count)) : nil
        }
        if let id = rest("coupon:") {
            self = .coupon(id: id)
        } else if let event, let value = rest("browsed:")?.split(separator: "@").dropLast().joined(separator: "@") {
            self = .browse(value: value, seq: event)
        } else if let date, rest("points:") != nil {
            self = .points(expiring: date)
        } else if let date, rest("coupons:") != nil {
            self = .coupons(expiring: date)
        } else {
            self = event.map { .event(seq: $0) } ?? .none
        }
    }
}

extension PastDecision {
    fileprivate func line(of occurrence: Occurrence) -> Decision {
        var line = Decision(
            at: at, zone: occurrence.zone, occurrence: occurrence, outcome: outcome,
            because: reason)
        (line.coupon, line.task, line.variant, line.until) = (coupon, task, variant, until)
        return line
    }
}
