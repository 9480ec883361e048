import Policies
import Rules
import Store

/// Where the daemon's rules come from: the directory, or the last good set that the store keeps.
package struct RuleSource: Sendable {
    private let directory: String
    private let channels: [ChannelDeclaration]
    /// Warnings refuse a set too (`--strict`).
    private let isStrict: Bool

    package init(directory: String, channels: [ChannelDeclaration], isStrict: Bool) {
        self.directory = directory
        self.channels = channels
        self.isStrict = isStrict
    }

    /// What is wrong with a set, for people.
    package struct Broken: Error, CustomStringConvertible {
        /// One line each.
        package let findings: [String]
        package var description: String { findings.joined(separator: "\n") }
    }

    /// Throws `Broken`.
    package func read() throws -> LiveRules.Staged {
        do {
            return try staged(RuleSetLoader.load(directory: directory, channels: channels))
        } catch let refusal as RuleSetLoader.Refusal {
            throw Broken(findings: [refusal.description])
        }
    }

    /// The newest set of the store; nil when there is none, or when this version cannot run it.
    package func newest(in store: MemberStore) throws -> LiveRules.Staged? {
        guard let rules = try store.rulesInForce() else { return nil }
        return try? staged(RuleSetLoader.check(rules, channels: channels))
    }

    /// What `nudged apply` put in force holds while the directory is what it was before; any edit there comes after it.
    package func applied(in store: MemberStore, over directory: LiveRules.Staged) throws -> LiveRules.Staged? {
        guard let newest = try store.rulesInForce(), newest.source == .applied, newest.hash != directory.hash,
            try store.lastFromDirectory()?.hash == directory.hash
        else { return nil }
        return try self.newest(in: store)
    }

    private func staged(_ loaded: RuleSetLoader.Loaded) throws -> LiveRules.Staged {
        let objections = loaded.diagnostics.filter { isStrict || $0.severity == .error }
        guard objections.isEmpty, let set = loaded.set else {
            let lines = objections.map(\.short)
            throw Broken(findings: lines.isEmpty ? ["\(directory): the rules could not be read"] : lines)
        }
        let running = set.rules.filter { $0.status == .live || $0.status == .shadow }
        return LiveRules.Staged(
            planned: PlannedSet(set, rules: running, channels: channels), files: loaded.filesJSON, hash: loaded.hash)
    }
}
