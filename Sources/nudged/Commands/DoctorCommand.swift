import ArgumentParser
import Channels
import Config
import Foundation
import Kit
import Review
import Rules
import Store

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: .say("Whether this machine has what nudged needs, and what to do where not.", "检查本机是否具备运行条件，并给出做法。"),
        discussion: .say(
            """
            Looks at versions, the clock (against the store, and whether a time service keeps it), zone data and the Chinese
            calendar, disk, permissions, nudged.yaml with its secrets and the rules, ids that are phone numbers, and asks
            each channel's provider whether it takes the credentials. It writes nothing and sends nothing.

            EXAMPLES
              nudged doctor
              nudged doctor --offline --json

            EXIT 0 nothing keeps it from working, 1 something does, 2 could not run
            """,
            """
            检查各组件版本、时钟（与数据库对照、是否与时间服务同步）、时区数据和农历、磁盘、权限、nudged.yaml 及其密钥和规则、\
            被用作编号的手机号，并询问每个渠道的服务商是否接受账号密钥。不写入，也不发送。

            示例
              nudged doctor
              nudged doctor --offline --json

            退出码  0 没有妨碍运行的问题，1 有，2 未能运行
            """))

    @OptionGroup var options: StoreOptions
    @Flag(help: .say("Ask no provider.", "不询问服务商。")) var offline = false
    @Flag(help: .say("One JSON object a line.", "每行一个 JSON 对象。")) var json = false
    @OptionGroup var language: LanguageOption

    func run() async throws {
        let path = options.config ?? (options.store == nil ? StoreOptions.ownConfig : nil)
        let file = try path.map(ConfigFile.source)
        let config = file.flatMap { ConfigReader.read($0).0 }
        let url = options.store ?? config?.storeURL
        let environment = ProcessInfo.processInfo.environment
        config?.useStoreKeys(environment: environment)
        let (store, fault) = url.map(DoctorCommand.store) ?? (nil, nil)
        let doctor = Doctor(
            file, config, store, notOpenedFor: fault, environment: environment,
            at: Instant(seconds: Instant.now.wholeSeconds))
        var findings = try doctor.findings(
            Doctor.Libraries(nudged: Nudged.version, curl: HTTPTransport.library))
        if !offline { for channel in config?.channels ?? [] { findings.append(await ask(channel, environment)) } }
        let words = DoctorWording(Spoken.language)
        for finding in findings { Console.print(json ? words.json(finding).rendered : words.line(finding)) }
        if findings.contains(where: { $0.level == .error }) { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    /// Why one that is there cannot be opened comes second.
    private static func store(_ url: String) -> (MemberStore?, (any Error)?) {
        do {
            let store = try MemberStore.reading(url)
            try store.requireCurrentSchema()
            return (store, nil)
        } catch {
            let isThere = (try? MemberStore.filePath(of: url)).map(FileManager.default.fileExists) ?? true
            return (nil, isThere ? error : nil)
        }
    }

    private func ask(_ config: ChannelConfig, _ environment: [String: String]) async -> DoctorFinding {
        let outcome: ProbeOutcome
        do {
            let channel = try OneChannel(config, environment: environment)
            outcome = await channel.channel.probe(at: .now)
            await channel.shutDown()
        } catch {
            return DoctorFinding(
                "channel", .error, Bilingual(error),
                remedy: Bilingual("give the secret: `nudged check --config`", "补上密钥：`nudged check --config`"))
        }
        func words(_ language: Language) -> String {
            ChannelWording(speech: Speech(language: language, zone: .utc)).answer(outcome, of: config)
        }
        let told = Bilingual(words(.english), words(.chinese))
        switch outcome {
        case .works: return DoctorFinding("channel", .ok, told)
        case .needsMessage: return DoctorFinding("channel", .ok, told)
        case .refused, .unreachable:
            return DoctorFinding(
                "channel", .error, told,
                remedy: Bilingual(
                    "mend it, then `nudged channels test \(config.id)`", "修正后用 `nudged channels test \(config.id)` 再试"))
        }
    }
}
