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
        guard try Question.isAgreed(words.question(act), yes: isAgreed, words.speech) else {
            Console.error(words.speech.say("nothing was changed", "没有改动任何内容"))
            throw ExitCode(ExitStatus.findings.rawValue)
        }
        report(try store.perform(act, filter, at: now))
    }

    private func report(_ tally: OperatorTally) {
        Console.print(isJSON ? words.json(act, tally).rendered : words.done(act, tally))
    }
}

/// No filter does not mean everything: that needs `--all`.
private func requireChoice(_ filter: DeliveryFilter, all: Bool, _ speech: Speech) throws {
    guard filter.isEverything == all else {
        throw Failure(
            .usage,
            speech.say(
                "say which: --rule, --member, --channel, --state, --before, --since, --code, or --all alone",
                "请说明是哪些：--rule、--member、--channel、--state、--before、--since、--code，或只写 --all"))
    }
}

extension DeliveriesCommand {
    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cancel", abstract: "Deliveries that are owed are not sent.",
            discussion: """
                Says how many first, and asks. Unclear ones (unknown) are closed as they are; what is under way or has
                ended stays.

                EXAMPLES
                  nudged deliveries cancel --rule mid-autumn-greeting
                  nudged deliveries cancel --state pending --before "2026-11-28 12:00" --yes

                EXIT 0 done, 1 not agreed, 2 could not run, 64 usage
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var which: DeliveryOptions
        @Flag(help: "Everything that is owed.") var all = false
        @Flag(help: "Do not ask.") var yes = false
        @Flag(help: "Print {\"done\":n,\"left\":{…}}.") var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.openStore()
            let speech = options.speech(language.lang, try options.loadConfig(), store)
            let filter = try which.filter(speech)
            try requireChoice(filter, all: all, speech)
            try ActRun(
                store: store, words: DeliveryWording(speech: speech), act: .cancel, isAgreed: yes, isJSON: json
            ).run(filter)
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry", abstract: "Deliveries that did not leave are tried again.",
            discussion: """
                What waits for another try is due at once; what was refused or given up is owed anew, with its text and
                its `send_by`. Unclear ones only with --not-arrived, when the provider says that it has not sent them.
                Every gate is asked again. Says how many first, and asks.

                EXAMPLES
                  nudged deliveries retry --channel sms --state dead --since 2026-11-28
                  nudged deliveries retry --state unknown --code timeout --not-arrived --yes

                EXIT 0 done, 1 not agreed, 2 could not run, 64 usage
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var which: DeliveryOptions
        @Flag(help: "Everything that can be tried again.") var all = false
        @Flag(help: "You vouch that unclear ones did not arrive.") var notArrived = false
        @Flag(help: "Do not ask.") var yes = false
        @Flag(help: "Print {\"done\":n,\"left\":{…}}.") var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.openStore()
            let speech = options.speech(language.lang, try options.loadConfig(), store)
            let filter = try which.filter(speech)
            try requireChoice(filter, all: all, speech)
            try ActRun(
                store: store, words: DeliveryWording(speech: speech), act: .retry(notArrived: notArrived),
                isAgreed: yes, isJSON: json
            ).run(filter)
        }
    }

    struct Settle: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "settle", abstract: "Take a provider's references as accepted: these are not sent again.",
            discussion: """
                FILE is any text that holds them (a provider's export, the file of a log channel): every reference of ours
                in it counts as taken, so leave out what the provider refused. Also references that were given after the
                backup was made are known by what they are about. What has not been decided again yet matches nothing:
                bring the data in, let the daemon decide, and settle once more before the release.

                EXAMPLES
                  nudged deliveries settle sent-since-backup.csv
                  grep -v FAILED export.csv | nudged deliveries settle - --yes

                EXIT 0 done, 1 not agreed, 2 could not run, or no reference in FILE
                """)

        @Argument(help: "A text file; - is standard input, with --yes.") var file: String
        @OptionGroup var options: StoreOptions
        @Flag(help: "Do not ask.") var yes = false
        @Flag(help: "Print {\"settled\":n,\"known\":n,\"left\":n,\"unmatched\":[…]}.") var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.openStore()
            let words = DeliveryWording(speech: options.speech(language.lang, try options.loadConfig(), store))
            let references = try references(words.speech)
            let now = Instant.now
            let trial = try store.settle(references, at: now, isTrial: true)
            guard trial.settled > 0 else { return report(trial, words) }
            if !json { Console.error(words.wouldSettle(trial)) }
            guard
                try Question.isAgreed(words.speech.say("take them as accepted?", "按已接收处理？"), yes: yes, words.speech)
            else {
                Console.error(words.speech.say("nothing was changed", "没有改动任何内容"))
                throw ExitCode(ExitStatus.findings.rawValue)
            }
            report(try store.settle(references, at: now, isTrial: false), words)
        }

        private func report(_ tally: SettleTally, _ words: DeliveryWording) {
            Console.print(json ? words.json(tally).rendered : words.settled(tally))
        }

        /// Each reference once, in the order of the file.
        private func references(_ speech: Speech) throws -> [String] {
            let data =
                file == "-"
                ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
            guard let data else {
                throw Failure(
                    .couldNotRun,
                    speech.say(
                        "\(file): cannot be read; check that it exists and its permissions",
                        "\(file)：读不了；请检查文件是否存在、权限是否正确"))
            }
            let found = ReferenceScan.references(in: [UInt8](data))
            guard !found.isEmpty else {
                throw Failure(
                    .couldNotRun,
                    speech.say("\(file): there is no reference of ours in it", "\(file)：里面没有我们的参考号"))
            }
            return found
        }
    }
}
