import Logging
import Store

/// A log line on what ended of one rule on one channel: counts, and nothing of a member.
struct HandoverLine {
    let metadata: Logger.Metadata
    /// True when a person may have to look: given up, too late, or unknown.
    let isTrouble: Bool

    /// One line for each rule and channel, sorted by both.
    static func lines(of counts: OutboxCounts) -> [HandoverLine] {
        counts.byRule.sorted { ($0.key.rule, $0.key.channel) < ($1.key.rule, $1.key.channel) }.map { key, ends in
            var metadata: Logger.Metadata = ["rule": "\(key.rule)", "channel": "\(key.channel)"]
            for (word, codes) in ends { metadata[word] = "\(text(codes))" }
            return HandoverLine(
                metadata: metadata, isTrouble: troubles.contains { ends[$0] != nil })
        }
    }

    private static let troubles = ["unknown", "unknown_closed", "expired", "dead"]

    /// `12`, or by code `bad_address=3 blacklist=1`.
    private static func text(_ codes: [String: Int]) -> String {
        codes.sorted { $0.key < $1.key }.map { $0.key.isEmpty ? "\($0.value)" : "\($0.key)=\($0.value)" }
            .joined(separator: " ")
    }
}
