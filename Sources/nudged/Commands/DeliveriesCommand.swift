import Review
import Kit
import ArgumentParser
import Foundation
import Rules
import Store

struct DeliveriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "What is owed and what became of it; and what an operator does about it.",
        discussion: """
            AFTER A BACKUP WAS PUT BACK all sends are held. What the provider has taken since is not to go again:
              nudged deliveries list --state pending           what would go out
              nudged deliveries settle sent.csv                the provider's references: these count as accepted
              nudged deliveries cancel --state pending --before 2026-11-28    what nobody wants any more
              nudged release --rollback                        the rest goes out
            """,
        subcommands: [List.self, Show.self, Cancel.self, Retry.self, Settle.self], defaultSubcommand: List.self)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, ndjson }
}

extension DeliveryState: ExpressibleByArgument {}

/// The options that select deliveries.
struct DeliveryOptions: ParsableArguments {
    @Option(help: "Only this rule.") var rule: String?
    @Option(help: "Only this member.") var member: String?
    @Option(help: "Only this channel.") var channel: String?
    @Option(help: "Only this state (repeatable): pending, retry_wait, sending, accepted, unknown, rejected, dead, …")
    var state: [String] = []
    @Option(help: "Only those decided before: 2026-03-07, \"2026-03-07 09:30\" on the shop's clock, or RFC 3339.")
    var before: String?
    @Option(help: "Only those decided since.") var since: String?
    @Option(help: "Only those of which the channel last said this, or that are where they are for this.")
    var code: String?

    func filter(_ speech: Speech) throws -> DeliveryFilter {
        var filter = DeliveryFilter()
        filter.rule = rule
        filter.member = member
        filter.channel = channel
        filter.code = code
        filter.states = try state.flatMap { $0.split(separator: ",").map(String.init) }.map { try known($0, speech) }
        filter.before = try before.map { try instant($0, "--before", speech) }
        filter.since = try since.map { try instant($0, "--since", speech) }
        return filter
    }

    private func known(_ text: String, _ speech: Speech) throws -> DeliveryState {
        if let state = DeliveryState(rawValue: text) { return state }
        let words = DeliveryState.allCases.map(\.rawValue)
        let hint = Suggestion.nearest(to: text, among: words).map {
            speech.say("; did you mean `\($0)`?", "；是不是 `\($0)`？")
        }
        throw Failure(
            .usage,
            speech.say("`\(text)` is not a state of a delivery", "`\(text)` 不是投递状态") + (hint ?? "")
                + " (\(words.joined(separator: ", ")))")
    }

    private func instant(_ text: String, _ option: String, _ speech: Speech) throws -> Instant {
        if let point = TimePoint(text: text) { return point.instant(in: speech.zone) }
        throw Failure(
            .usage,
            speech.say(
                "\(option) `\(text)` is not a time; write 2026-03-07, \"2026-03-07 09:30\" or 2026-03-07T09:30:00+08:00",
                "\(option) `\(text)` 不是时间；写成 2026-03-07、\"2026-03-07 09:30\" 或 2026-03-07T09:30:00+08:00"))
    }
}

extension DeliveriesCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract:
                "Deliveries, oldest first: rule, member, occasion, state, channel, reference, number, decided, code.",
            discussion: """
                No address, no text. Times are on the shop's clock.

                EXAMPLES
                  nudged deliveries list --store sqlite:nudged.db
                  nudged deliveries list --state unknown --format ndjson
                  nudged deliveries list --rule birthday-gift --since "2026-11-28 09:00" --code timeout
                """)

        @OptionGroup var options: StoreOptions
        @OptionGroup var which: DeliveryOptions
        @Option(help: "text or ndjson.") var format = Format.text
        @Flag(help: "The same as --format ndjson.") var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.readStore()
            let speech = options.speech(language.lang, try options.loadConfig(), store)
            let words = DeliveryWording(speech: speech)
            try store.deliveries(try which.filter(speech)) { delivery in
                Console.print(
                    json || format == .ndjson ? words.json(delivery).rendered : words.line(delivery))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "One delivery: its attempts and every change of its state.",
            discussion: """
                By its number, or by a reference. The address is masked, the text is not shown.

                EXAMPLES
                  nudged deliveries show 17
                  nudged deliveries show nd3kf0q1-2c9v1x0b7-1 --json

                EXIT 0 shown, 2 there is none
                """)

        @Argument(help: "The number of a delivery, or a reference.") var delivery: String
        @OptionGroup var options: StoreOptions
        @Flag(help: "One JSON object.") var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.readStore()
            let words = DeliveryWording(speech: options.speech(language.lang, try options.loadConfig(), store))
            guard let detail = try store.delivery(delivery) else {
                throw Failure(
                    .couldNotRun, words.speech.say("there is no delivery \(delivery)", "没有投递 \(delivery)"))
            }
            Console.print(json ? words.json(detail).rendered : words.page(detail))
        }
    }
}
