import Foundation
import Kit
import Policies
import Rules

/// What a link that says no is about.
package struct UnsubscribeLink: Sendable, Hashable {
    package let row: LinkRow
    package let member: String
    /// It went to somebody who was merged into the member since.
    package let isOfMerged: Bool
    /// The key under `channels:`.
    package let channel: String
    /// The keyed hash of the address that the message went to; empty for a channel without addresses.
    let key: Data
}

/// A channel as links know it.
package struct LinkChannel: Sendable, Hashable {
    package let id: String
    package let kind: ChannelDeclaration.Address
    /// A yes to marketing counts once the member confirmed it at the address.
    package let doubleOptIn: Bool

    package init(_ id: String, _ kind: ChannelDeclaration.Address, doubleOptIn: Bool = false) {
        (self.id, self.kind, self.doubleOptIn) = (id, kind, doubleOptIn)
    }
}

/// The consents that the page of a link shows.
package struct ContactChoices: Sendable, Hashable {
    package struct Item: Sendable, Hashable {
        package let channel: String
        package let kind: ChannelDeclaration.Address
        /// Masked; nil where it is not known.
        package let address: String?
        /// The purposes that the channel may be used for now.
        package let wanted: Set<Rule.Purpose>
        /// The purposes that may be chosen.
        package let offered: Set<Rule.Purpose>
    }

    package let items: [Item]
    /// The member still has the address of the link. Where it went to somebody else, that person can refuse marketing for
    /// it and sees nothing of the member.
    package let isCurrent: Bool
    /// Whether messages may be made for the member from what is known of them; nil where that is not theirs to choose.
    package let isPersonal: Bool?
}

/// One choice of the page.
package struct ContactChoice: Sendable, Hashable {
    package var channel: String
    package var purpose: Rule.Purpose
    package var isWanted: Bool

    package init(channel: String, purpose: Rule.Purpose, isWanted: Bool) {
        self.channel = channel
        self.purpose = purpose
        self.isWanted = isWanted
    }
}

extension MemberStore {
    /// Nil: there is no such row.
    package func unsubscribeLink(_ id: Int64) async throws -> UnsubscribeLink? {
        try await writer.read { db in
            let found = try db.first("SELECT member, channel, address FROM unsubscribe_links WHERE id = ?", [id])
            guard let found else { return nil }
            let (named, channel, key): (String, String, Data) = try (found[0], found[1], found[2])
            // The link in the message was signed with the name that its member had then.
            var merged = MergedMembers(db)
            let member = try merged.member(named)
            return UnsubscribeLink(
                row: .unsubscribe(id, member: named, channel: channel, address: key), member: member,
                isOfMerged: member != named, channel: channel, key: key)
        }
    }

    /// - Parameter channels: those of nudged.yaml, in their order, with their kinds of address.
    package func choices(
        of link: UnsubscribeLink, among channels: [LinkChannel], at now: Instant
    ) async throws -> ContactChoices {
        try await writer.read { try LinkHolder(link, channels, $0, at: now).choices() }
    }

    /// Writes down what was chosen, in one transaction, on disk when the call returns. What holds already is not written
    /// again. Returns how many choices changed something.
    /// - Parameter isPersonal: whether messages may be made for the member; nil: nothing was said of it.
    package func choose(
        _ choices: [ContactChoice], isPersonal: Bool? = nil, by link: UnsubscribeLink,
        among channels: [LinkChannel], at now: Instant
    ) async throws -> Int {
        try await committed { outbox in
            let holder = try LinkHolder(link, channels, outbox.db, at: now)
            var rows = RowWriter(outbox.db, origin: .world(now: now))
            let changed = try choices.count { try holder.write($0, &rows) }
            guard let isPersonal, try holder.write(isPersonal: isPersonal, &rows) else { return changed }
            return changed + 1
        }
    }
}

/// The member of a link, with the channels that reach them, inside a transaction.
private struct LinkHolder {
    let link: UnsubscribeLink
    let db: Session
    let now: Instant
    let isCurrent: Bool
    /// The address of the link, where it can be found; a link without one says no for the member alone.
    let linked: CanonicalAddress?
    private let channels: [LinkChannel]
    private let addresses: [ChannelDeclaration.Address: CanonicalAddress]

    init(
        _ link: UnsubscribeLink, _ channels: [LinkChannel], _ db: Session,
        at now: Instant
    ) throws {
        (self.link, self.channels, self.db, self.now) = (link, channels, db, now)
        let sql = "SELECT \(CanonicalAddress.columns) FROM members WHERE id = ?"
        let member = try db.first(sql, [link.member])
        var addresses: [ChannelDeclaration.Address: CanonicalAddress] = [:]
        for kind in CanonicalAddress.kinds {
            guard let column = kind.column else { continue }
            let text = try member.flatMap { try $0[column] as String? }
            addresses[kind] = CanonicalAddress(kind, text)
        }
        self.addresses = addresses
        let kind = channels.first { $0.id == link.channel }?.kind ?? .none
        if kind == .none || link.key.isEmpty {
            (isCurrent, linked) = (member != nil, nil)
            return
        }
        let secret = try AddressKey.secret(db)
        if let own = addresses[kind], AddressKey.hash(own, secret) == link.key {
            (isCurrent, linked) = (true, own)
            return
        }
        // The hash cannot be turned back, and a message that went out knows where it went.
        let sent: [String] = try db.values(
            "SELECT DISTINCT address FROM v_deliveries WHERE member = ? AND channel = ? AND address IS NOT NULL",
            [link.member, link.channel])
        linked = sent.lazy.compactMap { CanonicalAddress(kind, $0) }.first { AddressKey.hash($0, secret) == link.key }
        isCurrent = false
    }

    // MARK: what is shown

    func choices() throws -> ContactChoices {
        guard isCurrent else {
            let kind = channels.first { $0.id == link.channel }?.kind ?? .none
            let item = ContactChoices.Item(
                channel: link.channel, kind: kind, address: masked(linked),
                wanted: try isRefused() ? [] : [.marketing], offered: [.marketing])
            return ContactChoices(items: [item], isCurrent: false, isPersonal: nil)
        }
        let items = try channels.compactMap { channel -> ContactChoices.Item? in
            guard channel.id == link.channel || addresses[channel.kind] != nil else { return nil }
            let wanted = try wanted(channel.id, channel.kind)
            return ContactChoices.Item(
                channel: channel.id, kind: channel.kind, address: masked(addresses[channel.kind]), wanted: wanted,
                offered: [.marketing, .service])
        }
        return ContactChoices(items: items, isCurrent: true, isPersonal: try isPersonal())
    }

    private func masked(_ address: CanonicalAddress?) -> String? {
        address.map { address in
            switch address.kind {
            case .phone: Mask.address(address.text, as: .phone)
            case .email: Mask.address(address.text, as: .email)
            case .wechatOpenID, .wecomExternalUserID, .none: Mask.address(address.text, as: .id)
            }
        }
    }

    /// Messages are made for a member who said nothing against it.
    private func isPersonal() throws -> Bool {
        let word: String? = try db.value("SELECT personalisation FROM members WHERE id = ?", [link.member])
        return word == nil || word == MemberRow.Personalisation.personalised.rawValue
    }

    private static let contact = ContactSQL(member: "m.id", channel: ":channel", shared: "s.address")
    private static let consents = """
        SELECT \(contact.consent(.marketing)), \(contact.consent(.service))
        FROM members m LEFT JOIN shared_addresses s ON s.member = m.id AND s.kind = :kind WHERE m.id = :member
        """

    private func wanted(_ channel: String, _ kind: ChannelDeclaration.Address) throws -> Set<Rule.Purpose> {
        let row = try db.first(
            LinkHolder.consents,
            ["channel": channel, "kind": kind.rawValue, "member": link.member, "now": now.micros])
        let facts = try Reach.ChannelFacts(
            address: nil, isSuppressed: false,
            marketing: Reach.Consent(stored: row.flatMap { try $0[0] as String? }),
            service: Reach.Consent(stored: row.flatMap { try $0[1] as String? }))
        return Set([Rule.Purpose.marketing, .service].filter { Reach.obstacle(facts, $0, false) == nil })
    }

    // MARK: what is written

    private static let source = "link"

    /// False where nothing changed, and where the choice is not this link's to make.
    func write(_ choice: ContactChoice, _ rows: inout RowWriter) throws -> Bool {
        guard let channel = channels.first(where: { $0.id == choice.channel }),
            channel.id == link.channel || addresses[channel.kind] != nil,
            isCurrent || (choice.channel == link.channel && choice.purpose == .marketing && !choice.isWanted)
        else { return false }
        if choice.purpose == .marketing, !choice.isWanted {
            let address = choice.channel == link.channel ? linked : addresses[channel.kind]
            let key = choice.channel == link.channel ? link.key : nil
            return try refuse(channel.id, address, key: key, &rows)
        }
        let isWanted = try wanted(channel.id, channel.kind).contains(choice.purpose)
        guard isWanted != choice.isWanted else { return false }
        var row = ConsentRow(
            memberID: link.member, channel: channel.id, purpose: choice.purpose,
            state: choice.isWanted ? .granted : .withdrawn, at: now, source: LinkHolder.source)
        // Who opens the link reads what is sent to its own address, and to no other one.
        if channel.id == link.channel {
            row.proof = "link \(link.row.id)"
        } else if channel.doubleOptIn, choice.purpose == .marketing, choice.isWanted {
            row.confirmedBy = channel.kind
        }
        guard try rows.write(consent: row) != .unchanged else { return false }
        let isConfirmed = channel.id == link.channel && channel.doubleOptIn && !link.key.isEmpty
        if isConfirmed, row.purpose == .marketing, row.state == .granted {
            try rows.noteConfirmed(row, at: link.key, now)
        }
        return true
    }

    /// False where it holds already, and where it is not this link's to choose.
    func write(isPersonal: Bool, _ rows: inout RowWriter) throws -> Bool {
        guard isCurrent, try self.isPersonal() != isPersonal else { return false }
        return try rows.choose(
            isPersonal ? .personalised : .generic, for: link.member, source: LinkHolder.source, at: now)
    }

    /// Ends marketing to the address, whoever has it, now or later, and to the member, whichever address comes next; where
    /// there is no address, to the member alone.
    private func refuse(
        _ channel: String, _ address: CanonicalAddress?, key: Data?, _ rows: inout RowWriter
    ) throws -> Bool {
        var row = ConsentRow(memberID: "", channel: channel, state: .withdrawn, at: now, source: LinkHolder.source)
        let known = try address.map { try rows.book.key($0) } ?? key
        guard let listed = known, !listed.isEmpty else {
            row.memberID = link.member
            guard try wanted(channel, .none).contains(.marketing) else { return false }
            return try rows.write(consent: row) != .unchanged
        }
        var isNews = false
        if try !isRefused(channel, listed) {
            let written: RowWriter.Written
            if let address {
                written = try rows.write(consent: row, of: address)
            } else {
                written = try rows.write(consent: row, ofListed: listed)
            }
            isNews = written != .unchanged
        }
        guard try speaksForMember(rows), try !hasRefused(channel) else { return isNews }
        row.memberID = link.member
        let own = try rows.write(consent: row)
        return own != .unchanged || isNews
    }

    /// The member has the address of the link, or had it and nobody else has it now. Where it went to somebody else, who
    /// says no is that person. A link of somebody who was merged into the member speaks for the member as well: the
    /// address may have been given up at the merge.
    private func speaksForMember(_ rows: RowWriter) throws -> Bool {
        if isCurrent { return true }
        guard try rows.hasMember(link.member) else { return false }
        if link.isOfMerged { return true }
        guard let linked else { return true }
        return try rows.book.holders(linked, but: link.member, most: 1).isEmpty
    }

    /// The member's own last word on marketing through the channel is a refusal.
    private func hasRefused(_ channel: String) throws -> Bool {
        let state: String? = try db.value(
            """
            SELECT \(ContactSQL.latest) FROM consents
            WHERE member = ? AND channel IN (?, '*') AND purpose = 'marketing' AND at <= ?
            """, [link.member, channel, now.micros])
        return state == ConsentRow.State.withdrawn.rawValue
    }

    private func isRefused() throws -> Bool { try isRefused(link.channel, link.key) }

    /// A refusal of the address is on record, and nobody who has it granted marketing since.
    private func isRefused(_ channel: String, _ key: Data) throws -> Bool {
        try
            (db.value(
                """
                SELECT EXISTS (SELECT 1 FROM list_consents l WHERE l.address = :key AND l.channel = :channel
                  AND l.purpose = 'marketing' AND l.state = 'withdrawn'
                  AND NOT EXISTS (SELECT 1 FROM list_consents g WHERE g.address = l.address AND g.channel IN (l.channel, '*')
                    AND g.purpose = 'marketing' AND g.state = 'granted' AND g.at > l.at)
                  AND NOT EXISTS (SELECT 1 FROM address_consents a WHERE a.address = l.address
                    AND a.channel IN (l.channel, '*') AND a.state = 'granted' AND a.at > l.at))
                """, ["key": key, "channel": channel]) as Bool?) ?? false
    }
}
