import Config
import Review
import Kit
import ArgumentParser
import Foundation
import Rules
import Store

struct DeliveriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: .say(
            "What is owed and what became of it; and what an operator does about it.",
            "待发消息及其结果，以及运维的处理。"),
        discussion: .say(
            """
            AFTER A BACKUP WAS PUT BACK all sends are held. What the provider has taken since is not to go again:
              nudged deliveries list --state pending           what would go out
              nudged deliveries settle sent.csv                the provider's references: these count as accepted
              nudged deliveries cancel --state pending --before 2026-11-28    what nobody wants any more
              nudged release --rollback                        the rest goes out
            """,
            """
            恢复备份之后，全部发送会暂停。渠道在备份之后已经接收的，不能再发一次：
              nudged deliveries list --state pending           会发出什么
              nudged deliveries settle sent.csv                渠道导出的参考号：按已接收处理
              nudged deliveries cancel --state pending --before 2026-11-28    已经没人要的
              nudged release --rollback                        其余的放行
            """),
        subcommands: [List.self, Show.self, Cancel.self, Retry.self, Settle.self], defaultSubcommand: List.self)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, ndjson }
}

extension DeliveryState: ExpressibleByArgument {}

/// The options that select deliveries.
struct DeliveryOptions: ParsableArguments {
    @Option(help: .say("Only this rule.", "只看这条规则。"), completion: .ruleNames) var rule: String?
    @Option(help: .say("Only this member.", "只看这位会员。")) var member: String?
    @Option(help: .say("Only this channel.", "只看这个渠道。"), completion: .channelNames) var channel: String?
    @Option(
        help: .say(
            "Only this state (repeatable): pending, retry_wait, sending, accepted, unknown, rejected, dead, …",
            "只看这个状态（可写多次）：pending、retry_wait、sending、accepted、unknown、rejected、dead 等。"))
    var state: [String] = []
    @Option(
        help: .say(
            "Only those decided before: 2026-03-07, \"2026-03-07 09:30\" on the shop's clock, or RFC 3339.",
            "只看在此之前决定的：2026-03-07、\"2026-03-07 09:30\"（店铺时间）或 RFC 3339。"))
    var before: String?
    @Option(help: .say("Only those decided since.", "只看从此时起决定的。")) var since: String?
    @Option(
        help: .say(
            "Only those of which the channel last said this, or that are where they are for this.",
            "只看渠道最近答复这个编号的，或因这个编号停在当前状态的。"))
    var code: String?

    func filter(_ zone: Zone, _ config: Configuration?, _ store: MemberStore) throws -> DeliveryFilter {
        let filter = try filter(zone)
        if let member, try !store.hasMember(member) { throw try UnknownMember.failure(member, among: store) }
        try KnownNames.require(of: filter, config, store)
        return filter
    }

    private func filter(_ zone: Zone) throws -> DeliveryFilter {
        var filter = DeliveryFilter()
        filter.rule = rule
        filter.member = member
        filter.channel = channel
        filter.code = code
        filter.states = try state.flatMap { $0.split(separator: ",").map(String.init) }.map { try known($0) }
        filter.before = try before.map { try instant($0, "--before", zone) }
        filter.since = try since.map { try instant($0, "--since", zone) }
        return filter
    }

    private func known(_ text: String) throws -> DeliveryState {
        if let state = DeliveryState(rawValue: text) { return state }
        let words = DeliveryState.allCases.map(\.rawValue)
        throw Failure(
            .usage,
            .say("`\(text)` is not a state of a delivery", "`\(text)` 不是投递状态")
                + .didYouMean(Suggestion.nearest(to: text, among: words)) + .allOf(words))
    }

    private func instant(_ text: String, _ option: String, _ zone: Zone) throws -> Instant {
        guard let point = TimePoint(text: text) else { throw Failure.noTime(text, option) }
        return point.instant(in: zone)
    }
}

extension DeliveriesCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: .say(
                "Deliveries, oldest first: rule, member, occasion, state, channel, reference, number, decided, code.",
                "投递清单，旧的在前：规则、会员、场合、状态、渠道、参考号、编号、决定时间、渠道答复。"),
            discussion: .say(
                """
                No address, no text. Times are on the shop's clock.

                EXAMPLES
                  nudged deliveries list --store sqlite:nudged.db
                  nudged deliveries list --state unknown --format ndjson
                  nudged deliveries list --rule birthday-gift --since "2026-11-28 09:00" --code timeout
                  nudged deliveries list --since 2026-11-28 --count-by state,channel,code
                """,
                """
                不含地址和内容。时间是店铺时间。

                示例
                  nudged deliveries list --store sqlite:nudged.db
                  nudged deliveries list --state unknown --format ndjson
                  nudged deliveries list --rule birthday-gift --since "2026-11-28 09:00" --code timeout
                  nudged deliveries list --since 2026-11-28 --count-by state,channel,code
                """))

        @OptionGroup var options: StoreOptions
        @OptionGroup var which: DeliveryOptions
        @Option(help: .say("text or ndjson.", "text 或 ndjson。")) var format = Format.text
        @Flag(help: .say("The same as --format ndjson.", "等同 --format ndjson。")) var json = false
        @Option(
            help: .say(
                "Count them by these, most first: state, rule, channel, code.", "按这些计数，多的在前：state、rule、channel、code。"))
        var countBy: String?
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.readStore()
            let config = try options.loadConfig()
            let speech = options.speech(config, store)
            let words = DeliveryWording(speech: speech)
            let filter = try which.filter(speech.zone, config, store)
            if let countBy {
                let keys = try List.keys(countBy)
                for (values, count) in try store.deliveryCounts(filter, by: keys) {
                    Console.print(
                        json || format == .ndjson
                            ? words.json(count, keys, values).rendered : words.line(count, keys, values))
                }
                return
            }
            try store.deliveries(filter) { delivery in
                Console.print(
                    json || format == .ndjson ? words.json(delivery).rendered : words.line(delivery))
            }
        }

        private static func keys(_ text: String) throws -> [DeliveryKey] {
            try text.split(separator: ",").map { word in
                if let key = DeliveryKey(rawValue: String(word)) { return key }
                let words = DeliveryKey.allCases.map(\.rawValue)
                throw Failure(
                    .usage,
                    .say("deliveries cannot be counted by `\(word)`", "投递不能按 `\(word)` 计数")
                        + .didYouMean(Suggestion.nearest(to: String(word), among: words))
                        + .allOf(words))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: .say(
                "One delivery: its attempts, its receipts and every change of its state.", "一条投递：每次尝试、回执和每次状态变化。"),
            discussion: .say(
                """
                By its number, or by a reference. The address is masked, the text is not shown. Codes come with words: ours,
                or the page that explains the provider's.

                EXAMPLES
                  nudged deliveries show 17
                  nudged deliveries show nd3kf0q1-2c9v1x0b7-1 --json

                EXIT 0 shown, 2 there is none
                """,
                """
                按编号或参考号查询。地址打码，不显示内容。代码附有说明；服务商的代码则给出查阅的页面。

                示例
                  nudged deliveries show 17
                  nudged deliveries show nd3kf0q1-2c9v1x0b7-1 --json

                退出码  0 已显示，2 没有这条投递
                """))

        @Argument(help: .say("The number of a delivery, or a reference.", "投递的编号或参考号。")) var delivery: String
        @OptionGroup var options: StoreOptions
        @Flag(help: .say("One JSON object.", "输出一个 JSON 对象。")) var json = false
        @OptionGroup var language: LanguageOption

        func run() throws {
            let store = try options.readStore()
            let config = try options.loadConfig()
            let types = (config?.channels ?? []).map { ($0.id, $0.adapter.type) }
            let words = DeliveryWording(
                speech: options.speech(config, store),
                adapters: Dictionary(types, uniquingKeysWith: { first, _ in first }))
            guard let detail = try store.delivery(delivery) else {
                throw Failure(
                    .couldNotRun, .say("there is no delivery \(delivery)", "没有投递 \(delivery)"))
            }
            Console.print(json ? words.json(detail).rendered : words.page(detail))
        }
    }
}
