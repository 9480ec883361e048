import Testing

@testable import Rules

/// Sentences, help, notes and fixes as qa-tools §3.3 wants them.
@Suite("A finding of the rule reader")
struct FindingFormTests {
    private func first(_ lines: String) -> Diagnostic? {
        RuleSetSamples.read(RuleSetSamples.rule(lines + "\n" + RuleSetSamples.sending)).diagnostics.first
    }

    @Test("of an unknown field carries the rule, the path, the nearest name, which is a question")
    func unknownField() throws {
        let finding = try #require(first("when: {birthday: {}}\nif: {member.teir: [silver]}"))
        #expect(finding.message == "there is no field `member.teir`")
        #expect(finding.rule == "r")
        #expect(finding.path == ["rules", "0", "if", "member.teir"])
        #expect(finding.help == ["did you mean `member.tier`? (text; silver, gold)"])
        #expect(finding.fix.isEmpty)
    }

    @Test("of a typing slip names the key and why the missing one is not reported")
    func unknownKey() throws {
        let finding = try #require(first("wehn: {birthday: {}}"))
        #expect(finding.message == "`wehn` is not part of a rule")
        #expect(finding.help == ["did you mean `when`?"])
        #expect(
            finding.notes
                == ["rule `r` has no `when`, so this is most likely a typing slip (R102 is not reported separately)"])
    }

    @Test("of a right key in the wrong block says where it belongs")
    func wrongBlock() throws {
        let inner = try #require(first("when: {birthday: {}, days_before: 3}"))
        #expect(inner.help == ["`days_before` belongs into `birthday`, one level further in"])
        let outer = try #require(first("when: {birthday: {limits: {}}}"))
        #expect(outer.help == ["`limits` is part of a rule: move it further out"])
    }

    @Test("of a foreign comparison has the word, the example and a fix")
    func foreignOperator() throws {
        let finding = try #require(first("when: {event: {name: order.paid}}\nif: {order.total: {gte: 50}}"))
        #expect(finding.message == "`gte` is not a comparison here")
        #expect(finding.help == ["say `at_least`:  order.total: {at_least: 50}"])
        #expect(finding.fix.map(\.text) == ["at_least"])
        #expect(finding.path == ["rules", "0", "if", "order.total", "gte"])
    }

    @Test("of a time of day has a fix where the meaning is plain")
    func timeOfDay() throws {
        let finding = try #require(first("when: {birthday: {at: 9:30}}"))
        #expect(finding.message == "`9:30` is not a time of day")
        #expect(finding.fix.map(\.text) == ["\"09:30\""])
        #expect(first("when: {birthday: {at: morning}}")?.fix == [])
    }

    @Test("of two bounds names both places")
    func contradiction() throws {
        let finding = try #require(first("when: {birthday: {}}\nif: {member.age: {at_least: 50, less_than: 20}}"))
        #expect(finding.label == "needs less than 20")
        #expect(finding.related.map(\.text) == ["needs 50 or more"])
    }

    @Test(
        "of every kind is said in Chinese",
        arguments: [
            "when: {birthday: {at: 9:30, x: 1}}\nif: {member.teir: 1}", "when: birthday", "when: {cart_idle: {for: 3}}",
            "when: {event: {name: order.pald}}\nif: {order.total: {gte: x}, member.tags: a, cart.total: 5}",
            "when: {birthday: {}, inactive: {}}\nunless: [a]", "when: {inactive: {for: 60d}}\naudience: {in: [x]}",
        ])
    func chinese(_ lines: String) {
        let found = RuleSetSamples.read(RuleSetSamples.rule(lines + "\n" + RuleSetSamples.sending)).diagnostics
        #expect(!found.isEmpty && Untranslated.sentences(of: found) == [])
    }
}
