import ArgumentParser
import Daemon
import Foundation
import Rules
import Store

/// `--all`, `--rule R` or `--channel C`: exactly one.
struct StopTarget: ParsableArguments {
    @Flag(help: "Everything.") var all = false
    @Option(help: "One rule.") var rule: String?
    @Option(help: "One channel.") var channel: String?

    func validate() throws {
        guard [all, rule != nil, channel != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("give one of --all, --rule R, --channel C")
        }
    }

    var scope: StopScope { rule.map { .rule($0) } ?? channel.map { .channel($0) } ?? .all }
}

struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "The emergency stop: nothing of it leaves from the next send on, also after a restart.",
        discussion: """
            EXAMPLES
              nudged hold --all --reason "wrong price in the template"
              nudged hold --rule birthday-gift --reason "coupon not approved"
              nudged hold --list
            """)

    @Flag(help: "Print the stops in force.") var list = false
    @Flag(help: "Everything.") var all = false
    @Option(help: "One rule.") var rule: String?
    @Option(help: "One channel.") var channel: String?
    @Option(help: "Why, for whoever finds it stopped.") var reason: String?
    @OptionGroup var options: StoreOptions

    func validate() throws {
        let targets = [all, rule != nil, channel != nil].count { $0 }
        guard list ? targets == 0 : targets == 1 else {
            throw ValidationError("give one of --all, --rule R, --channel C, or --list")
        }
        if !list, reason?.isEmpty ?? true { throw ValidationError("say why: --reason TEXT") }
    }

    func run() throws {
        let store = try options.openStore()
        guard !list else {
            for stop in try store.stops() {
                Console.print("\(stop.scope)  since \(Zone.utc.rfc3339(stop.at)) by \(stop.who): \(stop.reason)")
            }
            return
        }
        let scope: StopScope = rule.map { .rule($0) } ?? channel.map { .channel($0) } ?? .all
        try store.stop(scope, reason: reason ?? "", who: Typist.name, at: .now)
        Console.print("held: \(scope.text). `nudged release` lets it go on.")
    }
}

struct ReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "End a hold, of an operator or of the blast guard.",
        discussion: """
            EXAMPLES
              nudged release --rule mid-autumn-greeting
              nudged release --all
            """)

    @OptionGroup var target: StopTarget
    @OptionGroup var options: StoreOptions

    func run() throws {
        guard try options.openStore().release(target.scope) else {
            Console.print("nothing was held under \(target.scope.text)")
            return
        }
        Console.print("released: \(target.scope.text)")
    }
}

/// Who is typing.
enum Typist {
    static var name: String {
        let environment = ProcessInfo.processInfo.environment
        return environment["SUDO_USER"] ?? environment["USER"] ?? "uid \(getuid())"
    }
}
