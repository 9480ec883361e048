import Foundation
import Kit
import Policies
import Rules

/// A standing "no" about an address on a channel.
package struct AddressObjection: Sendable, Hashable {
    package enum Reason: Sendable {
        /// A bounce, or an operator's suppression: nothing goes there.
        case suppressed
        /// A withdrawal of the purpose asked about.
        case withdrawn
    }
    /// The member who has the address; nil for an entry of a list.
    package var member: String?
    package var reason: Reason
}

extension MemberStore {
    /// What members who have the address, and lists that name it, have against a message of this purpose. That nobody
    /// agreed is no objection: the address may be a tester's own.
    package func objections(
        to address: CanonicalAddress, on channel: String, purpose: Rule.Purpose, at now: Instant
    ) throws -> [AddressObjection] {
        try writer.read { db in
            let ofMembers = try AddressObjection.ofMembers(address, on: channel, purpose, at: now, db)
            return try ofMembers + AddressObjection.ofLists(address, on: channel, purpose, at: now, db)
        }
    }
}

extension AddressObjection {
    /// An address of more members than that is a till's.
    private static let mostMembers = 1000

    fileprivate static func ofMembers(
        _ address: CanonicalAddress, on channel: String, _ purpose: Rule.Purpose, at now: Instant, _ db: Session
    ) throws -> [AddressObjection] {
        let contact = ContactSQL(member: "m.id", channel: ":channel", shared: ContactSQL.key(address.kind))
        let rows = try db.all(
            """
            SELECT m.id AS member, \(contact.isSuppressed) AS is_suppressed, \(contact.consent(purpose)) AS consent
            FROM members m \(ContactSQL.join(address.kind, of: "m.id"))
            WHERE \(address.isHeld(as: ":address")) ORDER BY m.id LIMIT :most
            """,
            ["channel": channel, "now": now.micros, "address": address.text, "most": mostMembers])
        return try rows.flatMap { row in
            let member: String = try row["member"]
            let isWithdrawn = try [.withdrawn, .refused].contains(Reach.Consent(stored: row["consent"]))
            return [
                try row["is_suppressed"] ? AddressObjection(member: member, reason: .suppressed) : nil,
                isWithdrawn ? AddressObjection(member: member, reason: .withdrawn) : nil,
            ].compactMap(\.self)
        }
    }

    fileprivate static func ofLists(
        _ address: CanonicalAddress, on channel: String, _ purpose: Rule.Purpose, at now: Instant, _ db: Session
    ) throws -> [AddressObjection] {
        let key = AddressKey.hash(address, try AddressKey.secret(db))
        let isSuppressed: Bool? = try db.value(
            """
            SELECT EXISTS (SELECT 1 FROM address_suppressions WHERE address = ? AND channel IN (?, '*') AND at <= ?)
            """, [key, channel, now.micros])
        let consent: String? = try db.value(
            """
            SELECT \(ContactSQL.latest) FROM list_consents
            WHERE address = ? AND channel IN (?, '*') AND purpose = ? AND at <= ?
            """, [key, channel, purpose.rawValue, now.micros])
        return [
            isSuppressed == true ? AddressObjection(member: nil, reason: .suppressed) : nil,
            Reach.Consent(stored: consent) == .withdrawn ? AddressObjection(member: nil, reason: .withdrawn) : nil,
        ].compactMap(\.self)
    }
}
