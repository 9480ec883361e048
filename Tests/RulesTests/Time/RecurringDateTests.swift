import Kit
import Rules
import Testing

@Suite("Recurring date")
struct RecurringDateTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let key: String
        let year: Int
        let expected: String?
        var policy = BirthdayPolicy.standard
        var testDescription: String { "\(key) in \(year): \(expected ?? "none")" }
        init(_ key: String, _ year: Int, _ expected: String?, _ policy: BirthdayPolicy = .standard) {
            self.key = key
            self.year = year
            self.expected = expected
            self.policy = policy
        }
    }

    @Test(
        "the month is chosen first, then the day",
        arguments: [
            Case("s0310", 2026, "2026-03-10"),
            Case("s0504", 1986, "1986-05-04"),
            Case("s0229", 2028, "2028-02-29"),
            Case("s0229", 2027, "2027-02-28"),
            Case("s0229", 2027, "2027-03-01", BirthdayPolicy(leapDay: .mar1)),
            Case("s0229", 2027, nil, BirthdayPolicy(leapDay: .leapYearsOnly)),
            Case("l0630", 2027, "2027-08-01"),
            Case("l0630", 2027, "2027-08-02", BirthdayPolicy(missingLunarDay30: .nextDay)),
            Case("L0630", 2027, "2027-08-01"),
            Case("L0630", 2027, nil, BirthdayPolicy(missingLunarLeapMonth: .skip)),
            Case("L0601", 2025, "2025-07-25"),
            Case("L0601", 2025, "2025-07-25", BirthdayPolicy(missingLunarLeapMonth: .skip)),
            Case("l0601", 2025, "2025-06-25"),
            Case("L0630", 2025, "2025-08-22"),
            Case("L0630", 2025, "2025-08-23", BirthdayPolicy(missingLunarDay30: .nextDay)),
            Case("L1101", 2033, "2033-12-22"),
            Case("l1230", 2024, "2025-01-28"),
            Case("l1230", 2025, "2026-02-16"),
            Case("l1230", 2025, "2026-02-17", BirthdayPolicy(missingLunarDay30: .nextDay)),
            Case("l1230", 2029, "2030-02-02"),
            Case("l1208", 2025, "2026-01-26"),
            Case("l0101", 1900, nil),
            Case("l0101", 2101, nil),
        ])
    func dates(_ example: Case) throws {
        let recurring = try #require(RecurringDate.all.first { $0.key == example.key })
        #expect(recurring.date(inYear: example.year, example.policy)?.text == example.expected)
    }

    @Test("whether it is today, and the month of this year's, go by the year, the month and the day that exist")
    func today() throws {
        let lunar = try #require(RecurringDate(calendar: .lunar, year: 1990, month: 12, day: 8))
        func day(_ text: String) throws -> LocalDate { try #require(LocalDate(text: text)) }
        // Twice in 2022, and not at all in 2023.
        #expect(try lunar.falls(on: day("2022-01-10"), .standard) && lunar.falls(on: day("2022-12-30"), .standard))
        #expect((2021...2024).map { lunar.date(inGregorianYear: $0, .standard)?.civil.month } == [1, 12, nil, 1])
        let leapDay = try #require(RecurringDate(year: 2000, month: 2, day: 29))
        let march = BirthdayPolicy(leapDay: .mar1)
        #expect(try leapDay.falls(on: day("2026-02-28"), .standard) && !leapDay.falls(on: day("2026-02-28"), march))
        #expect(leapDay.date(inGregorianYear: 2026, march)?.civil.month == 3)
        #expect(leapDay.date(inGregorianYear: 2026, BirthdayPolicy(leapDay: .leapYearsOnly)) == nil)
        #expect(try !leapDay.falls(on: day("2000-02-29"), .standard), "the day of birth is no birthday")
        #expect(leapDay.date(inGregorianYear: 2000, .standard)?.civil.month == 2)
    }

    @Test("the keys of a day are exactly those whose date it is", arguments: BirthdayPolicy.all)
    func reverse(_ policy: BirthdayPolicy) throws {
        struct Hit: Hashable {
            let date: LocalDate
            let lunar: Bool
            let key: String
            let year: Int
        }
        // Leap months 2, 6, 11 and none; the last year of the table; two leap years.
        let years = [1901, 2023, 2024, 2025, 2026, 2027, 2028, 2033, 2099, 2100]
        var forward: Set<Hit> = []
        for recurring in RecurringDate.all {
            for year in years {
                guard let date = recurring.date(inYear: year, policy) else { continue }
                forward.insert(Hit(date: date, lunar: recurring.calendar == .lunar, key: recurring.key, year: year))
            }
        }
        var backward: Set<Hit> = []
        for year in Set(years.flatMap { [$0, $0 + 1] }) {
            let first = try #require(LocalDate(year, 1, 1))
            for day in 0..<366 {
                let date = first.adding(days: day)
                for calendar in [RecurringCalendar.solar, .lunar] {
                    let keys = RecurringDate.keys(fallingOn: date, calendar: calendar, policy: policy)
                    for (key, year) in keys where years.contains(year) {
                        backward.insert(Hit(date: date, lunar: calendar == .lunar, key: key, year: year))
                    }
                }
            }
        }
        #expect(forward == backward)
    }

    @Test("one day can carry several keys")
    func severalKeys() throws {
        func keys(_ text: String, _ calendar: RecurringCalendar) throws -> [String] {
            let date = try #require(LocalDate(text: text))
            return RecurringDate.keys(fallingOn: date, calendar: calendar, policy: .standard).map {
                "\($0.key) \($0.year)"
            }
        }
        #expect(try keys("2027-02-28", .solar) == ["s0228 2027", "s0229 2027"])
        #expect(try keys("2028-02-28", .solar) == ["s0228 2028"])
        #expect(try keys("2027-08-01", .lunar) == ["L0629 2027", "L0630 2027", "l0629 2027", "l0630 2027"])
        #expect(try keys("2025-08-22", .lunar) == ["L0629 2025", "L0630 2025"])
        #expect(try keys("2026-02-16", .lunar) == ["L1229 2025", "L1230 2025", "l1229 2025", "l1230 2025"])
    }

    @Test("what no year has is refused")
    func refuses() {
        #expect(RecurringDate(month: 2, day: 30) == nil)
        #expect(RecurringDate(year: 1997, month: 2, day: 29) == nil)
        #expect(RecurringDate(year: 1996, month: 2, day: 29) != nil)
        #expect(RecurringDate(month: 6, day: 1, leapMonth: true) == nil)
        #expect(RecurringDate(month: 13, day: 1) == nil)
        #expect(RecurringDate(month: 1, day: 0) == nil)
        #expect(RecurringDate(year: 0, month: 1, day: 1) == nil)
        #expect(RecurringDate(calendar: .lunar, month: 6, day: 31) == nil)
        #expect(RecurringDate(calendar: .lunar, year: 1990, month: 6, day: 30)?.key == "l0630")
    }

    @Test("the birth year itself is not due; without a year every year is")
    func recurs() throws {
        let lin = try #require(RecurringDate(year: 1990, month: 3, day: 10))
        #expect([1989, 1990, 1991].map { lin.recurs(inYear: $0) } == [false, false, true])
        let yearless = try #require(RecurringDate(month: 3, day: 10))
        #expect(yearless.recurs(inYear: 1))
    }

    @Test(
        "age is the birthdays passed",
        arguments: [
            (RecurringDate(year: 1990, month: 3, day: 10), "2026-03-09", BirthdayPolicy.standard, 35),
            (RecurringDate(year: 1990, month: 3, day: 10), "2026-03-10", .standard, 36),
            (RecurringDate(year: 1990, month: 3, day: 10), "1990-03-10", .standard, 0),
            (RecurringDate(year: 1990, month: 3, day: 10), "1980-01-01", .standard, 0),
            (RecurringDate(month: 3, day: 10), "2026-03-10", .standard, nil),
            (RecurringDate(year: 1996, month: 2, day: 29), "2027-02-28", .standard, 31),
            (RecurringDate(year: 1996, month: 2, day: 29), "2027-02-28", BirthdayPolicy(leapDay: .mar1), 30),
            (RecurringDate(year: 1996, month: 2, day: 29), "2027-06-01", BirthdayPolicy(leapDay: .leapYearsOnly), 31),
            (RecurringDate(year: 1996, month: 2, day: 29), "2027-02-28", BirthdayPolicy(leapDay: .leapYearsOnly), 30),
            // Lunar 12/29 of 2025 is 2026-02-16.
            (RecurringDate(calendar: .lunar, year: 1990, month: 12, day: 29), "2026-02-15", .standard, 34),
            (RecurringDate(calendar: .lunar, year: 1990, month: 12, day: 29), "2026-02-16", .standard, 35),
            (RecurringDate(calendar: .lunar, year: 1990, month: 1, day: 1), "2026-02-17", .standard, 36),
            (RecurringDate(calendar: .lunar, year: 1850, month: 1, day: 1), "2026-02-17", .standard, nil),
        ] as [(RecurringDate?, String, BirthdayPolicy, Int?)])
    func age(_ birthday: RecurringDate?, _ day: String, _ policy: BirthdayPolicy, _ age: Int?) throws {
        let date = try #require(LocalDate(text: day))
        #expect(try #require(birthday).age(on: date, policy) == age)
    }
}

extension RecurringDate {
    /// Every month, day and leap flag of both calendars, without a year.
    static let all: [RecurringDate] = (1...12).flatMap { month in
        (1...31).flatMap { day in
            [
                RecurringDate(month: month, day: day),
                RecurringDate(calendar: .lunar, month: month, day: day),
                RecurringDate(calendar: .lunar, month: month, day: day, leapMonth: true),
            ].compactMap { $0 }
        }
    }
}

extension BirthdayPolicy {
    static let all: [BirthdayPolicy] = LeapDay.allCases.flatMap { leapDay in
        LeapMonth.allCases.flatMap { leapMonth in
            Day30.allCases.map {
                BirthdayPolicy(leapDay: leapDay, missingLunarLeapMonth: leapMonth, missingLunarDay30: $0)
            }
        }
    }

    @Test("a key is read as it was written, and nothing else is a key")
    func keys() {
        for key in ["s0310", "s0229", "l0630", "L0410"] { #expect(RecurringDate(key: key)?.key == key) }
        for text in ["", "s", "0310", "s1310", "s0230", "l0631", "x0310", "s03１0", "s03100", "S0310"] {
            #expect(RecurringDate(key: text) == nil, "\(text)")
        }
    }
}
