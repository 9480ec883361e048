import Foundation
import Kit
import Policies
import Rules

/// Writes the rows of the links of messages that leave. A text that never leaves has none: the alternatives of a message
/// keep their links in their own texts. Make one for each transaction.
package struct LinkRows {
    private let db: Session
    private let planned: PlannedSet
    private var secret: Data?

    package init(_ db: Session, _ planned: PlannedSet) {
        self.db = db
        self.planned = planned
    }

    /// The links of a delivery, in the order of its column. A repeated attempt has the same ones.
    /// - Parameter row: of `deliveries`.
    mutating func handed(with row: SQLRow, to address: String?, at now: Instant) throws -> [HandedLink] {
        guard let stored: String = try row["links"] else { return [] }
        guard let places = [MessageLink](stored: stored) else {
            throw DamagedCell(column: "links")
        }
        let shorts = try self.shorts(of: places, delivery: row["id"])
        return try places.map { place in
            switch place.link.target {
            case .unsubscribe: return HandedLink(place: place, row: try unsubscribe(with: row, to: address, at: now))
            case .confirm:
                guard let request = try request(with: row, to: address, at: now) else {
                    throw DamagedCell(column: "links")
                }
                return HandedLink(place: place, row: request.row)
            case .short(let name, let url):
                guard let row = shorts[Target(name: name, url: url)] else { throw DamagedCell(column: "links") }
                return HandedLink(place: place, row: row)
            }
        }
    }

    /// The link that a marketing message names beside its text, where its channel does that.
    mutating func offered(with row: SQLRow, to address: String?, at now: Instant) throws -> LinkRow? {
        guard try row["purpose"] as String == Rule.Purpose.marketing.rawValue,
            planned.offeringUnsubscribe.contains(try row["channel"])
        else { return nil }
        return try unsubscribe(with: row, to: address, at: now)
    }

    /// One row for a member, a channel and an address, the same in every message.
    private mutating func unsubscribe(with row: SQLRow, to address: String?, at now: Instant) throws -> LinkRow {
        let (member, channel): (String, String) = try (row["member"], row["channel"])
        let key = try self.key(CanonicalAddress(planned.channels[channel] ?? .none, address))
        let found: Int64? = try db.value(
            "SELECT id FROM unsubscribe_links WHERE member = ? AND channel = ? AND address = ?", [member, channel, key])
        if let found { return LinkRow.unsubscribe(found, member: member, channel: channel, address: key) }
        try db.run(
            "INSERT INTO unsubscribe_links (member, channel, address, made_at) VALUES (?, ?, ?, ?)",
            [member, channel, key, now.micros])
        return LinkRow.unsubscribe(db.lastRow, member: member, channel: channel, address: key)
    }

    /// Whether the message has a link that confirms nothing any more: the grant was confirmed, refused or asked for too
    /// long ago, or the address is another one now.
    package mutating func confirmsNothing(_ row: SQLRow, to address: String?, at now: Instant) throws -> Bool {
        guard let stored: String = try row["links"], let places = [MessageLink](stored: stored),
            places.contains(where: { $0.link.target == .confirm })
        else { return false }
        return try request(with: row, to: address, at: now) == nil
    }

    /// The request that is open for the member and the address that the message goes to.
    private mutating func request(with row: SQLRow, to address: String?, at now: Instant) throws -> ConsentRequest? {
        let (member, channel): (String, String) = try (row["member"], row["channel"])
        let key = try self.key(CanonicalAddress(planned.channels[channel] ?? .none, address))
        guard let request = try ConsentRequest.last(of: member, on: channel, db), request.key == key,
            try request.isOpen(db, at: now)
        else { return nil }
        return request
    }

    /// Empty for a channel without addresses.
    private mutating func key(_ address: CanonicalAddress?) throws -> Data {
        guard let address else { return Data() }
        let secret = try secret ?? AddressKey.secret(db)
        self.secret = secret
        return AddressKey.hash(address, secret)
    }

    private struct Target: Hashable {
        var name: String
        var url: String
    }

    /// One row for each name and address, wherever in the message it stands.
    private func shorts(of places: [MessageLink], delivery: Int64) throws -> [Target: LinkRow] {
        var targets: [Target] = []
        for place in places {
            guard case .short(let name, let url) = place.link.target else { continue }
            if !targets.contains(Target(name: name, url: url)) { targets.append(Target(name: name, url: url)) }
        }
        if targets.isEmpty { return [:] }
        var ids: [Int64] = try db.values("SELECT id FROM short_links WHERE delivery = ? ORDER BY n", [delivery])
        for (index, target) in targets.enumerated().dropFirst(ids.count) {
            try db.run(
                "INSERT INTO short_links (delivery, n, name, url) VALUES (?, ?, ?, ?)",
                [delivery, index + 1, target.name, target.url])
            ids.append(db.lastRow)
        }
        return Dictionary(
            zip(targets, ids).map { ($0, LinkRow.short($1, delivery: delivery, name: $0.name, url: $0.url)) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension LinkRow {
    static func unsubscribe(_ id: Int64, member: String, channel: String, address: Data) -> LinkRow {
        LinkRow(.unsubscribe, id, subject: "\(member)\u{1F}\(channel)\u{1F}\(Hex.text(address))")
    }

    static func confirm(_ id: Int64, member: String, channel: String, address: Data, at: Instant) -> LinkRow {
        LinkRow(.confirm, id, subject: "\(member)\u{1F}\(channel)\u{1F}\(Hex.text(address))\u{1F}\(at.micros)")
    }

    static func short(_ id: Int64, delivery: Int64, name: String, url: String) -> LinkRow {
        LinkRow(.short, id, subject: "\(delivery)\u{1F}\(name)\u{1F}\(url)")
    }
}
