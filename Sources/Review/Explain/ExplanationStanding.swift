import Engine
import Kit
import Policies
import Rules
import Store

extension Explainer {
    func nothingDue(in window: Range<Instant>) throws -> Explanation {
        let zone = try self.zone
        var explanation = Explanation(
            plan: plan, planned: own.planned, member: member, at: window.lowerBound, zone: zone)
        explanation.status = status
        explanation.standing = try store.writer.read { db in
            try self.standing(at: window.lowerBound, window.upperBound, db)
        }
        return explanation
    }

    func standing(at now: Instant, _ end: Instant, _ db: Session) throws -> Standing {
        let found = try scan(
            Window(after: now.adding(micros: -Explainer.horizon), through: now.adding(micros: Explainer.horizon)), db)
        let due = found.compactMap { found -> Occurrence? in if case .due(let one) = found { one } else { nil } }
        let later = due.filter { $0.ready >= end }.min { $0.ready < $1.ready }
        // Of a window, how things stand at its end: what began in it is known.
        let last = max(now, end.adding(micros: -1))
        var standing = Standing(state: try state(at: last, db))
        if case .lastStart = standing.state, case .event(let event) = plan.rule.trigger, let filter = event.filter {
            standing.unmet = try records(db).unmet(filter, of: event.name, through: last, settings)
        }
        standing.before = due.map(\.ready).filter { $0 < now }.max()
        standing.after = later?.ready
        standing.afterDate = later?.date
        return standing
    }

    private func state(at now: Instant, _ db: Session) throws -> Standing.State {
        let records = records(db)
        let profile = try records.profile()
        if profile?.isClosed ?? false { return .closed }
        if let release = try records.release(heldAt: now) { return .held(until: release) }
        switch plan.rule.trigger {
        case .birthday: return profile?.hasBirthday ?? false ? .anotherDay : .noDate
        case .anniversary(_, let name) where name == "membership":
            return try records.lastEvent(named: ["member.registered"], through: .distantFuture) == nil
                ? .noDate : .anotherDay
        case .anniversary(_, let name):
            return try records.hasDate(named: name) ? .anotherDay : .noDate
        case .date(_, let name):
            let isKnown = try Trigger.attribute(in: name).map(records.hasAttribute) ?? records.hasDate(named: name)
            return isKnown ? .anotherDay : .noDate
        case .festival, .schedule, .couponExpires, .pointsExpire: return .anotherDay
        default: break
        }
        if let wait = try pending(at: now, db) { return .waiting(wait, try records.cause(of: wait)) }
        return try records.lastEvent(named: plan.rule.trigger.startingEvents, through: now).map { .lastStart($0) }
            ?? .noStart
    }

    /// The wait under way at an instant, as far as was known then.
    private func pending(at now: Instant, _ db: Session) throws -> Occurrence? {
        try scan(Window(after: now, through: now.adding(micros: Explainer.horizon)), db)
            .compactMap { found -> Occurrence? in
                let one = found.occurrence
                return one.start <= now && found.at > now ? one : nil
            }.min { $0.ready < $1.ready }
    }
}
