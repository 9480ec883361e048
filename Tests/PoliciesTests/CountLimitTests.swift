import Kit
import Policies
import Rules
import Testing

@Suite("Counting windows")
struct CountLimitTests {
    private let zone = Zone(named: "Asia/Shanghai") ?? .utc
    private func instant(_ text: String) -> Instant { TimePoint(text: text)?.instant(in: zone) ?? .distantPast }

    @Test(
        "days are today and the dates before it, hours roll exactly",
        arguments: [
            (Span(1, .days), "2026-03-07 00:00", true), (Span(1, .days), "2026-03-06 23:59:59", false),
            (Span(2, .days), "2026-03-06 00:00", true), (Span(2, .days), "2026-03-05 23:59:59", false),
            (Span(1, .weeks), "2026-03-01 00:00", true), (Span(1, .weeks), "2026-02-28 23:59:59", false),
            (Span(24, .hours), "2026-03-06 10:00:00.000001", true), (Span(24, .hours), "2026-03-06 10:00", false),
        ])
    func windows(window: Span, act: String, counts: Bool) {
        let limit = CountLimit(times: 1, window: window)
        #expect(limit.isReached(by: [instant(act)], at: instant("2026-03-07 10:00"), in: zone) == counts)
    }

    @Test("what lies after now does not count yet")
    func future() {
        let limit = CountLimit(times: 1, window: Span(1, .days))
        #expect(!limit.isReached(by: [instant("2026-03-07 11:00")], at: instant("2026-03-07 10:00"), in: zone))
    }
}
