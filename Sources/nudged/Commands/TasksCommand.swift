import ArgumentParser
import Foundation
import Kit
import Review
import Rules
import Store

struct TasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: .say("Calls and visits that staff owe to members.", "员工待办：该给会员打的电话、做的回访。"),
        subcommands: [List.self, Done.self, Assign.self, Escalate.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: .say("Open tasks, the most overdue first.", "未完成的任务，逾期最久的在前。"),
            discussion: .say(
                """
                Phone numbers and mail addresses in titles and texts are masked.

                EXAMPLES
                  nudged tasks list --store sqlite:nudged.db --json
                  nudged tasks list --assignee chen
                """,
                """
                标题和内容里的手机号、邮箱打码。

                示例
                  nudged tasks list --store sqlite:nudged.db --json
                  nudged tasks list --assignee chen
                """))
        @OptionGroup var options: StoreOptions
        @Flag(help: .say("Closed ones too.", "已完成的也列出。")) var all = false
        @Option(help: .say("Only theirs.", "只看这个人的。")) var assignee: String?
        @Flag(help: .say("One JSON object a line.", "每行一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.readStore()
            let words = TaskWording(speech: options.speech(try options.loadConfig(), store))
            let now = Instant.now
            for task in try store.tasks(all: all, of: assignee) {
                Console.print(json ? words.json(task, at: now).rendered : words.line(task, at: now))
            }
        }
    }

    /// One task, as `list` shows it.
    struct Which: ParsableArguments {
        @Argument(help: .say("The rule that made it.", "产生任务的规则。"), completion: .ruleNames) var rule: String
        @Argument(help: .say("The member's id.", "会员编号。")) var member: String
        @Argument(help: .say("The occasion, as `list` shows it.", "场合，照 `list` 所示。")) var occasion: String

        var key: TaskKey { TaskKey(rule: rule, member: member, occasion: occasion) }

        var missing: Failure {
            Failure(
                .couldNotRun,
                .say(
                    "there is no open task of \(rule) for \(member) on \(occasion)",
                    "\(member) 在 \(occasion) 没有规则 \(rule) 的未完成任务"))
        }
    }

    /// A task of nobody is on nobody's list.
    private static func requireName(_ assignee: String) throws {
        guard assignee.withoutOuterSpaces.isEmpty else { return }
        throw ValidationError(.say("say who: --to a person or role", "请写明转给谁：--to 人或岗位"))
    }

    struct Done: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "done", abstract: .say("Close a task.", "完成一个任务。"),
            discussion: .say("EXAMPLE", "示例")
                + "\n  nudged tasks done vip-inactive-90d m17 'inactive@2026-01-05T04:00:00Z'")
        @OptionGroup var options: StoreOptions
        @OptionGroup var language: LanguageOption
        @OptionGroup var which: Which

        func run() throws {
            guard try options.openStore().closeTask(which.key, at: .now) else { throw which.missing }
        }
    }

    struct Assign: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "assign", abstract: .say("Give a task to somebody else.", "把任务转给别人。"),
            discussion: .say("EXAMPLE", "示例")
                + "\n  nudged tasks assign vip-inactive-90d m17 'inactive@2026-01-05T04:00:00Z' --to chen")
        @OptionGroup var options: StoreOptions
        @OptionGroup var language: LanguageOption
        @OptionGroup var which: Which
        @Option(help: .say("A person or role.", "人或岗位。")) var to: String

        func validate() throws { try TasksCommand.requireName(to) }

        func run() throws {
            guard try options.openStore().assignTask(which.key, to: to, at: .now) else { throw which.missing }
        }
    }

    struct Escalate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "escalate", abstract: .say("Give every overdue task to one person.", "把逾期的任务都转给一个人。"),
            discussion: .say(
                """
                EXAMPLES
                  nudged tasks escalate --to manager
                  nudged tasks escalate --to manager --hours 48 --rule vip-inactive-90d
                """,
                """
                示例
                  nudged tasks escalate --to manager
                  nudged tasks escalate --to manager --hours 48 --rule vip-inactive-90d
                """))
        @OptionGroup var options: StoreOptions
        @Option(help: .say("A person or role.", "人或岗位。")) var to: String
        @Option(help: .say("Only tasks that are overdue by so many hours.", "只转逾期这么多小时以上的。")) var hours = 0
        @Option(help: .say("Only tasks of this rule.", "只转这条规则的。"), completion: .ruleNames) var rule: String?
        @Flag(help: .say("Print {\"tasks\":n}.", "输出 {\"tasks\":n}。")) var json = false
        @OptionGroup var language: LanguageOption

        func validate() throws {
            try TasksCommand.requireName(to)
            guard (0...8784).contains(hours) else {
                throw ValidationError(.say("--hours is 0 to 8784", "--hours 是 0 到 8784"))
            }
        }

        func run() throws {
            let now = Instant.now
            let store = try options.openStore()
            var filter = DeliveryFilter()
            filter.rule = rule
            try KnownNames.require(of: filter, try options.loadConfig(), store)
            let count = try store.escalateTasks(
                dueBefore: now.adding(micros: -Int64(hours) * 3_600_000_000), of: rule, to: to, at: now)
            Console.print(
                json
                    ? JSONText.object(["tasks": .int(count)]).rendered
                    : .say("given to \(to): \(count)", "已转给 \(to)：\(count) 个"))
        }
    }
}
