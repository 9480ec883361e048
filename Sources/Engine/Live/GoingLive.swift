import Kit
import Policies
import Rules
import Store

extension MemberStore {
    /// Puts a rule set into force: as a new version when its text differs from the last, and with the instant from
    /// which each rule counts. A rule whose trigger changed starts again from now, never in the past (T13).
    ///
    /// - Parameters:
    ///   - source: the directory, or a set that the store has on record as its newest.
    ///   - enrolling: whether existing members are enrolled before this returns, however many; else the caller calls
    ///     `enrol`.
    package func goLive(
        _ planned: PlannedSet, files: String, hash: String, source: RuleVersion.Source = .directory, at now: Instant,
        enrolling: Bool = true
    ) throws -> PreparedRules {
        let version = try writer.write { db -> Int in
            let newest = try RuleVersion.newest(db)
            if let newest, newest.hash == hash {
                if source == .directory { try newest.noteDirectory(db) }
                return newest.version
            }
            return try RuleVersion.insert(
                db, files: files, hash: hash, source: source, who: nil, after: newest?.version ?? 0, at: now)
        }
        let prepared = try PreparedRules(planned, rulesVersion: version, in: self)
        try writer.write { db in try GoingLive(db: db, prepared: prepared, now: now).run() }
        if enrolling { try enrol(prepared) }
        return prepared
    }
}

/// Begins, continues or retires rules when a set goes live. Members past the limit of a rule that begins are enrolled
/// afterwards (`MemberStore.enrol`).
package struct GoingLive {
    let db: Session
    let prepared: PreparedRules
    let now: Instant

    package init(db: Session, prepared: PreparedRules, now: Instant) {
        (self.db, self.prepared, self.now) = (db, prepared, now)
    }

    /// Puts the rules into force in the store, and records them as such.
    func run() throws {
        try begin()
        try RuleVersion.noteTemplates(
            prepared.planned.set.templates.mapValues { Chance.fingerprint($0.wording) }, in: prepared.rulesVersion, db)
        if try RuleVersion.isAnother(prepared.rulesVersion, db) {
            try db.audit(AuditEntry(.reload, subject: "rules:\(prepared.rulesVersion)"), at: now)
        }
        try RuleVersion.putInForce(prepared.rulesVersion, db)
    }

    package func begin() throws {
        let known = try KnownRules(db)
        let set = prepared.planned.set
        for plan in prepared.planned.plans {
            let rule = plan.rule
            let isNew = known.begins(rule)
            // Waits belong to the trigger that they began with; if it is edited, they are deleted without a message.
            if isNew { try db.dropWaits(of: rule.id) }
            if rule.existingMembers == nil || rule.existingMembers == .skip { try db.endEnrolment(of: rule.id) }
            let resumes = known.wasPaused(rule)
            // Rows that came late while the rule was paused have not been scanned for it.
            if resumes { try plan.lookBack(db) }
            try db.putLive(rule, in: set, at: now, begins: isNew)
            // The enrolment starts over as a whole: what is left of an older one, or fell due while the rule was
            // paused, is not added to it.
            if isNew || resumes || known.reachesAnew(rule, in: set) { try Enrolment.begin(rule, at: now, db) }
            if resumes { try plan.skipSlots(before: now, db) }
        }
        try retireMissing()
    }

    /// Retires rules that are no longer in the set, or not live, and deletes their waits; paused rules keep theirs.
    private func retireMissing() throws {
        let paused = prepared.planned.set.rules.filter { $0.status == .paused }.map(\.id)
        // A paused rule enrols again when it resumes.
        try db.retireRules(except: prepared.planned.plans.map(\.rule.id), paused: paused)
    }
}

extension RulePlan {
    /// Moves the rule's watermark back as far as a late row may still make it act; what was decided stays decided.
    /// Festivals and schedules are skipped: they ask who was there at their instant, so nobody comes late, and a member
    /// who was not due has no decision that would prevent one for an old slot.
    func lookBack(_ db: Session) throws {
        guard !rule.trigger.asksEveryone else { return }
        try db.moveBack(rule.id, by: lateReach)
    }

    /// Holds the watermark of a faulty rule as far back as a late row may still make it act. A further call moves
    /// nothing: the watermark stays where the first fault put it.
    func lookBack(_ db: Session, from now: Instant) throws {
        guard !rule.trigger.asksEveryone else { return }
        try db.moveBack(rule.id, to: now.adding(micros: -lateReach))
    }

    /// Moves the watermark past festivals and schedules that were due during a pause: they are not caught up.
    func skipSlots(before now: Instant, _ db: Session) throws {
        guard rule.trigger.asksEveryone else { return }
        try db.moveAhead(rule.id, to: now.adding(micros: -1))
    }

    /// How many microseconds back a row that arrived late may still make a date trigger act.
    package var lateReach: Int64 {
        if case .within(let span) = rule.longestLateness { return span.roughMicros + 86_400_000_000 }
        return 31 * 86_400_000_000
    }
}
