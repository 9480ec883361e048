import ArgumentParser
import Kit
import Review
import Rules
import Store

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: .say(
            "What each rule did, and what came of it: sent, delivered, coupons, orders, uplift.",
            "每条规则做了什么、结果如何：发送、送达、用券、订单、提升。"),
        discussion: .say(
            """
            Counts decisions of the last 30 days, or from --since until --until. An order belongs to the last message
            before it that a provider took, if it was paid within --within days. The uplift compares all whom the rule
            wanted to send to with those whom the holdout kept silent, as far as these days have passed: the difference in
            how many bought, with its 95 % interval. With fewer than 100 in either group, or 10 buyers in both together,
            it is "not enough data yet".

            EXAMPLES
              nudged report
              nudged report --since 2026-11-01 --until 2026-12-01 --rule birthday-gift
              nudged report --within 14 --json
            """,
            """
            统计最近 30 天的决定，或 --since 到 --until 之间的。订单归于它之前最后一条被渠道接收的消息，前提是在 --within 天内付款。\
            提升是把规则要发的全部人次与留出组相比（只算天数已满的）：购买比例之差及 95% 区间。任何一组不到 100 人次，\
            或两组合计不到 10 人次购买，就是「数据还不够」。

            示例
              nudged report
              nudged report --since 2026-11-01 --until 2026-12-01 --rule birthday-gift
              nudged report --within 14 --json
            """))

    @OptionGroup var options: StoreOptions
    @Option(help: .say("Only this rule.", "只看这条规则。"), completion: .ruleNames) var rule: String?
    @Option(
        help: .say(
            "From: 2026-03-07, \"2026-03-07 09:30\" on the shop's clock, or RFC 3339.",
            "起：2026-03-07、\"2026-03-07 09:30\"（店铺时间）或 RFC 3339。"))
    var since: String?
    @Option(help: .say("Until, not included (default: now).", "止，不含（默认现在）。")) var until: String?
    @Option(help: .say("Days after a message in which an order is attributed to it.", "消息之后多少天内的订单归于它。"))
    var within = 7
    @Flag(help: .say("One JSON object a line.", "每行一个 JSON 对象。")) var json = false
    @OptionGroup var language: LanguageOption

    private static let standardDays = 30

    func validate() throws {
        guard (1...366).contains(within) else {
            throw ValidationError(.say("--within is 1 to 366 days", "--within 是 1 到 366 天"))
        }
    }

    func run() throws {
        let config = try options.loadConfig()
        let store = try options.readStore()
        let speech = options.speech(config, store)
        try requireRule(try KnownNames(config, store).rules)
        let now = Instant(seconds: Instant.now.wholeSeconds)
        let from = speech.zone.add(Span(-ReportCommand.standardDays, .days), to: now)
        let range = ReportRange(
            since: try since.map { try instant($0, "--since", speech) } ?? from,
            until: try until.map { try instant($0, "--until", speech) } ?? now,
            attributed: Int64(within) * 86_400_000_000, rule: rule)
        guard range.since < range.until else {
            throw Failure(
                .usage,
                .say(
                    "--until (\(speech.time(range.until))) is not after --since (\(speech.time(range.since))): nothing can be between them",
                    "--until（\(speech.time(range.until))）不晚于 --since（\(speech.time(range.since))），中间没有时间"))
        }
        let words = ReportWording(speech: speech)
        let reports = try store.report(range, at: now)
        guard json else { return Console.print(words.page(reports, range)) }
        for report in reports { Console.print(words.json(report).rendered) }
    }

    private func requireRule(_ known: [String]) throws {
        guard let rule, !known.contains(rule) else { return }
        throw Failure(
            .usage,
            .say("there is no rule `\(rule)`", "没有规则 `\(rule)`")
                + .didYouMean(Suggestion.nearest(to: rule, among: known)))
    }

    private func instant(_ text: String, _ option: String, _ speech: Speech) throws -> Instant {
        guard let point = TimePoint(text: text) else { throw Failure.noTime(text, option) }
        return point.instant(in: speech.zone)
    }
}
