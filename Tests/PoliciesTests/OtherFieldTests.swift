import Kit
import Policies
import Rules
import Testing

/// A comparison with another field, as values that are there, equal and missing.
@Suite("Comparison with another field")
struct OtherFieldTests {
    private struct Case: CustomTestStringConvertible {
        var left: Value?
        var word: Operator
        var right: Value?
        var times = "1"
        var holds: Bool
        var testDescription: String { "\(word.rawValue) \(times): \(holds)" }
        init(_ left: Value?, _ word: Operator, _ right: Value?, times: String = "1", _ holds: Bool) {
            (self.left, self.word, self.right, self.times, self.holds) = (left, word, right, times, holds)
        }
    }

    private static let cases = [
        Case(.money(4_999), .lessThan, .money(9_999), times: "0.5", true),
        // Half of 99.99 is 49.995: the amount is not rounded.
        Case(.money(5_000), .lessThan, .money(9_999), times: "0.5", false),
        Case(.money(5_000), .moreThan, .money(9_999), times: "0.5", true),
        Case(.money(5_000), .equals, .money(10_000), times: "0.5", true),
        Case(.money(5_000), .isNot, .money(10_000), times: "0.5", false),
        Case(.money(5_000), .atMost, .number(50), true), Case(.number(50), .atLeast, .money(5_001), false),
        Case(.number(3), .moreThan, .number(2), times: "1.5", false),
        Case(.number(3), .atLeast, .number(2), times: "1.5", true),
        Case(.date(LocalDate(days: 5)), .before, .date(LocalDate(days: 6)), true),
        Case(.date(LocalDate(days: 6)), .after, .date(LocalDate(days: 6)), false),
        Case(.instant(Instant(micros: 7)), .after, .instant(Instant(micros: 6)), true),
        Case(nil, .lessThan, .number(1), false), Case(.number(1), .lessThan, nil, false),
        Case(nil, .equals, nil, false), Case(nil, .isNot, nil, true), Case(.number(1), .isNot, nil, true),
        Case(.date(LocalDate(days: 6)), .before, .instant(Instant(micros: 0)), false),
    ]

    @Test("is exact, and false for a missing value on either side but for `is_not`")
    func holds() throws {
        let field = Field(name: "member.x", source: .member, type: .number, canBeMissing: true)
        for one in OtherFieldTests.cases {
            let times = try #require(Factor(text: one.times))
            let made = Rules.Comparison(one.word, .field(field, times: times))
            let test = try #require(made)
            #expect(test.holds(one.left, against: one.right) == one.holds, "\(one)")
        }
    }
}
