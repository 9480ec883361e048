import ArgumentParser
import Config
import Foundation
import Kit
import Review
import Rules
import Store

struct AlertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts",
        abstract: .say(
            "Who is told when something needs a person: try it out, see what was told.",
            "有事需要人处理时通知谁：试一下，看通知过什么。"),
        discussion: .say(
            """
            `alerts: {channel: staff}` in nudged.yaml names a channel to colleagues, `alerts: {command: /etc/nudged/alert.sh}`
            a program; both may be there. The daemon, and `nudged tick` by cron, tell what `nudged status` lists under "needs a
            person": once when it begins, once a day while it lasts, and once when it has been over for five minutes.

            The command gets NUDGED_ALERT_CHANGE (begun, lasts, over, test), _CODE, _SUBJECT, _WORDS, _REMEDY, _SINCE, _HOST
            and _STORE in its environment and the same as JSON on its standard input. It may take 20 seconds.

            EXAMPLES
              nudged alerts test
              nudged alerts list
            """,
            """
            nudged.yaml 里的 `alerts: {channel: staff}` 指定发给同事的渠道，`alerts: {command: /etc/nudged/alert.sh}` 指定一个程序，\
            两者可以都写。守护进程和 cron 运行的 `nudged tick` 通知 `nudged status` 列为「需要处理」的事项：开始时一次，未解决时每天一次，解除满五分钟后一次。

            程序从环境变量 NUDGED_ALERT_CHANGE（begun、lasts、over、test）、_CODE、_SUBJECT、_WORDS、_REMEDY、_SINCE、_HOST、_STORE \
            得到内容，标准输入上有同样内容的 JSON。每次最多运行 20 秒。

            示例
              nudged alerts test
              nudged alerts list
            """),
        subcommands: [List.self, Test.self, Failed.self], defaultSubcommand: List.self)

    /// Tells one thing by every way of nudged.yaml, and says what each answered. Throws where one took nothing.
    fileprivate static func tell(_ news: AlertNews, _ config: Configuration, _ speech: Speech) async throws {
        let own = try OwnAlertWays(config, environment: ProcessInfo.processInfo.environment)
        let answers = await own.ways.tell([news], speech: speech, host: Typist.host, at: .now)
        await own.shutDown()
        for answer in answers {
            guard let fault = answer.fault else {
                Console.print(.say("\(answer.way): told", "\(answer.way)：已通知"))
                continue
            }
            Console.error(.say("\(answer.way): \(fault)", "\(answer.way)：\(fault.chinese)"))
        }
        guard answers.allSatisfy({ $0.fault == nil }) else { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    fileprivate static let nobody = String.say(
        "nudged.yaml has no `alerts`: nobody is told. Add  alerts: {channel: staff}  or  alerts: {command: /path/to/program}",
        "nudged.yaml 里没有 `alerts`：不会通知任何人。请加上  alerts: {channel: staff}  或  alerts: {command: /程序/路径}")
}

extension AlertsCommand {
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: .say("Send a test alert by every way of nudged.yaml.", "按 nudged.yaml 里的每种方式发一条测试通知。"),
            discussion: .say(
                """
                EXAMPLES
                  nudged alerts test
                  nudged alerts test --config /etc/nudged/nudged.yaml

                EXIT 0 every way took it, 1 one did not, 2 nobody would be told, 78 nudged.yaml refused
                """,
                """
                示例
                  nudged alerts test
                  nudged alerts test --config /etc/nudged/nudged.yaml

                退出码  0 都已通知，1 有一种没有成功，2 没有配置通知，78 nudged.yaml 有错
                """))

        @Option(help: .say("The operators' file.", "运维的配置文件。")) var config = StoreOptions.standardConfig
        @OptionGroup var language: LanguageOption

        func run() async throws {
            let config = try ConfigFile.read(config)
            guard config.alerts.isThere else { throw Failure(.couldNotRun, AlertsCommand.nobody) }
            let test = Attention(
                "test",
                Bilingual("somebody tries out whether alerts arrive", "有人在测试通知能否收到"),
                remedy: Bilingual("nothing is to be done", "不需要处理"))
            let speech = Speech(language: config.language ?? Spoken.language, zone: Settings().zone)
            try await AlertsCommand.tell(AlertNews(.test, test, since: .now), config, speech)
        }
    }

    struct Failed: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "failed",
            abstract: .say(
                "Tell that a unit of systemd failed; nudged-alert@.service runs it.",
                "通知 systemd 单元失败；由 nudged-alert@.service 运行。"),
            discussion: .say(
                """
                systemd names in MONITOR_EXIT_STATUS how the unit ended. Without `alerts` in nudged.yaml nothing is done.

                EXAMPLES
                  nudged alerts failed nudged.service --config /etc/nudged/nudged.yaml

                EXIT 0 told, or nobody is to be told, 1 it did not arrive, 78 nudged.yaml refused
                """,
                """
                systemd 用 MONITOR_EXIT_STATUS 说明单元如何结束。nudged.yaml 里没有 `alerts` 时什么也不做。

                示例
                  nudged alerts failed nudged.service --config /etc/nudged/nudged.yaml

                退出码  0 已通知或无需通知，1 没有送达，78 nudged.yaml 有错
                """))

        @Argument(help: .say("The unit that failed.", "失败的单元。")) var unit: String
        @Option(help: .say("The operators' file.", "运维的配置文件。")) var config = StoreOptions.standardConfig
        @OptionGroup var language: LanguageOption

        func run() async throws {
            let config = try ConfigFile.read(config)
            guard config.alerts.isThere else { return Console.error(AlertsCommand.nobody) }
            let status = ProcessInfo.processInfo.environment["MONITOR_EXIT_STATUS"]
            let failure = Attention.failed(unit, status: status)
            let speech = Speech(language: config.language ?? Spoken.language, zone: Settings().zone)
            let news = AlertNews(.begun, failure, since: .now)
            try await AlertsCommand.tell(news, config, speech)
            remember(news, config)
        }

        /// So that the daemon says when it is over. A store that cannot be opened may be why it failed.
        private func remember(_ news: AlertNews, _ config: Configuration) {
            do {
                guard try MemberStore.reading(config.storeURL).hasCurrentSchema() else { return }
                let store = try MemberStore.open(url: config.storeURL, whenAbsent: .isRefused)
                var ledger = AlertLedger()
                ledger.noteTold([news], at: .now)
                try store.keep(alerts: ledger.unkept.rows, over: [])
            } catch {
                Console.error(
                    .say(
                        "told, but not written down, so that nobody will be told when it is over: \(Bilingual(error))",
                        "已通知，但没能记下来，因此解除时不会再通知：\(Bilingual(error).chinese)"))
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: .say("What was told and is not over.", "通知过而尚未解除的事项。"),
            discussion: .say(
                """
                EXAMPLES
                  nudged alerts list
                  nudged alerts list --json
                """,
                """
                示例
                  nudged alerts list
                  nudged alerts list --json
                """))

        @OptionGroup var options: StoreOptions
        @Flag(help: .say("One JSON object a line.", "每行一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let config = try options.loadConfig()
            let store = try options.readStore()
            let speech = options.speech(config, store)
            let rows = try store.alerts()
            for row in rows {
                let (began, told) = (speech.time(row.beganAt), speech.time(row.toldAt))
                Console.print(
                    json
                        ? JSONText.object([
                            "code": .text(row.code), "subject": row.subject.map { .text($0) } ?? .null,
                            "words": .text(row.words.english), "began_at": .text(began), "told_at": .text(told),
                        ]).rendered
                        : .say(
                            "\(row.words)  since \(began), last told \(told)",
                            "\(row.words.chinese)  始于 \(began)，最近一次通知 \(told)"))
            }
            if rows.isEmpty, !json { Console.print(.say("nothing that was told is still so", "没有尚未解除的通知")) }
        }
    }
}
