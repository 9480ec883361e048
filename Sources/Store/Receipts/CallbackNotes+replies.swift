import Foundation
import Kit
import Policies
import Rules

extension CallbackNotes {
    /// The most members of one address who get an event of a reply: an address of more is a till's or a test's.
    static let mostMembers = 1000
    /// The most characters of a reply that are kept.
    private static let longestText = 2000
    /// The source of the withdrawals of members who replied.
    private static let replySource = "reply"

    /// A refusal ends marketing on this channel to the address, whoever has it, now or later, and to the members who have
    /// it now, whichever address comes next. All but the bare words of refusal are an event of each member with the
    /// address.
    mutating func note(_ reply: Reply) throws {
        guard let address = CanonicalAddress(source.address, reply.address) else { return counts.dropped += 1 }
        let at = min(reply.at, now)
        if let refusal = OptOutWords.refusal(in: reply.text, own: source.optOutWords) {
            let row = SuppressionRow(address: address, channel: source.channel, reason: .optOut, at: at)
            if try rows.write(suppression: row) == .unchanged {
                counts.repeated += 1
            } else {
                counts.optOuts += 1
                try rows.withdraw(
                    Withdrawal(address: address, channel: source.channel, at: at, source: CallbackNotes.replySource))
            }
            if refusal == .word { return }
        }
        let members = try rows.book.speakers(address, most: CallbackNotes.mostMembers)
        guard !members.isEmpty else { return counts.dropped += 1 }
        var isNew = false
        for member in members {
            let event = EventRow(
                id: "\(source.channel):\(reply.id):\(member)", memberID: member, name: EventNames.messageReplied,
                at: at,
                data: data(of: reply))
            if try rows.write(event: event, source: EventNames.replySource) != .unchanged { isNew = true }
        }
        if isNew { counts.replies += 1 } else { counts.repeated += 1 }
    }

    /// Without control characters, which the data of an event may not hold.
    private func data(of reply: Reply) -> String {
        let text = reply.text.unicodeScalars.filter { $0.properties.generalCategory != .control || $0 == "\n" }
        let kept = String(String.UnicodeScalarView(text.prefix(CallbackNotes.longestText))).withoutOuterSpaces
        return JSONText.object(["text": .text(kept), "channel": .text(source.channel)]).rendered
    }
}
