import Kit
import Policies
import Rules

/// The no of whoever has an address: an answer to a message, a report of the provider, a complaint about a mail. It is
/// about the address, whoever has it now or later, and it is the word of the members who have it now, whichever address
/// comes next.
struct Withdrawal {
    var address: CanonicalAddress
    var channel: String
    var purposes: [Rule.Purpose] = [.marketing]
    var at: Instant
    /// Where the consents of the members come from.
    var source: String
    /// The member whom the message was for. It counts where nobody has the address any more: whoever got the address
    /// since is another person, and the no is theirs.
    var addressee: String?
}

extension RowWriter {
    /// Withdraws the consents of the members whose word it is. The entry for the address is the caller's, who knows by it
    /// that a no is told again: whoever got the address since said nothing.
    mutating func withdraw(_ word: Withdrawal) throws {
        var members = try book.speakers(word.address)
        if members.isEmpty, let addressee = word.addressee, try hasMember(addressee) { members = [addressee] }
        for member in members {
            for purpose in word.purposes {
                let row = ConsentRow(
                    memberID: member, channel: word.channel, purpose: purpose, state: .withdrawn, at: word.at,
                    source: word.source)
                _ = try write(consent: row)
            }
        }
    }
}
