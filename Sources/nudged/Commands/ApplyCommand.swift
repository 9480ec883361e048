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
        abstract: .say(
            "Put the rules of a saved plan in force, exactly as planned.", "让保存的计划生效，与计划分毫不差。"),
        discussion: .say(
            """
            Refused when other rules have come into force since the plan was made. A running daemon takes the set over
            within seconds; without one it is in force at once. It holds until somebody edits the rules directory.

            EXAMPLES
              nudged plan rules -o plan.json
              nudged apply plan.json

            EXIT 0 in force; 1 not: the live rules moved, the plan has errors, or the daemon did not take it; 2 could not run
            """,
            """
            计划之后如果已有别的规则生效，则拒绝。守护进程在运行时几秒内接管，没有运行则立即生效。有人编辑规则目录之前一直有效。

            示例
              nudged plan rules -o plan.json
              nudged apply plan.json

            退出码  0 已生效；1 没有生效：线上规则已变、计划有错误，或守护进程没有接管；2 未能运行
            """))

    @Argument(help: .say("A file that `nudged plan -o` wrote.", "`nudged plan -o` 保存的文件。"))
    var file: String
    @OptionGroup var options: StoreOptions
    @Flag(help: .say("Print {\"version\":n,\"taken\":true}.", "输出 {\"version\":n,\"taken\":true}。"))
    var json = false
    @OptionGroup var language: LanguageOption

    /// Seconds. A daemon looks twice a second; a long tick may hold it up.
    private static let patience = 30.0

    func run() throws {
        let config = try options.loadConfig()
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
        let (saved, loaded, set) = try read(channels)
        let url = try options.storeURL(config)
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
    }

    private func read(_ channels: [ChannelDeclaration]) throws -> (SavedPlan, RuleSetLoader.Loaded, RuleSet) {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw RuleSetLoader.Refusal.unreadable(file)
        }
        let saved = try SavedPlan.read(data, path: file)
        let loaded = try saved.load(path: file, channels: channels)
        guard let set = loaded.set else {
            let errors = loaded.diagnostics.filter { $0.severity == .error }
            Console.error(FindingsText.render(errors, sources: loaded.sources, language: Spoken.language))
            throw Failure(
                .findings,
                .say("the rules of this plan have errors here; nothing was changed", "这份计划的规则在这里有错误；没有改动任何内容"))
        }
        return (saved, loaded, set)
    }

    private func moved(_ saved: SavedPlan, _ store: MemberStore) throws -> Failure {
        func version(_ number: Int) -> String { .say("version \(number)", "版本 \(number)") }
        let planned = saved.base.map { version($0.version) } ?? .say("no live rules", "没有线上规则的情形")
        let newest = try store.rulesInForce().map { version($0.version) } ?? .say("none", "没有")
        return Failure(
            .findings,
            .say(
                "refused: the plan was made against \(planned), and the live rules are \(newest) now; run `nudged plan` again",
                "已拒绝：计划是对照\(planned)做的，而线上规则现在是\(newest)；请重新运行 `nudged plan`"))
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
        StageNote.show(.say("waiting for the daemon to take version \(version)", "等待守护进程接管版本 \(version)"))
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
            .say(
                "not in force: version \(version) is on record, but the daemon has not taken it within "
                    + "\(Int(ApplyCommand.patience)) s; its log says why, and the rules before it go on",
                "没有生效：版本 \(version) 已入库，但守护进程 \(Int(ApplyCommand.patience)) 秒内没有接管；"
                    + "原因见它的日志，之前的规则继续运行"))
    }

    private func replaced(_ version: Int, _ store: MemberStore) throws -> Failure {
        let newer = try store.liveVersion()
        return Failure(
            .findings,
            .say(
                "not in force: version \(version) was replaced at once by version \(newer); run `nudged plan` again",
                "没有生效：版本 \(version) 随即被版本 \(newer) 取代；请重新运行 `nudged plan`"))
    }

    private func report(_ version: Int, isNew: Bool) {
        if json {
            Console.print(JSONText.object(["version": .int(version), "taken": .bool(true)]).rendered)
        } else {
            Console.print(
                .say(
                    "rules version \(version) is in force\(isNew ? "" : " already")",
                    isNew ? "规则版本 \(version) 已生效" : "规则版本 \(version) 本来就在生效"))
        }
    }
}
