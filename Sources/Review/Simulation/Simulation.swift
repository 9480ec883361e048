import Engine
import Kit
import Policies
import Rules
import Store

/// Runs rules over a store in memory on a virtual clock: the daemon's own scans, gates and ledger, from instant to
/// instant. It writes only to that private store and has no channels.
package struct Simulation {
    package let store: MemberStore
    package let prepared: PreparedRules
    /// `from ≤ now < until`.
    package let from: Instant
    package let until: Instant
    /// `--all`: also `waiting` and `not_due`.
    package var showsUndecided = false
    /// The store holds one member in so many: drips and draws shrink accordingly.
    package var oneIn = 1
    /// The events around the daemon meanwhile.
    package var script = SimulationScript()
    /// Shown what it asks for, just before it is decided.
    package var watch: Watch?
    /// Called with each instant before it is decided, for progress.
    package var onInstant: ((Instant) -> Void)?
    /// Called once for each rule that cannot be run, with the reason: the rule decides nothing from there on.
    package var onFault: ((_ rule: String, _ reason: String) -> Void)?

    /// A look at what one rule is about to decide for one member, amid everything else that the window decides.
    package struct Watch {
        package var rule: String
        package var member: String
        /// Called in the transaction that decides.
        package var look: (Candidate, _ now: Instant, Session) throws -> Void

        func concerns(_ occurrence: Occurrence) -> Bool { occurrence.rule == rule && occurrence.member == member }
    }

    package init(store: MemberStore, prepared: PreparedRules, from: Instant, until: Instant) {
        self.store = store
        self.prepared = prepared
        self.from = from
        self.until = until
    }

    /// Every outcome of the window, in the order of semantics §7.
    package func run() throws -> [Decision] { try trace().map(\.line) }

    /// The same, with what each decision read.
    package func trace() throws -> [SimulatedLine] {
        var lines: [SimulatedLine] = []
        try each { lines.append($0) }
        // A wait comes before its outcome at the same instant.
        lines = lines.filter { $0.line.outcome == .waiting } + lines.filter { $0.line.outcome != .waiting }
        return lines.sorted { Decision.precedes($0.line, $1.line) }
    }

    /// Every outcome as it comes, in slices of bounded memory. Within one instant they come in the order of deciding;
    /// with `--all` the waits that began come last.
    package func each(_ take: @escaping (SimulatedLine) throws -> Void) throws {
        var run = try store.writer.write { db in
            let run = try SimulationRun(self, db, take)
            try run.goLive(prepared, at: from, db)
            return run
        }
        try store.enrol(prepared, oneIn: oneIn)
        try store.writer.write { db in try run.findAll(from: from, db) }
        for step in script.steps.sorted(by: { $0.at < $1.at }) where step.at < until {
            while try store.writer.write({ db in try run.advance(to: step.at, db) }) {}
            if case .change(let member, let keys, let custom) = step.action {
                try store.change(member, keys: keys, custom: custom)
            }
            let planned = step.newRules ?? run.prepared.planned
            let prepared = try PreparedRules(planned, rulesVersion: run.prepared.rulesVersion, in: store)
            if case .reload = step.action {
                try store.writer.write { db in try run.goLive(prepared, at: step.at, db) }
                try store.enrol(prepared, oneIn: oneIn)
            }
            try store.writer.write { db in try run.perform(step, prepared, db) }
        }
        while try store.writer.write({ db in try run.advance(to: until, db) }) {}
        if showsUndecided { try store.writer.write { db in try run.addWaiting(db) } }
    }
}

extension SimulationScript.Step {
    fileprivate var newRules: PlannedSet? {
        if case .reload(let planned) = action { return planned }
        return nil
    }
}
