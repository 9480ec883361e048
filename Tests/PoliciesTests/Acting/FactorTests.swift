import Policies
import Rules
import Testing

@Suite("Factor")
struct FactorTests {
    @Test(
        "has at most four decimals and is greater than nothing",
        arguments: [
            ("1", "1"), ("0.5", "0.5"), ("1.2500", "1.25"), ("0.0001", "0.0001"), ("10000", "10000"), ("007", "7"),
            ("0", nil), ("10000.0001", nil), ("0.00001", nil), ("-1", nil), ("1.", nil), (".5", nil), ("1e3", nil),
        ] as [(String, String?)])
    func written(text: String, read: String?) { #expect(Factor(text: text)?.text == read) }

    @Test(
        "counts points for each yuan or each one, rounded down",
        arguments: [
            (Value.money(9_999), "1", 99), (.money(9_999), "1.5", 149), (.money(1), "1", 0),
            (.money(33_333), "0.01", 3),
            (.money(-1), "1", -1), (.money(0), "5", 0), (.number(7), "0.5", 3), (.number(2.5), "2", 5),
            (.number(-7), "0.5", -4), (.money(100_000_000_000), "1", 1_000_000_000),
            (.money(100_000_000_100), "1", nil), (.money(.max), "10000", nil), (.number(1e300), "1", nil),
            (.number(.nan), "1", nil), (.text("7"), "1", nil),
        ] as [(Value, String, Int?)])
    func points(of value: Value, times: String, points: Int?) throws {
        #expect(try #require(Factor(text: times)).points(of: value) == points)
    }
}
