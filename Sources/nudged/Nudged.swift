import ArgumentParser
import Channels
import Daemon
import Foundation
import Kit
import Store

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
        version: Nudged.versions,
        subcommands: [
            DemoCommand.self, InitCommand.self, RunCommand.self, TickCommand.self, CheckCommand.self, TestCommand.self,
            DryRunCommand.self, ExplainCommand.self, PlanCommand.self, ApplyCommand.self, FieldsCommand.self,
            FormatCommand.self, SchemaCommand.self,
            CodeCommand.self,
            ImportCommand.self, IngestCommand.self, QuarantineCommand.self,
            MembersCommand.self, ConsentsCommand.self,
            StatusCommand.self, DoctorCommand.self, ReportCommand.self, AuditCommand.self, KeysCommand.self,
            DeliveriesCommand.self, TasksCommand.self, VerifyCommand.self, BackupCommand.self, RestoreCommand.self,
            RekeyCommand.self,
            RetentionCommand.self,
            HoldCommand.self, ReleaseCommand.self, AlertsCommand.self,
            ChannelsCommand.self, SendTestCommand.self,
        ])

    static let version = "0.2.0"

    /// What `--version` prints: the program, the schema of its store, and the libraries that are loaded.
    private static var versions: String {
        let commit = Build.commit.map { " (\($0))" } ?? ""
        let curl = HTTPTransport.library.split(separator: " ").first.map { $0.replacing("/", with: " ") } ?? "libcurl"
        return """
            nudged \(version)\(commit)
            schema \(MemberStore.schema)
            SQLite \(SQLiteVersion.text)
            \(curl)
            """
    }

    static func main() async {
        CrashOutput.keepMemoryOut()
        Console.endWithItsReader()
        if let columns = ImportCommand.columns(asked: Array(CommandLine.arguments.dropFirst())) {
            return Console.print(columns)
        }
        switch HelpTopics.answer(to: Array(CommandLine.arguments.dropFirst())) {
        case .text(let text): return Console.print(text)
        case .unknown(let sentence): Ending(Failure(.usage, sentence)).end()
        case nil: break
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
    /// What members and sources wrote sets no terminal: it gets control characters as their codes.
    private static func fit(_ text: String, for file: Int32) -> String {
        isatty(file) == 1 ? PlainText.visible(text) : text
    }

    static func clearScreen() { if isatty(STDOUT_FILENO) == 1 { _ = put("\u{1B}[H\u{1B}[2J", on: STDOUT_FILENO) } }

    /// Ends the process with one sentence where the result cannot be written, as on a full disk: a result that nobody got
    /// must not look like success.
    static func print(_ text: String, end: String = "\n") {
        let reason = put(fit(text + end, for: STDOUT_FILENO), on: STDOUT_FILENO)
        guard reason != 0 else { return }
        let words = Bilingual(errno: reason)
        error(
            .say(
                "nudged: the result could not be written: \(words); what was done stays done",
                "nudged：结果写不出去：\(words.chinese)；已经做的不会撤销"))
        Foundation.exit(ExitStatus.couldNotRun.rawValue)
    }

    /// Writes all of a text; returns 0 or the number of the error.
    private static func put(_ text: String, on file: Int32) -> Int32 {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EAGAIN {
                var ready = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, -1)
            } else if count < 0, errno != EINTR {
                return errno
            }
            bytes = bytes.dropFirst(max(count, 0))
        }
        return 0
    }

    /// Lets the process end quietly when nobody reads its output any more, as `nudged … | head` does, and hear every signal.
    /// A parent that ignores SIGPIPE (systemd, some schedulers) or blocks signals hands that on to its children. The daemon,
    /// which outlives its readers, ignores SIGPIPE later.
    static func endWithItsReader() {
        signal(SIGPIPE, SIG_DFL)
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
    }

    static func error(_ text: String) { note(fit(text, for: STDERR_FILENO) + "\n") }

    /// Writes a part of a line for people. Where it cannot be written nobody is there to be told.
    static func note(_ text: String) { _ = put(text, on: STDERR_FILENO) }

    /// Columns of the terminal; 120 without one.
    static var width: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 120
    }

    static var hasColour: Bool {
        ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty && isatty(STDOUT_FILENO) == 1
    }
}
