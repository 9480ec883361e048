import Policies
import Rules
import Testing

@Suite("Quiet hours")
struct QuietHoursTests {
    private func end(_ from: String, _ to: String, at local: String) throws -> String? {
        let zone = try #require(Zone(named: "Asia/Shanghai"))
        let hours = Settings.QuietHours(
            from: try #require(LocalTime(text: from)), to: try #require(LocalTime(text: to)), appliesTo: [.marketing])
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
}
