import Review
import Kit
import ArgumentParser
import Foundation
import Rules
import Store

struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "The emergency stop: nothing of it leaves from the next send on, also after a restart.",
        discussion: """
            A rule must be in the rules directory or in force, a channel in nudged.yaml: a stop with a slip in its name
            would stop nothing. --force takes a name that comes later.

            EXAMPLES
              nudged hold --all --reason "wrong price in the template"
              nudged hold --rule birthday-gift --reason "coupon not approved"
              nudged hold --list

            EXIT 0 done, 2 could not run, 64 usage, or a name that nobody knows
            """)

    @Flag(help: "Print the stops in force.") var list = false
    @Flag(help: "Everything.") var all = false
    @Option(help: "One rule.") var rule: String?
    @Option(help: "One channel.") var channel: String?
    @Option(help: "Why, for whoever finds it stopped.") var reason: String?
    @Flag(help: "Also a rule or channel that is not there yet.") var force = false
    @Flag(help: "With --list: one JSON object a line.") var json = false
    @OptionGroup var options: StoreOptions
    @OptionGroup var language: LanguageOption

    func validate() throws {
        let targets = [all, rule != nil, channel != nil].count { $0 }
        guard list ? targets == 0 : targets == 1 else {
            throw ValidationError("give one of --all, --rule R, --channel C, or --list")
        }
        if !list, reason?.isEmpty ?? true { throw ValidationError("say why: --reason TEXT") }
    }

    func run() throws {
        let config = try options.loadConfig()
        let store = try (list ? options.readStore() : options.openStore())
        let words = StopWording(speech: options.speech(language.lang, config, store))
        guard !list else {
            let stops = try store.stops()
            for stop in stops { Console.print(json ? words.json(stop).rendered : words.line(stop)) }
            if stops.isEmpty, !json { Console.print(words.nothingHeld) }
            return
        }
        let scope: StopScope = rule.map { .rule($0) } ?? channel.map { .channel($0) } ?? .all
        if !force { try KnownNames(config, store).require(scope, words.speech) }
        try store.stop(scope, reason: reason ?? "", who: Typist.name, at: .now)
        Console.print(words.held(scope))
    }
}

struct ReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "End a hold, of an operator or of a guard.",
        discussion: """
            Ends what is named and nothing else, and says what it ended and what is still held. The guards against a
            restored backup and against a wrong clock are ended only by --rollback and --clock: first it prints what
            would go out then, and asks on a terminal.

            EXAMPLES
              nudged release --rule mid-autumn-greeting     an operator's hold, and that of the blast guard
              nudged release --all
              nudged release --rollback                     after a backup was put back, see nudged deliveries settle
              nudged release --clock                        the clock is right now; marks from the future are mended

            EXIT 0 done, 1 not agreed, 2 could not run, 64 usage, or a name that nobody knows
            """)

    @Flag(help: "The hold of everything; guards and holds of one rule or channel stay.") var all = false
    @Option(help: "One rule.") var rule: String?
    @Option(help: "One channel.") var channel: String?
    @Flag(help: "The guard that found a backup in place of the store.") var rollback = false
    @Flag(help: "The guard that found the clock wrong.") var clock = false
    @Flag(help: "Also a rule or channel that is not there any more.") var force = false
    @Flag(help: "Do not ask.") var yes = false
    @Flag(help: "Print {\"ended\":[…],\"held\":[…]}.") var json = false
    @OptionGroup var options: StoreOptions
    @OptionGroup var language: LanguageOption

    private var scopes: [StopScope] {
        let named: [StopScope?] = [
            all ? .all : nil, rule.map { .rule($0) }, channel.map { .channel($0) }, rollback ? .rollback : nil,
            clock ? .clock : nil,
        ]
        return named.compactMap { $0 }
    }

    func validate() throws {
        guard !scopes.isEmpty else {
            throw ValidationError("give one of --all, --rule R, --channel C, --rollback, --clock")
        }
    }

    func run() throws {
        let config = try options.loadConfig()
        let store = try options.openStore()
        let words = StopWording(speech: options.speech(language.lang, config, store))
        let before = try store.stops()
        // Every hold may be released, even if its name is no longer known.
        let held = Set(before.map(\.scope))
        let unknown = scopes.filter { !held.contains($0.text) && !held.contains("blast:\(rule ?? "")") }
        if !force, !unknown.isEmpty {
            let known = try KnownNames(config, store)
            for scope in unknown { try known.require(scope, words.speech) }
        }
        if rollback || clock { try show(store, words, before) }
        let ended = try store.release(scopes, at: .now)
        let rest = try store.stops()
        guard !json else {
            let lists = [("ended", ended), ("held", rest)]
            Console.print(
                JSONText.object(lists.map { .init($0.0, .list($0.1.map(words.json))) }).rendered)
            return
        }
        for stop in ended { Console.print(words.ended(stop)) }
        if ended.isEmpty { Console.print(words.nothingHeld(under: scopes.map(\.text))) }
        for stop in rest { Console.print(words.still(stop)) }
    }

    /// Shows what would go out, and asks, before the guards are released.
    private func show(_ store: MemberStore, _ words: StopWording, _ before: [StopListing]) throws {
        let named = Set(scopes.map(\.text))
        let rest = before.filter { !named.contains($0.scope) && StopWording.ofEverything.contains($0.scope) }
        Console.error(words.goesOut(try store.owed(at: .now), heldStill: rest))
        guard isatty(STDIN_FILENO) == 1, before.contains(where: { named.contains($0.scope) }) else { return }
        guard try Question.isAgreed(words.question, yes: yes, words.speech) else {
            Console.error(words.speech.say("nothing was changed", "没有改动任何内容"))
            throw ExitCode(ExitStatus.findings.rawValue)
        }
    }
}

/// The user at the keyboard.
enum Typist {
    static var name: String {
        let environment = ProcessInfo.processInfo.environment
        return environment["SUDO_USER"] ?? environment["USER"] ?? "uid \(getuid())"
    }
}
