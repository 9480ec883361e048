import Kit
import Foundation
import Policies
import Rules

extension Outbox {
    /// Another daemon has taken over: nothing may leave from here any more.
    package struct StaleEpoch: Error, CustomStringConvertible {
        package var description: String { "another daemon has taken over this store" }
    }

    /// The store is not the one that its mark is about: everything is held.
    package struct RolledBack: Error, CustomStringConvertible {
        package let description: String
    }

    /// Asks the gates again and writes the attempts of those that pass. Only what this returns, once its transaction is
    /// on disk, may be handed to a channel.
    func intend(_ claimed: [Claimed], under prepared: PreparedRules, epoch: Int64, at now: Instant) throws -> [Intent] {
        guard try meta("epoch") == epoch else { throw StaleEpoch() }
        let segments = try CapSegments(db, prepared.planned.set).holding(for: claimed, at: now)
        let reader = HandoverReader(db: db, prepared: prepared, now: now, segments: segments)
        let handover = Handover(settings: prepared.planned.set.settings, stops: try Stops(db))
        let names = try References(self)
        var intents: [Intent] = []
        for delivery in claimed {
            guard let row = try reader.row(delivery) else {
                try release([delivery])
                continue
            }
            let facts = try reader.facts(row)
            switch handover.answer(facts, at: now) {
            case .go(let limits):
                intents.append(try intend(row, to: facts.reach.address, limits, epoch, names: names, now: now))
            case .wait(let until, let cause):
                try move(
                    delivery.id, from: .claimed, to: .pending, cause: cause, Change(notBefore: until, claimCount: 0))
            case .end(let state, let because, let cause):
                try end(delivery.id, from: .claimed, as: state, cause: cause, Change(because: because))
                // `no_address` and `no_consent` go on to the next entry of `try`; what ends the occasion does not.
                if case .unreachable = because { try fallBack(from: delivery.id, at: now, cause: "fallback:\(cause)") }
            }
        }
        if !intents.isEmpty { try drawToken() }
        return intents
    }

    private func intend(
        _ row: SQLRow, to address: String?, _ limits: HandoverLimits, _ epoch: Int64, names: References,
        now: Instant
    ) throws -> Intent {
        let id: Int64 = try row["id"]
        let attempt = try (row["attempts"] as Int) + 1
        let unclear: String? = try row["unclear_reference"]
        let reference = try unclear ?? names.reference(row, attempt: attempt)
        try move(id, from: .claimed, to: .sending, cause: "intent", Change(claimCount: 0))
        try db.run("UPDATE deliveries SET attempts = ?, address = ? WHERE id = ?", [attempt, address, id])
        try db.run(
            """
            INSERT INTO attempts (delivery, n, reference, epoch, intent_seq, intent_at, resend, limits)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id, attempt, reference, epoch, try nextSequence(), now.micros, unclear == nil ? 0 : 1,
                try limits.id(db),
            ])
        return try Intent(
            delivery: id, attempt: attempt, reference: reference, channel: row["channel"], rule: row["rule"],
            member: row["member"], occasion: row["occasion"], address: address, subject: row["subject"],
            text: row["text"] ?? "", html: row["html"], templateCode: row["template_code"],
            values: values(row["template_values"]), failures: row["failures"])
    }

    private func values(_ json: String?) throws -> [(String, String)] {
        guard let json else { return [] }
        return try db.all("SELECT key, value FROM {members ?} t ORDER BY id", [json]).map {
            try ($0[0], $0[1] ?? "")
        }
    }
}

/// Reads what the last look needs, delivery by delivery.
private struct HandoverReader {
    let db: Session
    let prepared: PreparedRules
    let now: Instant
    private let segments: [Int64: Set<String>]
    private let endings: [String: DeliveryEnding]

    /// - Parameter segments: by delivery, see `CapSegments`.
    init(db: Session, prepared: PreparedRules, now: Instant, segments: [Int64: Set<String>]) {
        self.db = db
        self.prepared = prepared
        self.now = now
        self.segments = segments
        endings = Dictionary(
            prepared.planned.plans.map { ($0.rule.id, DeliveryEnding($0.rule)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Nil when the delivery is not its holder's any more, or the lease is over.
    func row(_ delivery: Claimed) throws -> SQLRow? {
        let kind = prepared.planned.channels[delivery.channel] ?? .none
        return try db.first(
            HandoverReader.sql,
            ["id": delivery.id, "now": now.micros, "kind": kind.rawValue, "holder": delivery.holder])
    }

    private static let contact = ContactSQL(member: "d.member", channel: "d.channel", shared: "s.address")

    /// `unclear_reference`: that of an unclear try before, which every later one repeats. `shared`: the member's entry in
    /// the address book.
    private static let sql = """
        SELECT d.*, m.status AS member_status, m.zone, m.personalisation, m.phone, m.email, m.wechat_openid,
          m.wecom_external_userid, l.status AS rule_status, \(contact.consent(.marketing)) AS marketing,
          \(contact.consent(.service)) AS service, \(contact.isSuppressed) AS is_suppressed, s.address AS shared,
          (SELECT a.reference FROM attempts a WHERE a.delivery = d.id AND a.outcome = 'unknown' ORDER BY a.n LIMIT 1)
            AS unclear_reference
        FROM deliveries d LEFT JOIN members m ON m.id = d.member LEFT JOIN live_rules l ON l.rule = d.rule
          LEFT JOIN shared_addresses s ON s.member = d.member AND s.kind = :kind
        WHERE d.id = :id AND d.state = 'claimed' AND d.claimed_by = :holder AND d.lease_until > :now
        """

    func facts(_ row: SQLRow) throws -> Handover.Facts {
        let settings = prepared.planned.set.settings
        let channel: String = try row["channel"]
        let kind = prepared.planned.channels[channel] ?? .none
        let own = try settings.clockIsMembers ? (row["zone"] as String?).flatMap(Zone.init(named:)) : nil
        let zone = own ?? settings.zone
        let ending = endings[try row["rule"]]
        return try Handover.Facts(
            purpose: Rule.Purpose(rawValue: row["purpose"]) ?? .marketing, channel: channel, rule: row["rule"],
            sendBy: Instant(micros: row["send_by"]), ruleStatus: row["rule_status"], isPlanned: ending != nil,
            memberStatus: row["member_status"], zone: zone, personalisation: row["personalisation"],
            // The address is as the member has it now: an old number may be a stranger's today.
            reach: Reach.ChannelFacts(
                address: kind.column.flatMap { try row[$0] as String? }, isSuppressed: row["is_suppressed"],
                marketing: Reach.Consent(stored: row["marketing"]), service: Reach.Consent(stored: row["service"])),
            needsAddress: kind != .none,
            otherSends: otherSends(row), segments: segments[row["id"]] ?? [],
            ending: ending?.because(row, zone, db, at: now))
    }

    /// One instant for each other occasion of which something has, or may have, reached the member: the last such try.
    /// So for what others with the same address got through the same channel.
    private func otherSends(_ row: SQLRow) throws -> [Instant] {
        guard !prepared.planned.set.settings.frequencyCap.isEmpty,
            try row["purpose"] as String == Rule.Purpose.marketing.rawValue
        else { return [] }
        let (member, rule, occasion): (String, String, String) = try (row["member"], row["rule"], row["occasion"])
        var sends: [Int64] = try db.values(
            """
            SELECT MAX(a.intent_at) FROM deliveries d JOIN attempts a ON a.delivery = d.id
            WHERE d.member = ? AND d.purpose = 'marketing' AND (d.rule, d.occasion) <> (?, ?)
              AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))
            GROUP BY d.rule, d.occasion
            """, [member, rule, occasion])
        if let shared: Data = try row["shared"] {
            sends +=
                try
                (db.values(
                    """
                    SELECT MAX(a.intent_at) FROM shared_addresses s {then} deliveries d ON d.member = s.member
                      {then} attempts a ON a.delivery = d.id
                    WHERE s.address = ? AND s.member <> ? AND d.purpose = 'marketing' AND d.channel = ?
                      AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))
                    GROUP BY d.member, d.rule, d.occasion
                    """, [shared, member, row["channel"] as String]) as [Int64])
        }
        return sends.sorted().map(Instant.init(micros:))
    }
}
