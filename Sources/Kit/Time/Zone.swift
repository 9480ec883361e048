import Foundation
import Synchronization

/// A time zone by its name in the zone database. It is cheap to copy and to ask; two are equal when their names are.
package struct Zone: Sendable {
    package let name: String
    let table: ZoneTable

    /// Nil for an unknown name, for a bare offset (`GMT+8`) and for an abbreviation: `CST` can be Chicago or Shanghai.
    /// `UTC` and `GMT` are names.
    package init?(named name: String) {
        if let table = Zone.known.withLock({ $0[name] }) {
            self.init(name: name, table: table)
            return
        }
        guard Zone.isName(name), let table = ZoneTable(named: name) else { return nil }
        Zone.known.withLock { $0[name] = table }
        self.init(name: name, table: table)
    }

    private init(name: String, table: ZoneTable) {
        self.name = name
        self.table = table
    }

    /// The version of the zone data in use, recorded with every occurrence (T2), such as `2025b`.
    package static let dataVersion = TimeZone.timeZoneDataVersion

    private static let known = Mutex<[String: ZoneTable]>([:])

    private static func isName(_ name: String) -> Bool {
        if name == "UTC" || name == "GMT" || name.contains("/") { return true }
        return !name.contains("+") && !name.contains("-") && TimeZone.abbreviationDictionary[name] == nil
    }
}

extension Zone: Hashable {
    package static func == (a: Zone, b: Zone) -> Bool { a.name == b.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Zone {
    /// Seconds east of UTC.
    package func offsetSeconds(at instant: Instant) -> Int { Int(table.offset(at: instant.micros) / 1_000_000) }

    /// The local date, and the microseconds on the clock since its midnight (not the time that has passed since).
    package func local(_ instant: Instant) -> (date: LocalDate, micros: Int64) {
        let shifted = instant.adding(micros: table.offset(at: instant.micros)).micros
        let (days, rest) = shifted.quotientAndRemainder(dividingBy: .microsPerDay)
        return rest < 0
            ? (LocalDate(days: Int(days) - 1), rest + .microsPerDay) : (LocalDate(days: Int(days)), rest)
    }

    package func date(of instant: Instant) -> LocalDate { local(instant).date }

    /// Whole minutes on the local clock, 0...1439.
    package func minutes(of instant: Instant) -> Int { Int(local(instant).micros / 60_000_000) }

    /// A missing local time moves forward by the gap (02:30 → 03:30); of a doubled one the earlier counts.
    package func instant(_ date: LocalDate, _ time: LocalTime) -> Instant {
        instant(date, microsOfDay: Int64(time.minutes) * 60_000_000)
    }

    /// The same for microseconds of the day; 86 400 000 000 is 24:00. Saturates outside the years 1...9999.
    package func instant(_ date: LocalDate, microsOfDay: Int64) -> Instant {
        clamped(table.resolve(localMicros: localMicros(date, microsOfDay)).micros)
    }

    /// The first instant of the local date. Where midnight is missing, or the whole date, the first one after the gap.
    package func startOfDay(_ date: LocalDate) -> Instant { firstInstant(date, LocalTime(minutes: 0)) }

    /// The first instant of the date at which its clock shows this time or a later one: for a missing time, the end of
    /// the gap.
    package func firstInstant(_ date: LocalDate, _ time: LocalTime) -> Instant {
        let (micros, gapEnd) = table.resolve(localMicros: localMicros(date, Int64(time.minutes) * 60_000_000))
        return clamped(gapEnd ?? micros)
    }

    /// Minutes and hours are exact; days and weeks move the local date and keep the local time. Saturates.
    package func add(_ span: Span, to instant: Instant) -> Instant { moved(instant, by: span.amount, span.unit) }

    package func subtract(_ span: Span, from instant: Instant) -> Instant {
        moved(instant, by: span.amount == .min ? .max : -span.amount, span.unit)
    }

    private func moved(_ instant: Instant, by amount: Int, _ unit: Span.Unit) -> Instant {
        // Beyond the whole range of an `Instant` (1e8 hours are 11,000 years), and small enough to multiply.
        let most = unit == .minutes ? 6_000_000_000 : 100_000_000
        let span = Span(min(max(amount, -most), most), unit)
        if !span.isNominal { return clamped(instant.adding(micros: span.exactMicros).micros) }
        if span.amount == 0 { return instant }
        let (date, micros) = local(instant)
        return self.instant(date.adding(days: span.days), microsOfDay: micros)
    }

    /// The local time as if it were UTC, kept within a day or so of what an `Instant` may hold.
    private func localMicros(_ date: LocalDate, _ micros: Int64) -> Int64 {
        let days = Int64(min(max(date.days, -800_000), 3_000_000))
        return days * .microsPerDay + min(max(micros, -.microsPerDay), .microsPerDay)
    }

    private func clamped(_ micros: Int64) -> Instant {
        min(max(Instant(micros: micros), .distantPast), .distantFuture)
    }
}

extension Int64 {
    static let microsPerDay: Int64 = 86_400_000_000
}
