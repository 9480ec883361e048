import Kit

/// A text with its place in a file.
package struct PlacedText: Sendable, Hashable {
    package var text: String
    package var span: SourceSpan
    package init(_ text: String, _ span: SourceSpan) {
        self.text = text
        self.span = span
    }
}

/// What a test file names outside itself, and its tests unread: they are read once rules and members are known.
package struct TestFileHead: Sendable {
    package var file: YAMLFile
    package var rules: [PlacedText]
    /// Nil: every live rule of the files.
    package var only: [PlacedText]?
    package var fixtures: [PlacedText]
    /// The other rule files that `reload_rules` names anywhere.
    package var reloads: [PlacedText]
    package var tests: [YAMLNode]
}

/// One test, with a run for each of its cases.
package struct RuleTest: Sendable {
    package var name: String
    package var file: String
    package var line: Int
    /// As written, with its `{name}` places.
    package var node: YAMLNode
    /// More fixture files than the file's own.
    package var fixtures: [PlacedText]
    /// `expect_failure`: why it is known to fail.
    package var knownGap: String?
    package var runs: [RuleTestRun]
}

package struct RuleTestRun: Sendable {
    /// `total: 50, outcome: sent`; empty without `cases`.
    package var label: String
    package var start: Instant
    /// Exclusive.
    package var until: Instant
    /// On whose clock the file's times are.
    package var zone: Zone
    /// Nil: all of the fixtures.
    package var members: [String]?
    /// Channel → `undelivered` or `rejected`.
    package var failing: [String: String]
    package var timeline: [TimelineEntry]
    package var expectations: [Expectation]
}

package struct TimelineEntry: Sendable {
    package enum Action: Sendable {
        case event(EventRow)
        /// The keys that are set, also those set to nothing.
        case change(MemberFixture, keys: [String])
        case restart
        case stop(until: Instant)
        /// The text of another file, or nil for the same rules.
        case reload(String?)
        /// Forward like a stop; nil: the clock went back.
        case jump(until: Instant?)
        case down(channel: String, until: Instant)
    }
    package var at: Instant
    package var action: Action
    package var span: SourceSpan
}

/// One line that must come. Only what is named is compared.
package struct Expectation: Sendable {
    package enum Reason: Sendable {
        /// `because: quiet_hours`
        case code(String)
        /// Any of the keys of `because`.
        case pairs([YAMLNode.Entry])
    }
    package var span: SourceSpan
    package var at: Instant?
    package var rule: String?
    package var member: String?
    package var outcome: String
    package var reason: Reason?
    package var until: Instant?
    /// The other keys as typed: channel, template, tried, …
    package var fields: [YAMLNode.Entry]

    package static let negative: Set<String> = ["skipped", "cancelled", "suppressed", "held_out", "missed", "failed"]
    package var isNegative: Bool { Expectation.negative.contains(outcome) }
}

/// What a test may name: the rules that run, the members, and what the rule set declares.
package struct TestFileVocabulary: Sendable {
    /// Reads times where `clock` names no zone.
    package var zone: Zone
    /// Rules that run.
    package var running: [String]
    /// Rules of the workspace that do not, each with the reason in words.
    package var idle: [String: String]
    package var members: [String]
    package var channels: [String]
    package var templates: [String]
    package var coupons: [String]
    package var customFields: [CustomField]
    /// Rule → its experiments: more than one when a reload changes it.
    package var experiments: [String: [Experiment]]

    package init(
        zone: Zone, running: [String], idle: [String: String], members: [String], channels: [String],
        templates: [String], coupons: [String], customFields: [CustomField],
        experiments: [String: [Experiment]] = [:]
    ) {
        self.zone = zone
        self.running = running
        self.idle = idle
        self.members = members
        self.channels = channels
        self.templates = templates
        self.coupons = coupons
        self.customFields = customFields
        self.experiments = experiments
    }
}
