import Config
import Review
import Kit
import ArgumentParser
import Foundation
import Policies
import Rules
import Store

struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Put the rules of a saved plan in force, exactly as planned.",
        discussion: """
            Refused when other rules have come into force since the plan was made. A running daemon takes the set over
            within seconds; without one it is in force at once. It holds until somebody edits the rules directory.

            EXAMPLES
              nudged plan rules -o plan.json
              nudged apply plan.json

            EXIT 0 in force; 1 not: the live rules moved, the plan has errors, or the daemon did not take it; 2 could not run
            """)

    @Argument(help: "A file that `nudged plan -o` wrote.")
    var file: String
    @OptionGroup var options: StoreOptions
    @Flag(help: "Print {\"version\":n,\"taken\":true}.")
    var json = false

    /// Seconds. A daemon looks twice a second; a long tick may hold it up.
    private static let patience = 30.0

    func run() throws {
        let config = try options.loadConfig()
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        let (saved, loaded, set) = try read(channels)
        let url = try options.storeURL(config)
        do {
            let store = try options.open(config)
            let base = saved.base.map { ($0.version, $0.hash) }
            if let inForce = try store.rulesInForce(), inForce.hash == saved.hash {
                return report(inForce.version, isNew: false)
            }
            guard
                let version = try store.apply(
                    files: loaded.filesJSON, hash: saved.hash, who: NSUserName(), replacing: base, at: .now)
            else { throw try moved(saved, store) }
            try takeOver(store, set, loaded, channels: channels, url: url, version: version)
            report(version, isNew: true)
        } catch let error as MemberStore.OpenError {
            throw Failure(.couldNotRun, error.description)
        }
    }

    private func read(_ channels: [ChannelDeclaration]) throws -> (SavedPlan, RuleSetLoader.Loaded, RuleSet) {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Failure(.couldNotRun, "\(file): cannot be read; check that it exists and its permissions")
        }
        do {
            let saved = try SavedPlan.read(data, path: file)
            let loaded = try saved.load(path: file, channels: channels)
            guard let set = loaded.set else {
                let errors = loaded.diagnostics.filter { $0.severity == .error }
                Console.error(FindingsText.render(errors, sources: loaded.sources))
                throw Failure(.findings, "the rules of this plan have errors here; nothing was changed")
            }
            return (saved, loaded, set)
        } catch let unreadable as SavedPlan.Unreadable {
            throw Failure(.findings, unreadable.description)
        }
    }

    private func moved(_ saved: SavedPlan, _ store: MemberStore) throws -> Failure {
        let planned = saved.base.map { "version \($0.version)" } ?? "no live rules"
        let newest = try store.rulesInForce().map { "version \($0.version)" } ?? "none"
        return Failure(
            .findings,
            "refused: the plan was made against \(planned), and the live rules are \(newest) now; run `nudged plan` again"
        )
    }

    /// The holder of the store's lock makes the set live: its daemon, or without one this command.
    private func takeOver(
        _ store: MemberStore, _ set: RuleSet, _ loaded: RuleSetLoader.Loaded, channels: [ChannelDeclaration],
        url: String, version: Int
    ) throws {
        do {
            let lock = try StoreLock(databasePath: try MemberStore.filePath(of: url))
            let running = set.rules.filter { $0.status == .live || $0.status == .shadow }
            try withExtendedLifetime(lock) {
                guard try store.newestRules()?.version == version else { throw try replaced(version, store) }
                _ = try store.goLive(
                    PlannedSet(set, rules: running, channels: channels), files: loaded.filesJSON, hash: loaded.hash,
                    source: .applied, at: .now)
            }
        } catch let refusal as Refusal where refusal.code == .locked {
            try wait(for: version, store)
        }
    }

    private func wait(for version: Int, _ store: MemberStore) throws {
        StageNote.show("waiting for the daemon to take version \(version)")
        defer { StageNote.clear() }
        let start = Date()
        while Date().timeIntervalSince(start) < ApplyCommand.patience {
            let live = try store.liveVersion()
            if live == version { return }
            if live > version { throw try replaced(version, store) }
            Thread.sleep(forTimeInterval: 0.1)
        }
        throw Failure(
            .findings,
            "not in force: version \(version) is on record, but the daemon has not taken it within "
                + "\(Int(ApplyCommand.patience)) s; its log says why, and the rules before it go on")
    }

    private func replaced(_ version: Int, _ store: MemberStore) throws -> Failure {
        Failure(
            .findings,
            "not in force: version \(version) was replaced at once by version \(try store.liveVersion()); "
                + "run `nudged plan` again")
    }

    private func report(_ version: Int, isNew: Bool) {
        if json {
            Console.print(JSONText.object(["version": .int(version), "taken": .bool(true)]).rendered)
        } else {
            Console.print("rules version \(version) is in force\(isNew ? "" : " already")")
        }
    }
}
