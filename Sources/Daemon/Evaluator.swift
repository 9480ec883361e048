import Engine
import Gateway
import Kit
import Logging
import Policies
import Rules
import Store

/// Decides what is due, tick by tick.
package actor Evaluator {
    package static let period = Duration.milliseconds(500)
    private static let markEvery: Int64 = 60_000_000
    /// The longest that a rule taking in a million existing members may delay the other rules.
    private static let enrolsFor = Duration.seconds(1)

    private let store: MemberStore
    private let rules: LiveRules
    /// Nil: only `LiveRules.stage` brings new rules.
    private let source: RuleSource?
    private let clock: TrustedClock
    private let meter: WorkMeter
    private let log: Logger
    private let thread = BlockingQueue("nudged.evaluation")
    private var clockGuard = ClockGuard()
    private var wasHeld = false
    private var wasGuarded: Set<String> = []
    /// Rules that cannot be evaluated, with the instant at which the log last said so.
    private var faultSaid: [String: Instant] = [:]
    /// Those that the store has on record; nil: nobody knows yet.
    private var faultsOnRecord: Set<String>?
    /// The newest version in the store that was looked at and could not be run.
    private var refusedVersion = 0
    /// The last hour, since 1970, in which the traces were trimmed to the end.
    private var trimmedIn: Int64?

    /// - Parameter clock: gets every finding about the clock.
    package init(
        store: MemberStore, rules: LiveRules, source: RuleSource? = nil, clock: TrustedClock,
        meter: WorkMeter = WorkMeter(), log: Logger
    ) {
        self.store = store
        self.rules = rules
        self.source = source
        self.clock = clock
        self.meter = meter
        self.log = log
    }

    /// Puts the staged rules into force without deciding anything: a start must not wait for what fell due meanwhile.
    package func begin(at now: Instant, moment: ClockGuard.Moment = .now) async throws {
        guard try await isClockGood(at: now, moment: moment) else { return }
        _ = try await enforce(at: now)
    }

    /// One evaluation. Nil when it did not take place, because the clock is not trusted or there are no rules yet.
    /// - Parameter goesOn: asked after each slice of the work; false ends it there, and the next evaluation goes on.
    package func runOnce(
        at now: Instant, moment: ClockGuard.Moment = .now, goesOn: @escaping @Sendable () -> Bool = { true }
    ) async throws -> TickReport? {
        guard try await isClockGood(at: now, moment: moment), let prepared = try await enforce(at: now) else {
            return nil
        }
        let store = store
        let (log, meter) = (log, meter)
        let begin = ContinuousClock.now
        let enrolsUntil = ContinuousClock.now.advanced(by: Evaluator.enrolsFor)
        let report = try await thread.run {
            let faults = try store.enrol(prepared) { goesOn() && ContinuousClock.now < enrolsUntil }
            var report = try store.tick(
                prepared, at: now, lines: { Evaluator.say($0, log, meter) }, goesOn: goesOn,
                meanwhile: { now.adding(micros: (ContinuousClock.now - begin).micros) })
            report.add(faults: faults)
            return report
        }
        for rule in report.rules where rule.fault != nil { meter.noteError(of: rule.rule) }
        meter.noteTick(at: now, took: ContinuousClock.now - begin)
        if report.decided > 0 { CrashPoint.reach(.afterDecision) }
        say(report)
        sayFaults(report, at: now)
        try await keepFaults(report, at: now)
        try await trimTraces(prepared.planned.set.settings, at: now)
        return report
    }

    /// Removes traces older than the settings allow: once an hour, one slice per evaluation.
    private func trimTraces(_ settings: Settings, at now: Instant) async throws {
        let hour = now.micros / 3_600_000_000
        guard trimmedIn != hour else { return }
        let store = store
        let removed = try await thread.run { try store.trimTraces(settings, at: now) }
        if removed < MemberStore.traceSlice { trimmedIn = hour }
    }

    /// The rules in force, if any, after putting a staged set into force.
    private func enforce(at now: Instant) async throws -> PreparedRules? {
        try await stageApplied()
        guard let staged = rules.staged else { return rules.prepared }
        let store = store
        let prepared = try await thread.run {
            try store.goLive(
                staged.planned, files: staged.files, hash: staged.hash, source: staged.source, at: now,
                enrolling: false)
        }
        rules.adopt(prepared, from: staged)
        log.info(
            "rule set in force",
            metadata: ["version": "\(prepared.rulesVersion)", "rules": "\(prepared.planned.plans.count)"])
        return prepared
    }

    /// Stages a set that `nudged apply` put on record; apart from us, only `apply` changes the newest set.
    private func stageApplied() async throws {
        guard let source, let prepared = rules.prepared, rules.staged == nil else { return }
        let store = store
        guard let newest = try await thread.run({ try store.newestRules() }),
            newest.version > max(prepared.rulesVersion, refusedVersion)
        else { return }
        if let applied = try await thread.run({ try source.newest() }) {
            rules.stage(applied)
        } else {
            refusedVersion = newest.version
            log.error(
                "the applied rules cannot be run here: the set in force stays",
                metadata: ["version": "\(newest.version)"])
        }
    }

    // MARK: the clock

    private func isClockGood(at now: Instant, moment: ClockGuard.Moment) async throws -> Bool {
        // A daemon with nothing to write has to notice too.
        try store.requireInPlace()
        let hold = try await store.clockHold()
        if hold.isHeld {
            if !wasHeld {
                log.error("nothing is decided or sent: held by the clock guard until `nudged release --clock`")
            }
            wasHeld = true
            clock.hold()
            clockGuard.accept(wall: now, moment: moment)
            return false
        }
        if wasHeld { log.notice("released: the clock is taken as it is") }
        wasHeld = false
        if let reason = clockGuard.check(
            wall: now, moment: moment, mark: hold.mark, evaluated: hold.evaluated
        ).reason {
            clock.hold()
            try await store.holdForClock(reason: reason, at: now)
            log.error("the clock is not to be trusted: nothing is decided or sent", metadata: ["reason": "\(reason)"])
            wasHeld = true
            return false
        }
        clock.trust(wall: now, moment: moment)
        // A mark from the future came from a wrong clock; left there, it would blind the guard until that time.
        let farthest = now.adding(micros: ClockGuard.tolerance.micros)
        if hold.mark.map({ now.micros - $0.micros >= Evaluator.markEvery || $0 > farthest }) ?? true {
            try await store.markWatermark(now)
        }
        return true
    }

    /// Logs one line for each rule that decided something; nothing for a tick in which nothing was due.
    private func say(_ report: TickReport) {
        let guarded = Set(report.rules.compactMap { $0.guarded == nil ? nil : $0.rule })
        for rule in report.rules {
            guard let reason = rule.guarded, !wasGuarded.contains(rule.rule) else { continue }
            log.error(
                "held by the blast guard until `nudged release --rule`",
                metadata: ["rule": "\(rule.rule)", "reason": "\(reason)"])
        }
        wasGuarded = guarded
        for rule in report.rules where rule.due > 0 {
            let skipped = rule.skipped.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            log.info(
                "rule evaluated",
                metadata: [
                    "rule": "\(rule.rule)", "due": "\(rule.due)", "decided_to_send": "\(rule.decidedToSend)",
                    "decided_otherwise": "\(skipped.joined(separator: " "))",
                    "ms": "\(Int(rule.milliseconds.rounded()))",
                ])
        }
    }

    /// Names a rule that cannot be evaluated once a minute while that lasts, and once more when it is over.
    private func sayFaults(_ report: TickReport, at now: Instant) {
        for rule in report.rules {
            guard let fault = rule.fault else {
                if faultSaid.removeValue(forKey: rule.rule) != nil {
                    log.notice("rule is evaluated again", metadata: ["rule": "\(rule.rule)"])
                }
                continue
            }
            if let said = faultSaid[rule.rule], now.micros - said.micros < Evaluator.markEvery { continue }
            faultSaid[rule.rule] = now
            log.error(
                "rule cannot be evaluated: it stops, and goes on from where it is",
                metadata: ["rule": "\(rule.rule)", "reason": "\(fault)"])
        }
        let known = Set(report.rules.map(\.rule))
        faultSaid = faultSaid.filter { known.contains($0.key) }
    }

    /// For `nudged status`, which is another process, and for the alerts.
    private func keepFaults(_ report: TickReport, at now: Instant) async throws {
        let faults: [String: String] = report.rules.reduce(into: [:]) { faults, rule in faults[rule.rule] = rule.fault }
        guard Set(faults.keys) != faultsOnRecord else { return }
        try await store.note(faults: faults, at: now)
        faultsOnRecord = Set(faults.keys)
    }

    private static func say(_ lines: [Decision], _ log: Logger, _ meter: WorkMeter) {
        for line in lines {
            let reason = line.because?.pairs(in: line.zone).first?.key
            meter.note(decision: line.outcome.rawValue, of: line.rule, reason: reason)
            log.debug(
                "decided",
                metadata: [
                    "rule": "\(line.rule)", "member": "\(Mask.key(line.member))",
                    "occasion": "\(Mask.text(line.occasion))",
                    "outcome": "\(line.outcome.rawValue)",
                ])
        }
    }
}
