import Kit
import Rules
import Testing

@Suite("Festival rule")
struct FestivalRuleTests {
    @Test(
        "festivals of 2024 to 2032",
        arguments: [
            ("spring_festival", ["02-10", "01-29", "02-17", "02-06", "01-26", "02-13", "02-03", "01-23", "02-11"]),
            ("lantern", ["02-24", "02-12", "03-03", "02-20", "02-09", "02-27", "02-17", "02-06", "02-25"]),
            ("qingming", ["04-04", "04-04", "04-05", "04-05", "04-04", "04-04", "04-05", "04-05", "04-04"]),
            ("dragon_boat", ["06-10", "05-31", "06-19", "06-09", "05-28", "06-16", "06-05", "06-24", "06-12"]),
            ("qixi", ["08-10", "08-29", "08-19", "08-08", "08-26", "08-16", "08-05", "08-24", "08-12"]),
            ("mid_autumn", ["09-17", "10-06", "09-25", "09-15", "10-03", "09-22", "09-12", "10-01", "09-19"]),
            ("double_ninth", ["10-11", "10-29", "10-18", "10-08", "10-26", "10-16", "10-05", "10-24", "10-12"]),
            ("new_year", Array(repeating: "01-01", count: 9)),
            ("valentines", Array(repeating: "02-14", count: 9)),
            ("womens_day", Array(repeating: "03-08", count: 9)),
            ("labour_day", Array(repeating: "05-01", count: 9)),
            ("national_day", Array(repeating: "10-01", count: 9)),
            ("singles_day", Array(repeating: "11-11", count: 9)),
            ("christmas", Array(repeating: "12-25", count: 9)),
        ])
    func builtIn(_ name: String, _ days: [String]) throws {
        let rule = try #require(FestivalRule.builtIn[name])
        for (year, day) in zip(2024...2032, days) {
            #expect(rule.dates(inGregorianYear: year).map(\.text) == ["\(year)-\(day)"])
        }
    }

    @Test("all fourteen are there")
    func count() { #expect(FestivalRule.builtIn.count == 14) }

    @Test("Laba is wherever the Gregorian year finds it, twice or not at all")
    func laba() {
        let laba = FestivalRule.lunar(month: 12, day: 8)
        let dates = (2021...2025).map { laba.dates(inGregorianYear: $0).map(\.text) }
        #expect(dates == [["2021-01-20"], ["2022-01-10", "2022-12-30"], [], ["2024-01-18"], ["2025-01-07"]])
    }

    @Test("a day that the year lacks goes by the policy, a day outside the table is none")
    func missingDays() {
        let eve = FestivalRule.lunar(month: 12, day: 30)
        #expect(eve.dates(inGregorianYear: 2026).map(\.text) == ["2026-02-16"])
        let leapDay = FestivalRule.solar(month: 2, day: 29)
        #expect(leapDay.dates(inGregorianYear: 2026).map(\.text) == ["2026-02-28"])
        #expect(FestivalRule.lunar(month: 1, day: 1).dates(inGregorianYear: 2102) == [])
        #expect(FestivalRule.qingming.dates(inGregorianYear: 1900) == [])
    }

    @Test("Qingming of the years at the edges", arguments: [(1901, 5), (1903, 6), (1999, 5), (2000, 4), (2100, 5)])
    func qingming(_ year: Int, _ day: Int) { #expect(ChineseCalendar.qingming(in: year) == LocalDate(year, 4, day)) }
}
