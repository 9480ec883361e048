import Engine
import Kit
import Policies
import Rules
import Store

extension ExplainReport {
    /// Explains from a private copy of a store: the decision on record first, by the rules and on the values of then, and
    /// then what the set would decide. Throws `Explainer.NoMember`, or an error of the store.
    package static func ofStore(
        _ url: String, _ set: RuleSet, channels: [ChannelDeclaration], rule: String, member: String,
        window: Range<Instant>, language: Language
    ) throws -> ExplainReport {
        let store = try MemberStore.copy(of: url, toDecide: rule, for: member, in: set)
        return try of(
            Explainer(store: store, set: set, channels: channels, rule: rule, member: member), in: store, set,
            channels: channels, window: window, language: language)
    }

    /// The same in a store that is private already.
    package static func of(
        _ explainer: Explainer, in store: MemberStore, _ set: RuleSet, channels: [ChannelDeclaration],
        window: Range<Instant>, language: Language
    ) throws -> ExplainReport {
        // Before the explainer rolls the record back.
        let version = try RulesVersion(of: set, in: store)
        let past = PastRules(store, channels: channels)
        let decided = try explainer.recall(in: window, versions: past.set)
        return ExplainReport(
            try explainer.explain(window), decided: decided, version: version, language: language)
    }
}

extension RulesVersion {
    /// How a set compares with the one that the store's daemon runs.
    package init(of set: RuleSet, in store: MemberStore) throws {
        guard let inForce = try store.rulesInForce() else {
            self = .none
            return
        }
        self =
            inForce.hash == Chance.fingerprint(set.fingerprintText)
            ? .inForce(inForce.version) : .changed(since: inForce.version)
    }
}

/// The window is as long as the time is precise: a date is its day, `09:30` its minute, `09:30:00` its second.
package enum ExplainWindow {
    /// - Parameters:
    ///   - start: the instant that the text means.
    ///   - text: the time as it was written.
    package static func from(_ start: Instant, written text: String, in zone: Zone) -> Range<Instant> {
        if case .date(let date) = TimePoint(text: text) {
            let end = zone.startOfDay(date.adding(days: 1))
            return start..<max(end, start.adding(micros: 1))
        }
        if text.contains(".") { return start..<start.adding(micros: 1) }
        let isMinute = text.count { $0 == ":" } == 1
        return start..<start.adding(micros: isMinute ? 60_000_000 : 1_000_000)
    }
}
