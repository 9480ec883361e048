import Kit
import Rules

/// Calendar functions that SQL lacks, and tables as parameters, added to a connection. They are pure.
enum SQLFunctions {
    static func register(on db: Session) throws {
        try db.addTables()
        db.add(day)
        db.add(age)
        db.add(birthday)
        db.add(isBirthday)
        db.add(birthdayMonth)
        db.add(daysBack)
        db.add(lifecycle)
        db.add(recency)
        for function in TypedValues.functions { db.add(function) }
        db.add(AddressKey.function)
    }

    /// `nudged_day(instant, zone)`: the local date, as days since 1970.
    private static let day = SQLFunction("nudged_day", 2) { values in
        guard let micros = Int64.read(values[0]), let name = String.read(values[1]),
            let zone = Zone(named: name)
        else { return nil }
        return zone.date(of: Instant(micros: micros)).days
    }

    /// `nudged_days_back(instant, days, zone)`: that many local dates earlier at the same clock time.
    private static let daysBack = SQLFunction("nudged_days_back", 3) { values in
        guard let micros = Int64.read(values[0]), let days = Int.read(values[1]),
            let zone = String.read(values[2]).flatMap(Zone.init(named:))
        else { return nil }
        return zone.subtract(Span(days, .days), from: Instant(micros: micros)).micros
    }

    /// `nudged_age(key, year, today, policy)`: birthdays passed, resolved as the trigger resolves them.
    private static let age = SQLFunction("nudged_age", 4) { values in
        yearly(values).flatMap { date, today, policy in date.age(on: today, policy) }
    }

    /// `nudged_birthday(key, year)`: the day of birth as days since 1970; NULL without a year.
    private static let birthday = SQLFunction("nudged_birthday", 2) { values in
        guard let date = recurring(values), let year = date.year else { return nil }
        return date.date(inYear: year, .standard)?.days
    }

    /// `nudged_is_birthday(key, year, today, policy)`: 1 or 0; NULL without a birthday.
    private static let isBirthday = SQLFunction("nudged_is_birthday", 4) { values in
        yearly(values).map { date, today, policy in date.falls(on: today, policy) ? 1 : 0 }
    }

    /// `nudged_birthday_month(key, year, today, policy)`: the month of this year's birthday.
    private static let birthdayMonth = SQLFunction("nudged_birthday_month", 4) { values in
        yearly(values).flatMap { date, today, policy in
            date.date(inGregorianYear: today.year, policy)?.civil.month
        }
    }

    /// `nudged_lifecycle(first order, last order, registration, now, zone, limits)`; the limits are days joined by commas.
    private static let lifecycle = SQLFunction("nudged_lifecycle", 6) { values in
        guard let now = instant(values[3]), let zone = String.read(values[4]).flatMap(Zone.init(named:)),
            let days = limits(values[5]), days.count == 4
        else { return nil }
        return Settings.Lifecycle(new: days[0], active: days[1], cooling: days[2], sleeping: days[3])
            .stage(
                first: instant(values[0]), last: instant(values[1]), registered: instant(values[2]), at: now, in: zone)
    }

    /// `nudged_recency(last order, now, zone, limits)`: 5 to 1.
    private static let recency = SQLFunction("nudged_recency", 4) { values in
        guard let now = instant(values[1]), let zone = String.read(values[2]).flatMap(Zone.init(named:)),
            let days = limits(values[3])
        else { return nil }
        return Recency.score(instant(values[0]), limits: days, at: now, in: zone)
    }

    private static func instant(_ value: SQLValue) -> Instant? {
        Int64.read(value).map(Instant.init(micros:))
    }

    private static func limits(_ value: SQLValue) -> [Int]? {
        String.read(value)?.split(separator: ",").compactMap { Int($0) }
    }

    /// The arguments key, year, today and policy.
    private static func yearly(_ values: [SQLValue]) -> (RecurringDate, today: LocalDate, BirthdayPolicy)? {
        guard let date = recurring(values), let today = Int.read(values[2]),
            let policy = String.read(values[3]).flatMap(BirthdayPolicy.init(text:))
        else { return nil }
        return (date, LocalDate(days: today), policy)
    }

    private static func recurring(_ values: [SQLValue]) -> RecurringDate? {
        guard let key = String.read(values[0]) else { return nil }
        return RecurringDate(key: key, year: Int.read(values[1]))
    }
}

extension RecurringDate {
    /// Reads an index key (`s0310`, `l0630`, `L0630`: solar, lunar, lunar leap month) and a year.
    init?(key: String, year: Int?) {
        guard key.utf8.count == 5, let month = Int(key.dropFirst().prefix(2)), let day = Int(key.suffix(2)) else {
            return nil
        }
        self.init(
            calendar: key.first == "s" ? .solar : .lunar, year: year, month: month, day: day,
            leapMonth: key.first == "L")
    }
}

extension BirthdayPolicy {
    /// The three words joined by commas, for SQL.
    var text: String { "\(leapDay.rawValue),\(missingLunarLeapMonth.rawValue),\(missingLunarDay30.rawValue)" }

    init?(text: String) {
        let words = text.split(separator: ",").map(String.init)
        guard words.count == 3, let leapDay = LeapDay(rawValue: words[0]), let month = LeapMonth(rawValue: words[1]),
            let day = Day30(rawValue: words[2])
        else { return nil }
        self.init(leapDay: leapDay, missingLunarLeapMonth: month, missingLunarDay30: day)
    }
}
