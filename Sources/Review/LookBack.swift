import Kit
import Rules
import Store

/// How far back the rules of a set may ask the ledger: caps, limits, histories, delays and late decisions.
package enum LookBack {
    /// A year and a day: birthdays and other yearly occasions come once a year.
    private static let least: Int64 = 367 * day
    private static let day: Int64 = 86_400_000_000

    /// Microseconds: the longest span that the files name anywhere, whatever it means there, so that no place of the
    /// language can be forgotten; and a tenth more (guarantees I18).
    package static func longest(in files: [YAMLFile]) -> Int64 {
        let named = files.compactMap(\.root).map { longest(in: $0, under: "") }.max() ?? 0
        let (tenths, overflow) = max(named, least).multipliedReportingOverflow(by: 11)
        return overflow ? .max / 2 : tenths / 10
    }

    private static func longest(in node: YAMLNode, under key: String) -> Int64 {
        if let entries = node.entries {
            return entries.map { longest(in: $0.value, under: $0.key) }.max() ?? 0
        }
        if let items = node.items { return items.map { longest(in: $0, under: key) }.max() ?? 0 }
        guard let text = node.text else { return 0 }
        if let match = text.wholeMatch(of: /([0-9]{1,6})([mhdw])/), let amount = Int64(match.1) {
            let units: [Substring: Int64] = ["m": 60_000_000, "h": 3_600_000_000, "d": day, "w": 7 * day]
            return amount * (units[match.2] ?? 0)
        }
        // `days_after: 400`
        guard key.contains("days"), let days = Int64(text), (0...1_000_000).contains(days) else { return 0 }
        return days * day
    }

    /// The same of the set in force; the least of all where there is none.
    package static func longest(of store: MemberStore) throws -> Int64 {
        guard let kept = try store.rulesInForce() else { return longest(in: []) }
        return longest(in: kept.files.map { YAMLReader.read(bytes: Array($0.text.utf8), path: $0.path) })
    }
}
