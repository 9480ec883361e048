import Kit
import Policies
import Rules
import Store

/// `/metrics`: what the daemon did since its start, and how its store stands. Every label has one of a closed set of
/// values; a member, an address and a text is never one.
package struct Metrics: Sendable {
    /// Of the content type; Prometheus refuses an answer with another one.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    /// Beyond so many rules the others share one label.
    private static let mostRules = 200
    /// Beyond so many pairs of rule and channel, a pair is shown once something happened.
    private static let mostPairs = 1000

    private let version: String
    private let store: MemberStore
    private let channels: [String]
    private let sources: [String]
    private let rules: @Sendable () -> RuleSet?
    private let work: WorkMeter
    private let outbox: OutboxMeter
    private let events: EventMeter?
    private let folders: FolderMeter?
    private let figures: FigureCache

    /// - Parameter rules: the set in force; nil before there is one.
    package init(
        version: String, store: MemberStore, channels: [String], rules: @escaping @Sendable () -> RuleSet?,
        work: WorkMeter, outbox: OutboxMeter, events: EventMeter?, folders: FolderMeter? = nil
    ) {
        (self.version, self.store, self.channels) = (version, store, channels)
        (self.rules, self.work, self.outbox, self.events) = (rules, work, outbox, events)
        self.folders = folders
        sources = events.map { $0.bySource.keys.sorted() } ?? []
        figures = FigureCache(store)
    }

    func text(_ http: HTTPMeter, at now: Instant) async -> String {
        let set = rules()
        let counts = work.counts
        let labels = RuleLabels(set, counts, outbox.totals, most: Metrics.mostRules)
        let families =
            [build] + intake + (folders?.families ?? []) + [http.family] + ruleFamilies(set, counts)
            + evaluation(counts, labels, at: now)
            + messages(outbox.totals, counts, labels) + (await store(at: now)) + ProcessFigures().families
        return families.map(\.text).joined()
    }

    private var build: MetricFamily {
        var family = MetricFamily("nudged_build_info", .gauge, "The version that runs.")
        family.add(1, ["version": version, "store": "sqlite"])
        return family
    }

    private static func seconds(_ instant: Instant) -> Double { Double(instant.micros) / 1_000_000 }

    private static func since(_ instant: Instant, _ now: Instant) -> Double {
        max(0, Double(now.micros - instant.micros) / 1_000_000)
    }

    // MARK: events

    private var intake: [MetricFamily] {
        var taken = MetricFamily(
            "nudged_ingest_events_total", .counter, "Events that sources sent over HTTP, by what became of them.")
        var last = MetricFamily(
            "nudged_ingest_last_event_timestamp_seconds", .gauge, "When a source last sent an event that was taken.")
        for (source, counts) in (events?.bySource ?? [:]).sorted(by: { $0.key < $1.key }) {
            for outcome in SourceOutcome.allCases {
                taken.add(Double(counts.outcomes[outcome] ?? 0), ["source": source, "outcome": outcome.rawValue])
            }
            if let at = counts.last { last.add(Metrics.seconds(at), ["source": source]) }
        }
        return [taken, last]
    }

    // MARK: rules

    private func ruleFamilies(_ set: RuleSet?, _ counts: WorkMeter.Counts) -> [MetricFamily] {
        var rules = MetricFamily("nudged_rules", .gauge, "Rules in force, by their status.")
        for status in Rule.Status.allCases {
            rules.add(Double(set?.rules.count { $0.status == status } ?? 0), ["state": status.rawValue])
        }
        return [
            rules,
            MetricFamily(
                "nudged_rules_last_reload_successful", .gauge, "Whether the rules were sound when they were last read.",
                value: counts.isReloadGood ? 1 : 0),
            MetricFamily(
                "nudged_rules_last_reload_success_timestamp_seconds", .gauge, "When sound rules were last read.",
                value: counts.reloaded.map(Metrics.seconds)),
        ]
    }

    private func evaluation(_ counts: WorkMeter.Counts, _ labels: RuleLabels, at now: Instant) -> [MetricFamily] {
        var decisions = MetricFamily(
            "nudged_decisions_total", .counter,
            "Decisions about members, by outcome; waiting and held are not the last.")
        var evaluations = MetricFamily(
            "nudged_evaluations_total", .counter,
            "Decisions to act (matched) and not to (unmatched), and evaluations that failed (error).")
        let acts: Set = [Outcome.sent, .taskCreated, .done].map(\.rawValue).reduce(into: Set()) { $0.insert($1) }
        let byRule = labels.merged(counts.decisions)
        let errors = labels.merged(counts.errors.mapValues { ["error": $0] })
        for rule in labels.all {
            let outcomes = byRule[rule] ?? [:]
            for outcome in Outcome.allCases where outcome != .notDue {
                let count = Double(outcomes[outcome.rawValue] ?? 0)
                decisions.add(count, ["rule": rule, "outcome": outcome.rawValue])
            }
            let matched = outcomes.filter { acts.contains($0.key) }.values.reduce(0, +)
            let all = outcomes.values.reduce(0, +)
            evaluations.add(Double(matched), ["rule": rule, "outcome": "matched"])
            evaluations.add(Double(all - matched), ["rule": rule, "outcome": "unmatched"])
            evaluations.add(Double(errors[rule]?["error"] ?? 0), ["rule": rule, "outcome": "error"])
        }
        var ticks = MetricFamily("nudged_evaluation_duration_seconds", .histogram, "How long evaluations took.")
        ticks.add(counts.ticks, ["kind": "tick"])
        var last = MetricFamily(
            "nudged_last_evaluation_timestamp_seconds", .gauge, "The instant up to which everything due is decided.")
        if let at = counts.evaluated { last.add(Metrics.seconds(at), ["kind": "tick"]) }
        return [
            decisions, evaluations, ticks, last,
            MetricFamily(
                "nudged_schedule_lag_seconds", .gauge, "For how long nothing that fell due was decided.",
                value: work.lag(at: now)),
        ]
    }

    // MARK: messages

    private func messages(
        _ totals: OutboxCounts, _ counts: WorkMeter.Counts, _ labels: RuleLabels
    ) -> [MetricFamily] {
        var messages = MetricFamily(
            "nudged_messages_total", .counter,
            "Messages by what became of them: sent is what a provider took, delivered what it reported.")
        var skipped = MetricFamily(
            "nudged_messages_skipped_total", .counter,
            "Decisions not to act by reason, without a channel; and messages that were decided and did not leave.")
        var attempts: [String: [String: Int]] = Dictionary(channels.map { ($0, [:]) }) { first, _ in first }
        for (key, tally) in MessageTally.all(of: totals, labels, channels: channels, most: Metrics.mostPairs) {
            for (outcome, count) in tally.outcomes {
                messages.add(Double(count), ["rule": key.rule, "channel": key.channel, "outcome": outcome])
            }
            for (reason, count) in tally.skipped where count > 0 {
                skipped.add(Double(count), ["rule": key.rule, "channel": key.channel, "reason": reason])
            }
            attempts[key.channel, default: [:]].merge(tally.attempts, uniquingKeysWith: +)
        }
        for (rule, reasons) in labels.merged(counts.skipped).sorted(by: { $0.key < $1.key }) {
            for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) {
                skipped.add(Double(count), ["rule": rule, "channel": "", "reason": reason])
            }
        }
        var tries = MetricFamily(
            "nudged_attempts_total", .counter, "Attempts to hand a message to a provider, by its answer.")
        for (channel, outcomes) in attempts.sorted(by: { $0.key < $1.key }) {
            for outcome in MessageTally.answers {
                tries.add(Double(outcomes[outcome] ?? 0), ["channel": channel, "outcome": outcome])
            }
        }
        return [messages, skipped, tries, suppressed(totals)]
    }

    private func suppressed(_ totals: OutboxCounts) -> MetricFamily {
        var family = MetricFamily(
            "nudged_suppressed_addresses_total", .counter,
            "Addresses that nothing is sent to any more, for what a provider or a mail server said of them.")
        for channel in Set(channels).union(totals.suppressed.keys).sorted() {
            for reason in SuppressionRow.Reason.allCases {
                let count = totals.suppressed[channel]?[reason] ?? 0
                family.add(Double(count), ["channel": channel, "reason": reason.rawValue])
            }
        }
        return family
    }

    // MARK: the store

    private func store(at now: Instant) async -> [MetricFamily] {
        guard let figures = await figures.read() else {
            return [MetricFamily("nudged_store_up", .gauge, "Whether the store could be read.", value: 0)]
        }
        var owed = MetricFamily(
            "nudged_outbox_messages", .gauge,
            "Messages that are owed: due, waiting for a time (100000 are counted), or under way and unclear (leased).")
        var oldest = MetricFamily(
            "nudged_outbox_oldest_age_seconds", .gauge, "For how long the oldest message that is due could have left.")
        var up = MetricFamily("nudged_channel_up", .gauge, "Whether messages leave by a channel; 0 while it is closed.")
        let known = Set(channels).union(figures.owed.map(\.channel)).sorted()
        for channel in known {
            for state in ["due", "waiting", "leased"] {
                let count = figures.owed.first { $0.channel == channel && $0.state == state }?.count ?? 0
                owed.add(Double(count), ["channel": channel, "state": state])
            }
            oldest.add(figures.oldest[channel].map { Metrics.since($0, now) } ?? 0, ["channel": channel])
        }
        for channel in channels.sorted() { up.add(figures.channels[channel] ?? true ? 1 : 0, ["channel": channel]) }
        var quarantine = MetricFamily("nudged_quarantine_events", .gauge, "Events in quarantine.")
        for source in Set(sources).union(figures.quarantine.keys).sorted() {
            quarantine.add(Double(figures.quarantine[source] ?? 0), ["source": source])
        }
        var holds = MetricFamily("nudged_holds", .gauge, "Stops and holds in force, by what they stop.")
        for scope in ["all", "rule", "channel", "clock", "rollback", "blast"] {
            holds.add(Double(figures.holds[scope] ?? 0), ["scope": scope])
        }
        return [
            owed, oldest, up, quarantine, holds,
            MetricFamily("nudged_store_up", .gauge, "Whether the store could be read.", value: 1),
            MetricFamily(
                "nudged_store_size_bytes", .gauge, "The size of the store's file.", value: Double(figures.bytes)),
            MetricFamily(
                "nudged_store_wal_size_bytes", .gauge, "The size of its write-ahead log.",
                value: Double(figures.logBytes)),
        ]
    }
}

/// The figures of the store, read at most once in five seconds, however often `/metrics` is.
private actor FigureCache {
    private let store: MemberStore
    private var last: (at: ContinuousClock.Instant, figures: Task<StoreFigures?, Never>)?

    init(_ store: MemberStore) { self.store = store }

    func read() async -> StoreFigures? {
        if let last, ContinuousClock.now - last.at < .seconds(5) { return await last.figures.value }
        let figures = Task { [store] in try? await StoreFigures.read(store) }
        last = (.now, figures)
        return await figures.value
    }
}
