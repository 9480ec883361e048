import GRDB
import Policies
import Rules

/// I9 and I10: what left, left within the hours and the caps that held for it. Attempts carry those limits; each is
/// looked at with the others of its member, in one pass.
struct LimitCheck {
    private struct Attempt {
        var delivery: Int64
        var occasion: String
        var sequence: Int64
        var at: Instant
        /// It has, or may have, reached the member as marketing.
        var counts: Bool
        var limits: Int64?
    }

    private let db: Database
    private let limits: [Int64: HandoverLimits]
    private var lines: [String] = []

    init(_ db: Database) throws {
        self.db = db
        limits = try Row.fetchAll(db, sql: "SELECT id, zone, quiet, caps FROM handover_limits").reduce(into: [:]) {
            $0[$1[0]] = HandoverLimits(zone: $1[1], quiet: $1[2], caps: $1[3])
        }
    }

    /// At most `most` lines.
    static func broken(_ db: Database, most: Int) throws -> [String] {
        var check = try LimitCheck(db)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT d.member, d.id, d.rule, d.occasion, a.intent_seq, a.intent_at,
                  d.purpose = 'marketing' AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown')), a.limits
                FROM deliveries d CROSS JOIN attempts a ON a.delivery = d.id ORDER BY d.member
                """)
        var member: String?
        var mine: [Attempt] = []
        while let row = try rows.next(), check.lines.count < most {
            if row[0] as String != member {
                check.look(at: mine)
                (member, mine) = (row[0], [])
            }
            mine.append(
                Attempt(
                    delivery: row[1], occasion: "\(row[2] as String)\u{1F}\(row[3] as String)", sequence: row[4],
                    at: Instant(micros: row[5]), counts: row[6], limits: row[7]))
        }
        check.look(at: mine)
        return Array(check.lines.prefix(most))
    }

    /// All attempts of one member.
    private mutating func look(at attempts: [Attempt]) {
        var sends: [String: Instant] = [:]
        for attempt in attempts.sorted(by: { $0.sequence < $1.sequence }) {
            if let limits = attempt.limits.flatMap({ limits[$0] }) {
                if limits.quiet?.end(of: attempt.at, in: limits.zone) != nil {
                    lines.append("I9 handed over in quiet hours, delivery: \(attempt.delivery)")
                }
                let others = limits.caps.isEmpty ? [] : sends.filter { $0.key != attempt.occasion }.map(\.value)
                if limits.caps.contains(where: { $0.isReached(by: others, at: attempt.at, in: limits.zone) }) {
                    lines.append("I10 handed over beyond the frequency cap, delivery: \(attempt.delivery)")
                }
            }
            if attempt.counts { sends[attempt.occasion] = attempt.at }
        }
    }
}
