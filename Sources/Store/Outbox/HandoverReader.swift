import Kit
import Foundation
import Policies
import Rules

/// Reads what the checks before a handover need: the rows of a batch at once, and what depends on the deliveries before
/// it, such as a cap, delivery by delivery.
package struct HandoverReader {
    private let db: Session
    private let planned: PlannedSet
    private let now: Instant
    private let segments: [Int64: Set<String>]
    private let endings: [String: DeliveryEnding]
    private var rows: [Int64: SQLRow] = [:]

    /// - Parameter segments: the segments whose caps apply, by delivery, see `CapSegments`.
    package init(
        _ db: Session, _ planned: PlannedSet, _ claimed: [Claimed], segments: [Int64: Set<String>], at now: Instant
    ) throws {
        self.db = db
        self.planned = planned
        self.now = now
        self.segments = segments
        let rules = Set(claimed.map(\.rule))
        endings = Dictionary(
            planned.plans.filter { rules.contains($0.rule.id) }.map { ($0.rule.id, DeliveryEnding($0.rule)) },
            uniquingKeysWith: { first, _ in first })
        let sql = HandoverReader.sql(planned.set.settings)
        // Only a statement that asks for ages has a day.
        let today = planned.set.settings.zone.date(of: now).days
        let ofShop: SQLArguments = planned.set.settings.minorsUnder == nil ? [:] : ["shop_today": today]
        for (kind, batch) in Dictionary(grouping: claimed, by: { planned.channels[$0.channel] ?? .none }) {
            let found = try db.all(
                sql, ["ids": Outbox.list(batch.map(\.id)), "now": now.micros, "kind": kind.rawValue] + ofShop)
            for row in found { rows[try row[0]] = row }
        }
    }

    /// Nil when the delivery no longer belongs to its holder, or the lease is over.
    package func row(_ delivery: Claimed) throws -> SQLRow? {
        guard let row = rows[delivery.id], try row["claimed_by"] == delivery.holder else { return nil }
        return row
    }

    /// `unclear_reference` is the reference of an earlier unclear try, which every later try repeats; `shared` is the
    /// member's entry in the address book.
    private static func sql(_ settings: Settings) -> String {
        let contact = ContactSQL(
            member: "c.member", channel: "d.channel", shared: "s.address",
            isMinor: ContactSQL.isMinor(settings, today: ":shop_today"))
        return """
            SELECT d.id, d.claimed_by, d.decision, d.rule, d.channel, c.member, c.occasion, d.step, d.purpose, d.send_by,
              d.attempts, d.failures, d.subject, d.text, d.html, d.template_code, d.template_values, d.ref, d.event, d.date,
              d.links, m.status AS member_status, m.zone, m.personalisation,
              EXISTS (SELECT 1 FROM personalisation_choices p WHERE p.member = c.member AND p.at > c.at
                AND p.choice <> 'personalised') AS has_refused_own_values,
              m.phone, m.email, m.wechat_openid, m.wecom_external_userid, m.display_name, m.advisor, l.status AS rule_status,
              CASE WHEN d.purpose = 'marketing' THEN \(contact.consent(.marketing)) END AS marketing,
              CASE WHEN d.purpose = 'service' THEN \(contact.consent(.service)) END AS service,
              \(contact.isSuppressed) AS is_suppressed, s.address AS shared, \(References.columns("c.member", "c.occasion")),
              (SELECT a.reference FROM attempts a WHERE a.delivery = d.id AND a.outcome = 'unknown' ORDER BY a.n LIMIT 1)
                AS unclear_reference
            FROM deliveries d JOIN decisions c ON c.id = d.decision LEFT JOIN members m ON m.id = c.member
              \(References.merged("c.id"))
              LEFT JOIN live_rules l ON l.rule = d.rule LEFT JOIN shared_addresses s ON s.member = c.member AND s.kind = :kind
            WHERE d.id IN {numbers :ids} AND d.state = 'claimed' AND d.lease_until > :now
            """
    }

    package func facts(_ row: SQLRow) throws -> HandoverFacts {
        let settings = planned.set.settings
        let channel: String = try row["channel"]
        let kind = planned.channels[channel] ?? .none
        let own = try settings.clockIsMembers ? (row["zone"] as String?).flatMap(Zone.init(named:)) : nil
        let zone = own ?? settings.zone
        let ending = endings[try row["rule"]]
        return try HandoverFacts(
            purpose: Rule.Purpose(rawValue: row["purpose"]) ?? .marketing, channel: channel, rule: row["rule"],
            sendBy: Instant(micros: row["send_by"]), ruleStatus: row["rule_status"], isPlanned: ending != nil,
            memberStatus: row["member_status"], zone: zone, personalisation: row["personalisation"],
            hasRefusedOwnValues: row["has_refused_own_values"],
            // The address is the member's current one: an old number may belong to a stranger today.
            reach: Reach.ChannelFacts(
                address: kind.column.flatMap { try row[$0] as String? }, isSuppressed: row["is_suppressed"],
                marketing: Reach.Consent(stored: row["marketing"]), service: Reach.Consent(stored: row["service"])),
            needsAddress: kind != .none,
            otherSends: otherSends(row), segments: segments[row["id"]] ?? [],
            ending: ending?.because(row, zone, db, at: now))
    }

    /// Whether the facts depend on other messages to the member, or to others with the same address. Those may be of the
    /// same batch, see `UnwrittenIntents`.
    package func asksForOthers(_ row: SQLRow) throws -> Bool {
        if try isCapped(row) { return true }
        return endings[try row["rule"]]?.followsMessages ?? false
    }

    private func isCapped(_ row: SQLRow) throws -> Bool {
        guard !planned.set.settings.frequencyCap.isEmpty else { return false }
        return try row["purpose"] as String == Rule.Purpose.marketing.rawValue
    }

    /// One instant, that of the last try, for each other occasion whose message has or may have reached the member.
    /// Messages to other members with the same address through the same channel count too.
    private func otherSends(_ row: SQLRow) throws -> [Instant] {
        guard try isCapped(row) else { return [] }
        let member: String = try row["member"]
        var sends: [Int64] = try db.values(
            """
            SELECT MAX(a.intent_at) FROM decisions c {then} deliveries d ON d.decision = c.id
              {then} attempts a ON a.delivery = d.id
            WHERE c.member = ? AND c.outcome = 'sent' AND c.id <> ? AND d.purpose = 'marketing'
              AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))
            GROUP BY c.id
            """, [member, row["decision"] as Int64])
        if let shared: Data = try row["shared"] {
            sends +=
                try
                (db.values(
                    """
                    SELECT MAX(a.intent_at) FROM shared_addresses s {then} decisions c ON c.member = s.member
                      {then} deliveries d ON d.decision = c.id {then} attempts a ON a.delivery = d.id
                    WHERE s.address = ? AND s.member <> ? AND c.outcome = 'sent' AND d.purpose = 'marketing'
                      AND d.channel = ? AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))
                    GROUP BY c.id
                    """, [shared, member, row["channel"] as String]) as [Int64])
        }
        return sends.sorted().map(Instant.init(micros:))
    }
}
