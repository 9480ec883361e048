import Engine
import Kit
import Policies
import Rules
import Store

/// A message as one rule fills it for one member now, for a tester. Nothing was decided: conditions, consents, limits,
/// quiet hours and holdouts were not asked, and coupons have a made-up code.
package struct MessageDraft: Sendable {
    /// Why a rule has no such message.
    package enum Lack: Error, Equatable {
        /// Nothing has begun the rule for the member yet, and no date will.
        case occasion
        /// The member's own way through the rule sends nothing; the rule has that many messages.
        case message(of: Int)
        case path(Int, of: Int)
        /// No entry of `try` has a channel for the address; these are the channels that it names.
        case channel([String])
        /// A value without default.
        case value(String)
        /// A field that cannot be read for the member.
        case field(String)
    }

    /// The code of every coupon of a test: no till knows it.
    package static let couponCode = "TEST0000"

    package let occasion: String
    package let entry: Send.Entry
    package let composed: Composition.Text
    /// The provider's number of the text.
    package let templateCode: String?
}

extension Explainer {
    /// - Parameters:
    ///   - path: a message of the rule by its place in the file, from 1; nil: the one that the member's facts choose.
    ///   - fits: whether a channel sends to the address; the first entry of `try` with such a channel is taken.
    /// - Throws: `MessageDraft.Lack`.
    package func draft(path: Int?, at now: Instant, fits: (_ channel: String) -> Bool) throws -> MessageDraft {
        try store.writer.write { db in
            guard case (let occurrence, var loaded)? = try nearestOccasion(at: now, db) else {
                throw MessageDraft.Lack.occasion
            }
            try Recommendation.refresh(db, at: now)
            for (name, thing) in loaded.saved { loaded.facts.readings.note(thing, as: name, plan.slots) }
            let actions = try actions(path, facts: &loaded.facts, at: now, db)
            guard let send = actions.firstSend else {
                throw MessageDraft.Lack.message(of: plan.ways(by: loaded.facts).count)
            }
            let entries = Reach.ordered(send.entries, preferred: loaded.facts.preferredChannel)
            guard let entry = entries.first(where: { fits($0.channel) }),
                let template = own.planned.set.templates[entry.template]
            else { throw MessageDraft.Lack.channel(entries.map(\.channel)) }
            let composition = Composition(
                fill: send.fill, template: template, slots: plan.slots, facts: loaded.facts,
                saved: try saved(by: actions, occurrence, loaded, at: now, db),
                isGeneric: plan.rule.purpose == .marketing && loaded.facts.personalisation == "generic",
                links: own.planned.links)
            switch composition.compose() {
            case .missing(let value): throw MessageDraft.Lack.value(value)
            case .text(let text):
                return MessageDraft(
                    occasion: occurrence.occasion, entry: entry, composed: text, templateCode: template.code)
            }
        }
    }

    /// The most occasions that are looked at for one with facts.
    private static let mostOccasions = 20

    /// The nearest occasion that the rule had or will have for the member, decided or not. The facts are those of now;
    /// one whose subject is gone (its coupons were used) has none.
    private func nearestOccasion(at now: Instant, _ db: Session) throws -> (Occurrence, FactsLoader.Loaded)? {
        let found = try scan(
            Window(after: now.adding(micros: -Explainer.horizon), through: now.adding(micros: Explainer.horizon)), db)
        func distance(_ candidate: Candidate) -> UInt64 { (candidate.at.micros - now.micros).magnitude }
        for candidate in found.sorted(by: { distance($0) < distance($1) }).prefix(Explainer.mostOccasions) {
            let reading = try FactsLoader(db: db, query: own.queries[0]).load([candidate.occurrence], at: now)
            if let field = reading.unreadable[0] { throw MessageDraft.Lack.field(field) }
            if let loaded = reading.loaded[0] { return (candidate.occurrence, loaded) }
        }
        return nil
    }

    private func actions(_ path: Int?, facts: inout Facts, at now: Instant, _ db: Session) throws -> [Action] {
        if let path {
            let ways = plan.ways(by: facts)
            guard ways.indices.contains(path - 1) else { throw MessageDraft.Lack.path(path, of: ways.count) }
            return ways[path - 1]
        }
        let gates = Gates(plan: plan, in: own.planned)
        let recommendation = Recommendation(db: db, member: member, now: now)
        let chosen = try gates.choose(gates.assign(member, facts).steps, &facts) {
            try recommendation.picks($0, $1, plan.slots)
        }
        return chosen ?? []
    }

    /// What the actions before the message save for it: a made-up coupon, and real recommendations.
    private func saved(
        by actions: [Action], _ occurrence: Occurrence, _ loaded: FactsLoader.Loaded, at now: Instant, _ db: Session
    ) throws -> [String: SavedValue] {
        var (saved, readings) = (loaded.saved, loaded.facts.readings)
        for action in actions {
            switch action {
            case .send: return saved
            case .giveCoupon(let give):
                guard let name = give.saveAs, let template = own.planned.set.coupons[give.template] else { continue }
                saved[name] = .coupon(
                    code: MessageDraft.couponCode, validUntil: give.lastDay(of: template, for: occurrence, at: now),
                    faceValue: template.faceValue, template: give.template)
                saved[name].map { readings.note($0, as: name, plan.slots) }
            case .recommend(let recommend):
                let picks = SavedValue.picks(
                    try Recommendation(db: db, member: member, now: now).picks(
                        recommend, basedOn: readings.value(of: recommend.basedOn, plan.slots)))
                saved[recommend.saveAs] = picks
                readings.note(picks, as: recommend.saveAs, plan.slots)
            default: continue
            }
        }
        return saved
    }
}

extension RulePlan {
    /// The way to each message of the rule, in the order of the file: the actions before it, and the message last. A
    /// `choose` that lies before a message is decided by the facts, else its last branch is taken.
    func ways(by facts: Facts) -> [[Action]] {
        let bodies: [[Step]] =
            switch body {
            case .steps(let steps): [steps]
            case .experiment(_, _, _, let variants): variants.map(\.steps)
            }
        return bodies.flatMap { RulePlan.ways($0, after: [], facts.readings) }
    }

    private static func ways(_ steps: [Step], after before: [Action], _ readings: FieldValues) -> [[Action]] {
        var (ways, way): ([[Action]], [Action]) = ([], before)
        for step in steps {
            switch step {
            case .act(let action):
                way.append(action)
                if case .send = action { ways.append(way) }
            case .choose(let branches, let otherwise):
                let all = branches.map(\.steps) + (otherwise.map { [$0] } ?? [])
                ways += all.flatMap { RulePlan.ways($0, after: way, readings) }
                let taken = readings.branch(of: branches) ?? all.last ?? []
                way += taken.path { _, inner, otherwise in readings.branch(of: inner) ?? otherwise } ?? []
            }
        }
        return ways
    }
}
