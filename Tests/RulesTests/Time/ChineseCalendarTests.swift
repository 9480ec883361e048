import Kit
import Foundation
import Rules
import Testing

@Suite("Chinese calendar")
struct ChineseCalendarTests {
    @Test(
        "days that the documents name",
        arguments: [
            ("2026-02-17", LunarDate(year: 2026, month: 1, day: 1)),
            ("2026-02-16", LunarDate(year: 2025, month: 12, day: 29)),
            ("2025-07-25", LunarDate(year: 2025, month: 6, day: 1, leap: true)),
            ("2025-08-22", LunarDate(year: 2025, month: 6, day: 29, leap: true)),
            ("2025-08-23", LunarDate(year: 2025, month: 7, day: 1)),
            ("2026-09-25", LunarDate(year: 2026, month: 8, day: 15)),
            ("2033-12-22", LunarDate(year: 2033, month: 11, day: 1, leap: true)),
            ("2023-03-22", LunarDate(year: 2023, month: 2, day: 1, leap: true)),
            ("2027-07-04", LunarDate(year: 2027, month: 6, day: 1)),
            ("2027-08-01", LunarDate(year: 2027, month: 6, day: 29)),
            ("2057-09-28", LunarDate(year: 2057, month: 9, day: 1)),
            ("1901-02-19", LunarDate(year: 1901, month: 1, day: 1)),
            ("2101-01-28", LunarDate(year: 2100, month: 12, day: 29)),
        ])
    func facts(_ text: String, _ lunar: LunarDate) throws {
        let date = try #require(LocalDate(text: text))
        #expect(ChineseCalendar.lunar(of: date) == lunar)
        #expect(ChineseCalendar.solar(of: lunar) == date)
    }

    @Test(
        "leap months", arguments: [(2025, 6), (2026, nil), (2028, 5), (2031, 3), (2033, 11), (1900, nil), (2101, nil)])
    func leapMonths(_ year: Int, _ month: Int?) { #expect(ChineseCalendar.leapMonth(in: year) == month) }

    @Test("the five years that end in 2025 to 2029 have no thirtieth of the twelfth month", arguments: 2023...2029)
    func eve(_ year: Int) {
        let length = (2024...2028).contains(year) ? 29 : 30
        #expect(ChineseCalendar.length(ofMonth: 12, leap: false, year: year) == length)
    }

    @Test("a month or day that does not exist is refused, not moved")
    func refuses() {
        #expect(ChineseCalendar.solar(of: LunarDate(year: 2026, month: 6, day: 1, leap: true)) == nil)
        #expect(ChineseCalendar.solar(of: LunarDate(year: 2025, month: 12, day: 30)) == nil)
        #expect(ChineseCalendar.solar(of: LunarDate(year: 2026, month: 13, day: 1)) == nil)
        #expect(ChineseCalendar.solar(of: LunarDate(year: 2026, month: 1, day: 0)) == nil)
        #expect(ChineseCalendar.solar(of: LunarDate(year: 1900, month: 1, day: 1)) == nil)
        #expect(ChineseCalendar.solar(of: LunarDate(year: .min, month: .min, day: .min, leap: true)) == nil)
        for outside in ["1901-02-18", "2101-01-29"] {
            #expect(LocalDate(text: outside).flatMap(ChineseCalendar.lunar) == nil)
        }
    }

    @Test("every month is where sun and moon put it, but for the one that the almanac of 1906 moved by a day")
    func agreesWithTheSky() throws {
        let lines = astronomicalMonths.split(separator: "\n")
        #expect(lines.count == ChineseCalendar.supportedYears.count)
        var differing: [Int] = []
        for (year, line) in zip(ChineseCalendar.supportedYears, lines) {
            let sky = String(line.trimmingPrefix(while: { $0 == " " }))
            if try sky != tableLine(year) { differing.append(year) }
        }
        #expect(differing == [1906])
    }

    /// The year as the second source writes it.
    private func tableLine(_ year: Int) throws -> String {
        let first = try #require(ChineseCalendar.solar(of: LunarDate(year: year, month: 1, day: 1)))
        var text = first.text + " "
        for month in 1...12 {
            for leap in [false, true] {
                guard let length = ChineseCalendar.length(ofMonth: month, leap: leap, year: year) else { continue }
                text += (leap ? "+" : "") + (length == 30 ? "L" : "s")
            }
        }
        return text
    }

    @Test("every day there and back, without a hole")
    func roundTrip() throws {
        let first = try #require(LocalDate(1901, 2, 19))
        let last = try #require(LocalDate(2101, 1, 28))
        var before: LunarDate?
        for days in first.days...last.days {
            let date = LocalDate(days: days)
            let lunar = try #require(ChineseCalendar.lunar(of: date))
            try #require(ChineseCalendar.solar(of: lunar) == date)
            if let before { try #require(lunar.day == before.day + 1 || lunar.day == 1) }
            before = lunar
        }
    }

    /// Days on which the toolchain's calendar differs. Before 1929 the almanac went by Beijing's mean time, not by
    /// UTC+8; the two moons of this century lie within a minute of midnight, and the second source sides with us.
    static let foundationDiffers = [
        "1914-11-17"..."1914-12-16", "1916-02-03"..."1916-03-03", "1920-11-10"..."1920-12-09",
        "2057-09-28"..."2057-10-27", "2097-08-07"..."2097-09-05",
    ]

    @Test("every day is Foundation's, but for the listed ones")
    func agreesWithFoundation() throws {
        var calendar = Calendar(identifier: .chinese)
        calendar.timeZone = try #require(TimeZone(identifier: "Asia/Shanghai"))
        var unlisted: [String] = []
        let first = try #require(LocalDate(1901, 2, 19))
        let last = try #require(LocalDate(2101, 1, 28))
        for days in first.days...last.days {
            let date = LocalDate(days: days)
            let noon = Date(timeIntervalSince1970: TimeInterval(days) * 86_400 + 4 * 3_600)
            let parts = calendar.dateComponents([.month, .day, .isLeapMonth], from: noon)
            let lunar = try #require(ChineseCalendar.lunar(of: date))
            let same = parts.month == lunar.month && parts.day == lunar.day && parts.isLeapMonth == lunar.leap
            let listed = Self.foundationDiffers.contains { $0.contains(date.text) }
            if same == listed { unlisted.append(date.text) }
        }
        #expect(unlisted == [])
    }
}
