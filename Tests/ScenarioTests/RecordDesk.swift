@testable import Review
import Kit
import Daemon
import Policies
import Rules
import TestSupport

@testable import Engine
@testable import Store

/// A live store whose daemon is ticked by hand, and what `explain` says of its member lin. Rules are live since
/// 2026-03-01.
final class RecordDesk {
    private(set) var world: World
    let store: MemberStore
    private let members: String
    private let rules: String
    private var loaded: RuleSetLoader.Loaded
    private var prepared: PreparedRules?

    init(settings: String = "version: 1", rules: String, members: String) throws {
        (self.members, self.rules) = (members, rules)
        world = try World(settings: settings, rules: rules, members: members)
        loaded = RuleSetLoader.check(
            World.files(settings: settings, rules: rules), channels: ChannelDeclaration.standard)
        store = try world.store()
        try goLive("2026-03-01")
    }

    /// Other rules from now on.
    func reload(settings: String = "version: 1", rules: String, at text: String) throws {
        world = try World(settings: settings, rules: rules, members: members)
        loaded = RuleSetLoader.check(
            World.files(settings: settings, rules: rules), channels: ChannelDeclaration.standard)
        try goLive(text)
    }

    private func goLive(_ text: String) throws {
        prepared = try store.goLive(
            world.planned(), files: loaded.filesJSON, hash: loaded.hash, at: try world.instant(text))
    }

    func tick(_ text: String) throws {
        guard let prepared else { return }
        _ = try store.tick(prepared, at: try world.instant(text))
    }

    /// The member's fields are these from now on.
    func change(_ fields: String, keys: [String]) throws {
        let other = try World(rules: rules, members: "  lin: {\(fields)}")
        for member in other.fixtures.members { try store.change(member, keys: keys, custom: []) }
    }

    /// As the command does it, on a private store.
    func explain(at text: String, _ language: Language = .english) throws -> ExplainReport {
        let copy = try store.copy()
        let explainer = try Explainer(
            store: copy, set: world.set, channels: ChannelDeclaration.standard, rule: "visit", member: "lin")
        let at = try world.instant(text)
        let window = at..<at.adding(micros: 60_000_000)
        let past = PastRules(copy, channels: ChannelDeclaration.standard)
        let decided = try explainer.recall(in: window, versions: past.set)
        return ExplainReport(
            try explainer.explain(window), decided: decided, version: .changed(since: 1), language: language)
    }

    func history(from: String, until: String, _ language: Language = .english) throws -> [String] {
        let explainer = try Explainer(
            store: try store.copy(), set: world.set, channels: ChannelDeclaration.standard, rule: "visit", member: "lin"
        )
        let lines = try explainer.history(from: try world.instant(from), until: try world.instant(until))
        let report = HistoryReport(
            lines, rule: explainer.plan.rule, zone: try explainer.zone, language: language)
        return report.text.split(separator: "\n").map { String($0.replacing(/\s+:\d+/, with: "")) }
    }

    /// The lines of an explanation with single spaces and without line numbers.
    static func rows(_ text: String) -> [String] {
        text.split(separator: "\n").map { line in
            line.split(separator: " ").filter { !$0.hasPrefix(":") }.joined(separator: " ")
        }
    }
}

extension MemberStore {
    fileprivate func copy() throws -> MemberStore {
        let copy = try MemberStore.inMemory()
        try writer.copy(to: copy.writer)
        return copy
    }
}
