import ArgumentParser
import Daemon
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

            EXIT 0 in force, 1 refused: the live rules moved, or the plan has errors, 2 could not run
            """)

    @Argument(help: "A file that `nudged plan -o` wrote.")
    var file: String
    @OptionGroup var options: StoreOptions
    @Flag(help: "Print {\"version\":n,\"taken\":true}.")
    var json = false

    /// A daemon looks twice a second; a long tick may hold it up.
    private static let patience = 30.0

    func run() throws {
        let config = try options.loadConfig()
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        let (saved, loaded, set) = try read(channels)
        let url = try options.storeURL(config)
        do {
            let store = try options.open(config)
            if let newest = try store.newestRules(), newest.hash == saved.hash {
                let isTaken = try takeOver(store, set, loaded, channels, url, newest.version)
                return report(newest.version, isTaken, isNew: false)
            }
            let base = saved.base.map { ($0.version, $0.hash) }
            guard
                let version = try store.apply(
                    files: loaded.filesJSON, hash: saved.hash, who: NSUserName(), replacing: base, at: .now)
            else { throw try moved(saved, store) }
            let isTaken = try takeOver(store, set, loaded, channels, url, version)
            report(version, isTaken, isNew: true)
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
        let newest = try store.newestRules().map { "version \($0.version)" } ?? "none"
        return Failure(
            .findings,
            "refused: the plan was made against \(planned), and the live rules are \(newest) now; run `nudged plan` again"
        )
    }

    /// Whoever holds the store's lock makes the set live: its daemon, or without one we.
    private func takeOver(
        _ store: MemberStore, _ set: RuleSet, _ loaded: RuleSetLoader.Loaded, _ channels: [ChannelDeclaration],
        _ url: String, _ version: Int
    ) throws -> Bool {
        do {
            let lock = try StoreLock(databasePath: try MemberStore.filePath(of: url))
            let running = set.rules.filter { $0.status == .live || $0.status == .shadow }
            _ = try withExtendedLifetime(lock) {
                try store.goLive(
                    PlannedSet(set, rules: running, channels: channels), files: loaded.filesJSON, hash: loaded.hash,
                    at: .now)
            }
            return true
        } catch let refusal as Refusal where refusal.code == .locked {
            StageNote.show("waiting for the daemon to take version \(version)")
            defer { StageNote.clear() }
            let start = Date()
            while Date().timeIntervalSince(start) < ApplyCommand.patience {
                if try store.liveVersion() >= version { return true }
                Thread.sleep(forTimeInterval: 0.1)
            }
            return false
        }
    }

    private func report(_ version: Int, _ isTaken: Bool, isNew: Bool) {
        if json {
            Console.print(JSONText.object(["version": .int(version), "taken": .bool(isTaken)]).rendered)
        } else if isTaken {
            Console.print("rules version \(version) is in force\(isNew ? "" : " already")")
        } else {
            Console.print(
                "rules version \(version) is on record, but the daemon has not taken it within 30 s; see its log")
        }
    }
}
