import Engine
import Review
import Kit
import Foundation
import Policies
import Rules
import Store

/// The repository's own example workspace, and small worlds made of text.
package enum ShippedRules {
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    package struct Broken: Error, CustomStringConvertible {
        package let description: String
        package init(description: String) { self.description = description }
    }

    package static func files(_ paths: [String]) throws -> [YAMLFile] {
        try paths.map { path in
            YAMLReader.read(bytes: [UInt8](try Data(contentsOf: root.appending(path: path))), path: path)
        }
    }

    /// The rule set under rules/, without findings.
    package static func ruleSet() throws -> RuleSet {
        try ruleSet(
            of: files(["settings", "lifecycle", "templates", "coupons", "segments"].map { "rules/\($0).yaml" }))
    }

    package static func ruleSet(of files: [YAMLFile]) throws -> RuleSet {
        let reading = RuleSetReader.read(files: files)
        let errors = reading.diagnostics.filter { $0.severity == .error }
        guard let set = reading.ruleSet, errors.isEmpty else {
            throw Broken(description: errors.map(\.short).joined(separator: "\n"))
        }
        return set
    }

    package static func fixtures() throws -> Fixtures { try fixtures(of: files(["rules/fixtures/members.yaml"])) }

    package static func fixtures(of files: [YAMLFile], custom: [CustomField] = []) throws -> Fixtures {
        let (fixtures, found) = FixtureReader.read(files: files, knownCustomFields: custom)
        let errors = found.filter { $0.severity == .error }
        guard errors.isEmpty else { throw Broken(description: errors.map(\.short).joined(separator: "\n")) }
        return fixtures
    }
}

/// A world written as YAML text: settings, rules and members, run on the virtual clock.
package struct World {
    package var set: RuleSet
    package var fixtures: Fixtures

    /// Templates and coupons that every such world knows.
    private static let common = """
        version: 1
        templates:
          - {id: hello, channel: sms, text: "【星河百货】{{ name | default: '您好' }} 拒收请回复R", values: {name: text}}
          - {id: hello_wx, channel: wechat, text: "{{ name | default: '您好' }}", values: {name: text}}
          - {id: strict, channel: sms, text: "【星河百货】{{ name }} 拒收请回复R", values: {name: text}}
        """
    private static let coupons = """
        version: 1
        coupons: [{id: C30, name: 券, face_value: 30, valid_days: 30, codes: generated}, {id: POOL, name: 池, face_value: 5, codes: pool}, {id: UNTIL, name: 限期券, valid_days: 2, codes: generated, valid_until: 2026-03-08}]
        """

    private static let segments = """
        version: 1
        segments: [{id: vips, name: VIP, if: {member.tier: gold}}]
        """

    /// - Parameter more: further files by their names; one of a standard name replaces it.
    package init(
        settings: String = "version: 1", rules: String, members: String, more: [String: String] = [:]
    ) throws {
        set = try ShippedRules.ruleSet(of: World.files(settings: settings, rules: rules, more: more))
        fixtures = try ShippedRules.fixtures(
            of: [World.file("version: 1\nmembers:\n" + members, "members.yaml")], custom: set.fields)
    }

    /// The rule set of a world, as files.
    package static func files(settings: String, rules: String, more: [String: String] = [:]) -> [YAMLFile] {
        let standard = [
            "settings.yaml": settings, "rules.yaml": "version: 1\nrules:\n" + rules, "templates.yaml": World.common,
            "coupons.yaml": World.coupons, "segments.yaml": World.segments,
        ]
        return standard.merging(more) { $1 }.sorted { $0.key < $1.key }.map { file($0.value, $0.key) }
    }

    private static func file(_ text: String, _ path: String) -> YAMLFile {
        YAMLReader.read(bytes: [UInt8](text.utf8), path: path)
    }

    package init(set: RuleSet, fixtures: Fixtures) {
        self.set = set
        self.fixtures = fixtures
    }

    package func planned(only: [String]? = nil) -> PlannedSet {
        let rules = set.rules.filter { only?.contains($0.id) ?? ($0.status == .live) }
        return PlannedSet(set, rules: rules, channels: ChannelDeclaration.standard)
    }

    package func store() throws -> MemberStore {
        try MemberStore.inMemory(fixtures, settings: set.settings, custom: set.fields)
    }

    /// `2026-03-07 09:30 rule member outcome …`: what a dry-run of the window prints, short.
    package func dryRun(at: String, until: String, only: [String]? = nil) throws -> [String] {
        try decisions(at: at, until: until, only: only).map(World.short)
    }

    package func decisions(at: String, until: String, only: [String]? = nil) throws -> [Decision] {
        let store = try store()
        let prepared = try PreparedRules(planned(only: only), rulesVersion: 0, in: store)
        let simulation = Simulation(
            store: store, prepared: prepared, from: try instant(at), until: try instant(until))
        return try simulation.run()
    }

    package func instant(_ text: String) throws -> Instant {
        guard let point = TimePoint(text: text) else { throw ShippedRules.Broken(description: "no time: \(text)") }
        return point.instant(in: set.settings.zone)
    }

    package static func short(_ line: Decision) -> String {
        let clock = line.zone.rfc3339(line.at).prefix(16).replacing("T", with: " ")
        let because = line.because.map { " " + $0.json(in: line.zone).rendered } ?? ""
        let channel = line.message.map { " \($0.channel)" } ?? ""
        let until = line.until.map { " until " + line.zone.rfc3339($0).prefix(16).replacing("T", with: " ") } ?? ""
        return "\(clock) \(line.rule) \(line.member) \(line.outcome.rawValue)\(channel)\(because)\(until)"
    }
}
