import Kit
import Policies
import Rules

/// Tells whether the scan of a rule can find anything, before its own statements are put together and run: most ticks
/// find nothing for most rules. Made once for each rule of a set.
package struct ScanProbe: Sendable {
    private let delay: Delay?
    /// The names of the events a wait can start from.
    private let starts: [String]
    /// The names of the events that can end a wait, or a held occurrence.
    private let ends: [String]

    package init(_ rule: Rule) {
        delay = Delay(rule.trigger)
        starts = rule.trigger.startingEvents
        let interruption = Interruption(rule)
        let cancelling = Set(interruption.cancellingEvents)
        ends = interruption.columns.isEmpty ? [] : cancelling.union(starts).sorted()
    }

    /// False only where the scan of everyone in its window is certain to find nothing.
    package func mayFind(_ scan: Scan, _ windows: EventWindows) throws -> Bool {
        guard !scan.window.isEmpty else { return false }
        switch scan.rule.trigger {
        case .birthday(let offset, _), .anniversary(let offset, _), .date(let offset, _), .pointsExpire(let offset):
            return scan.isDue(offset)
        case .couponExpires(let offset):
            return try scan.isDue(offset) || windows.has("coupon.used", scan.window)
        case .festival, .schedule: return true
        case .event, .firstPurchase, .cartIdle, .browsed, .inactive:
            return try ends.contains { try windows.has($0, scan.window) } || mayStart(scan, windows)
        }
    }

    private func mayStart(_ scan: Scan, _ windows: EventWindows) throws -> Bool {
        guard let delay else { return false }
        return try scan.startWindows(delay).contains { start in
            try starts.contains { name in
                guard scan.readsLatest else { return try windows.has(name, start.window) }
                let decided = scan.decidesAt ?? scan.window.after
                return try windows.hasLatest(name, start.window)
                    || windows.hasLatest(name, Window(after: decided, through: .distantFuture))
            }
        }
    }
}

extension Scan {
    fileprivate func isDue(_ offset: Trigger.DateOffset) -> Bool {
        zones.all.contains { $0.daysFalling(of: offset.at, in: window) != nil }
    }
}

/// What the rules of one tick ask about windows of time. Many rules ask the same; each question is put to the store
/// once, and all of them with the same few statements.
package final class EventWindows {
    private struct Question: Hashable {
        let name: String
        let window: Window
    }

    private let db: Session
    private var events: [Question: Bool] = [:]
    private var latest: [Question: Bool] = [:]

    package init(_ db: Session) { self.db = db }

    /// Whether there may be an event of that name in the window. Messages are left to the scans: our own are no rows
    /// of `events`.
    func has(_ name: String, _ window: Window) throws -> Bool {
        if name == OwnMessages.event { return true }
        return try answer(
            name, window, from: &events, "SELECT EXISTS (SELECT 1 FROM events WHERE name = ? AND at > ? AND at <= ?)")
    }

    /// Whether the latest event of that name of any member is in the window.
    func hasLatest(_ name: String, _ window: Window) throws -> Bool {
        try answer(
            name, window, from: &latest, "SELECT EXISTS (SELECT 1 FROM latest WHERE name = ? AND at > ? AND at <= ?)")
    }

    private func answer(
        _ name: String, _ window: Window, from known: inout [Question: Bool], _ sql: String
    ) throws -> Bool {
        let question = Question(name: name, window: window)
        if let answer = known[question] { return answer }
        let answer = try (db.value(sql, [name, window.after.micros, window.through.micros]) as Bool?) ?? false
        known[question] = answer
        return answer
    }

    /// The rules with a wait that ends by `instant`. Each rule that has waits is one step, however many it has.
    package func rulesWithWaits(through instant: Instant) throws -> Set<String> {
        let rules: [String] = try db.values(
            """
            WITH RECURSIVE r (rule) AS (
              SELECT (SELECT MIN(rule) FROM waits)
              UNION ALL SELECT (SELECT MIN(rule) FROM waits WHERE rule > r.rule) FROM r WHERE r.rule IS NOT NULL)
            SELECT r.rule FROM r WHERE EXISTS (SELECT 1 FROM waits w WHERE w.rule = r.rule AND w.due <= ?)
            """, [instant.micros])
        return Set(rules)
    }
}
