import Kit
import ArgumentParser
import Foundation
import Rules
import Store

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check what is promised on the store itself: one line for each broken invariant.",
        discussion: """
            Reads only. With a daemon at work, rows under way are no breach: give --live.

            Checked are I1 to I13, I15, I17 and I19 of the guarantees; quiet hours and caps (I9, I10) by what held when a
            message was handed over. Not applicable in this version:
            \(notApplicable.joined(separator: ", ")).

            EXAMPLES
              nudged verify --store sqlite:nudged.db
              nudged verify --live --json

            EXIT 0 all hold, 1 something is broken, 2 could not run
            """)

    private static let notApplicable = Invariants.notApplicable.map { "\($0.id) (\($0.about))" }

    @OptionGroup var options: StoreOptions
    @Flag(help: "A daemon is at work on this store.") var live = false
    @Flag(help: "One JSON object.") var json = false

    func run() throws {
        let progress = ProgressLine("checking the store")
        let broken = try options.readStore().verify(Invariants(at: .now, atRest: !live)) {
            progress.say("checking \($0)")
        }
        progress.finish()
        if json {
            Console.print(
                JSONText.object([
                    "ok": .bool(broken.isEmpty), "broken": .list(broken.map { .text($0) }),
                    "not_applicable": .list(Invariants.notApplicable.map { .text($0.id) }),
                ]).rendered)
        } else {
            for line in broken { Console.print(line) }
            if broken.isEmpty { Console.print("every checked invariant holds") }
            Console.print("not applicable in this version: " + VerifyCommand.notApplicable.joined(separator: ", "))
        }
        if !broken.isEmpty { throw ExitCode(ExitStatus.findings.rawValue) }
    }
}
