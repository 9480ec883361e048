import Engine
import Review
import Kit
import ArgumentParser
import Foundation
import Policies
import Rules
import Store

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "See it work: the example rules over an invented shop, on a fast clock.",
        discussion: """
            Invents members with a year of history, puts them into a store in memory, lets the example rules run \
            through some days and prints what would have gone out, and why the others got nothing. The same seed \
            gives the same shop. Nothing is written, nothing is sent.

            EXAMPLES
              nudged demo                        2,000 members, a week
              nudged demo --days 3 --seed 7      another shop, three days
              nudged demo --lang zh-CN           in Chinese
            """)

    @Option(help: "How many days to run, 1 to 31.")
    var days = 7
    @Option(help: "How many members to invent, 1 to 50000.")
    var members = 2000
    @Option(help: "Another number, another shop.")
    var seed = 11
    @Option(name: .customLong("lang"), help: "en or zh-CN (default: `lang` of nudged.yaml, else the locale's).")
    var spoken: Language?

    private var lang: Language { Spoken.language(spoken) }

    func validate() throws {
        guard (1...31).contains(days) else { throw ValidationError("--days is a number from 1 to 31") }
        guard (1...50_000).contains(members) else { throw ValidationError("--members is a number from 1 to 50000") }
    }

    func run() throws {
        let words = DemoWording(language: lang)
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
        FileHandle.standardError.write(Data("\r\u{1B}[K\(step)".utf8))
    }

    func finish() {
        guard isShown else { return }
        isShown = false
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}

extension ExampleRules {
    /// The rule set as the daemon would load it: without fixtures and tests.
    static func ruleSet() throws -> RuleSet {
        let files = files.filter { !$0.path.hasPrefix("fixtures/") && !$0.path.hasPrefix("tests/") }
            .map { YAMLReader.read(bytes: Array($0.text.utf8), path: "rules/\($0.path)") }
        let loaded = RuleSetLoader.check(files, channels: ChannelDeclaration.standard)
        guard let set = loaded.set else {
            throw Failure(.couldNotRun, FindingsText.render(loaded.diagnostics, sources: loaded.sources))
        }
        return set
    }
}
