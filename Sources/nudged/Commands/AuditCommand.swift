import ArgumentParser
import Kit
import Review
import Rules
import Store

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: .say("Who did what, when and why; rows are only added.", "谁在何时因何做了什么；只增不改。"),
        subcommands: [List.self, Verify.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: .say("The entries, the oldest first.", "审计记录，旧的在前。"),
            discussion: .say(
                """
                On record are starts and new rule sets, applied plans, holds and releases, imports, what operators did to
                deliveries, consents by hand, erasures, restores, keys of the API, and each time that somebody was shown what is
                masked. Who used the API is `api:NAME`, by the name of the key.
                A member is named by a keyed hash: --member finds their entries by the id.

                EXAMPLES
                  nudged audit
                  nudged audit --since 2026-11-28 --action reveal
                  nudged audit list --member lin --json
                """,
                """
                记录启动和规则换版、应用的计划、暂停和放行、导入、对投递的人工处理、人工登记的同意、删除个人信息、恢复备份、接口密钥，\
                以及每次查看被打码的内容。通过接口操作的记为 `api:名称`（密钥的名称）。会员以带密钥的哈希表示；用 --member 按编号查找。

                示例
                  nudged audit
                  nudged audit --since 2026-11-28 --action reveal
                  nudged audit list --member lin --json
                """))

        @OptionGroup var options: StoreOptions
        @Option(
            help: .say(
                "Only entries since: 2026-03-07, \"2026-03-07 09:30\" on the shop's clock, or RFC 3339.",
                "只看从此时起的：2026-03-07、\"2026-03-07 09:30\"（店铺时间）或 RFC 3339。"))
        var since: String?
        @Option(help: .say("Only this action, such as hold or reveal.", "只看这种操作，例如 hold 或 reveal。")) var action: String?
        @Option(help: .say("Only entries about this member.", "只看关于这位会员的。")) var member: String?
        @Flag(help: .say("One JSON object a line.", "每行一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            if let action, AuditEntry.Action(rawValue: action) == nil {
                let words = AuditEntry.Action.allCases.map(\.rawValue)
                throw Failure(
                    .usage,
                    .say("`\(action)` is not an action on record", "`\(action)` 不是有记录的操作")
                        + .didYouMean(Suggestion.nearest(to: action, among: words))
                        + .allOf(words))
            }
            let store = try options.readStore()
            let speech = options.speech(try options.loadConfig(), store)
            let words = AuditWording(speech: speech)
            let from = try since.map { text in
                guard let point = TimePoint(text: text) else { throw Failure.noTime(text, "--since") }
                return point.instant(in: speech.zone)
            }
            try store.audit(since: from, action: action, member: member) { row in
                Console.print(json ? words.json(row).rendered : words.line(row))
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: .say("Whether the trail is as it was written.", "审计记录是否与写入时一致。"),
            discussion: .say(
                """
                Compares each row with its hash, which is made of the row and of the hash before it. Write the last hash
                down elsewhere: it proves later that nothing before it was changed.

                EXAMPLE
                  nudged audit verify --json

                EXIT 0 whole, 1 changed, 2 could not run
                """,
                """
                逐条核对哈希；每个哈希由该条内容和前一个哈希算出。把最后的哈希记在别处，以后可以证明它之前的记录没有被改动。

                示例
                  nudged audit verify --json

                退出码  0 完整，1 被改动，2 未能运行
                """))

        @OptionGroup var options: StoreOptions
        @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.readStore()
            let words = AuditWording(speech: options.speech(try options.loadConfig(), store))
            let check = try store.checkAudit()
            Console.print(json ? words.json(check).rendered : words.line(check))
            if check.fault != nil { throw ExitCode(ExitStatus.findings.rawValue) }
        }
    }
}
