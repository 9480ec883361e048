import Kit
import Rules
import Testing

/// A comparison, the operator that it is written with, and its operand.
@Suite("A comparison and its operator")
struct ComparisonTests {
    private static let day = LocalDate(days: 20_000)
    private static let field = Field(name: "member.x", source: .member, type: .number, canBeMissing: true)

    private static let operands: [Rules.Comparison.Operand] = [
        .values([.text("gold"), .text("silver")]), .part("林"), .bound(.number(5)), .bounds(.number(1), .number(5)),
        .moment(.date(day)), .moments(.date(day), .date(day)), .span(Span(7, .days)), .item("vip"),
        .anyItem(["vip", "new"]), .everyItem(["vip", "new"]), .flag(true), .field(field, times: .one),
    ]

    @Test("is made again of its operator and its operand")
    func roundTrip() {
        for word in Operator.allCases {
            let made = ComparisonTests.operands.compactMap { operand in
                let comparison: Rules.Comparison? = .init(word, operand)
                return comparison
            }
            #expect(!made.isEmpty && made.count < 5, "\(word.rawValue)")
            for comparison in made {
                let (written, operand) = comparison.written
                let again: Rules.Comparison? = .init(written, operand)
                #expect(again == comparison)
                #expect(comparison.canonical.hasPrefix("\(written.rawValue): "))
            }
        }
    }

    @Test("is negated exactly where its operator is the negation of another")
    func negations() {
        let negated = Operator.allCases.filter { word in
            ComparisonTests.operands.contains { operand in
                let comparison: Rules.Comparison? = .init(word, operand)
                return comparison?.isNegated ?? false
            }
        }
        #expect(negated == [.isNot, .noneOf, .excludes])
    }
}
