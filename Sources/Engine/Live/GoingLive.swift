import Kit
import Policies
import Rules
import Store

extension MemberStore {
    /// Makes a rule set the one in force: a new version when its text differs from the last, and for each rule the
    /// instant from which it counts. A rule whose trigger changed starts anew: never into the past (T13).
    ///
    /// - Parameters:
    ///   - source: the directory, or a set that the store has on record as its newest.
    ///   - enrolling: takes existing members in before it returns, however many; else the caller does (`enrol`).
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

/// Rules that begin, go on, or end when a set goes live. Whoever was past the limit of a rule that begins is taken in
/// afterwards (`MemberStore.enrol`).
package struct GoingLive {
    let db: Session
    let prepared: PreparedRules
    let now: Instant

    package init(db: Session, prepared: PreparedRules, now: Instant) {
        (self.db, self.prepared, self.now) = (db, prepared, now)
    }

    /// For a store that keeps them as its rules.
    func run() throws {
        try begin()
        try RuleVersion.noteTemplates(
            prepared.planned.set.templates.mapValues { Chance.fingerprint($0.wording) }, in: prepared.rulesVersion, db)
        try RuleVersion.putInForce(prepared.rulesVersion, db)
    }

    package func begin() throws {
        let known = try KnownRules(db)
        let set = prepared.planned.set
        for plan in prepared.planned.plans {
            let rule = plan.rule
            let isNew = known.begins(rule)
            // What waits, waits under the trigger that it began with; edited away, it is released without a message.
            if isNew { try db.dropWaits(of: rule.id) }
            if rule.existingMembers == nil || rule.existingMembers == .skip { try db.endEnrolment(of: rule.id) }
            let resumes = known.wasPaused(rule)
            // Rows that came late while it was paused were looked at by nobody on its behalf.
            if resumes { try plan.lookBack(db) }
            try db.putLive(rule, in: set, at: now, begins: isNew)
            // Dealt anew as a whole: what is left of an older deal, or fell due while the rule was paused, does not come
            // on top.
            if isNew || resumes || known.reachesAnew(rule, in: set) { try Enrolment.begin(rule, at: now, db) }
            if resumes { try plan.skipStrokes(before: now, db) }
        }
        try retireMissing()
    }

    /// A rule that is gone from the set (or no longer live) releases the people waiting in it.
    private func retireMissing() throws {
        let paused = prepared.planned.set.rules.filter { $0.status == .paused }.map(\.id)
        // One that is paused deals anew when it resumes.
        try db.retireRules(except: prepared.planned.plans.map(\.rule.id), paused: paused)
    }
}

extension RulePlan {
    /// Puts the rule's watermark back as far as a row that came late may still make it act; what is decided already
    /// stays decided. Festivals and schedules ask who was there at their instant: for them nobody comes late, and whoever
    /// was not due has no decision that would keep him from an old stroke.
    func lookBack(_ db: Session) throws {
        guard !rule.trigger.asksEveryone else { return }
        try db.moveBack(rule.id, by: lateReach)
    }

    /// Holds the watermark of a faulty rule as far back as a row that came late may still make it act. Called again, it
    /// moves nothing: the watermark stays at the first fault's.
    func lookBack(_ db: Session, from now: Instant) throws {
        guard !rule.trigger.asksEveryone else { return }
        try db.moveBack(rule.id, to: now.adding(micros: -lateReach))
    }

    /// Festivals and schedules that came up while the rule was paused are not made up for.
    func skipStrokes(before now: Instant, _ db: Session) throws {
        guard rule.trigger.asksEveryone else { return }
        try db.moveAhead(rule.id, to: now.adding(micros: -1))
    }

    /// How far back a row that arrived late may still make a date trigger act.
    var lateReach: Int64 {
        if case .within(let span) = rule.longestLateness { return span.roughMicros + 86_400_000_000 }
        return 31 * 86_400_000_000
    }
}
