import Kit
import Policies
import Rules

/// When each address of a batch was last sent to by a channel that limits that, found by one query for the batch. What was
/// accepted counts, what may have been, and what is on its way: of both purposes, to whichever member has the address.
package struct RecipientSends {
    private struct Recipient: Hashable {
        let channel: String
        let address: CanonicalAddress
    }
    private struct Sent {
        let delivery: Int64
        let at: Instant
    }

    private let terms: [String: ChannelTerms]
    private let zone: Zone
    private let kinds: [String: ChannelDeclaration.Address]
    private let now: Instant
    private var sent: [Recipient: [Sent]] = [:]

    package init(
        _ db: Session, _ claimed: [Claimed], _ planned: PlannedSet, terms: [String: ChannelTerms], at now: Instant
    ) throws {
        self.terms = terms
        self.now = now
        zone = planned.set.settings.zone
        kinds = planned.channels
        let limited = claimed.filter { terms[$0.channel]?.recipientLimits.isEmpty == false }
        guard !limited.isEmpty else { return }
        let zone = zone
        let first = terms.values.flatMap(\.recipientLimits).map { $0.windowStart(at: now, in: zone) }.min() ?? now
        let rows = try db.all(
            RecipientSends.sql, ["ids": Outbox.list(limited.map(\.id)), "first": first.micros])
        for row in rows {
            note(try row[0], try row[1], delivery: try row[2], at: try Instant(micros: row[3]))
        }
    }

    /// A delivery's own earlier tries do not count: whether one may be repeated is another question.
    private static let sql = """
        SELECT o.channel, o.address, o.id, a.intent_at, a.n FROM deliveries d {then} decisions c ON c.id = d.decision
          {then} decisions t ON t.member = c.member
          {then} deliveries o ON o.decision = t.id AND o.channel = d.channel
          {then} attempts a ON a.delivery = o.id
        WHERE d.id IN {numbers :ids} AND a.intent_at >= :first
          AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))
        UNION SELECT o.channel, o.address, o.id, a.intent_at, a.n FROM deliveries d
          {then} decisions c ON c.id = d.decision {then} shared_addresses s ON s.member = c.member
          {then} shared_addresses u ON u.address = s.address {then} decisions t ON t.member = u.member
          {then} deliveries o ON o.decision = t.id AND o.channel = d.channel
          {then} attempts a ON a.delivery = o.id
        WHERE d.id IN {numbers :ids} AND a.intent_at >= :first
          AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))
        ORDER BY 4
        """

    private mutating func note(_ channel: String, _ address: String?, delivery: Int64, at: Instant) {
        guard let address = CanonicalAddress(kinds[channel] ?? .none, address) else { return }
        sent[Recipient(channel: channel, address: address), default: []].append(Sent(delivery: delivery, at: at))
    }

    /// When one more would fit; nil: it does now.
    package func waitUntil(_ delivery: Claimed, to address: String?) -> Instant? {
        guard let limits = terms[delivery.channel]?.recipientLimits, !limits.isEmpty,
            let address = CanonicalAddress(kinds[delivery.channel] ?? .none, address),
            let all = sent[Recipient(channel: delivery.channel, address: address)]
        else { return nil }
        let others = all.filter { $0.delivery != delivery.id }.map(\.at)
        return limits.filter { $0.isReached(by: others, at: now, in: zone) }.map { $0.end(of: others, in: zone) }.max()
    }

    /// Call this for each message that leaves, so that the next one of the batch counts it.
    package mutating func add(_ delivery: Claimed, to address: String?) {
        guard terms[delivery.channel]?.recipientLimits.isEmpty == false else { return }
        note(delivery.channel, address, delivery: delivery.id, at: now)
    }
}
