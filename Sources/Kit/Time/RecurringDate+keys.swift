extension RecurringDate {
    /// The key that the database indexes, without the year: `s0310` solar, `l0630` lunar, `L0630` in a leap month.
    package var key: String {
        let mark = calendar == .solar ? "s" : leapMonth ? "L" : "l"
        return "\(mark)\(padded(month, 2))\(padded(day, 2))"
    }

    /// Reads a key; the year is not in it. Nil for what is none.
    package init?(key: String) {
        let (mark, digits) = (key.prefix(1), Array(key.utf8.dropFirst()))
        guard ["s", "l", "L"].contains(mark), digits.count == 4, digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        func number(_ at: Int) -> Int { Int(digits[at] - 0x30) * 10 + Int(digits[at + 1] - 0x30) }
        self.init(
            calendar: mark == "s" ? .solar : .lunar, month: number(0), day: number(2), leapMonth: mark == "L")
    }

    /// Every key whose date is exactly this day, with the year of its calendar: the reverse of `date(inYear:_:)`. One
    /// day can carry several keys, and they can belong to two lunar years.
    package static func keys(
        fallingOn date: LocalDate, calendar: RecurringCalendar, policy: BirthdayPolicy
    ) -> [(key: String, year: Int)] {
        var found: [(RecurringDate?, Int)] = []
        switch calendar {
        case .solar:
            let (year, month, day) = date.civil
            found.append((RecurringDate(month: month, day: day), year))
            found.append((RecurringDate(month: 2, day: 29), year))
        case .lunar:
            // The day itself, and the day before it, whose 30th may have moved here.
            for candidate in [date, date.adding(days: -1)].compactMap(ChineseCalendar.lunar) {
                for day in Set([candidate.day, 30]) {
                    for leap in [false, true] {
                        let recurring = RecurringDate(
                            calendar: .lunar, month: candidate.month, day: day, leapMonth: leap)
                        found.append((recurring, candidate.year))
                    }
                }
            }
        }
        var keys: [(key: String, year: Int)] = []
        for case (let recurring?, let year) in found where recurring.date(inYear: year, policy) == date {
            if !keys.contains(where: { $0.key == recurring.key && $0.year == year }) {
                keys.append((recurring.key, year))
            }
        }
        return keys.sorted { $0 < $1 }
    }
}
