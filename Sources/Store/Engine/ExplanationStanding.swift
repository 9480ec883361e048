import Kit
import Policies
import Rules

extension Explainer {
    func nothingDue(in window: Range<Instant>) throws -> Explanation {
        let zone = try self.zone
        var explanation = Explanation(plan: plan, member: member, at: window.lowerBound, zone: zone)
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
        var standing = Standing(state: try state(at: now, db))
        standing.before = due.map(\.ready).filter { $0 < now }.max()
        standing.after = later?.ready
        standing.afterDate = later?.date
        return standing
    }

    private func state(at now: Instant, _ db: Session) throws -> Standing.State {
        let records = records(db)
        let row = try db.first("SELECT status, birthday_key FROM members WHERE id = ?", [member])
        if try row?[0] == "closed" { return .closed }
        let held: Int64? = try db.value(
            "SELECT due FROM waits WHERE rule = ? AND member = ? AND kind = 'held' AND due > ? AND first_due <= ?",
            [plan.rule.id, member, now.micros, now.micros])
        if let held { return .held(until: Instant(micros: held)) }
        switch plan.rule.trigger {
        case .birthday: return try row?[1] as String? == nil ? .noDate : .anotherDay
        case .anniversary(_, let name) where name == "membership":
            return try records.lastEvent(named: ["member.registered"], through: .distantFuture) == nil
                ? .noDate : .anotherDay
        case .anniversary(_, let name):
            let isKnown: Bool? = try db.value(
                "SELECT EXISTS (SELECT 1 FROM dates WHERE member = ? AND name = ?)", [member, name])
            return isKnown ?? false ? .anotherDay : .noDate
        case .festival, .schedule, .couponExpires, .pointsExpire: return .anotherDay
        case .event, .firstPurchase, .cartIdle, .browsed, .inactive: break
        }
        if let wait = try pending(at: now, db) { return .waiting(wait, try cause(of: wait, records)) }
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

extension Trigger {
    /// Events that a wait can start from.
    fileprivate var startingEvents: [String] {
        switch self {
        case .event(let event): [event.name]
        case .firstPurchase: ["order.paid"]
        case .cartIdle: ["cart.updated"]
        case .browsed: ["product.viewed"]
        case .inactive(let inactive): inactive.activity
        default: []
        }
    }
}
