import Kit
import Policies
import Rules

/// The event of a message that arrived. Its data is that of `message.sent`, with the channel and the template that did
/// arrive, and with the rules whose events led to it, which never answer it (docs/decisions/0008, 0115).
enum DeliveredMessage {
    /// The provider's instant, and not before the handover or after now: its clock is not ours.
    static func instant(said: Instant, handedOver: Instant, at now: Instant) -> Instant {
        min(now, max(handedOver, said))
    }

    static func raise(_ delivery: Int64, at: Instant, now: Instant, _ db: Session) throws {
        let row = try db.first(
            """
            SELECT c.member, c.rule, c.occasion, c.chain, d.channel, d.template, d.purpose
            FROM deliveries d JOIN decisions c ON c.id = d.decision WHERE d.id = ?
            """, [delivery])
        guard let row else { return }
        let member: String = try row["member"]
        var rows = RowWriter(db, origin: .world(now: now))
        guard try rows.hasMember(member) else { return }
        var data: [JSONText.Member] = try ["rule", "occasion", "channel", "template", "purpose"].map {
            JSONText.Member($0, .text(try row[$0]))
        }
        if let chain: String = try row["chain"] { data.append(JSONText.Member("chain", .text(chain))) }
        // One for a delivery, whatever its receipts say after that.
        let event = EventRow(
            id: "delivered:\(delivery)", memberID: member, name: EventName.delivered, at: at,
            data: JSONText.object(data).rendered)
        _ = try rows.write(event: event, source: "nudged")
    }
}
