import Kit
import Policies
import Rules
import Testing

@Suite("Quiet hours")
struct QuietHoursTests {
    private func end(
        _ from: String, _ to: String, at local: String, in name: String = "Asia/Shanghai",
        days: [Int] = []
    ) throws -> String? {
        let zone = try #require(Zone(named: name))
        let hours = Settings.QuietHours(
            from: try #require(LocalTime(text: from)), to: try #require(LocalTime(text: to)), appliesTo: [.marketing],
            days: days)
        let now = try #require(TimePoint(text: local)).instant(in: zone)
        return hours.end(of: now, in: zone).map { String(zone.rfc3339($0).prefix(16)) }
    }

    @Test(
        "the window includes its beginning and excludes its end, over midnight too",
        arguments: [
            ("21:00", "09:00", "2026-03-07 20:59:59", nil), ("21:00", "09:00", "2026-03-07 21:00", "2026-03-08T09:00"),
            ("21:00", "09:00", "2026-03-08 00:00", "2026-03-08T09:00"),
            ("21:00", "09:00", "2026-03-08 08:59:59.999999", "2026-03-08T09:00"),
            ("21:00", "09:00", "2026-03-08 09:00", nil), ("12:00", "14:00", "2026-03-08 11:59:59", nil),
            ("12:00", "14:00", "2026-03-08 12:00", "2026-03-08T14:00"), ("12:00", "14:00", "2026-03-08 14:00", nil),
        ] as [(String, String, String, String?)])
    func edges(from: String, to: String, now: String, expected: String?) throws {
        #expect(try end(from, to, at: now) == expected)
    }

    @Test(
        "a quiet day is quiet from midnight to midnight, and what is held ends when neither day nor hour is quiet",
        arguments: [
            // 7 March 2026 is a Saturday.
            ("21:00", "09:00", [6, 7], "2026-03-07 12:00", "2026-03-09T09:00"),
            ("21:00", "09:00", [6, 7], "2026-03-08 23:59:59", "2026-03-09T09:00"),
            ("21:00", "09:00", [6, 7], "2026-03-06 21:00", "2026-03-09T09:00"),
            ("21:00", "09:00", [6, 7], "2026-03-06 20:59", nil), ("21:00", "09:00", [6, 7], "2026-03-09 09:00", nil),
            ("12:00", "14:00", [6], "2026-03-07 00:00", "2026-03-08T00:00"),
            ("12:00", "14:00", [6], "2026-03-06 23:59:59", nil), ("12:00", "14:00", [6], "2026-03-08 00:00", nil),
            ("12:00", "14:00", [1, 2, 3, 5, 6, 7], "2026-03-05 13:00", "2026-03-05T14:00"),
            ("12:00", "14:00", [1, 2, 3, 5, 6, 7], "2026-03-06 13:00", "2026-03-12T00:00"),
        ] as [(String, String, [Int], String, String?)])
    func days(from: String, to: String, days: [Int], now: String, expected: String?) throws {
        #expect(try end(from, to, at: now, days: days) == expected)
    }

    @Test(
        "an end that the clock leaves out is over with the gap",
        arguments: [
            // New York goes from 02:00 to 03:00 on 8 March, Lord Howe from 02:00 to 02:30 on 4 October.
            ("22:00", "02:30", "2026-03-08 01:10", "America/New_York", "2026-03-08T03:00"),
            ("22:00", "02:00", "2026-03-08 01:10", "America/New_York", "2026-03-08T03:00"),
            ("22:00", "03:15", "2026-03-08 01:10", "America/New_York", "2026-03-08T03:15"),
            ("22:00", "02:15", "2026-10-04 01:10", "Australia/Lord_Howe", "2026-10-04T02:30"),
            // Samoa had no 30 December 2011: midnight of the 31st is quiet again.
            ("21:00", "09:00", "2011-12-29 22:00", "Pacific/Apia", "2011-12-31T09:00"),
        ])
    func gap(from: String, to: String, now: String, zone: String, expected: String) throws {
        #expect(try end(from, to, at: now, in: zone) == expected)
    }
}
