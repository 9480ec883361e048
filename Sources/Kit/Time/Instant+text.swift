extension Zone {
    /// `2026-03-07T09:30:00+08:00`: this zone's offset, `+00:00` and never `Z`; a fraction only if there is one, then
    /// as short as it can be. The odd seconds of offsets before standard time are left out of both parts.
    package func rfc3339(_ instant: Instant) -> String { text(instant, trimmed: true) }

    /// The same, with all six digits of a fraction.
    package func rfc3339InMicros(_ instant: Instant) -> String { text(instant, trimmed: false) }

    private func text(_ instant: Instant, trimmed: Bool) -> String {
        let offset = offsetSeconds(at: instant)
        let minutes = (offset - (offset % 60 + 60) % 60) / 60
        var text = TimestampText(instant.adding(micros: Int64(minutes) * 60_000_000), trimmed: trimmed)
        text.byte(minutes < 0 ? "-" : "+")
        text.number(abs(minutes) / 60, width: 2)
        text.byte(":")
        text.number(abs(minutes) % 60, width: 2)
        return text.string
    }
}

extension Instant {
    /// `2026-03-01T04:00:00Z`, a fraction only if there is one: the form inside occasions.
    package var utcText: String {
        var text = TimestampText(self)
        text.byte("Z")
        return text.string
    }
}

/// Writes bytes, because receipts are written by the hundred thousand.
private struct TimestampText {
    private var bytes: [UInt8] = []

    /// Date and time of `instant` as if it were local, within the years 1...9999.
    init(_ unbounded: Instant, trimmed: Bool = true) {
        let instant = min(max(unbounded, .distantPast), .distantFuture)
        bytes.reserveCapacity(32)
        let seconds = instant.wholeSeconds
        let secondOfDay = Int((seconds % 86_400 + 86_400) % 86_400)
        let (year, month, day) = LocalDate(days: (Int(seconds) - secondOfDay) / 86_400).civil
        number(year, width: 4)
        byte("-")
        number(month, width: 2)
        byte("-")
        number(day, width: 2)
        byte("T")
        number(secondOfDay / 3600, width: 2)
        byte(":")
        number(secondOfDay / 60 % 60, width: 2)
        byte(":")
        number(secondOfDay % 60, width: 2)
        fraction(Int(instant.micros - seconds * 1_000_000), trimmed)
    }

    var string: String { String(decoding: bytes, as: UTF8.self) }

    mutating func byte(_ scalar: Unicode.Scalar) { bytes.append(UInt8(truncatingIfNeeded: scalar.value)) }

    mutating func number(_ value: Int, width: Int) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(48 + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }

    private mutating func fraction(_ micros: Int, _ trimmed: Bool) {
        guard micros != 0 else { return }
        var rest = micros
        var width = 6
        while trimmed, rest % 10 == 0 {
            rest /= 10
            width -= 1
        }
        byte(".")
        number(rest, width: width)
    }
}
