import Rules
import Store

/// The rules that are labels of metrics: all of the set in force, and those that did something since the start. Where
/// there are too many, the last ones by name share the label `other`.
struct RuleLabels {
    let all: [String]
    private let kept: Set<String>

    init(_ set: RuleSet?, _ counts: WorkMeter.Counts, _ totals: OutboxCounts, most: Int) {
        let known = Set(set?.rules.map(\.id) ?? []).union(counts.decisions.keys).union(totals.byRule.keys.map(\.rule))
        let sorted = known.sorted()
        kept = Set(sorted.prefix(most))
        all = Array(sorted.prefix(most)) + (sorted.count > most ? ["other"] : [])
    }

    func label(_ rule: String) -> String { kept.contains(rule) ? rule : "other" }

    /// Counts by rule, under their labels.
    func merged(_ counts: [String: [String: Int]]) -> [String: [String: Int]] {
        counts.reduce(into: [:]) { merged, entry in
            merged[label(entry.key), default: [:]].merge(entry.value, uniquingKeysWith: +)
        }
    }
}

/// What became of the messages of a rule on a channel, in the closed sets of the metrics.
struct MessageTally {
    static let answers = ["accepted", "rejected", "not_sent", "unknown"]

    private(set) var outcomes: [(name: String, count: Int)] = []
    /// Messages that were decided and did not leave.
    private(set) var skipped: [(reason: String, count: Int)] = []
    private(set) var attempts: [String: Int] = [:]

    private init(_ ends: OutboxCounts.Ends, receipts: [String: Int]) {
        let count = { (word: String) in ends[word]?.values.reduce(0, +) ?? 0 }
        let refused = count("refused")
        outcomes = [
            ("sent", count("accepted")), ("delivered", receipts["delivered"] ?? 0),
            ("failed", refused + (receipts["undelivered"] ?? 0)), ("dead", count("dead")),
            ("unknown", count("unknown_closed")),
        ]
        skipped = ["suppressed", "cancelled", "expired"].map { ($0, count($0)) }
        attempts = [
            "accepted": count("accepted"), "rejected": refused, "not_sent": count("not_sent"),
            "unknown": count("unknown"),
        ]
    }

    /// By rule and channel, sorted; every pair of a rule and a channel while there are few.
    static func all(
        of totals: OutboxCounts, _ labels: RuleLabels, channels: [String], most: Int
    ) -> [(key: OutboxCounts.Key, tally: MessageTally)] {
        var ends: [OutboxCounts.Key: OutboxCounts.Ends] = [:]
        var receipts: [OutboxCounts.Key: [String: Int]] = [:]
        if labels.all.count * channels.count <= most {
            for rule in labels.all {
                for channel in channels { ends[OutboxCounts.Key(rule: rule, channel: channel)] = [:] }
            }
        }
        func labelled(_ key: OutboxCounts.Key) -> OutboxCounts.Key {
            OutboxCounts.Key(rule: labels.label(key.rule), channel: key.channel)
        }
        for (key, own) in totals.byRule {
            ends[labelled(key), default: [:]].merge(own) { $0.merging($1, uniquingKeysWith: +) }
        }
        for (key, own) in totals.receipts {
            receipts[labelled(key), default: [:]].merge(own, uniquingKeysWith: +)
            ends[labelled(key), default: [:]].merge([:]) { first, _ in first }
        }
        return ends.sorted { ($0.key.rule, $0.key.channel) < ($1.key.rule, $1.key.channel) }
            .map { ($0.key, MessageTally($0.value, receipts: receipts[$0.key] ?? [:])) }
    }
}
