import GRDB
import Rules

/// Calendar questions that SQL cannot answer, as functions of the connection. They are pure.
enum SQLFunctions {
    static func register(on db: Database) {
        db.add(function: day)
        db.add(function: age)
        db.add(function: birthday)
        db.add(function: daysBack)
        db.add(function: lifecycle)
        db.add(function: recency)
        for function in TypedValues.functions { db.add(function: function) }
        db.add(function: AddressKey.function)
    }

    /// `nudged_day(instant, zone)`: the local date, as days since 1970.
    private static let day = DatabaseFunction("nudged_day", argumentCount: 2, pure: true) { values in
        guard let micros = Int64.fromDatabaseValue(values[0]), let name = String.fromDatabaseValue(values[1]),
            let zone = Zone(named: name)
        else { return nil }
        return zone.date(of: Instant(micros: micros)).days
    }

    /// `nudged_days_back(instant, days, zone)`: that many local dates earlier at the same clock time.
    private static let daysBack = DatabaseFunction("nudged_days_back", argumentCount: 3, pure: true) { values in
        guard let micros = Int64.fromDatabaseValue(values[0]), let days = Int.fromDatabaseValue(values[1]),
            let zone = String.fromDatabaseValue(values[2]).flatMap(Zone.init(named:))
        else { return nil }
        return zone.subtract(Span(days, .days), from: Instant(micros: micros)).micros
    }

    /// `nudged_age(key, year, today, policy)`: birthdays passed, resolved as the trigger resolves them.
    private static let age = DatabaseFunction("nudged_age", argumentCount: 4, pure: true) { values in
        guard let date = recurring(values), let today = Int.fromDatabaseValue(values[2]),
            let policy = String.fromDatabaseValue(values[3]).flatMap(BirthdayPolicy.init(text:))
        else { return nil }
        return date.age(on: LocalDate(days: today), policy)
    }

    /// `nudged_birthday(key, year)`: the day of birth as days since 1970; NULL without a year.
    private static let birthday = DatabaseFunction("nudged_birthday", argumentCount: 2, pure: true) { values in
        guard let date = recurring(values), let year = date.year else { return nil }
        return date.date(inYear: year, .standard)?.days
    }

    /// `nudged_lifecycle(first order, last order, registration, now, zone, limits)`; the limits are days joined by commas.
    private static let lifecycle = DatabaseFunction("nudged_lifecycle", argumentCount: 6, pure: true) { values in
        guard let now = instant(values[3]), let zone = String.fromDatabaseValue(values[4]).flatMap(Zone.init(named:)),
            let days = limits(values[5]), days.count == 4
        else { return nil }
        return Settings.Lifecycle(new: days[0], active: days[1], cooling: days[2], sleeping: days[3])
            .stage(
                first: instant(values[0]), last: instant(values[1]), registered: instant(values[2]), at: now, in: zone)
    }

    /// `nudged_recency(last order, now, zone, limits)`: 5 to 1.
    private static let recency = DatabaseFunction("nudged_recency", argumentCount: 4, pure: true) { values in
        guard let now = instant(values[1]), let zone = String.fromDatabaseValue(values[2]).flatMap(Zone.init(named:)),
            let days = limits(values[3])
        else { return nil }
        return Recency.score(instant(values[0]), limits: days, at: now, in: zone)
    }

    private static func instant(_ value: DatabaseValue) -> Instant? {
        Int64.fromDatabaseValue(value).map(Instant.init(micros:))
    }

    private static func limits(_ value: DatabaseValue) -> [Int]? {
        String.fromDatabaseValue(value)?.split(separator: ",").compactMap { Int($0) }
    }

    private static func recurring(_ values: [DatabaseValue]) -> RecurringDate? {
        guard let key = String.fromDatabaseValue(values[0]) else { return nil }
        return RecurringDate(key: key, year: Int.fromDatabaseValue(values[1]))
    }
}

extension RecurringDate {
    /// From its index key (`s0310`, `l0630`, `L0630`) and year.
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
    /// For SQL: the three words joined by commas.
    var text: String { "\(leapDay.rawValue),\(missingLunarLeapMonth.rawValue),\(missingLunarDay30.rawValue)" }

    init?(text: String) {
        let words = text.split(separator: ",").map(String.init)
        guard words.count == 3, let leapDay = LeapDay(rawValue: words[0]), let month = LeapMonth(rawValue: words[1]),
            let day = Day30(rawValue: words[2])
        else { return nil }
        self.init(leapDay: leapDay, missingLunarLeapMonth: month, missingLunarDay30: day)
    }
}
