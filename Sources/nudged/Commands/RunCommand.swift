import ArgumentParser
import Daemon
import Foundation
import Kit
import Review

/// `nudged run`: the daemon.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: .say("Run the daemon.", "运行守护进程。"),
        discussion: .say(
            """
            Evaluates the rules twice a second and hands messages to their channels. SIGHUP reads the rules again, \
            SIGTERM ends after the sends under way. Logs go to standard error.

            With `store: {durability: normal}` in the config a power cut may lose the last moments (accepted rows, \
            decisions, answers); the daemon then holds all sends until `nudged release --rollback`. With `full`, the default, \
            what is acknowledged is on disk.

            The first start of a new version copies the store before it brings it up: nudged.db.schema-NAME.TIME beside
            it, of which two stay.

            EXAMPLES
              nudged run
              nudged run --config /etc/nudged/nudged.yaml --strict

            EXIT 0 ended in order, 70 a fault of the program, 75 the store is taken or the disk full, 78 config, rules or \
            store refused
            """,
            """
            每秒评估两次规则，把消息交给各渠道。SIGHUP 重新读取规则，SIGTERM 等正在发送的完成后退出。日志写到标准错误（英文）。

            配置里写 `store: {durability: normal}` 时，断电可能丢失最后片刻（已接收的数据、决定、渠道的答复）；守护进程随后会暂停\
            全部发送，直到运行 `nudged release --rollback`。默认的 `full` 保证已确认的内容都在磁盘上。

            新版本第一次启动时，升级数据库前先在旁边留一份副本：nudged.db.schema-名称.时间，保留最近两份。

            示例
              nudged run
              nudged run --config /etc/nudged/nudged.yaml --strict

            退出码  0 正常结束，70 内部错误，75 数据库被占用或磁盘已满，78 拒绝这份配置、规则或数据库
            """))

    @Option(help: .say("The operators' file.", "运维的配置文件。"))
    var config = "nudged.yaml"

    @Flag(help: .say("Refuse rules with warnings too.", "规则有警告也拒绝启动。"))
    var strict = false

    @OptionGroup var upgrade: UpgradeOptions
    @OptionGroup var language: LanguageOption

    func run() async throws {
        let application = Application(
            config: try ConfigFile.read(config), environment: ProcessInfo.processInfo.environment, isStrict: strict,
            copying: upgrade.copying, version: Nudged.version)
        do { try await application.run() } catch let error where !(error is Refusal) {
            let reason = Bilingual(error)
            throw Refusal(.internalError, "the daemon ended: \(reason)", "守护进程已结束：\(reason.chinese)")
        }
    }
}
