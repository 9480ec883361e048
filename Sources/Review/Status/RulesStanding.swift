import Config
import Kit
import Policies
import Rules
import Store

/// The rules in force beside the rules directory.
package struct RulesStanding: Sendable {
    /// How the directory compares with the rules in force.
    package enum Directory: String, Sendable {
        case same
        /// It holds rules that are not in force (yet).
        case differs
        /// It is as it was before a plan was applied, which stays in force.
        case appliedInstead = "applied_instead"
        /// It has errors, or would end all that is live without a word, and the rules in force stay.
        case refused
        /// No nudged.yaml names one.
        case unknown
    }

    /// What the store keeps of the set; nil before the first.
    package var version: Int?
    package var hash: String?
    package var source: RuleVersion.Source?
    package var recordedAt: Instant?
    /// How many rules have each status.
    package var counts: [Rule.Status: Int] = [:]
    package var directory: Directory
    /// Why the directory is refused, one line each.
    package var findings: [Bilingual] = []
    /// The running rules, ready to be asked what is due; nil where this version cannot read them.
    package var planned: PlannedSet?
    package var zone: Zone?

    /// Reads the set that the store keeps and, where there is a config, the directory.
    package init(_ config: Configuration?, _ store: MemberStore, at now: Instant) throws {
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        let kept = try store.rulesInForce()
        directory = .unknown
        if let kept {
            (version, hash, source, recordedAt) = (kept.version, kept.hash, kept.source, kept.loadedAt)
            let loaded = RuleSetLoader.check(kept, channels: channels)
            counts = loaded.sound.rules.reduce(into: [:]) { $0[$1.status, default: 0] += 1 }
            zone = loaded.sound.settings.zone
            planned = loaded.set.map { set in
                PlannedSet(
                    set, rules: set.rules.filter { $0.status == .live || $0.status == .shadow }, channels: channels)
            }
        }
        guard let config else { return }
        try compare(config, kept, store, at: now)
    }

    private mutating func compare(
        _ config: Configuration, _ kept: RuleVersion?, _ store: MemberStore, at now: Instant
    ) throws {
        do {
            let files = try RuleSetLoader.daemonFiles(in: config.rulesDir).map(RuleSetLoader.read)
            var loaded = RuleSetLoader.read(files, channels: config.channelDeclarations)
            loaded.diagnostics = RuleSetLoader.suppressed(
                try loaded.diagnostics + StoreCheck(store, at: now).briefly(on: loaded), files,
                asked: StoreFindings.cheapCodes)
            zone = zone ?? loaded.sound.settings.zone
            let errors = loaded.diagnostics.filter { $0.severity == .error }
            findings = errors.map { Bilingual($0.short, $0.short(in: .chinese)) }
            if !findings.isEmpty || loaded.set == nil {
                directory = .refused
            } else if loaded.hash == kept?.hash {
                directory = .same
            } else if kept?.source == .applied, try store.lastFromDirectory()?.hash == loaded.hash {
                directory = .appliedInstead
            } else {
                let gone = try GoneRules(from: store, to: loaded, channels: config.channelDeclarations)
                directory = gone.isRefused ? .refused : .differs
                if gone.isRefused { findings = [gone.refusal] }
            }
        } catch let refusal as RuleSetLoader.Refusal {
            directory = .refused
            findings = [refusal.words]
        }
    }
}
