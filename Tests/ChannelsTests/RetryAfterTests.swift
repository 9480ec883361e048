import Kit
import Rules
import Testing

@testable import Channels

@Suite("Retry-After")
struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT.
    private static let now = Instant(seconds: 784_111_777)

    @Test(
        "is seconds or a date, never more than an hour, and a minute when unreadable",
        arguments: [
            ("120", 120), ("0", 0), ("3600", 3600), ("3601", 3600), ("315360000", 3600),
            ("99999999999999999999999", 3600), ("-5", 60), ("soon", 60), ("", 60), ("1.5", 60), ("+5", 60),
            ("Sun, 06 Nov 1994 08:50:07 GMT", 30), ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
            ("Fri, 06 Nov 2099 08:00:00 GMT", 3600), ("Sun, 31 Feb 1995 08:00:00 GMT", 60),
            ("Sun, 06 Nov 1994 25:00:00 GMT", 60), ("Sunday, 06-Nov-94 08:49:37 GMT", 60),
        ])
    func wait(value: String, seconds: Int) {
        #expect(RetryAfter.wait(for: value, at: RetryAfterTests.now) == .seconds(seconds))
    }

    @Test("counts from the moment asked about")
    func relative() {
        let later = RetryAfterTests.now.adding(micros: 10_500_000)
        #expect(RetryAfter.wait(for: "Sun, 06 Nov 1994 08:50:07 GMT", at: later) == .milliseconds(19_500))
    }
}
