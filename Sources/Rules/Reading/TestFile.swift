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

/// The names in a test file of things outside it, and its tests unread: they are read once rules and members are known.
package struct TestFileHead: Sendable {
    package var file: YAMLFile
    package var rules: [PlacedText]
    /// Nil means every live rule of the files.
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
    /// The test as written, with its `{name}` places.
    package var node: YAMLNode
    /// Fixture files in addition to the file's own.
    package var fixtures: [PlacedText]
    /// The reason why it is known to fail, from `expect_failure`.
    package var knownGap: String?
    package var runs: [RuleTestRun]
}

package struct RuleTestRun: Sendable {
    /// The values of the case, such as `total: 50, outcome: sent`; empty without `cases`.
    package var label: String
    package var start: Instant
    /// The end of the run, exclusive.
    package var until: Instant
    /// The zone in which the file's times are read.
    package var zone: Zone
    /// Nil means all members of the fixtures.
    package var members: [String]?
    /// The failures by channel: `undelivered` or `rejected`.
    package var failing: [String: String]
    package var timeline: [TimelineEntry]
    package var expectations: [Expectation]
}

package struct TimelineEntry: Sendable {
    package enum Action: Sendable {
        case event(EventRow)
        /// The member's fields with the keys that are set, also those set to nothing.
        case change(MemberFixture, keys: [String])
        case restart
        case stop(until: Instant)
        /// The text of another file; nil means the same rules.
        case reload(String?)
        /// A jump forward, like a stop; nil means that the clock went back.
        case jump(until: Instant?)
        case down(channel: String, until: Instant)
    }
    package var at: Instant
    package var action: Action
    package var span: SourceSpan
}

/// One line that must come. Only the parts that are named are compared.
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
    /// The other keys as typed: channel, template, tried, ….
    package var fields: [YAMLNode.Entry]

    package static let negative: Set<String> = ["skipped", "cancelled", "suppressed", "held_out", "missed", "failed"]
    package var isNegative: Bool { Expectation.negative.contains(outcome) }
}

/// The names that a test may use: the rules that run, the members, and the declarations of the rule set.
package struct TestFileVocabulary: Sendable {
    /// The zone of times where `clock` names none.
    package var zone: Zone
    /// Rules that run.
    package var running: [String]
    /// Rules of the workspace that do not run, each with the reason in words.
    package var idle: [String: String]
    package var members: [String]
    package var channels: [String]
    package var templates: [String]
    package var coupons: [String]
    package var customFields: [CustomField]
    /// The names that fields of members may have; nil where they are not known.
    package var fixtureNames: FixtureNames?
    /// Rule → its experiments: more than one when a reload changes it.
    package var experiments: [String: [Experiment]]
    /// An empty `expect` is no error: what comes is to be written into it.
    package var records: Bool

    package init(
        zone: Zone, running: [String], idle: [String: String], members: [String], channels: [String],
        templates: [String], coupons: [String], customFields: [CustomField], fixtureNames: FixtureNames? = nil,
        experiments: [String: [Experiment]] = [:], records: Bool = false
    ) {
        self.zone = zone
        self.running = running
        self.idle = idle
        self.members = members
        self.channels = channels
        self.templates = templates
        self.coupons = coupons
        self.customFields = customFields
        self.fixtureNames = fixtureNames
        self.experiments = experiments
        self.records = records
    }
}
