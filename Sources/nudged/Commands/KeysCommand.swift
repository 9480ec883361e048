import ArgumentParser
import Kit
import Review
import Store

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: .say("Who may use the HTTP API, and for what.", "谁可以使用 HTTP 接口，可以做什么。"),
        discussion: .say(
            """
            Without a key the API of the daemon (`http` in nudged.yaml) answers every request with 401. Scopes:
              read      members (masked), deliveries, tasks, rules, explanations, the status
              reveal    with read: one member with nothing masked, for a reason that is audited
              write     members, orders, events, consents and all else that can be imported
              tasks     close tasks of the staff, give them to others
              operate   hold and release rules and channels, try deliveries again, cancel them
              admin     all of these, and erase members
            """,
            """
            没有密钥时，守护进程的接口（nudged.yaml 的 `http`）对所有请求一律回答 401。权限：
              read      会员（打码）、投递、待办、规则、解释、状态
              reveal    与 read 一起：查看一位会员的原文，要写明原因并记入审计
              write     写入会员、订单、事件、同意等一切可以导入的内容
              tasks     完成员工待办、转给别人
              operate   暂停和放行规则与渠道，重发、取消投递
              admin     以上全部，以及删除会员
            """),
        subcommands: [Add.self, List.self, Revoke.self], defaultSubcommand: List.self)
}

extension APIScope: ExpressibleByArgument {}

extension KeysCommand {
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: .say("Make a key, and print its token once.", "新建密钥，令牌只显示这一次。"),
            discussion: .say(
                """
                Give each system a key of its own with the scopes that it needs. The running daemon takes it at once. A name
                is never used again, because it stands in the audit trail as `api:NAME`.

                EXAMPLES
                  nudged keys add shop --scope write
                  nudged keys add crm --scope read --scope tasks --rate 20

                EXIT 0 made, 2 could not run, or the name is taken, 64 usage
                """,
                """
                请给每个系统单独的密钥，只给需要的权限。运行中的守护进程立即认得。名称不会再次使用，因为审计记录里写的是 `api:名称`。

                示例
                  nudged keys add shop --scope write
                  nudged keys add crm --scope read --scope tasks --rate 20

                退出码  0 已新建，2 未能运行或名称已用过，64 用法有误
                """))

        @Argument(help: .say("Its name: letters, digits, `.`, `_`, `-`.", "名称：字母、数字、`.`、`_`、`-`。")) var name: String
        @Option(help: .say("What it may do (repeatable).", "可以做什么（可写多次）。")) var scope: [APIScope]
        @Option(help: .say("How many requests a second.", "每秒最多多少个请求。")) var rate = APIKey.standardRate
        @OptionGroup var options: StoreOptions
        @Flag(help: .say("Print {\"name\":…,\"token\":…}.", "输出 {\"name\":…,\"token\":…}。")) var json = false
        @OptionGroup var language: LanguageOption

        func validate() throws {
            guard APIKey.isName(name) else {
                throw ValidationError(
                    .say(
                        "`\(name)` is no name of a key: write up to 64 letters, digits, `.`, `_` and `-`",
                        "`\(name)` 不能作密钥名称：请用不超过 64 个字母、数字、`.`、`_`、`-`"))
            }
            guard !scope.isEmpty else {
                throw ValidationError(
                    .say(
                        "say what it may do: --scope read, reveal, write, tasks, operate or admin",
                        "请写明权限：--scope read、reveal、write、tasks、operate 或 admin"))
            }
            guard APIKey.rates.contains(rate) else {
                throw ValidationError(.say("--rate is 1 to 10000", "--rate 是 1 到 10000"))
            }
        }

        func run() throws {
            let store = try options.openStore()
            let words = KeyWording(speech: options.speech(try options.loadConfig(), store))
            do {
                let token = try store.addKey(name, scopes: Set(scope), rate: rate, at: .now)
                if !json { Console.error(words.onlyNow) }
                Console.print(
                    json
                        ? JSONText.object(["name": .text(name), "token": .text(token.text)]).rendered : token.text)
            } catch MemberStore.KeyRefusal.nameTaken {
                throw Failure(
                    .couldNotRun,
                    .say(
                        "a key `\(name)` is there already, or was: take another name",
                        "密钥 `\(name)` 已经有了，或曾经有过：请换一个名称"))
            } catch MemberStore.KeyRefusal.tooMany {
                throw Failure(
                    .couldNotRun,
                    .say(
                        "there are \(APIKey.most) keys already: revoke one first",
                        "已经有 \(APIKey.most) 个密钥：请先吊销一个"))
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: .say(
                "The keys: name, beginning of the token, scopes, rate, made, by whom, last used or revoked.",
                "列出密钥：名称、令牌开头、权限、速率、新建时间、新建者、最近使用或吊销。"),
            discussion: .say(
                """
                EXAMPLES
                  nudged keys list
                  nudged keys list --json | jq -r 'select(.revoked_at == null) | .name'
                """,
                """
                示例
                  nudged keys list
                  nudged keys list --json | jq -r 'select(.revoked_at == null) | .name'
                """))

        @OptionGroup var options: StoreOptions
        @Flag(help: .say("One JSON object a line.", "每行一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.readStore()
            let words = KeyWording(speech: options.speech(try options.loadConfig(), store))
            for key in try store.keys() { Console.print(json ? words.json(key).rendered : words.line(key)) }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: .say("End a key: the next request with it is refused.", "吊销密钥：用它的下一个请求就被拒绝。"),
            discussion: .say(
                """
                EXAMPLE
                  nudged keys revoke shop

                EXIT 0 revoked, also before, 2 there is none
                """,
                """
                示例
                  nudged keys revoke shop

                退出码  0 已吊销（包括之前已吊销），2 没有这个密钥
                """))

        @Argument(help: .say("The name of the key.", "密钥名称。")) var name: String
        @OptionGroup var options: StoreOptions
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.openStore()
            let words = KeyWording(speech: options.speech(try options.loadConfig(), store))
            switch try store.revokeKey(name, at: .now) {
            case .done: Console.print(words.revoked(name))
            case .before(let at): Console.print(words.revokedBefore(name, at))
            case .none:
                let near = Suggestion.nearest(to: name, among: try store.keys().map(\.name))
                throw Failure(
                    .couldNotRun, .say("there is no key `\(name)`", "没有密钥 `\(name)`") + .didYouMean(near))
            }
        }
    }
}
