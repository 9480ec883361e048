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

    /// The last set that was in force, from the store; nil when there is none, or when this version cannot run it.
    package func lastGood(in store: MemberStore) throws -> LiveRules.Staged? {
        guard let files = try store.lastRuleFiles() else { return nil }
        let read = files.map { YAMLReader.read(bytes: Array($0.text.utf8), path: $0.path) }
        return try? staged(RuleSetLoader.check(read, channels: channels))
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
