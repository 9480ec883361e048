import Policies
import Rules
import Store

/// Where the daemon's rules come from: the directory, or the last good set that the store keeps.
package struct RuleSource: Sendable {
    private let directory: String
    private let channels: [ChannelDeclaration]
    /// Warnings refuse a set too (`--strict`).
    private let isStrict: Bool
    /// What the rules ask of it must be there.
    private let store: MemberStore

    package init(directory: String, channels: [ChannelDeclaration], isStrict: Bool, store: MemberStore) {
        self.directory = directory
        self.channels = channels
        self.isStrict = isStrict
        self.store = store
    }

    /// What is wrong with a set, for people.
    package struct Broken: Error, CustomStringConvertible {
        /// One line each.
        package let findings: [String]
        package var description: String { findings.joined(separator: "\n") }
    }

    /// Throws `Broken`, also for SQL that the store cannot run; what else the store shows is said, and refuses
    /// nothing: it is not the text that is wrong.
    package func read() throws -> LiveRules.Staged {
        do {
            let files = try RuleSetLoader.daemonFiles(in: directory).map(RuleSetLoader.read)
            var loaded = RuleSetLoader.read(files, channels: channels)
            let ofStore = try StoreCheck(store, at: .now).briefly(on: loaded)
            loaded.diagnostics = RuleSetLoader.suppressed(
                loaded.diagnostics + ofStore, files, asked: StoreFindings.cheapCodes)
            let told = Set(ofStore.filter { $0.severity == .warning })
            let warnings = loaded.diagnostics.filter(told.contains)
            loaded.diagnostics.removeAll(where: told.contains)
            var staged = try staged(loaded)
            staged.warnings = warnings.map(\.short)
            return staged
        } catch let refusal as RuleSetLoader.Refusal {
            throw Broken(findings: [refusal.description])
        }
    }

    /// The newest set of the store; nil when there is none, or when this version cannot run it.
    package func newest() throws -> LiveRules.Staged? {
        guard let rules = try store.rulesInForce() else { return nil }
        return try? staged(RuleSetLoader.check(rules, channels: channels))
    }

    /// What `nudged apply` put in force holds while the directory is what it was before; any edit there comes after it.
    package func applied(over directory: LiveRules.Staged) throws -> LiveRules.Staged? {
        guard let newest = try store.rulesInForce(), newest.source == .applied, newest.hash != directory.hash,
            try store.lastFromDirectory()?.hash == directory.hash
        else { return nil }
        return try self.newest()
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
