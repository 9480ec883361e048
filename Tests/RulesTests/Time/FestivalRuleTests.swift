import Kit
import Testing

@testable import Rules

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
            ("new_years_eve", ["02-09", "01-28", "02-16", "02-05", "01-25", "02-12", "02-02", "01-22", "02-10"]),
            ("mothers_day", ["05-12", "05-11", "05-10", "05-09", "05-14", "05-13", "05-12", "05-11", "05-09"]),
            ("fathers_day", ["06-16", "06-15", "06-21", "06-20", "06-18", "06-17", "06-16", "06-15", "06-20"]),
            ("thanksgiving", ["11-28", "11-27", "11-26", "11-25", "11-23", "11-22", "11-28", "11-27", "11-25"]),
            ("winter_solstice", ["12-21", "12-21", "12-22", "12-22", "12-21", "12-21", "12-22", "12-22", "12-21"]),
        ])
    func builtIn(_ name: String, _ days: [String]) throws {
        let rule = try #require(FestivalRule.builtIn[name])
        for (year, day) in zip(2024...2032, days) {
            #expect(rule.dates(inGregorianYear: year).map(\.text) == ["\(year)-\(day)"])
        }
    }

    @Test("all nineteen are there, and can be found by their Chinese names")
    func count() {
        #expect(FestivalRule.builtIn.count == 19)
        for festival in Festival.builtIn { #expect(ForeignWords.festivals[festival.chinese] == festival.name) }
    }

    @Test("the nth weekday of a month, and none where the month has no fifth")
    func nthWeekday() {
        let fifth = FestivalRule.nth(5, weekday: 7, month: 5)
        #expect((2024...2027).flatMap { fifth.dates(inGregorianYear: $0).map(\.text) } == ["2026-05-31", "2027-05-30"])
        #expect(FestivalRule.nth(1, weekday: 1, month: 6).dates(inGregorianYear: 2026).map(\.text) == ["2026-06-01"])
    }

    @Test("the last day of the lunar year is the day before the first, whatever the policy and the length of its month")
    func eve() {
        for year in 1902...2100 {
            let first = FestivalRule.lunar(month: 1, day: 1).dates(inGregorianYear: year)[0]
            let eve = FestivalRule.newYearsEve.dates(inGregorianYear: year, BirthdayPolicy(missingLunarDay30: .nextDay))
            #expect(eve == [first.adding(days: -1)])
        }
    }

    @Test("every solar term is where the sun puts it, but for the one that came seconds after midnight")
    func terms() throws {
        let lines = astronomicalTerms.split(separator: "\n")
        #expect(lines.count == ChineseCalendar.supportedYears.count)
        var differing: [String] = []
        for line in lines {
            let numbers = line.split(separator: " ").compactMap { Int($0) }
            try #require(numbers.count == 25)
            for (place, term) in SolarTerm.allCases.enumerated() {
                let sky = LocalDate(numbers[0], place / 2 + 1, numbers[place + 1])
                if term.date(inYear: numbers[0]) != sky { differing.append("\(term) \(numbers[0])") }
            }
        }
        #expect(differing == ["dongzhi 1951"])
        #expect(SolarTerm.dongzhi.date(inYear: 1951)?.text == "1951-12-23")
    }

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
        #expect(FestivalRule.solarTerm(.qingming).dates(inGregorianYear: 1900) == [])
    }

    @Test("Qingming of the years at the edges", arguments: [(1901, 5), (1903, 6), (1999, 5), (2000, 4), (2100, 5)])
    func qingming(_ year: Int, _ day: Int) { #expect(SolarTerm.qingming.date(inYear: year) == LocalDate(year, 4, day)) }
}
