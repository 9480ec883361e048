import Review
import Kit
import ArgumentParser
import Rules
import Store

struct TasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: .say("Calls and visits that staff owe to members.", "员工待办：该给会员打的电话、做的回访。"),
        subcommands: [List.self, Done.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: .say("Open tasks, the most urgent first.", "未完成的任务，最急的在前。"),
            discussion: .say("EXAMPLE", "示例") + "\n  nudged tasks list --store sqlite:nudged.db --json")
        @OptionGroup var options: StoreOptions
        @Flag(help: .say("Closed ones too.", "已完成的也列出。")) var all = false
        @Flag(help: .say("One JSON object a line.", "每行一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.readStore()
            let speech = options.speech(try options.loadConfig(), store)
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
            commandName: "done", abstract: .say("Close a task.", "完成一个任务。"),
            discussion: .say("EXAMPLE", "示例")
                + "\n  nudged tasks done vip-inactive-90d m17 'inactive@2026-01-05T04:00:00Z'")
        @OptionGroup var options: StoreOptions
        @OptionGroup var language: LanguageOption
        @Argument(help: .say("The rule that made it.", "产生任务的规则。"), completion: .ruleNames) var rule: String
        @Argument(help: .say("The member's id.", "会员编号。")) var member: String
        @Argument(help: .say("The occasion, as `list` shows it.", "场合，照 `list` 所示。")) var occasion: String

        func run() throws {
            guard try options.openStore().closeTask(rule: rule, member: member, occasion: occasion, at: .now) else {
                throw Failure(
                    .couldNotRun,
                    .say(
                        "there is no open task of \(rule) for \(member) on \(occasion)",
                        "\(member) 在 \(occasion) 没有规则 \(rule) 的未完成任务"))
            }
        }
    }
}
