import Foundation
import Kit
import Policies
import Rules

/// What one rule did in a stretch of time.
package struct RuleReport: Sendable, Hashable {
    /// People of a group, and how many of them bought within the time that an order is attributed for.
    package struct Group: Sendable, Hashable {
        package var people = 0
        package var bought = 0
        package var share: Double { people == 0 ? 0 : Double(bought) / Double(people) }
    }

    package var rule: String
    /// Occasions that were decided.
    package var due = 0
    /// Decided to send.
    package var sent = 0
    /// What became of their messages; these five together are `sent`. Still to be handed over:
    package var owed = 0
    /// The provider took it.
    package var accepted = 0
    /// The provider refused it, gave up on it, or reported that it did not arrive.
    package var failed = 0
    /// Nobody knows, or nothing is kept of it any more.
    package var unclear = 0
    /// Never handed over: too late, called off, or not allowed any more.
    package var dropped = 0
    /// Reported as delivered; they are among `accepted`.
    package var delivered = 0
    /// Occasions that were decided otherwise, by outcome and the code of the reason.
    package var skipped: [String: Int] = [:]
    /// Coupons that the rule gave, and how many of them were used.
    package var couponsGiven = 0
    package var couponsUsed = 0
    /// Paid orders whose last message before them was one of this rule, and what they were worth in fen.
    package var orders = 0
    package var revenue: Int64 = 0
    /// Those who were sent to, and those who were held out: only occasions for which the whole time has passed.
    package var treated = Group()
    package var heldOut = Group()

    package init(rule: String) { self.rule = rule }

    /// The difference that sending made, where there is enough to tell.
    package var uplift: Uplift? { Uplift(treated: treated, heldOut: heldOut) }
}

/// How many more of those who were sent to bought than of those who were held out, as a share of people, with the interval
/// in which the true difference lies in 95 of 100 cases (Newcombe 1998, method 10, from Wilson's intervals).
package struct Uplift: Sendable, Hashable {
    package let difference: Double
    package let low: Double
    package let high: Double

    /// A group with fewer people, or both with fewer buyers together, tells nothing.
    package static let leastPeople = 100
    package static let leastBuyers = 10

    /// Nil where there is not enough data yet.
    package init?(treated: RuleReport.Group, heldOut: RuleReport.Group) {
        guard min(treated.people, heldOut.people) >= Uplift.leastPeople,
            treated.bought + heldOut.bought >= Uplift.leastBuyers
        else { return nil }
        self.init(between: treated, and: heldOut)
    }

    /// Computes it however few people there are.
    init(between treated: RuleReport.Group, and heldOut: RuleReport.Group) {
        let (one, other) = (Uplift.wilson(treated), Uplift.wilson(heldOut))
        difference = treated.share - heldOut.share
        low = difference - sqrt(pow(treated.share - one.low, 2) + pow(other.high - heldOut.share, 2))
        high = difference + sqrt(pow(one.high - treated.share, 2) + pow(heldOut.share - other.low, 2))
    }

    /// Wilson's interval of a share.
    private static func wilson(_ group: RuleReport.Group) -> (low: Double, high: Double) {
        let (z, n, share) = (1.959963984540054, Double(group.people), group.share)
        let middle = share + z * z / (2 * n)
        let spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        let whole = 1 + z * z / n
        return (max(0, (middle - spread) / whole), min(1, (middle + spread) / whole))
    }
}

/// Which decisions a report counts, and for how long an order is attributed to a message.
package struct ReportRange: Sendable, Hashable {
    /// `since` is inclusive and `until` exclusive; both are about the instant of the decision.
    package var since: Instant
    package var until: Instant
    /// Microseconds after a message.
    package var attributed: Int64
    package var rule: String?

    package init(since: Instant, until: Instant, attributed: Int64, rule: String? = nil) {
        (self.since, self.until, self.attributed, self.rule) = (since, until, attributed, rule)
    }
}

extension MemberStore {
    /// Reports on each rule that decided something in the range, by id. It reads the decisions of the range, and for each
    /// message the orders of its member; memory does not grow with them.
    package func report(_ range: ReportRange, at now: Instant) throws -> [RuleReport] {
        try writer.unsafeRead { db in
            try db.script("PRAGMA temp_store = FILE; PRAGMA cache_size = -16384")
            var reader = ReportReader(db: db, range: range, now: now)
            return try reader.read().sorted { $0.rule.isBytewise(before: $1.rule) }
        }
    }
}

private struct ReportReader {
    let db: Session
    let range: ReportRange
    let now: Instant
    var rules: [String: RuleReport] = [:]

    /// The decisions of the range, as a condition on `c`.
    private static let isCounted = """
        c.at >= :since AND c.at < :until AND c.shadow = 0 AND (CAST(:rule AS TEXT) IS NULL OR c.rule = :rule)
        """

    private var arguments: SQLArguments {
        ["since": range.since.micros, "until": range.until.micros, "rule": range.rule]
    }

    mutating func read() throws -> [RuleReport] {
        try outcomes()
        try deliveries()
        try coupons()
        try attribution()
        try groups()
        return Array(rules.values)
    }

    private mutating func note(_ row: SQLRow, _ change: (inout RuleReport) throws -> Void) throws {
        let rule: String = try row[0]
        try change(&rules[rule, default: RuleReport(rule: rule)])
    }

    private mutating func outcomes() throws {
        let rows = try db.all(
            """
            SELECT c.rule, c.outcome, c.because, COUNT(*) AS n FROM decisions c WHERE \(ReportReader.isCounted)
            GROUP BY c.rule, c.outcome, c.because
            """, arguments)
        for row in rows {
            let (outcome, because, count): (String, String?, Int) = try (row[1], row[2], row[3])
            try note(row) { report in
                report.due += count
                guard outcome != Outcome.sent.rawValue else { return report.sent += count }
                let code = because.flatMap { try? StrictJSON(parsing: $0) }.flatMap(ReportReader.code)
                report.skipped[code.map { "\(outcome) \($0)" } ?? outcome, default: 0] += count
            }
        }
    }

    /// The code of a stored reason, which is its first key.
    private static func code(_ because: StrictJSON) -> String? {
        guard case .object(let members) = because else { return nil }
        return members.first?.key
    }

    /// The last step of a message counts: a refusal may have made the next channel its way.
    private mutating func deliveries() throws {
        let rows = try db.all(
            """
            SELECT c.rule,
              (SELECT d.state FROM deliveries d WHERE d.decision = c.id ORDER BY d.step DESC LIMIT 1) AS state,
              COUNT(*) AS n
            FROM decisions c WHERE c.outcome = 'sent' AND \(ReportReader.isCounted) GROUP BY c.rule, state
            """, arguments)
        for row in rows {
            let (word, count): (String?, Int) = try (row[1], row[2])
            let state = word.flatMap { DeliveryState(rawValue: $0) }
            try note(row) { report in
                switch state {
                case .accepted: report.accepted += count
                case .delivered:
                    (report.accepted, report.delivered) = (report.accepted + count, report.delivered + count)
                case .undelivered, .rejected, .dead: report.failed += count
                case .unknown, .unknownClosed, nil: report.unclear += count
                case .pending, .claimed, .sending, .retryWait: report.owed += count
                case .expired, .suppressed, .cancelled: report.dropped += count
                }
            }
        }
    }

    private mutating func coupons() throws {
        let rows = try db.all(
            """
            SELECT rule, COUNT(*) AS given, COALESCE(SUM(CASE state WHEN 'used' THEN 1 ELSE 0 END), 0) AS used
            FROM coupons WHERE rule IS NOT NULL AND issued_at >= :since AND issued_at < :until
              AND (CAST(:rule AS TEXT) IS NULL OR rule = :rule) GROUP BY rule
            """, arguments)
        for row in rows {
            try note(row) { report in
                report.couponsGiven = try row[1]
                report.couponsUsed = try row[2]
            }
        }
    }

    /// An order belongs to the last message before it that a provider took, if that was not too long ago.
    private mutating func attribution() throws {
        var arguments = arguments
        arguments += ["attributed": range.attributed]
        let rows = try db.all(
            """
            SELECT c.rule, COUNT(*) AS orders, SUM(o.total) AS revenue
            FROM decisions c JOIN orders o ON o.member = c.member
            WHERE c.outcome = 'sent' AND \(ReportReader.isCounted) AND o.status = 'paid' AND o.paid_at > c.at
              AND o.paid_at <= c.at + :attributed
              AND EXISTS (SELECT 1 FROM deliveries d WHERE d.decision = c.id AND d.state IN ('accepted', 'delivered'))
              AND NOT EXISTS (SELECT 1 FROM decisions l JOIN deliveries e ON e.decision = l.id
                WHERE l.member = c.member AND l.outcome = 'sent' AND l.shadow = 0 AND l.at < o.paid_at
                  AND (l.at > c.at OR (l.at = c.at AND l.id > c.id)) AND e.state IN ('accepted', 'delivered'))
            GROUP BY c.rule
            """, arguments)
        for row in rows {
            try note(row) { report in
                report.orders = try row[1]
                report.revenue = try row[2]
            }
        }
    }

    /// Everybody who was to be sent to counts, also where the message did not arrive: the held out would not have known.
    private mutating func groups() throws {
        var arguments = arguments
        arguments += ["attributed": range.attributed, "passed": now.micros - range.attributed]
        let rows = try db.all(
            """
            SELECT c.rule, c.outcome, COUNT(*) AS people,
              COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.member = c.member AND o.status = 'paid'
                AND o.paid_at > c.at AND o.paid_at <= c.at + :attributed) THEN 1 ELSE 0 END), 0) AS bought
            FROM decisions c WHERE c.outcome IN ('sent', 'held_out') AND \(ReportReader.isCounted) AND c.at <= :passed
              AND c.member NOT LIKE 'erased:%'
            GROUP BY c.rule, c.outcome
            """, arguments)
        for row in rows {
            let group = try RuleReport.Group(people: row[2], bought: row[3])
            let isSent = try row[1] as String == Outcome.sent.rawValue
            try note(row) { if isSent { $0.treated = group } else { $0.heldOut = group } }
        }
    }
}
