import Foundation
import Intake
import Kit
import Policies
import Rules

/// A yes that was confirmed by a link counts while the member has the address at which it was confirmed: whoever reads
/// one address says nothing for another.
extension RowWriter {
    /// Call this when an address of the member is another one. The row of the consent goes with the address and comes
    /// back with it, so that no gate asks for more; the request keeps what was confirmed, and when.
    mutating func settleConfirmations(of member: String) throws {
        guard case .world = origin, try areThereRequests() else { return }
        let confirmed = try ConsentRequest.confirmed(by: member, db)
        guard !confirmed.isEmpty else { return }
        let row = try storedMember(member)
        var keys: Set<Data> = []
        for kind in CanonicalAddress.kinds {
            if let address = CanonicalAddress(kind, row?.address(kind)) { keys.insert(try book.key(address)) }
        }
        // A channel without addresses has requests with an empty key.
        for request in confirmed where !request.key.isEmpty {
            if keys.contains(request.key) {
                try restore(request, of: member)
            } else {
                try book.forget(grantOf: member, on: request.channel, at: request.confirmedAt)
            }
        }
    }

    private mutating func restore(_ request: ConsentRequest, of member: String) throws {
        guard let at = request.confirmedAt else { return }
        let isThere: Bool? = try db.value(
            "SELECT EXISTS (SELECT 1 FROM consents WHERE member = ? AND channel = ? AND purpose = 'marketing' AND at = ?)",
            [member, request.channel, at.micros])
        // A refusal that came meanwhile ended it.
        guard isThere == false, try !request.isRefusedSince(db) else { return }
        var grant = request.grant(at: at)
        grant.memberID = member
        _ = try put(grant, by: .member(member), at: at, nil)
    }

    /// Notes a yes that the member gave on the page of a link to the address, which confirms it.
    mutating func noteConfirmed(_ row: ConsentRow, at key: Data, _ now: Instant) throws {
        try db.run(
            """
            INSERT INTO consent_requests (member, channel, address, at, made_at, source, text_version, confirmed_at, seq)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                row.memberID, row.channel, key, row.at?.micros, now.micros, row.source, row.textVersion, now.micros,
                try number(),
            ])
        hasRequests = true
    }

    /// Whether anybody was ever asked to confirm: where nobody was, changes of addresses ask no more.
    private mutating func areThereRequests() throws -> Bool {
        if let hasRequests { return hasRequests }
        let answer: Bool =
            try db.value("SELECT EXISTS (SELECT 1 FROM consent_requests)") ?? false
        hasRequests = answer
        return answer
    }
}

extension AddressBook {
    /// Takes the grant of that instant out of what the member said.
    fileprivate func forget(grantOf member: String, on channel: String, at: Instant?) throws {
        guard let at else { return }
        let sql = """
            DELETE FROM consents WHERE member = ? AND channel = ? AND purpose = 'marketing' AND at = ? AND state = 'granted'
            """
        guard try db.run(sql, [member, channel, at.micros]) > 0 else { return }
        for key in try keys(of: member) {
            try db.run(
                """
                DELETE FROM address_consents WHERE address = ? AND channel = ? AND at = ? AND state = 'granted' AND member = ?
                """, [key, channel, at.micros, member])
        }
    }
}
