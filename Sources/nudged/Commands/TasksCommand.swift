import Review
import Kit
import ArgumentParser
import Rules
import Store

struct TasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: "Calls and visits that staff owe to members.",
        subcommands: [List.self, Done.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Open tasks, the most urgent first.",
            discussion: "EXAMPLE\n  nudged tasks list --store sqlite:nudged.db --json")
        @OptionGroup var options: StoreOptions
        @Flag(help: "Closed ones too.") var all = false
        @Flag(help: "One JSON object a line.") var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.readStore()
            let speech = options.speech(language.lang, try options.loadConfig(), store)
            for task in try store.tasks(all: all) {
                let due = task.dueAt.map(speech.time)
                if json {
                    Console.print(
                        JSONText.object([
                            "rule": .text(task.rule), "member": .text(task.member), "occasion": .text(task.occasion),
                            "assignee": task.assignee.map { .text($0) } ?? .null, "title": .text(task.title),
                            "script": task.script.map { .text($0) } ?? .null,
                            "text": task.text.map { .text($0) } ?? .null, "due_at": due.map { .text($0) } ?? .null,
                            "state": .text(task.state),
                        ]).rendered)
                } else {
                    Console.print(
                        [
                            due ?? "-", task.assignee ?? "-", task.title, task.rule, task.member, task.occasion,
                            task.state,
                        ]
                        .joined(separator: "  ") + (task.text.map { "\n    \($0)" } ?? ""))
                }
            }
        }
    }

    struct Done: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "done", abstract: "Close a task.",
            discussion: "EXAMPLE\n  nudged tasks done vip-inactive-90d m17 'inactive@2026-01-05T04:00:00Z'")
        @OptionGroup var options: StoreOptions
        @OptionGroup var language: LanguageOption
        @Argument var rule: String
        @Argument var member: String
        @Argument var occasion: String

        func run() throws {
            guard try options.openStore().closeTask(rule: rule, member: member, occasion: occasion, at: .now) else {
                let isChinese = Spoken.language(language.lang, config: options.config) == .chinese
                throw Failure(
                    .couldNotRun,
                    isChinese
                        ? "\(member) 在 \(occasion) 没有规则 \(rule) 的未完成任务"
                        : "there is no open task of \(rule) for \(member) on \(occasion)")
            }
        }
    }
}
