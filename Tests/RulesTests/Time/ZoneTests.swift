import Kit
import Rules
import Testing

@Suite("Zone")
struct ZoneTests {
    struct Reading: Sendable, CustomTestStringConvertible {
        let zone, utc, local: String
        var testDescription: String { "\(zone) at \(utc)" }
        init(_ zone: String, _ utc: String, _ local: String) {
            self.zone = zone
            self.utc = utc
            self.local = local
        }
    }

    @Test(
        "an instant is read on the local clock, summer time and history included",
        arguments: [
            Reading("Asia/Shanghai", "2026-03-07T01:30:00Z", "2026-03-07T09:30:00+08:00"),
            Reading("Asia/Shanghai", "1986-07-01T00:00:00Z", "1986-07-01T09:00:00+09:00"),
            Reading("Asia/Shanghai", "1986-05-03T17:59:59Z", "1986-05-04T01:59:59+08:00"),
            Reading("Asia/Shanghai", "1986-05-03T18:00:00Z", "1986-05-04T03:00:00+09:00"),
            Reading("Asia/Shanghai", "1991-09-14T16:59:59Z", "1991-09-15T01:59:59+09:00"),
            Reading("Asia/Shanghai", "1991-09-14T17:00:00Z", "1991-09-15T01:00:00+08:00"),
            Reading("America/New_York", "2026-03-08T06:59:59Z", "2026-03-08T01:59:59-05:00"),
            Reading("America/New_York", "2026-03-08T07:00:00Z", "2026-03-08T03:00:00-04:00"),
            Reading("America/New_York", "2026-11-01T06:00:00Z", "2026-11-01T01:00:00-05:00"),
            Reading("Europe/London", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00+01:00"),
            Reading("Europe/London", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"),
            Reading("Australia/Lord_Howe", "2026-01-01T00:00:00Z", "2026-01-01T11:00:00+11:00"),
            Reading("Australia/Lord_Howe", "2026-07-01T00:00:00Z", "2026-07-01T10:30:00+10:30"),
            Reading("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T23:59:59-10:00"),
            Reading("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T00:00:00+14:00"),
            Reading("Asia/Kolkata", "2026-06-01T00:00:00.5Z", "2026-06-01T05:30:00.5+05:30"),
            Reading("Asia/Kathmandu", "2026-06-01T00:00:00.000120Z", "2026-06-01T05:45:00.00012+05:45"),
            Reading("Africa/Casablanca", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00+00:00"),
            Reading("Africa/Casablanca", "2026-06-01T00:00:00Z", "2026-06-01T01:00:00+01:00"),
            Reading("America/St_Johns", "1969-12-31T23:59:59.999999Z", "1969-12-31T20:29:59.999999-03:30"),
            Reading("UTC", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59+00:00"),
        ])
    func reads(_ reading: Reading) throws {
        let zone = try #require(Zone(named: reading.zone))
        let instant = try #require(Instant(rfc3339: reading.utc))
        #expect(zone.rfc3339(instant) == reading.local)
        #expect(Instant(rfc3339: reading.local) == instant)
        let (date, micros) = zone.local(instant)
        #expect(reading.local.hasPrefix(date.text + "T" + LocalTime(minutes: Int(micros / 60_000_000)).text))
        #expect(zone.date(of: instant) == date)
        #expect(zone.minutes(of: instant) == Int(micros / 60_000_000))
    }

    @Test(
        "a missing local time moves forward by the gap, a doubled one is the earlier",
        arguments: [
            Reading("America/New_York", "2026-03-08 02:30", "2026-03-08T03:30:00-04:00"),
            Reading("America/New_York", "2026-03-08 01:59:59", "2026-03-08T01:59:59-05:00"),
            Reading("America/New_York", "2026-03-08 03:00", "2026-03-08T03:00:00-04:00"),
            Reading("America/New_York", "2026-11-01 01:30", "2026-11-01T01:30:00-04:00"),
            Reading("America/New_York", "2026-11-01 02:00", "2026-11-01T02:00:00-05:00"),
            Reading("Asia/Shanghai", "1986-05-04 02:30", "1986-05-04T03:30:00+09:00"),
            Reading("Australia/Lord_Howe", "2026-10-04 02:10", "2026-10-04T02:40:00+11:00"),
            Reading("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-05T01:45:00+11:00"),
            Reading("Pacific/Apia", "2011-12-30 10:00", "2011-12-31T10:00:00+14:00"),
            Reading("Africa/Cairo", "2026-04-24", "2026-04-24T01:00:00+03:00"),
        ])
    func resolves(_ reading: Reading) throws {
        let zone = try #require(Zone(named: reading.zone))
        let point = try #require(TimePoint(text: reading.utc))
        #expect(zone.rfc3339(point.instant(in: zone)) == reading.local)
    }

    @Test(
        "a day starts at its first instant, whether midnight is missing or there twice",
        arguments: [
            Reading("Asia/Shanghai", "2026-03-07", "2026-03-07T00:00:00+08:00"),
            Reading("Africa/Cairo", "2026-04-24", "2026-04-24T01:00:00+03:00"),
            Reading("America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00"),
            Reading("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"),
            Reading("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),
        ])
    func starts(_ reading: Reading) throws {
        let zone = try #require(Zone(named: reading.zone))
        let date = try #require(LocalDate(text: reading.utc))
        #expect(zone.rfc3339(zone.startOfDay(date)) == reading.local)
    }

    @Test("the offset belongs to the resolved date, and 24:00 is the next midnight")
    func joinsAfterSubtracting() throws {
        let zone = try #require(Zone(named: "America/New_York"))
        let birthday = try #require(LocalDate(2026, 3, 10))
        let due = zone.instant(birthday.adding(days: -3), try #require(LocalTime(9, 30)))
        #expect(zone.rfc3339(due) == "2026-03-07T09:30:00-05:00")
        #expect(zone.instant(birthday, microsOfDay: 86_400_000_000) == zone.startOfDay(birthday.adding(days: 1)))
    }

    @Test(
        "minutes and hours are exact, days and weeks keep the local time",
        arguments: [
            ("2026-03-07T09:30:15.25-05:00", "1d", "2026-03-08T09:30:15.25-04:00"),
            ("2026-03-07T09:30:15-05:00", "24h", "2026-03-08T10:30:15-04:00"),
            ("2026-03-07T02:30:00-05:00", "1d", "2026-03-08T03:30:00-04:00"),
            ("2026-10-25T01:30:00-04:00", "1w", "2026-11-01T01:30:00-04:00"),
            ("2026-11-01T01:30:00-04:00", "90m", "2026-11-01T02:00:00-05:00"),
            ("2026-11-02T12:00:00-05:00", "-2d", "2026-10-31T12:00:00-04:00"),
        ])
    func adds(_ from: String, _ span: String, _ to: String) throws {
        let zone = try #require(Zone(named: "America/New_York"))
        let start = try #require(Instant(rfc3339: from))
        let moved =
            span.hasPrefix("-")
            ? zone.subtract(try #require(Span(text: span.dropFirst())), from: start)
            : zone.add(try #require(Span(text: span)), to: start)
        #expect(zone.rfc3339(moved) == to)
    }

    @Test("absurd spans and instants saturate and never trap", arguments: [Span.Unit.minutes, .hours, .days, .weeks])
    func saturates(_ unit: Span.Unit) throws {
        let zone = try #require(Zone(named: "America/New_York"))
        let now = Instant(seconds: 1_700_000_000)
        #expect(zone.add(Span(.max, unit), to: now) == .distantFuture)
        #expect(zone.subtract(Span(.max, unit), from: now) == .distantPast)
        #expect(zone.subtract(Span(.min, unit), from: now) == .distantFuture)
        for extreme in [Instant(micros: .min), Instant(micros: .max), .distantPast, .distantFuture] {
            let there = zone.add(Span(1, unit), to: extreme)
            #expect(there >= .distantPast && there <= .distantFuture)
            #expect(zone.rfc3339(extreme).hasPrefix(extreme < now ? "0001-01-01T" : "9999-12-31T"))
        }
        #expect(zone.instant(LocalDate(days: .max), microsOfDay: .max) == .distantFuture)
    }

    @Test(
        "only names of the zone database count: an abbreviation means different places to different people",
        arguments: ["", "Nowhere/City", "asia/shanghai", "CST", "EST", "GMT+8", "UTC+8", "+08:00", "Asia/Shanghai "])
    func refuses(_ name: String) { #expect(Zone(named: name) == nil) }

    @Test("aliases and UTC are names", arguments: ["UTC", "GMT", "Etc/UTC", "PRC", "Asia/Calcutta", "US/Pacific"])
    func accepts(_ name: String) { #expect(Zone(named: name)?.name == name) }

    @Test("the version of the zone data can be recorded")
    func version() { #expect(!Zone.dataVersion.isEmpty) }

    @Test("UTC text has a fraction only where there is one")
    func utcText() {
        #expect(Instant(seconds: 1_772_337_600).utcText == "2026-03-01T04:00:00Z")
        #expect(Instant(micros: 1_772_337_600_250_000).utcText == "2026-03-01T04:00:00.25Z")
        #expect(Instant(micros: -1).utcText == "1969-12-31T23:59:59.999999Z")
    }
}
