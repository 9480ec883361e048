import ArgumentParser
import Config
import Foundation
import Kit
import Review
import Rules
import Store

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: .say(
            "How all of it stands, on one screen: rules, stops, channels, what is owed, the store.",
            "一屏看清全局：规则、暂停、渠道、待发消息、数据库。"),
        discussion: .say(
            """
            Reads only, and costs what is owed, not what is stored. The rules directory is compared with the rules in
            force as the daemon would take it. `next due` is known for festivals, schedules and stored waits.

            What needs a person is listed last, with what to do, and makes the exit code 1: no daemon, or a late one; a
            clock that was ahead; a stop; a refused rules directory; a rule that cannot be evaluated; a channel that is closed
            or misconfigured; a delivery that has been unclear for more than an hour; deliveries that were given up in the
            last seven days; a backup older than `alerts.backup_older_than`; a disk that is nearly full; a log that does not
            shrink. `nudged alerts` says who is told of it.

            EXAMPLES
              nudged status
              nudged status --watch
              nudged status --json | jq .attention

            EXIT 0 all is well, 1 something needs a person, 2 could not run
            """,
            """
            只读；开销取决于待发数量，与会员总数无关。规则目录按守护进程读取的方式与生效中的规则比较。「下次到期」只列出节日、\
            定时和已存的等待。

            最后列出需要人处理的事项和做法，此时退出码为 1：守护进程没有运行或迟了、时钟曾经超前、有暂停、规则目录有错、\
            有规则无法计算、渠道关闭或配置有误、有投递超过一小时结果不明、最近七天有投递试完仍未发出、备份早于\
            `alerts.backup_older_than`、磁盘快满、日志不再缩小。通知谁见 `nudged alerts`。

            示例
              nudged status
              nudged status --watch
              nudged status --json | jq .attention

            退出码  0 一切正常，1 有事项需要处理，2 未能运行
            """))

    @OptionGroup var options: StoreOptions
    @Flag(help: .say("Again every two seconds, until interrupted.", "每两秒刷新一次，直到中断。")) var watch = false
    @Flag(help: .say("One JSON object; with --watch one a line.", "输出一个 JSON 对象；与 --watch 连用时每行一个。"))
    var json = false
    @OptionGroup var language: LanguageOption

    private static let pause = Duration.seconds(2)

    func run() async throws {
        let config = try options.loadConfig()
        let store = try options.readStore()
        while true {
            let speech = options.speech(config, store)
            let report = try StatusReport(
                config, store, zone: speech.zone, at: Instant(seconds: Instant.now.wholeSeconds))
            let words = StatusWording(speech: speech)
            if watch, !json { Console.clearScreen() }
            Console.print(json ? words.json(report).rendered : words.page(report))
            guard watch else {
                if !report.attention.isEmpty { throw ExitCode(ExitStatus.findings.rawValue) }
                return
            }
            try await Task.sleep(for: StatusCommand.pause)
        }
    }
}
