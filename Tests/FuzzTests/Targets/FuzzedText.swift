@testable import Kit
@testable import Intake
@testable import Rules

/// One line, read as every kind of short text there is. What can be read is moved about as far as the program ever does.
enum FuzzedText {
    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes.prefix(400), as: UTF8.self)
        _ = LocalTime(text: text)
        if let span = Span(text: text) { move(by: span) }
        if let point = TimePoint(text: text) {
            for zone in zones { look(at: point.instant(in: zone), in: zone) }
        }
        if let date = LocalDate(text: text) { cycle(date) }
        if let zone = Zone(named: text) { look(at: .distantFuture, in: zone) }
        if let phone = PhoneNumber.canonical(text) {
            precondition(PhoneNumber.canonical(phone) == phone, "a phone number has two spellings")
        }
        let id = RowID.canonical(text)
        precondition(RowID.canonical(id) == id, "an id has two spellings")
        _ = Columns.width(text)
        _ = Suggestion.nearest(to: text, among: ["birthday", "days_before", "member.tier"])
        cells(text)
    }

    private static let zones = [
        "Asia/Shanghai", "UTC", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu", "Africa/Monrovia",
        "Antarctica/Troll", "America/Sao_Paulo", "Europe/Amsterdam",
    ].compactMap(Zone.init)
    private static let policies = BirthdayPolicy.LeapDay.allCases.flatMap { leapDay in
        BirthdayPolicy.Day30.allCases.map { day30 in
            BirthdayPolicy(
                leapDay: leapDay, missingLunarLeapMonth: day30 == .lastDay ? .skip : .sameMonth,
                missingLunarDay30: day30)
        }
    }

    private static func move(by span: Span) {
        for zone in zones.prefix(3) {
            for instant in [.distantPast, Instant(seconds: 0), Instant(seconds: 4_133_980_799), .distantFuture] {
                look(at: zone.add(span, to: instant), in: zone)
                look(at: zone.subtract(span, from: instant), in: zone)
            }
        }
        _ = (span.roughMicros, span.text)
    }

    private static func look(at instant: Instant, in zone: Zone) {
        let local = zone.local(instant)
        _ = (zone.rfc3339(instant), instant.utcText, zone.minutes(of: instant), zone.startOfDay(local.date))
        precondition((0..<86_400_000_000).contains(local.micros), "a clock time is outside of its day")
        for days in [-1, 1, 365, -36_500] { _ = zone.instant(local.date.adding(days: days), microsOfDay: local.micros) }
    }

    private static func cycle(_ date: LocalDate) {
        let (year, month, day) = date.civil
        precondition(LocalDate(year, month, day) == date && LocalDate(text: date.text) == date, "a date has two forms")
        for policy in policies {
            for calendar in [RecurringCalendar.solar, .lunar] {
                _ = RecurringDate.keys(fallingOn: date, calendar: calendar, policy: policy)
                for leap in [false, true] {
                    let yearly = RecurringDate(
                        calendar: calendar, year: year, month: month, day: day, leapMonth: leap)
                    guard let yearly else { continue }
                    for other in [0, 1, year, year + 1, 1900, 1901, 2100, 2101, 9999, 10_000] {
                        _ = (yearly.date(inYear: other, policy), yearly.recurs(inYear: other))
                    }
                    for days in [0, 1, 366, 40_000] { _ = yearly.age(on: date.adding(days: days), policy) }
                }
            }
        }
        for rule in FestivalRule.builtIn.values { _ = rule.dates(inGregorianYear: year) }
    }

    /// As cells of an import file.
    private static func cells(_ text: String) {
        let dates = DateText(zone: zones[0])
        _ = try? dates.point(text, .paidAt, mayNeverEnd: true)
        _ = try? DateText.yearly(text, .birthday)
        if let fen = try? MoneyText.fen(text, .total) { precondition((0...MoneyText.most).contains(fen)) }
        if let whole = try? NumberText.whole(text, .points) { precondition(whole >= 0) }
    }
}
