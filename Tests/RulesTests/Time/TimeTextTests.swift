import Kit
import Rules
import Testing

@Suite("Time text")
struct TimeTextTests {
    @Test("a local time is exactly HH:MM", arguments: [("00:00", 0), ("09:30", 570), ("23:59", 1439)])
    func localTime(_ text: String, _ minutes: Int) { #expect(LocalTime(text: text)?.minutes == minutes) }

    @Test(
        "anything else is no local time",
        arguments: ["24:00", "9:30", "09:60", "09:30:00", "0930", " 09:30", "09:3０", ""])
    func notLocalTime(_ text: String) { #expect(LocalTime(text: text) == nil) }

    @Test(
        "a span is one number and one unit",
        arguments: [
            ("24h", Span(24, .hours)), ("3d", Span(3, .days)), ("1w", Span(1, .weeks)),
            ("100000m", Span(100_000, .minutes)),
        ])
    func span(_ text: String, _ span: Span) {
        #expect(Span(text: text) == span)
        #expect(span.text == text)
    }

    @Test(
        "anything else is no span",
        arguments: [
            "", "d", "0d", "07d", "+3d", "-3d", "1.5h", "60", "3 d", "1d12h", "2mo", "1M", "3D", "100001h", "９d",
            "99999999999999999999d",
        ])
    func notSpan(_ text: String) { #expect(Span(text: text) == nil) }

    @Test(
        "a date is a day that exists", arguments: [("2024-02-29", 19782), ("1970-01-01", 0), ("0001-01-01", -719_162)])
    func date(_ text: String, _ days: Int) {
        #expect(LocalDate(text: text)?.days == days)
        #expect(LocalDate(days: days).text == text)
    }

    @Test(
        "anything else is no date",
        arguments: [
            "2026-02-29", "2026-02-30", "0000-01-01", "2026-13-01", "2026-00-10", "2026-3-8", "26-03-08", "2026-03-08 ",
            "2026/03/08",
        ])
    func notDate(_ text: String) { #expect(LocalDate(text: text) == nil) }

    @Test(
        "RFC 3339 becomes an instant",
        arguments: [
            ("2026-03-01T04:00:00Z", "2026-03-01T04:00:00Z"),
            ("2026-03-01t04:00:00z", "2026-03-01T04:00:00Z"),
            ("2026-03-01T12:00:00+08:00", "2026-03-01T04:00:00Z"),
            ("2026-02-28T23:30:00.123456789-04:30", "2026-03-01T04:00:00.123456Z"),
            ("2026-03-01T04:00:00.0-00:00", "2026-03-01T04:00:00Z"),
        ])
    func instant(_ text: String, _ utc: String) { #expect(Instant(rfc3339: text)?.utcText == utc) }

    @Test(
        "anything else is no instant",
        arguments: [
            "2026-03-01T04:00:00", "2026-03-01T04:00Z", "2026-03-01T24:00:00Z", "2026-02-30T00:00:00Z",
            "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "2026-03-01T04:00:00.Z",
            "2026-03-01T04:00:00.1234567890Z", "2026-03-01T04:00:00+0800", "2026-03-01T04:00:00+24:00",
            "2026-03-01T04:00:00+08:00 ", "2026-03-01T04:00:00ZZ", "0001-01-01T00:00:00+01:00", "1772337600",
        ])
    func notInstant(_ text: String) { #expect(Instant(rfc3339: text) == nil) }

    @Test("a moment without a zone is read in one, with an offset it is the same everywhere")
    func timePoint() throws {
        let zone = try #require(Zone(named: "Asia/Shanghai"))
        let day = try #require(LocalDate(2026, 3, 1))
        #expect(TimePoint(text: "2026-03-01") == .date(day))
        #expect(TimePoint(text: "2026-03-01 12:00:01.5") == .local(day, 43_201_500_000))
        #expect(TimePoint(text: "2026-03-01T12:00")?.instant(in: zone).utcText == "2026-03-01T04:00:00Z")
        #expect(TimePoint(text: "2026-03-01")?.instant(in: zone).utcText == "2026-02-28T16:00:00Z")
        #expect(TimePoint(text: "2026-03-01T12:00:00+09:00")?.instant(in: zone).utcText == "2026-03-01T03:00:00Z")
        for text in ["2026-03-01 24:00", "2026-03-01 12", "2026-03-01  12:00", "12:00", "tomorrow"] {
            #expect(TimePoint(text: text) == nil)
        }
    }
}
