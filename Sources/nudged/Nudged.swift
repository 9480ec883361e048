import Review
import ArgumentParser
import Foundation
import Rules
import Store

@main
struct Nudged: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nudged",
        abstract: "Rules-driven marketing automation for retail.",
        discussion: """
            Marketing edits YAML rules, QA dry-runs them against fixtures, ops runs the daemon.

            EXAMPLES
              nudged init shop && cd shop        a commented workspace to start from
              nudged check                       findings of every rule file, with file, line and remedy
              nudged dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-07
              nudged import members 会员.csv --store sqlite:nudged.db
              nudged run --config nudged.yaml    the daemon
            """,
        version: "0.2.0",
        subcommands: [
            DemoCommand.self, InitCommand.self, RunCommand.self, TickCommand.self, CheckCommand.self, TestCommand.self,
            DryRunCommand.self, ExplainCommand.self, PlanCommand.self, ApplyCommand.self, FieldsCommand.self,
            FormatCommand.self, SchemaCommand.self,
            CodeCommand.self,
            ImportCommand.self,
            DeliveriesCommand.self, TasksCommand.self, VerifyCommand.self, HoldCommand.self, ReleaseCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            Console.error(failure.text)
            Foundation.exit(failure.code.rawValue)
        } catch let refusal as Refusal {
            Console.error("nudged: \(refusal.description)")
            Foundation.exit(refusal.code.rawValue)
        } catch let refusal as RuleSetLoader.Refusal {
            Console.error(refusal.description)
            Foundation.exit(ExitStatus.couldNotRun.rawValue)
        } catch let unsound as Workspace.Unsound {
            Console.error(unsound.findings)
            Console.error(unsound.verdict)
            Foundation.exit(ExitStatus.findings.rawValue)
        } catch let error as MemberStore.OpenError {
            Console.error(error.description)
            Foundation.exit(ExitStatus.couldNotRun.rawValue)
        } catch {
            guard let trouble = StoreTrouble(error) else { exit(withError: error) }
            Console.error(trouble.sentence(nil))
            Foundation.exit(ExitStatus.couldNotRun.rawValue)
        }
    }
}

/// The documented exit codes (product §6).
enum ExitStatus: Int32 {
    case findings = 1
    case couldNotRun = 2
    case usage = 64
    case locked = 75
    case bug = 70
    case refused = 78
}

/// An error that a person reads: one sentence, what to do, and the exit code. Never a stack trace.
struct Failure: Error {
    var code: ExitStatus
    var text: String
    init(_ code: ExitStatus, _ text: String) {
        self.code = code
        self.text = text
    }
}

/// Standard output is the result, standard error is for people.
enum Console {
    static func print(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
    static func error(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// Columns of the terminal; 120 without one.
    static var width: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 120
    }

    static var hasColour: Bool {
        ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty && isatty(STDOUT_FILENO) == 1
    }
}
