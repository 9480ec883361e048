import TestSupport
import Testing

/// The examples of qa-tools §1.1 that need fixtures only, on the shipped rule set.
@Suite("The rules the product is named for")
struct NamedRulesTests {
    private func run(_ rule: String, at: String, until: String, member: String) throws -> [String] {
        let world = World(set: try ShippedRules.ruleSet(), fixtures: try ShippedRules.fixtures())
        return try world.dryRun(at: at, until: until, only: [rule]).filter { $0.contains(" \(member) ") }
    }

    @Test(
        "birthday minus three days at half past nine",
        arguments: [
            ("lin", "2026-03-01", "2026-03-11", "2026-03-07 09:30 birthday-gift lin sent sms"),
            ("zhao", "2026-03-01", "2026-03-11", "2026-03-07 09:30 birthday-gift zhao sent wechat"),
            (
                "notier", "2026-03-01", "2026-03-11",
                #"2026-03-07 09:30 birthday-gift notier skipped {"condition":"member.tier","actual":"missing"}"#
            ),
            ("leap", "2027-02-01", "2027-03-05", "2027-02-25 09:30 birthday-gift leap sent sms"),
            ("luna", "2027-07-01", "2027-09-01", "2027-07-29 09:30 birthday-gift luna sent sms"),
        ])
    func birthday(member: String, at: String, until: String, expected: String) throws {
        #expect(try run("birthday-gift", at: at, until: until, member: member) == [expected])
    }
}
