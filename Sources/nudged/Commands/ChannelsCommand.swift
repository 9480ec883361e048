import ArgumentParser
import Channels
import Config
import Foundation
import Kit
import Review
import Rules
import Store

struct ChannelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channels",
        abstract: .say(
            "The channels of nudged.yaml: how they stand, whether they work.", "nudged.yaml 里的渠道：状态如何，能不能用。"),
        subcommands: [List.self, Test.self, Retry.self], defaultSubcommand: List.self)

    /// The operators' file, which a command about channels cannot do without.
    static func config(_ options: StoreOptions) throws -> Configuration {
        if let config = try options.loadConfig() { return config }
        throw Failure(
            .couldNotRun,
            .say(
                "channels stand in nudged.yaml: there is no ./nudged.yaml, give --config FILE",
                "渠道写在 nudged.yaml 里：当前目录没有 nudged.yaml，请写 --config 文件"))
    }

    /// Throws for a name that nudged.yaml does not have, with the nearest.
    static func channel(_ name: String, of config: Configuration, _ speech: Speech) throws -> ChannelConfig {
        if let own = config.channels.first(where: { $0.id == name }) { return own }
        let known = config.channels.map(\.id)
        throw Failure(
            .usage,
            SendTestWording(speech: speech).noChannel(
                name, nearest: Suggestion.nearest(to: name, among: known), known: known))
    }
}

extension ChannelsCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: .say(
                "Each channel with its rate, its state, what it last said and what it owes.",
                "每个渠道的限速、状态、最近的应答和待发数。"),
            discussion: .say(
                """
                The running daemon writes down how a channel stands when that changes, and what it last said about once a
                second: `as of` says when. A channel is closed for a while after it kept failing, and misconfigured when
                the provider said that the settings or the account are wrong. Channel, type, address and rate are those
                of nudged.yaml.

                EXAMPLES
                  nudged channels
                  nudged channels list --json
                """,
                """
                守护进程在渠道状态变化时写下状态，并大约每秒写一次最近的应答：「截至」是写下的时间。连续失败的渠道会关闭一会儿；
                服务商说配置或账号不对的，是配置有误。渠道、类型、地址和限速取自 nudged.yaml。

                示例
                  nudged channels
                  nudged channels list --json
                """))

        @OptionGroup var options: StoreOptions
        @Flag(help: .say("One JSON object a line.", "每行一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let config = try ChannelsCommand.config(options)
            let store = try options.readStore()
            let words = ChannelWording(speech: options.speech(config, store))
            let now = Instant.now
            let all = try ChannelStatus.all(of: config, in: store, at: now)
            for status in all { Console.print(json ? words.json(status).rendered : words.page(status, at: now)) }
            if all.isEmpty, !json { Console.print(words.none) }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: .say(
                "Whether a channel's provider takes the credentials; nothing is sent.",
                "服务商是否接受账号密钥；不发任何消息。"),
            discussion: .say(
                """
                Asks from this process: \(asks.english). Robots show only by a message whether they take one: use send-test.

                EXAMPLES
                  nudged channels test sms
                  nudged channels test mail --json

                EXIT 0 it works, 1 refused or no answer, 2 could not run or be tried without a message, 64 usage
                """,
                """
                由本进程询问：\(asks.chinese)。机器人只有发消息才知道：用 send-test。

                示例
                  nudged channels test sms
                  nudged channels test mail --json

                退出码  0 可用，1 被拒绝或没有应答，2 未能运行或不发消息无法测试，64 用法有误
                """))

        /// What each adapter asks, each question once.
        private static var asks: Bilingual {
            var each: [Bilingual] = []
            for asks in Adapters.all.compactMap(\.asks) where !each.contains(asks) { each.append(asks) }
            return Bilingual(
                each.map(\.english).joined(separator: ", "), each.map(\.chinese).joined(separator: "，"))
        }

        @Argument(
            help: .say("The channel, by its name in nudged.yaml.", "渠道，按 nudged.yaml 里的名字。"), completion: .channelNames)
        var name: String
        @OptionGroup var options: StoreOptions
        @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() async throws {
            let config = try ChannelsCommand.config(options)
            let speech = Speech(language: Spoken.language, zone: .utc)
            let own = try ChannelsCommand.channel(name, of: config, speech)
            let channel = try OneChannel(own, environment: ProcessInfo.processInfo.environment)
            let outcome = await channel.channel.probe(at: .now)
            await channel.shutDown()
            let words = ChannelWording(speech: speech)
            Console.print(json ? words.json(outcome, of: own).rendered : words.answer(outcome, of: own))
            switch outcome {
            case .works: return
            case .needsMessage: throw ExitCode(ExitStatus.couldNotRun.rawValue)
            case .refused, .unreachable: throw ExitCode(ExitStatus.findings.rawValue)
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry",
            abstract: .say(
                "The running daemon tries a closed channel with its next message at once.",
                "让守护进程立即用下一条消息重试已关闭的渠道。"),
            discussion: .say(
                """
                Ends the pause of a channel that kept failing, that the provider paused, or that was misconfigured, once
                the cause is mended. The daemon takes it up within a second; this waits for it. What failed and waits for
                another try of its own is not due by that: `nudged deliveries retry --channel NAME`. Settings that
                changed in nudged.yaml come into force with a restart.

                EXAMPLES
                  nudged channels retry sms
                  nudged channels retry sms && nudged deliveries retry --channel sms --yes

                EXIT 0 done, or ready already, 1 no daemon took it up, 2 could not run, 64 usage
                """,
                """
                原因排除之后，结束因连续失败、服务商要求或配置有误而停下的渠道。守护进程一秒内接手，本命令会等它。失败后正在等待重试的消息
                不会因此提前：用 nudged deliveries retry --channel 渠道。nudged.yaml 的改动要重启才生效。

                示例
                  nudged channels retry sms
                  nudged channels retry sms && nudged deliveries retry --channel sms --yes

                退出码  0 完成或本来就正常，1 没有守护进程接手，2 未能运行，64 用法有误
                """))

        @Argument(
            help: .say("The channel, by its name in nudged.yaml.", "渠道，按 nudged.yaml 里的名字。"), completion: .channelNames)
        var name: String
        @OptionGroup var options: StoreOptions
        @OptionGroup var language: LanguageOption

        private static let looks = 50
        private static let pause = Duration.milliseconds(100)

        func run() async throws {
            let config = try ChannelsCommand.config(options)
            let store = try options.openStore()
            let speech = options.speech(config, store)
            let words = ChannelWording(speech: speech)
            _ = try ChannelsCommand.channel(name, of: config, speech)
            let state = try store.channelStates().first { $0.channel == name }
            guard let state, state.standing != .ready else { return Console.print(words.isReady(name)) }
            try store.askForRetry(of: name, at: .now)
            for _ in 0..<Retry.looks {
                if try !store.awaitsRetry(of: name) { return Console.print(words.retried(name)) }
                try await Task.sleep(for: Retry.pause)
            }
            Console.error(words.notTaken(name))
            throw ExitCode(ExitStatus.findings.rawValue)
        }
    }
}
