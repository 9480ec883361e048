import Engine
import Review
import Kit
import ArgumentParser
import Foundation
import Policies
import Rules
import Store

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: .say(
            "See it work: the example rules over an invented shop, on a fast clock.",
            "看一遍效果：在虚构的店铺上快进运行示例规则。"),
        discussion: .say(
            """
            Invents members with a year of history, puts them into a store in memory, lets the example rules run \
            through some days and prints what would have gone out, and why the others got nothing. The same seed \
            gives the same shop. Nothing is written, nothing is sent.

            EXAMPLES
              nudged demo                        2,000 members, a week
              nudged demo --days 3 --seed 7      another shop, three days
              nudged demo --lang zh-CN           in Chinese
              nudged demo --serve                phones of three members in your browser, until Ctrl-C

            With --serve a daily rule writes to three invented members. The page shows their phones; reply R on one, \
            or open its link, then press for the next day: that member gets nothing more, and the page says why. Only \
            this machine reaches it.
            """,
            """
            虚构一批有一年消费记录的会员，放进内存里的数据库，让示例规则运行若干天，打印会发出什么、其他人为什么没有收到。\
            种子相同，店铺就相同。不写入任何文件，也不发送任何消息。

            示例
              nudged demo                        2000 位会员，一周
              nudged demo --days 3 --seed 7      另一家店，三天
              nudged demo --lang en              英文
              nudged demo --serve                在浏览器里看三位会员的手机，按 Ctrl-C 结束

            --serve：一条每天的规则给三位虚构的会员发消息，网页显示他们的手机。在某部手机上回复 R 或打开退订链接，再按“下一天”：\
            这位会员不再收到消息，页面写明原因。只有本机能访问。
            """))

    @Option(help: .say("How many days to run, 1 to 31.", "运行多少天，1 到 31。"))
    var days = 7
    @Option(help: .say("How many members to invent, 1 to 50000.", "虚构多少位会员，1 到 50000。"))
    var members = 2000
    @Option(help: .say("Another number, another shop.", "种子：换一个数，换一家店。"))
    var seed = 11
    @Flag(help: .say("Serve phones of members on a page of this machine.", "在本机的网页上显示会员的手机。"))
    var serve = false
    @Option(
        help: .say("The page's port on 127.0.0.1, 1 to 65535 (default 8787).", "网页在 127.0.0.1 上的端口，1 到 65535（默认 8787）。")
    )
    var port: Int?
    @OptionGroup var language: LanguageOption

    func validate() throws {
        guard port == nil || serve else {
            throw ValidationError(.say("--port goes with --serve", "--port 要和 --serve 一起用"))
        }
        guard port.map((1...65_535).contains) ?? true else {
            throw ValidationError(.say("--port is a number from 1 to 65535", "--port 是 1 到 65535 的数"))
        }
        guard (1...31).contains(days) else {
            throw ValidationError(.say("--days is a number from 1 to 31", "--days 是 1 到 31 的数"))
        }
        guard (1...50_000).contains(members) else {
            throw ValidationError(.say("--members is a number from 1 to 50000", "--members 是 1 到 50000 的数"))
        }
    }

    func run() async throws {
        if serve { return try await DemoServer(port: port ?? DemoServer.standardPort).run() }
        try report()
    }

    private func report() throws {
        let words = DemoWording(language: Spoken.language)
        let progress = DemoProgress()
        defer { progress.finish() }
        let set = try ExampleRules.ruleSet()
        let rules = set.rules.filter { $0.status == .live }
        let shop = DemoShop(zone: set.settings.zone, days: days, seed: seed)
        Console.print(words.opening(members: members, rules: rules.count, from: DemoShop.begin, days: days))

        progress.show(words.inventing(members))
        let fixtures = shop.fixtures(members: members)
        progress.show(words.storing(members))
        let store = try MemberStore.inMemory(fixtures, settings: set.settings, custom: set.fields)
        progress.show(words.running(days))
        let planned = PlannedSet(set, rules: rules, channels: ChannelDeclaration.standard)
        let prepared = try PreparedRules(planned, rulesVersion: 0, in: store)
        let lines = try Simulation(store: store, prepared: prepared, from: shop.start, until: shop.end).run()
        progress.finish()

        Console.print(DemoReport(lines: lines, rules: rules, words: words).text)
        Console.print(words.closing(program: ProgramName.asTyped))
    }
}

/// Shows the current step on a terminal's standard error, once the work has taken a second.
private final class DemoProgress {
    private let start = ContinuousClock.now
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var isShown = false

    func show(_ step: String) {
        guard isTerminal, isShown || ContinuousClock.now - start > .seconds(1) else { return }
        isShown = true
        Console.note("\r\u{1B}[K\(step)")
    }

    func finish() {
        guard isShown else { return }
        isShown = false
        Console.note("\r\u{1B}[K")
    }
}

extension ExampleRules {
    /// The rule set as the daemon would load it: without fixtures and tests.
    static func ruleSet() throws -> RuleSet {
        try RuleSet.built(
            of: files.filter { !$0.path.hasPrefix("fixtures/") && !$0.path.hasPrefix("tests/") }
                .map { ($0.path, $0.text) }, channels: ChannelDeclaration.standard)
    }
}

extension RuleSet {
    /// The rule set of files that are part of the program.
    static func built(of files: [(path: String, text: String)], channels: [ChannelDeclaration]) throws -> RuleSet {
        let read = files.map { YAMLReader.read(bytes: Array($0.text.utf8), path: "rules/\($0.path)") }
        let loaded = RuleSetLoader.check(read, channels: channels)
        guard let set = loaded.set else {
            throw Failure(
                .couldNotRun,
                FindingsText.render(loaded.diagnostics, sources: loaded.sources, language: Spoken.language))
        }
        return set
    }
}
