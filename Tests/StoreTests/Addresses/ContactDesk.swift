import Kit
import Policies
import Rules

@testable import Store

extension IntakeDesk {
    /// What the gates read of a member on a channel: a raw value of `Reach.Consent`, and whether it is suppressed.
    func contact(
        _ member: String, _ channel: String = "sms", _ kind: ChannelDeclaration.Address = .phone,
        _ purpose: Rule.Purpose = .marketing, at now: Instant = IntakeDesk.now
    ) throws -> (consent: String?, isSuppressed: Bool) {
        let contact = ContactSQL(member: "m.id", channel: "'\(channel)'", shared: ContactSQL.key(kind))
        let row = try store.writer.read { db in
            try db.first(
                """
                SELECT \(contact.consent(purpose)), \(contact.isSuppressed)
                FROM members m \(ContactSQL.join(kind, of: "m.id")) WHERE m.id = :member
                """, ["member": member, "now": now.micros])
        }
        return try (row?[0], row?[1] ?? false)
    }
}
