import Review
import Kit
import ArgumentParser
import Foundation
import Rules
import Store

/// The common part of `cancel` and `retry`: say how many deliveries it would be, ask, and do it.
private struct ActRun {
    let store: MemberStore
    let words: DeliveryWording
    let act: OperatorAct
    let isAgreed: Bool
    let isJSON: Bool

    func run(_ filter: DeliveryFilter) throws {
        let now = Instant.now
        let trial = try store.preview(act, filter, at: now)
        guard trial.done > 0 else { return report(trial) }
        if !isJSON { Console.error(words.wouldDo(act, trial)) }
        guard try Question.isAgreed(words.question(act), yes: isAgreed) else {
            Console.error(.say("nothing was changed", "没有改动任何内容"))
            throw ExitCode(ExitStatus.findings.rawValue)
        }
        report(try store.perform(act, filter, at: now))
    }

    private func report(_ tally: OperatorTally) {
        Console.print(isJSON ? words.json(act, tally).rendered : words.done(act, tally))
    }
}

/// No filter does not mean everything: that needs `--all`.
private func requireChoice(_ filter: DeliveryFilter, all: Bool) throws {
    guard filter.isEverything == all else {
        throw Failure(
            .usage,
            .say(
                "say which: --rule, --member, --channel, --state, --before, --since, --code, or --all alone",
                "请说明是哪些：--rule、--member、--channel、--state、--before、--since、--code，或只写 --all"))
    }
}

extension DeliveriesCommand {
    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cancel",
            abstract: .say("Deliveries that are owed are not sent.", "取消待发消息，不再发送。"),
            discussion: .say(
                """
                Says how many first, and asks. Unclear ones (unknown) are closed as they are; what is under way or has
                ended stays.

                EXAMPLES
                  nudged deliveries cancel --rule mid-autumn-greeting
                  nudged deliveries cancel --state pending --before "2026-11-28 12:00" --yes

                EXIT 0 done, 1 not agreed, 2 could not run, 64 usage
                """,
                """
                先说明有多少条，再询问。结果不明的（unknown）按现状关闭；正在发送和已经结束的不动。

                示例
                  nudged deliveries cancel --rule mid-autumn-greeting
                  nudged deliveries cancel --state pending --before "2026-11-28 12:00" --yes

                退出码  0 完成，1 没有同意，2 未能运行，64 用法有误
                """))

        @OptionGroup var options: StoreOptions
        @OptionGroup var which: DeliveryOptions
        @Flag(help: .say("Everything that is owed.", "全部待发消息。")) var all = false
        @Flag(help: .say("Do not ask.", "不询问。")) var yes = false
        @Flag(help: .say("Print {\"done\":n,\"left\":{…}}.", "输出 {\"done\":n,\"left\":{…}}。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.openStore()
            let config = try options.loadConfig()
            let speech = options.speech(config, store)
            let filter = try which.filter(speech.zone, config, store)
            try requireChoice(filter, all: all)
            try ActRun(
                store: store, words: DeliveryWording(speech: speech), act: .cancel, isAgreed: yes, isJSON: json
            ).run(filter)
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry",
            abstract: .say("Deliveries that did not leave are tried again.", "没有发出的消息再发一次。"),
            discussion: .say(
                """
                What waits for another try is due at once; what was refused or given up is owed anew, with its text and
                its `send_by`. Unclear ones only with --not-arrived, when the provider says that it has not sent them.
                Every gate is asked again. Says how many first, and asks.

                EXAMPLES
                  nudged deliveries retry --channel sms --state dead --since 2026-11-28
                  nudged deliveries retry --state unknown --code timeout --not-arrived --yes

                EXIT 0 done, 1 not agreed, 2 could not run, 64 usage
                """,
                """
                等待重试的立即到期；被拒绝或已放弃的重新待发，内容和 `send_by` 不变。结果不明的要加 --not-arrived，\
                前提是渠道确认没有发出。各道检查会重新过一遍。先说明有多少条，再询问。

                示例
                  nudged deliveries retry --channel sms --state dead --since 2026-11-28
                  nudged deliveries retry --state unknown --code timeout --not-arrived --yes

                退出码  0 完成，1 没有同意，2 未能运行，64 用法有误
                """))

        @OptionGroup var options: StoreOptions
        @OptionGroup var which: DeliveryOptions
        @Flag(help: .say("Everything that can be tried again.", "全部可以再发的消息。")) var all = false
        @Flag(help: .say("You vouch that unclear ones did not arrive.", "确认结果不明的没有送达。")) var notArrived = false
        @Flag(help: .say("Do not ask.", "不询问。")) var yes = false
        @Flag(help: .say("Print {\"done\":n,\"left\":{…}}.", "输出 {\"done\":n,\"left\":{…}}。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.openStore()
            let config = try options.loadConfig()
            let speech = options.speech(config, store)
            let filter = try which.filter(speech.zone, config, store)
            try requireChoice(filter, all: all)
            try ActRun(
                store: store, words: DeliveryWording(speech: speech), act: .retry(notArrived: notArrived),
                isAgreed: yes, isJSON: json
            ).run(filter)
        }
    }

    struct Settle: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "settle",
            abstract: .say(
                "Take a provider's references as accepted: these are not sent again.",
                "把渠道给出的参考号按已接收处理，不再发送。"),
            discussion: .say(
                """
                FILE is any text that holds them (a provider's export, the file of a log channel): every reference of ours
                in it counts as taken, so leave out what the provider refused. Also references that were given after the
                backup was made are known by what they are about. What has not been decided again yet matches nothing:
                bring the data in, let the daemon decide, and settle once more before the release.

                EXAMPLES
                  nudged deliveries settle sent-since-backup.csv
                  grep -v FAILED export.csv | nudged deliveries settle - --yes

                EXIT 0 done, 1 not agreed, 2 could not run, or no reference in FILE
                """,
                """
                FILE 是含有参考号的任何文本（渠道的导出、日志渠道的文件）：其中我们的每个参考号都算已接收，\
                所以渠道拒绝的要先去掉。备份之后才产生的参考号，按它所指的消息辨认。还没有重新决定的对不上：
                先导入数据，等守护进程作出决定，放行之前再处理一遍。

                示例
                  nudged deliveries settle sent-since-backup.csv
                  grep -v FAILED export.csv | nudged deliveries settle - --yes

                退出码  0 完成，1 没有同意，2 未能运行，或 FILE 里没有参考号
                """))

        @Argument(help: .say("A text file; - is standard input, with --yes.", "文本文件；- 是标准输入，要加 --yes。"))
        var file: String
        @OptionGroup var options: StoreOptions
        @Flag(help: .say("Do not ask.", "不询问。")) var yes = false
        @Flag(
            help: .say(
                "Print {\"settled\":n,\"known\":n,\"left\":n,\"unmatched\":[…]}.",
                "输出 {\"settled\":n,\"known\":n,\"left\":n,\"unmatched\":[…]}。"))
        var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.openStore()
            let words = DeliveryWording(speech: options.speech(try options.loadConfig(), store))
            let references = try references()
            let now = Instant.now
            let trial = try store.settle(references, at: now, isTrial: true)
            guard trial.settled > 0 else { return report(trial, words) }
            if !json { Console.error(words.wouldSettle(trial)) }
            guard
                try Question.isAgreed(.say("take them as accepted?", "按已接收处理？"), yes: yes)
            else {
                Console.error(.say("nothing was changed", "没有改动任何内容"))
                throw ExitCode(ExitStatus.findings.rawValue)
            }
            report(try store.settle(references, at: now, isTrial: false), words)
        }

        private func report(_ tally: SettleTally, _ words: DeliveryWording) {
            Console.print(json ? words.json(tally).rendered : words.settled(tally))
        }

        /// Each reference once, in the order of the file.
        private func references() throws -> [String] {
            let data =
                file == "-"
                ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
            guard let data else { throw RuleSetLoader.Refusal.unreadable(file) }
            let found = ReferenceScan.references(in: [UInt8](data))
            guard !found.isEmpty else {
                throw Failure(
                    .couldNotRun,
                    .say("\(file): there is no reference of ours in it", "\(file)：里面没有我们的参考号"))
            }
            return found
        }
    }
}
