import Rules
import Synchronization

/// Counts of what became of deliveries, by rule and channel: words and numbers, nothing about a member.
package struct OutboxCounts: Sendable {
    package struct Key: Sendable, Hashable {
        package var rule: String
        package var channel: String

        package init(rule: String, channel: String) {
            self.rule = rule
            self.channel = channel
        }
    }

    /// Counts by what became of the delivery, then by its code (empty where there is none).
    package typealias Ends = [String: [String: Int]]
    package private(set) var byRule: [Key: Ends] = [:]
    /// What providers reported of messages that they took: `delivered` or `undelivered`. The log has it by channel, see
    /// `callbacks`.
    package private(set) var receipts: [Key: [String: Int]] = [:]
    /// What callbacks said, by channel.
    package private(set) var callbacks: [String: CallbackCounts] = [:]
    /// Addresses that are suppressed for what a provider said of them, by channel and reason.
    package private(set) var suppressed: [String: [SuppressionRow.Reason: Int]] = [:]
    package var isEmpty: Bool { byRule.isEmpty && callbacks.isEmpty }

    mutating func add(
        _ rule: String, _ channel: String, from: DeliveryState, to next: DeliveryState, cause: String
    ) {
        if next == .delivered || next == .undelivered {
            receipts[Key(rule: rule, channel: channel), default: [:]][next.rawValue, default: 0] += 1
        }
        guard let (word, code) = OutboxCounts.word(from, next, cause) else { return }
        byRule[Key(rule: rule, channel: channel), default: [:]][word, default: [:]][code, default: 0] += 1
    }

    mutating func add(_ other: OutboxCounts) {
        for (key, ends) in other.byRule {
            byRule[key, default: [:]].merge(ends) { $0.merging($1, uniquingKeysWith: +) }
        }
        for (key, counts) in other.receipts { receipts[key, default: [:]].merge(counts, uniquingKeysWith: +) }
        for (channel, counts) in other.suppressed {
            suppressed[channel, default: [:]].merge(counts, uniquingKeysWith: +)
        }
    }

    mutating func suppress(_ channel: String, for reason: SuppressionRow.Reason) {
        suppressed[channel, default: [:]][reason, default: 0] += 1
    }

    mutating func add(_ counts: CallbackCounts, of channel: String) {
        callbacks[channel, default: CallbackCounts()].add(counts)
    }

    /// Nil for a change that is not counted: neither an end nor a handover, or the release of an unused claim.
    private static func word(
        _ from: DeliveryState, _ next: DeliveryState, _ cause: String
    ) -> (word: String, code: String)? {
        switch next {
        case .sending: ("handed_over", "")
        case .accepted, .expired: (next.rawValue, "")
        case .rejected: ("refused", cause)
        case .retryWait: ("not_sent", cause)
        case .unknown, .unknownClosed, .dead, .suppressed, .cancelled: (next.rawValue, cause)
        case .pending where from == .claimed && !["released", "crash"].contains(cause): ("held", cause)
        case .pending, .claimed, .delivered, .undelivered: nil
        }
    }
}

/// The counts of one transaction, added to the meter once it is on disk.
package final class OutboxTally {
    private(set) var counts = OutboxCounts()

    func add(_ rule: String, _ channel: String, from: DeliveryState, to next: DeliveryState, cause: String) {
        counts.add(rule, channel, from: from, to: next, cause: cause)
    }

    func suppress(_ channel: String, for reason: SuppressionRow.Reason) { counts.suppress(channel, for: reason) }
}

/// Collects the counts since they were last taken, and all of them since the start.
package final class OutboxMeter: Sendable {
    private let counts = Mutex(OutboxCounts())
    private let all = Mutex(OutboxCounts())

    package init() {}

    func add(_ more: OutboxCounts) {
        counts.withLock { $0.add(more) }
        all.withLock { $0.add(more) }
    }

    func add(_ more: CallbackCounts, of channel: String) { counts.withLock { $0.add(more, of: channel) } }

    /// Without what callbacks said by channel.
    package var totals: OutboxCounts { all.withLock { $0 } }

    package func take() -> OutboxCounts {
        counts.withLock { counts in
            defer { counts = OutboxCounts() }
            return counts
        }
    }
}
