import Kit
import Testing

@testable import Rules

@Suite("The advice on a rule set")
struct RuleSetAdviceTests {
    private func findings(_ lines: String, at time: String = "2026-11-12 00:00") throws -> [String] {
        let text = RuleSetSamples.rule(lines + "\n" + RuleSetSamples.sending)
        let file = YAMLReader.read(bytes: Array(text.utf8), path: "rules.yaml")
        let now = try #require(TimePoint(text: time)?.instant(in: Settings().zone))
        let set = RuleSetSamples.read(text).sound
        return RuleSetAdvice(set, files: [file], at: now).findings.map {
            "\($0.code) \($0.span.start.line):\($0.span.start.column)"
        }
    }

    @Test(
        "warns of a day that has passed on the shop's clock, not of today and not of a rule that comes again",
        arguments: [
            ("{schedule: {on: 2026-11-11, at: \"10:00\"}}", ["R252 8:27"]),
            ("{schedule: {on: 2026-11-12, at: \"10:00\"}}", []),
            ("{schedule: {every: month, on: 11, at: \"10:00\"}}", []),
        ])
    func passed(_ trigger: String, _ expected: [String]) throws {
        #expect(try findings("when: \(trigger)") == expected)
    }

    @Test(
        "warns of a rule in the data of an event that no file has, where every file is there",
        arguments: [
            ("{name: message.sent, where: {rule: welcom}, after: 7d}", ["R264 8:54"]),
            ("{name: message.sent, where: {rule: welcome}, after: 7d}", []),
            ("{name: order.paid, where: {rule: welcom}}", []),
            // A shop may add columns; tiers are asked for only where they are declared.
            ("{name: order.paid, where: {size: 3, order_id: x, paid_by: card, note: y}}", []),
            ("{name: member.tier_changed, where: {to: glod}}", []),
        ])
    func names(_ event: String, _ expected: [String]) throws {
        let text = RuleSetSamples.rule("when: {event: \(event)}\n" + RuleSetSamples.sending)
        let other = RuleSetSamples.rule("when: {birthday: {}}\n" + RuleSetSamples.sending).replacing(
            "id: r\n", with: "id: welcome\n")
        let files = [("a.yaml", text), ("b.yaml", other)].map { YAMLReader.read(bytes: Array($1.utf8), path: $0) }
        func found(_ hasEveryRule: Bool) -> [String] {
            EventDataAdvice(files, channels: ChannelDeclaration.standard, hasEveryRule: hasEveryRule).findings.map {
                "\($0.code) \($0.span.start.line):\($0.span.start.column)"
            }
        }
        #expect(found(true) == expected)
        #expect(found(false) == [])
    }

    @Test(
        "warns of a rule that waits for what only it raises",
        arguments: [
            ("{name: message.sent, where: {rule: r}, after: 7d}", ["R254 8:47"]),
            ("{name: message.sent, where: {rule: [r, welcome]}, after: 7d}", []),
            ("{name: message.sent, where: {rule: welcome}, after: 7d}", []),
            ("{name: task.done, where: {rule: r}}", ["R254 8:44"]),
        ])
    func itself(_ event: String, _ expected: [String]) throws {
        #expect(try findings("when: {event: \(event)}") == expected)
    }
}
