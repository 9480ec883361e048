import Kit
import Testing

@testable import Rules

@Suite("Prices and budgets")
struct SpendingSettingsTests {
    private func read(_ text: String, rules: String = "") -> (Settings, [Diagnostic]) {
        var files = ["settings.yaml": "version: 1\n" + text, "templates.yaml": RuleSetSamples.templates]
        if !rules.isEmpty { files["rules.yaml"] = "version: 1\nrules:\n" + rules }
        let read = files.sorted { $0.key < $1.key }.map { YAMLReader.read(bytes: Array($0.value.utf8), path: $0.key) }
        let set = RuleSetReader.read(files: read)
        return (set.sound.settings, set.diagnostics.filter { $0.span.file == "settings.yaml" && $0.code != "R002" })
    }

    @Test("a price of a fraction of a fen is kept whole, and so is its sum")
    func fractions() {
        let (settings, findings) = read("prices: {sms_segment: 0.045, per_message: {email: 0.000125}}")
        #expect(findings.isEmpty)
        #expect(settings.prices.smsSegment == 45_000 && settings.prices.perMessage == ["email": 125])
        #expect(settings.prices.cost(of: "您好", on: "sms", .phone) == 45_000)
        #expect(settings.prices.cost(of: String(repeating: "好", count: 71), on: "sms", .phone) == 90_000)
        #expect(settings.prices.cost(of: String(repeating: "好", count: 71), on: "email", .email) == 125)
        #expect(settings.prices.cost(of: "您好", on: "wechat", .wechatOpenID) == nil)
    }

    @Test("the price of a message of its channel comes before that of segments; a cost beyond counting is none")
    func perMessage() {
        let (settings, _) = read("prices: {sms_segment: 0.05, per_message: {sms: 0.08}}")
        #expect(settings.prices.cost(of: String(repeating: "好", count: 500), on: "sms", .phone) == 80_000)
        #expect(settings.prices.least(on: "sms", .phone) == 80_000)
        let dear = Settings.Prices(smsSegment: .max)
        #expect(dear.cost(of: String(repeating: "好", count: 71), on: "sms", .phone) == nil)
    }

    @Test("a budget is yuan a day, by channel")
    func budgets() {
        let (settings, findings) = read(
            "prices: {sms_segment: 0.05}\nbudget: {sms: {per_day: 500}, email: {per_day: 0.5}}")
        #expect(settings.budgets == ["sms": 500_000_000, "email": 500_000])
        #expect(findings.map(\.code) == ["R248"], "email has no price")
        #expect(Untranslated.sentences(of: findings) == [])
    }

    @Test(
        "the day is the shop's, in nights of any length",
        arguments: [
            ("Asia/Shanghai", "2026-03-10T15:59:59Z", "2026-03-10"),
            ("Asia/Shanghai", "2026-03-10T16:00:00Z", "2026-03-11"),
            // The night of 8 March 2026 lacks an hour, that of 1 November has one more.
            ("America/New_York", "2026-03-08T04:59:59Z", "2026-03-07"),
            ("America/New_York", "2026-03-08T05:00:00Z", "2026-03-08"),
            ("America/New_York", "2026-03-09T03:59:59Z", "2026-03-08"),
            ("America/New_York", "2026-03-09T04:00:00Z", "2026-03-09"),
            ("America/New_York", "2026-11-01T04:00:00Z", "2026-11-01"),
            ("America/New_York", "2026-11-02T04:59:59Z", "2026-11-01"),
            ("America/New_York", "2026-11-02T05:00:00Z", "2026-11-02"),
        ])
    func days(zone: String, at: String, day: String) throws {
        let (settings, _) = read("timezone: \(zone)\nprices: {sms_segment: 0.05}\nbudget: {sms: {per_day: 1}}")
        let budgets = settings.dayBudgets(at: try #require(Instant(rfc3339: at)), ["sms": .phone])
        #expect(budgets.day.text == day)
        #expect(budgets.channels == ["sms": .init(limit: 1_000_000, leastPrice: 50_000)])
    }

    struct Slip: CustomTestStringConvertible, Sendable {
        var text: String
        var code: String
        var testDescription: String { text }
    }

    @Test(
        "a slip has its finding, and the channel is left out",
        arguments: [
            Slip(text: "budget: {smss: {per_day: 500}}", code: "R223"),
            Slip(text: "budget: {短信: {per_day: 500}}", code: "R223"),
            Slip(text: "budget: {sms: 500}", code: "R103"), Slip(text: "budget: 500", code: "R103"),
            Slip(text: "budget: {sms: {}}", code: "R102"), Slip(text: "budget: {sms: {a_day: 500}}", code: "R101"),
            Slip(text: "budget: {sms: {per_day: 5.005}}", code: "R104"),
            Slip(text: "prices: {per_message: {mail: 0.01}}", code: "R223"),
            Slip(text: "prices: {per_message: {email: cheap}}", code: "R103"),
        ])
    func slips(_ slip: Slip) {
        let (settings, findings) = read(slip.text)
        #expect(findings.contains { $0.code == slip.code }, "\(findings.map(\.code))")
        #expect(settings.budgets.isEmpty && settings.prices.perMessage.isEmpty)
        #expect(Untranslated.sentences(of: findings) == [])
    }

    private static let rule = """
          - {id: r, name: r, status: STATUS, owner: crm, purpose: marketing, when: {birthday: {}},
             do: [{send: {try: [{sms: {template: sms_hello}}], fill: {name: member.display_name}}}]}
        """

    @Test(
        "a slip in the rule that sends, or in the price, makes no finding of the budget",
        arguments: [
            ("sms_segment: 0.05", "high", []), ("sms_segment: 5分", "1", ["R103"]),
        ])
    func unread(price: String, priority: String, codes: [String]) {
        let (_, findings) = read(
            "prices: {\(price)}\nbudget: {sms: {per_day: 500}}",
            rules: SpendingSettingsTests.rule.replacing("STATUS", with: "live").replacing(
                "when:", with: "priority: \(priority), when:"))
        #expect(findings.map(\.code) == codes)
        #expect(Untranslated.sentences(of: findings) == [])
    }

    @Test(
        "a budget of a channel that no rule sends by is a warning",
        arguments: [
            ("sms", "live", []), ("sms", "draft", []), ("sms", "retired", ["R247"]), ("email", "live", ["R247"]),
        ])
    func unused(channel: String, status: String, codes: [String]) {
        let (_, findings) = read(
            "prices: {sms_segment: 0.05, per_message: {email: 0.01}}\nbudget: {\(channel): {per_day: 500}}",
            rules: SpendingSettingsTests.rule.replacing("STATUS", with: status))
        #expect(findings.map(\.code) == codes)
        #expect(findings.allSatisfy { $0.severity == .warning })
        #expect(Untranslated.sentences(of: findings) == [])
    }
}
