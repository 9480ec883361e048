import Kit
import Policies
import Rules

/// I9 and I10: every message left within the hours and caps that applied to it. Attempts carry those limits; each is
/// checked with the others of its member and with those of its address and channel, in one pass each.
struct LimitCheck {
    private struct Attempt {
        var delivery: Int64
        var occasion: String
        var sequence: Int64
        var at: Instant
        /// Whether it has, or may have, reached the member as marketing.
        var counts: Bool
        var limits: Int64?
        /// The sequence number since which its member was known to share the address, or since which it is the member's
        /// whom its own was merged into.
        var sharedSince: Int64 = 0
    }

    private let db: Session
    private let limits: [Int64: HandoverLimits]
    private var lines: [String] = []
    private var found: Set<Int64> = []

    init(_ db: Session) throws {
        self.db = db
        limits = try db.all("SELECT id, zone, quiet, caps FROM handover_limits").reduce(into: [:]) {
            try $0[$1[0]] = HandoverLimits(zone: $1[1], quiet: $1[2], caps: $1[3])
        }
    }

    /// Returns at most `most` lines.
    static func broken(_ db: Session, most: Int) throws -> [String] {
        var check = try LimitCheck(db)
        try check.look(at: ofMembers, most: most) { $0.lookAtHours($1) }
        try check.look(at: ofAddresses, most: most) { _, _ in }
        return Array(check.lines.prefix(most))
    }

    private static let counts =
        "d.purpose = 'marketing' AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))"

    private static let ofMembers = """
        SELECT c.member AS subject, d.id, c.member, c.rule, c.occasion, a.intent_seq, a.intent_at, \(counts), a.limits,
          \(Invariants.since("c.id"))
        FROM decisions c {then} deliveries d ON d.decision = c.id {then} attempts a ON a.delivery = d.id ORDER BY c.member
        """

    /// Marketing attempts to addresses that several members have now.
    private static let ofAddresses = """
        SELECT {hex s.address} || ' ' || d.channel AS subject, d.id, c.member, c.rule, c.occasion, a.intent_seq, a.intent_at,
          \(counts), a.limits, s.seq
        FROM shared_addresses s {then} members m ON m.id = s.member {then} decisions c ON c.member = s.member
          {then} deliveries d ON d.decision = c.id {then} attempts a ON a.delivery = d.id
        WHERE d.purpose = 'marketing' AND d.address = \(CanonicalAddress.column(of: "s.kind", in: "m"))
        ORDER BY 1
        """

    private mutating func look(at sql: String, most: Int, also body: (inout LimitCheck, Attempt) -> Void) throws {
        let rows = try db.cursor(sql)
        var group: String?
        var mine: [Attempt] = []
        while let row = try rows.next(), lines.count < most {
            if try row[0] as String != group {
                look(at: mine, body)
                (group, mine) = (try row[0], [])
            }
            let occasion = try [row[2] as String, row[3], row[4]].joined(separator: "\u{1F}")
            mine.append(
                try Attempt(
                    delivery: row[1], occasion: occasion, sequence: row[5], at: Instant(micros: row[6]), counts: row[7],
                    limits: row[8], sharedSince: row[9]))
        }
        look(at: mine, body)
    }

    /// All attempts of one member, or to one address through one channel.
    private mutating func look(at attempts: [Attempt], _ body: (inout LimitCheck, Attempt) -> Void) {
        var sends: [String: Attempt] = [:]
        for attempt in attempts.sorted(by: { $0.sequence < $1.sequence }) {
            body(&self, attempt)
            // Before members were known to share an address, messages to the others did not count.
            let caps = attempt.sharedSince < attempt.sequence ? capsOf(attempt) : []
            let others = sends.values.filter {
                $0.occasion != attempt.occasion && $0.sharedSince < attempt.sequence
            }.map(\.at)
            if let zone = attempt.limits.flatMap({ limits[$0]?.zone }), !found.contains(attempt.delivery),
                caps.contains(where: { $0.isReached(by: others, at: attempt.at, in: zone) })
            {
                found.insert(attempt.delivery)
                lines.append("I10 handed over beyond the frequency cap, delivery: \(attempt.delivery)")
            }
            if attempt.counts { sends[attempt.occasion] = attempt }
        }
    }

    private func capsOf(_ attempt: Attempt) -> [CountLimit] { attempt.limits.flatMap { limits[$0]?.caps } ?? [] }

    private mutating func lookAtHours(_ attempt: Attempt) {
        guard let limits = attempt.limits.flatMap({ limits[$0] }),
            limits.quiet?.end(of: attempt.at, in: limits.zone) != nil
        else { return }
        lines.append("I9 handed over in quiet hours, delivery: \(attempt.delivery)")
    }
}
