import Foundation
import Kit
import Policies
import Rules

/// The credits that messages take: one for each message that leaves, never more than there are. All in the transaction
/// of the intent or of the answer, so that what a crash leaves is what is known.
extension Outbox {
    /// Takes a credit for the delivery, the one that ends first; a delivery that holds one from an unclear try keeps it.
    /// - Parameters:
    ///   - row: as `HandoverReader` reads it.
    ///   - code: the provider's template; nil for a text without one.
    /// - Returns: false where none is left.
    package func takeCredit(_ row: SQLRow, code: String?, at now: Instant) throws -> Bool {
        let id: Int64 = try row["id"]
        let isHeld: Bool? = try db.value("SELECT EXISTS (SELECT 1 FROM message_credits WHERE delivery = ?)", [id])
        if isHeld ?? false { return true }
        guard let address: Data = try row["shared"] else { return false }
        return try db.run(
            """
            UPDATE message_credits SET delivery = :delivery
            WHERE address = :address AND channel = :channel AND template = :template AND (at, n) = (
              SELECT at, n FROM message_credits WHERE address = :address AND channel = :channel AND template = :template
                AND delivery IS NULL AND ended = 0 AND (until IS NULL OR until > :now) ORDER BY until, at, n LIMIT 1)
            """,
            [
                "delivery": id, "address": address, "channel": row["channel"] as String, "template": code ?? "",
                "now": now.micros,
            ]) == 1
    }

    /// The message does not leave, or the provider proved that it did not take it. What an earlier, unclear try may have used stays used.
    package func giveBackCredit(_ delivery: Int64) throws {
        try db.run(
            """
            UPDATE message_credits SET delivery = NULL WHERE delivery = ?1 AND ended = 0 AND NOT EXISTS (
              SELECT 1 FROM attempts WHERE delivery = ?1 AND outcome IN ('accepted', 'unknown'))
            """, [delivery])
    }

    /// The provider says that the member allows nothing more of this template: what we counted was wrong.
    func endCredits(_ delivery: Int64, _ kind: ChannelDeclaration.Address) throws {
        try db.run("UPDATE message_credits SET ended = 1 WHERE delivery = ?", [delivery])
        let row = try db.first("SELECT address, channel, template_code FROM deliveries WHERE id = ?", [delivery])
        guard let row, let address = CanonicalAddress(kind, try row["address"]) else { return }
        try endCredits(
            of: AddressKey.hash(address, try AddressKey.secret(db)), through: row["channel"], row["template_code"],
            until: .distantFuture)
    }

    /// The provider says that the address does not follow the account.
    func noteUnfollowed(_ delivery: Int64, _ kind: ChannelDeclaration.Address, at now: Instant) throws {
        let row = try db.first("SELECT address, channel FROM deliveries WHERE id = ?", [delivery])
        guard let row, let address = CanonicalAddress(kind, try row["address"]) else { return }
        var rows = RowWriter(db, origin: .world(now: now))
        let key = try rows.book.key(address)
        if try write(false, of: key, through: row["channel"], at: now) { try rows.list(address, key) }
    }

    /// Microseconds for which a window that is over stays on file, so that nothing repeated opens it again.
    private static let windowKeptFor: Int64 = 24 * 3_600_000_000

    func dropPastWindows(at now: Instant) throws {
        try db.run("DELETE FROM message_credits WHERE until <= ?", [now.micros - Outbox.windowKeptFor])
    }
}
