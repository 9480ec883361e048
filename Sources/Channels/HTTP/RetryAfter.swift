import Kit
import Rules

/// The `Retry-After` header (RFC 9110 §10.2.3): seconds, or a date.
package enum RetryAfter {
    /// No provider may silence a channel for longer (guarantees §1.7).
    package static let longest = Duration.seconds(3600)
    /// What a value that cannot be read counts as.
    package static let unreadable = Duration.seconds(60)

    /// Between zero and an hour. `now` turns a date into a wait; a date gone by is zero.
    package static func wait(for value: String, at now: Instant) -> Duration {
        let text = value.drop { $0 == " " || $0 == "\t" }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard let seconds = Int64(text) else { return longest }
            return min(.seconds(seconds), longest)
        }
        guard let moment = instant(String(text)) else { return unreadable }
        let micros = moment.micros.subtractingReportingOverflow(now.micros)
        if micros.overflow { return longest }
        return max(.zero, min(.microseconds(micros.partialValue), longest))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`. The two obsolete forms of RFC 9110 §5.6.7 count as unreadable.
    static func instant(_ text: String) -> Instant? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT",
            let day = number(words[1], digits: 2), let month = months.firstIndex(of: String(words[2])),
            let year = number(words[3], digits: 4), let date = LocalDate(year, month + 1, day)
        else { return nil }
        let clock = words[4].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3, let hour = number(clock[0], digits: 2), let minute = number(clock[1], digits: 2),
            let second = number(clock[2], digits: 2), hour < 24, minute < 60, second <= 60
        else { return nil }
        return Instant(seconds: Int64(date.days) * 86_400 + Int64(hour * 3600 + minute * 60 + second))
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func number(_ text: Substring, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}
