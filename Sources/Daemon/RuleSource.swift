import Review
import Kit
import Policies
import Rules
import Store

/// Where the daemon's rules come from: the directory, or the last good set that the store keeps.
package struct RuleSource: Sendable {
    private let directory: String
    private let channels: [ChannelDeclaration]
    /// Warnings refuse a set too (`--strict`).
    private let isStrict: Bool
    /// Must have what the rules ask of it.
    private let store: MemberStore

    package init(directory: String, channels: [ChannelDeclaration], isStrict: Bool, store: MemberStore) {
        self.directory = directory
        self.channels = channels
        self.isStrict = isStrict
        self.store = store
    }

    /// The findings that refuse a set.
    package struct Broken: Error, CustomStringConvertible {
        /// One line each; in English, as the log has them.
        package var findings: [String] { lines.map(\.english) }
        let lines: [Bilingual]
        var first: Bilingual? { lines.first }
        package var words: Bilingual {
            Bilingual(lines.map(\.english).joined(separator: "\n"), lines.map(\.chinese).joined(separator: "\n"))
        }
        package var description: String { words.description }
    }

    /// Throws `Broken`, also for SQL that the store cannot run. The store's other findings are warnings and refuse
    /// nothing, because the text is not at fault.
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
            staged.gone = try GoneRules(from: store, to: loaded, channels: channels)
            return staged
        } catch let refusal as RuleSetLoader.Refusal {
            throw Broken(lines: [refusal.words])
        }
    }

    /// The newest set of the store; nil when there is none, or this program cannot run it.
    package func newest() throws -> LiveRules.Staged? { try store.newestRuleSet().flatMap(kept) }

    /// The set that was in force last; nil as above.
    package func lastGood() throws -> LiveRules.Staged? { try store.rulesInForce().flatMap(kept) }

    /// What to run: the directory, or what `nudged apply` put in force since the directory was last edited.
    package enum Choice: Sendable {
        case directory(LiveRules.Staged, insteadOf: Int?)
        /// The directory has not changed since the apply.
        case applied(LiveRules.Staged, version: Int)

        package var staged: LiveRules.Staged {
            switch self {
            case .directory(let staged, _), .applied(let staged, _): staged
            }
        }
    }

    /// Throws `Broken`, also where the directory would end all that is live without a word.
    package func choose() throws -> Choice {
        let directory = try read()
        if let gone = directory.gone, gone.isRefused { throw Broken(lines: [gone.refusal]) }
        guard let inForce = try store.rulesInForce(), inForce.source == .applied, inForce.hash != directory.hash else {
            return .directory(directory, insteadOf: nil)
        }
        guard try store.lastFromDirectory()?.hash == directory.hash, let applied = kept(inForce) else {
            return .directory(directory, insteadOf: inForce.version)
        }
        return .applied(applied, version: inForce.version)
    }

    private func kept(_ rules: RuleVersion) -> LiveRules.Staged? {
        var staged = try? staged(RuleSetLoader.check(rules, channels: channels))
        staged?.source = rules.source
        return staged
    }

    private func staged(_ loaded: RuleSetLoader.Loaded) throws -> LiveRules.Staged {
        let objections = loaded.diagnostics.filter { isStrict || $0.severity == .error }
        guard objections.isEmpty, let set = loaded.set else {
            let lines = objections.map { Bilingual($0.short, $0.short(in: .chinese)) }
            let unread = Bilingual("\(directory): the rules could not be read", "\(directory)：规则读不出来")
            throw Broken(lines: lines.isEmpty ? [unread] : lines)
        }
        let running = set.rules.filter { $0.status == .live || $0.status == .shadow }
        return LiveRules.Staged(
            planned: PlannedSet(set, rules: running, channels: channels), files: loaded.filesJSON, hash: loaded.hash)
    }
}
