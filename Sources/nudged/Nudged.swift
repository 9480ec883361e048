import ArgumentParser
import Daemon
import Foundation

@main
struct Nudged: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nudged",
        abstract: .say("Rules-driven marketing automation for retail.", "用规则驱动的零售营销自动化。"),
        discussion: .say(
            """
            Marketing edits YAML rules, QA dry-runs them against fixtures, ops runs the daemon.

            EXAMPLES
              nudged init shop && cd shop        a commented workspace to start from
              nudged check                       findings of every rule file, with file, line and remedy
              nudged dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-07
              nudged import members members.csv --store sqlite:nudged.db
              nudged run --config nudged.yaml    the daemon
            """,
            """
            运营编辑 YAML 规则，测试用示例会员试运行，运维运行守护进程。

            示例
              nudged init shop && cd shop        写一套带注释的工作区
              nudged check                       检查全部规则文件，指出文件、行和改法
              nudged dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-07
              nudged import members 会员.csv --store sqlite:nudged.db
              nudged run --config nudged.yaml    运行守护进程
            """),
        version: "0.2.0",
        subcommands: [
            DemoCommand.self, InitCommand.self, RunCommand.self, TickCommand.self, CheckCommand.self, TestCommand.self,
            DryRunCommand.self, ExplainCommand.self, PlanCommand.self, ApplyCommand.self, FieldsCommand.self,
            FormatCommand.self, SchemaCommand.self,
            CodeCommand.self,
            ImportCommand.self, IngestCommand.self, QuarantineCommand.self,
            MembersCommand.self, ConsentsCommand.self,
            StatusCommand.self, DoctorCommand.self, ReportCommand.self, AuditCommand.self, KeysCommand.self,
            DeliveriesCommand.self, TasksCommand.self, VerifyCommand.self, BackupCommand.self, RestoreCommand.self,
            HoldCommand.self, ReleaseCommand.self,
            ChannelsCommand.self, SendTestCommand.self,
        ])

    static func main() async {
        CrashOutput.keepMemoryOut()
        if let columns = ImportCommand.columns(asked: Array(CommandLine.arguments.dropFirst())) {
            return Console.print(columns)
        }
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Ending(error).end()
        }
    }

    @OptionGroup var language: LanguageOption
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
    static func print(_ text: String, end: String = "\n") { FileHandle.standardOutput.write(Data((text + end).utf8)) }
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
