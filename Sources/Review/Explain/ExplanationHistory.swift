import Engine
import Kit
import Policies
import Rules
import Store

extension Explainer {
    /// The history since `from`: the live store's record where it has one, else recomputed. The last line says where
    /// the member stands at the end.
    package func history(from: Instant, until: Instant) throws -> [HistoryLine] {
        let waiting = try store.writer.read { db in try self.begun(from: from, until: until, db) }
        var lines: [HistoryLine]
        if liveSince != nil {
            let held = try store.writer.read { db in try heldNow(from: from, until: until, db) }
            lines =
                held
                + recorded.filter { $0.at >= from && $0.at < until }
                .map { HistoryLine(at: $0.at, event: .recorded($0)) }
        } else {
            try start(from)
            let simulation = Simulation(
                store: store, prepared: try own.joined(others, in: store), from: from, until: until)
            lines = try simulation.run().filter { $0.rule == plan.rule.id && $0.member == member }.map { line in
                HistoryLine(at: line.at, event: .decided(line, ending: try self.ending(of: line)))
            }
        }
        lines = (waiting + lines).sorted { $0.at < $1.at }
        let standing = try store.writer.read { db in try self.standing(at: until, until, db) }
        return lines + [HistoryLine(at: until, event: .now(standing))]
    }

    private func ending(of line: Decision) throws -> EventMark? {
        try line.because?.endingEvent.flatMap { name in
            try store.writer.read { db in try records(db).event(named: name, at: line.at) }
        }
    }

    private func begun(from: Instant, until: Instant, _ db: Session) throws -> [HistoryLine] {
        let window = Window(after: from.adding(micros: -1), through: until.adding(micros: -1))
        let scan = Scan(
            db: db, plan: plan, settings: settings, zones: zones, window: window, members: nil, decidesAt: nil)
        let records = records(db)
        var lines: [HistoryLine] = []
        try scan.begun { occurrence in
            guard occurrence.member == member else { return }
            let cause = try records.cause(of: occurrence)
            lines.append(HistoryLine(at: occurrence.start, event: .waiting(occurrence, cause)))
        }
        return lines
    }

    /// Held messages without a decision on record.
    private func heldNow(from: Instant, until: Instant, _ db: Session) throws -> [HistoryLine] {
        try Waits(db: db, plan: plan, zones: zones)
            .released(in: Window(after: from.adding(micros: -1), through: .distantFuture), members: [member])
            .map(\.occurrence).filter { occurrence in
                occurrence.isRelease && occurrence.due >= from && occurrence.due < until
                    && !recorded.contains { $0.occasion == occurrence.occasion }
            }.map { occurrence in
                let line = Decision(held: occurrence, at: occurrence.due, until: occurrence.ready)
                return HistoryLine(at: occurrence.due, event: .decided(line, ending: nil))
            }
    }
}
