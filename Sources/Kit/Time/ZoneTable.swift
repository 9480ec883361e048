import Foundation

/// The offsets of one zone from 1900 to 2100, read once, so that a lookup is a binary search and no calendar call.
/// Before 1900 the first offset holds, after 2100 the last.
final class ZoneTable: Sendable {
    /// Microseconds since 1970 at which `offsets[i]` begins; the first is the beginning of time.
    private let starts: [Int64]
    /// Microseconds east of UTC.
    private let offsets: [Int64]

    /// Nil when the zone data know no such zone.
    init?(named name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        func offset(_ second: Int64) -> Int {
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second)))
        }
        let day: Int64 = 86_400
        var second: Int64 = -2_208_988_800  // 1900-01-01
        let end: Int64 = 4_133_980_800  // 2101-01-01
        var current = offset(second)
        var starts: [Int64] = [.min]
        var offsets = [Int64(current) * 1_000_000]
        while second < end {
            let next = offset(second + day)
            if next != current {
                var before = second
                var after = second + day
                while after - before > 1 {
                    let middle = (before + after) / 2
                    if offset(middle) == current { before = middle } else { after = middle }
                }
                starts.append(after * 1_000_000)
                offsets.append(Int64(next) * 1_000_000)
                current = next
            }
            second += day
        }
        self.starts = starts
        self.offsets = offsets
    }

    func offset(at micros: Int64) -> Int64 { offsets[index(at: micros)] }

    /// The instant of a local time written as if it were UTC, the earlier of two. A missing one is moved by the gap,
    /// and then `gapEnd` is the first instant after it.
    func resolve(localMicros local: Int64) -> (micros: Int64, gapEnd: Int64?) {
        // No offset reaches a day, so the search may begin there.
        var i = index(at: local - 86_400_000_000)
        while true {
            let candidate = local - offsets[i]
            if i > 0, candidate < starts[i] { return (local - offsets[i - 1], starts[i]) }
            if i + 1 == starts.count || candidate < starts[i + 1] { return (candidate, nil) }
            i += 1
        }
    }

    private func index(at micros: Int64) -> Int {
        var low = 0
        var high = starts.count - 1
        if micros >= starts[high] { return high }
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= micros { low = middle } else { high = middle }
        }
        return low
    }
}
