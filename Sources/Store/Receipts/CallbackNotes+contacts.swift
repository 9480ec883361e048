import Intake
import Kit
import Policies
import Rules

extension CallbackNotes {
    /// An event of each member with the id. Of somebody who is no member yet it is kept as of a device: an identify
    /// with the id as its `anonymousId` gives it to the member.
    mutating func note(_ change: ContactChange) throws {
        guard let address = CanonicalAddress(.wecomExternalUserID, change.address) else { return counts.dropped += 1 }
        let holders = try rows.book.holders(address, but: "", most: CallbackNotes.mostMembers)
        let people = holders.isEmpty ? [AnonymousPerson.id(address.text)] : holders
        let data = JSONText.object(["clerk": .text(change.clerk), "channel": .text(source.channel)]).rendered
        var isNew = false
        for person in people {
            // A call has no id of its own: the same change of one second is the same.
            let id = "\(source.channel):\(change.kind.rawValue):\(change.clerk):\(change.at.micros):\(person)"
            let event = EventRow(
                id: id, memberID: person, name: "wecom.contact_\(change.kind.rawValue)", at: min(change.at, now),
                data: data)
            if try rows.write(event: event, source: EventNames.replySource) != .unchanged { isNew = true }
        }
        if isNew { counts.contacts += 1 } else { counts.repeated += 1 }
    }
}
