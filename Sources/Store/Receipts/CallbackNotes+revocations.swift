import Kit
import Policies
import Rules

extension CallbackNotes {
    /// Withdraws both purposes on the channel for the address, as a keyed hash, and for every member who has it, and takes
    /// the address from these, and from the messages that went there. A later consent counts again, if somebody brings the
    /// address anew.
    mutating func note(_ revocation: Revocation) throws {
        guard let address = CanonicalAddress(source.address, revocation.address), let column = address.kind.column
        else { return counts.dropped += 1 }
        var isNew = false
        let word = Withdrawal(
            address: address, channel: source.channel, purposes: Rule.Purpose.allCases, at: min(revocation.at, now),
            source: "revoked")
        for purpose in word.purposes {
            let row = ConsentRow(
                memberID: "", channel: word.channel, purpose: purpose, state: .withdrawn, at: word.at,
                source: word.source)
            if try rows.write(consent: row, of: address) != .unchanged { isNew = true }
        }
        if isNew { try rows.withdraw(word) }
        for member in try rows.book.holders(address, but: "") {
            isNew = true
            try outbox.db.run("UPDATE members SET \(column) = NULL WHERE id = ?", [member])
            try rows.book.settle(member, address.kind, nil, isNew: false, number: try rows.number())
            try outbox.db.run(
                """
                UPDATE deliveries SET address = NULL WHERE address IS NOT NULL AND id IN (
                  SELECT d.id FROM decisions c JOIN deliveries d ON d.decision = c.id
                  WHERE c.member = ? AND d.channel = ?)
                """, [member, source.channel])
            try rows.mark(member)
        }
        if isNew { counts.revocations += 1 } else { counts.repeated += 1 }
    }
}
