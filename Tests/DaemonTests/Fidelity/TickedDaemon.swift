import Kit
import Channels
import Daemon
import Foundation
import Logging
import Policies
import Rules
import Store
import TestSupport

@testable import Engine

/// What the daemon's loops do, once for each instant that it is given: evaluation and dispatch on a store in a file, with
/// channels that accept everything. It can be stopped and started again.
final class TickedDaemon {
    struct Stuck: Error, CustomStringConvertible {
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
        try members.writer.copy(to: store.writer)
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        channels = staged.planned.channels.mapValues { _ in channel }
        rules.stage(staged)
        try makeQuick()
    }

    /// What is on disk is asked for after a close, not after a power cut.
    private func makeQuick() throws {
        try store.writer.writeWithoutTransaction { try $0.script("PRAGMA synchronous = OFF") }
    }

    func stop() throws { try store.writer.close() }

    func restart() throws {
        try stop()
        store = try MemberStore.open(url: url)
        (rules, clock, dispatcher) = (LiveRules(), TrustedClock(), nil)
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
    func tick(_ now: Instant) async throws -> [Decision] {
        let moment = began.advanced(by: .microseconds(now.micros - start.micros))
        clock.trust(wall: now, moment: moment)
        if let staged = rules.staged {
            let prepared = try store.goLive(staged.planned, files: staged.files, hash: staged.hash, at: now)
            rules.adopt(prepared, from: staged)
        }
        guard let prepared = rules.prepared else { throw Stuck(description: "no rules at \(now.utcText)") }
        var lines: [Decision] = []
        let report = try store.tick(prepared, at: now, slices: slices) { lines += $0 }
        // A rule on the field that is broken for everybody cannot be run; any other can.
        let broken = prepared.planned.plans.filter { "\($0.slots.fields.map(\.name))".contains("member.broken") }
            .map(\.rule.id)
        for rule in report.rules {
            guard rule.guarded == nil, (rule.fault != nil) == broken.contains(rule.rule) else {
                throw Stuck(description: "\(rule.rule): \(rule.fault ?? rule.guarded ?? "runs although it is broken")")
            }
        }
        if lines.contains(where: { $0.outcome == .sent }) { try await dispatch(now, moment) }
        return lines
    }

    private func dispatch(_ now: Instant, _ moment: ContinuousClock.Instant) async throws {
        if dispatcher == nil {
            dispatcher = Dispatcher(
                store: store, rules: rules, clock: clock, channels: channels,
                recovery: try await store.recoverOutbox(at: now), maxInFlight: 1000,
                board: StatusBoard(Notifier(environment: [:])), log: log)
        }
        _ = try await dispatcher?.runOnce(at: now, moment: moment)
    }

    /// Deliveries that did not leave at the instant of their decision.
    func undelivered() async throws -> [String] {
        try await store.writer.read { db in
            try
                (db.values(
                    """
                    SELECT d.rule || ' ' || d.member || ' ' || d.occasion || ' ' || d.state || ' ' || COALESCE(d.because, '')
                    FROM v_deliveries d WHERE d.state <> 'accepted'
                      OR NOT EXISTS (SELECT 1 FROM attempts a WHERE a.delivery = d.id AND a.intent_at = d.created_at)
                    """) as [String])
        }
    }
}
