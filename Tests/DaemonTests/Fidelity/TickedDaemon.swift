import Channels
import Daemon
import Foundation
import GRDB
import Logging
import Policies
import Rules
import Store
import TestSupport

/// The daemon's own evaluator and dispatcher on a store in a file, one evaluation at a time, with channels that accept
/// everything. It can be stopped and started again.
final class TickedDaemon {
    struct Silent: Error, CustomStringConvertible {
        let description: String
    }

    let url: String
    private let staged: LiveRules.Staged
    private let slices: TickSlices
    private let start: Instant
    private let began = ContinuousClock.now
    private var store: MemberStore
    private var rules = LiveRules()
    private var clock = TrustedClock()
    private var evaluator: Evaluator
    /// Made anew by the first tick after a start.
    private var dispatcher: Dispatcher?
    private let channels: [String: any Channel]
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// - Parameter members: what is in the store at first.
    init(
        _ file: URL, holding members: MemberStore, staged: LiveRules.Staged, start: Instant, slices: TickSlices
    ) throws {
        url = "sqlite:" + file.path
        (self.staged, self.start, self.slices) = (staged, start, slices)
        store = try MemberStore.open(url: url)
        try members.writer.backup(to: store.writer)
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        channels = staged.planned.channels.mapValues { _ in channel }
        evaluator = Evaluator(store: store, rules: rules, clock: clock, log: log, slices: slices)
        rules.stage(staged)
        try makeQuick()
    }

    /// What is on disk is asked for after a close, not after a power cut.
    private func makeQuick() throws {
        try store.writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
    }

    func stop() throws { try store.writer.close() }

    func restart() throws {
        try stop()
        store = try MemberStore.open(url: url)
        (rules, clock, dispatcher) = (LiveRules(), TrustedClock(), nil)
        evaluator = Evaluator(store: store, rules: rules, clock: clock, log: log, slices: slices)
        rules.stage(staged)
        try makeQuick()
    }

    /// The same rules again.
    func reload() { rules.stage(staged) }

    func write(_ arrivals: some Sequence<Arrivals.Row>, at now: Instant) async throws {
        let arrivals = Array(arrivals)
        try await store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: now))
            for row in arrivals { try row.write(with: &rows) }
        }
    }

    /// What was decided now, and is handed over.
    func tick(_ now: Instant) async throws -> [DecisionLine] {
        let moment = began.advanced(by: .microseconds(now.micros - start.micros))
        guard let report = try await evaluator.runOnce(at: now, moment: moment) else {
            throw Silent(description: "nothing was evaluated at \(now.utcText)")
        }
        if let rule = report.rules.first(where: { $0.fault != nil || $0.guarded != nil }) {
            throw Silent(description: "\(rule.rule): \(rule.fault ?? rule.guarded ?? "")")
        }
        if report.lines.contains(where: { $0.outcome == .sent }) { try await dispatch(now, moment) }
        return report.lines
    }

    private func dispatch(_ now: Instant, _ moment: ContinuousClock.Instant) async throws {
        if dispatcher == nil {
            dispatcher = Dispatcher(
                store: store, rules: rules, clock: clock, channels: channels,
                recovery: try await store.recoverOutbox(at: now), maxInFlight: 1000, log: log)
        }
        _ = try await dispatcher?.runOnce(at: now, moment: moment)
    }

    /// Deliveries that did not leave at the instant of their decision.
    func undelivered() async throws -> [String] {
        try await store.writer.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT d.rule || ' ' || d.member || ' ' || d.occasion || ' ' || d.state || ' ' || COALESCE(d.because, '')
                    FROM deliveries d WHERE d.state <> 'accepted'
                      OR NOT EXISTS (SELECT 1 FROM attempts a WHERE a.delivery = d.id AND a.intent_at = d.created_at)
                    """)
        }
    }
}
