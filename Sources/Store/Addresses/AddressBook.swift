import Kit
import Foundation
import Rules

/// Keeps the consents about, and the marketing sent to, each address that several members have or that a list names.
/// The gates then read one row of an index, however many members have the address; nothing is kept twice for an address
/// that only one member has.
///
/// Make one for each transaction. Everything in its tables follows from members, consents, events and lists.
package struct AddressBook {
    let db: Session
    private var secret: Data?
    private var hasLists: Bool?

    init(_ db: Session) { self.db = db }

    mutating func key(_ address: CanonicalAddress) throws -> Data {
        let secret = try secret ?? AddressKey.secret(db)
        self.secret = secret
        return AddressKey.hash(address, secret)
    }

    // MARK: members

    /// Call this when a member's address of that kind was written.
    /// - Parameter isNew: the member is not in the book yet.
    mutating func settle(
        _ member: String, _ kind: ChannelDeclaration.Address, _ text: String?, isNew: Bool, number: Int64
    ) throws {
        let address = CanonicalAddress(kind, text)
        let current = isNew ? nil : try entry(of: member, kind)
        let others = try address.map { try holders($0, but: member, most: 1) } ?? []
        var key: Data?
        if let address, try !others.isEmpty || areThereLists() {
            let hash = try self.key(address)
            if try !others.isEmpty || isListed(hash) { key = hash }
        }
        guard key != current else { return }
        if let current { try leave(member, kind, current) }
        guard let key, let address else { return }
        // Either all members who have the address are in the book, or none: until now only one member had it.
        if let other = others.first, try entry(of: other, kind) != key {
            for holder in try holders(address, but: member) { try join(holder, kind, key, number: number) }
        }
        try join(member, kind, key, number: number)
    }

    /// Notes that a list names the address: the members who have it join the book now, and others when they get it.
    mutating func list(_ address: CanonicalAddress, _ key: Data, _ number: Int64) throws {
        hasLists = true
        guard try lacksHolder(of: address, key) else { return }
        for holder in try holders(address, but: "") where try entry(of: holder, address.kind) != key {
            try join(holder, address.kind, key, number: number)
        }
    }

    /// Whether a member who has the address is not in the book with it: all of them are, or none.
    func lacksHolder(of address: CanonicalAddress, _ key: Data) throws -> Bool {
        try holders(address, but: "", most: 2).contains { try entry(of: $0, address.kind) != key }
    }

    /// For lists of which only the keys are known: the members of a page whose address a list names join the book.
    /// - Parameter id: the page begins after that member.
    /// - Returns: the last member of the page; nil: there are no more.
    mutating func joinListed(after id: String, most: Int) throws -> String? {
        let sql = "SELECT id, \(CanonicalAddress.columns) FROM members WHERE id > ? ORDER BY id LIMIT ?"
        let page = try db.all(sql, [id, most])
        let number = try Sequence(db: db).next()
        for row in page {
            let member: String = try row[0]
            for (index, kind) in CanonicalAddress.kinds.enumerated() {
                let text: String? = try row[index + 1]
                guard let address = CanonicalAddress(kind, text) else { continue }
                let key = try self.key(address)
                if try isListed(key) { try settle(member, kind, text, isNew: false, number: number) }
            }
        }
        return try page.last.map { try $0[0] as String }
    }

    private func entry(of member: String, _ kind: ChannelDeclaration.Address) throws -> Data? {
        try db.first("SELECT address FROM shared_addresses WHERE member = ? AND kind = ?", [member, kind.rawValue])?[0]
    }

    func holders(_ address: CanonicalAddress, but member: String, most: Int = Int(Int32.max)) throws -> [String] {
        let sql = "SELECT id FROM members WHERE \(address.isHeld) AND id <> ? LIMIT ?"
        return try db.all(sql, [address.text, member, most]).map { try $0[0] }
    }

    /// How many others in the book have the address of that key.
    func holders(ofKey key: Data, but member: String) throws -> Int {
        try db.value("SELECT COUNT(*) FROM shared_addresses WHERE address = ? AND member <> ?", [key, member]) ?? 0
    }

    /// Who speaks from an address: the members who have it, else those who gave it up when they took over another member.
    mutating func speakers(_ address: CanonicalAddress, most: Int = Int(Int32.max)) throws -> [String] {
        let holders = try holders(address, but: "", most: most)
        guard holders.isEmpty else { return holders }
        return try db.values(
            "SELECT member FROM merged_addresses WHERE address = ? ORDER BY member LIMIT ?", [key(address), most])
    }

    /// Whether a list names any address, or a merge gave one up.
    mutating func areThereLists() throws -> Bool {
        if let hasLists { return hasLists }
        let sql = """
            SELECT EXISTS (SELECT 1 FROM list_consents) OR EXISTS (SELECT 1 FROM address_suppressions)
              OR EXISTS (SELECT 1 FROM message_credits) OR EXISTS (SELECT 1 FROM followings)
              OR EXISTS (SELECT 1 FROM merged_addresses)
            """
        let answer: Bool = try db.first(sql, [])?[0] ?? false
        hasLists = answer
        return answer
    }

    /// An address that a merge gave up is in the book, so that its holders are found by its key when its person is erased.
    private func isListed(_ key: Data) throws -> Bool {
        let sql = """
            SELECT EXISTS (SELECT 1 FROM list_consents WHERE address = ?1)
              OR EXISTS (SELECT 1 FROM address_suppressions WHERE address = ?1)
              OR EXISTS (SELECT 1 FROM message_credits WHERE address = ?1)
              OR EXISTS (SELECT 1 FROM followings WHERE address = ?1)
              OR EXISTS (SELECT 1 FROM merged_addresses WHERE address = ?1)
            """
        return try db.first(sql, [key])?[0] ?? false
    }

    /// Whether a member has the address; list entries about other addresses are not copied.
    func isHeld(_ key: Data) throws -> Bool {
        try db.first("SELECT 1 FROM shared_addresses WHERE address = ?", [key]) != nil
    }

    private static let replacing = "ON CONFLICT (address, channel, at, state, member) DO UPDATE SET seq = excluded.seq"

    private func join(
        _ member: String, _ kind: ChannelDeclaration.Address, _ key: Data, number: Int64
    ) throws {
        let entry = """
            INSERT INTO shared_addresses (member, kind, address, seq) VALUES (?, ?, ?, ?)
            ON CONFLICT (member, kind) DO UPDATE SET address = excluded.address, seq = excluded.seq
            """
        try db.run(entry, [member, kind.rawValue, key, number])
        let said = """
            INSERT INTO address_consents (address, channel, at, state, member, seq)
            SELECT ?2, channel, at, state, member, seq FROM consents WHERE member = ?1 AND purpose = 'marketing'
            \(AddressBook.replacing)
            """
        try db.run(said, [member, key])
        try endGrants(of: member, key, number)
        let listed = """
            INSERT INTO address_consents (address, channel, at, state, member, seq)
            SELECT address, channel, at, state, '', seq FROM list_consents WHERE address = ? AND purpose = 'marketing'
            \(AddressBook.replacing)
            """
        try db.run(listed, [key])
        let sent = """
            INSERT INTO address_sends (address, channel, at, event, member)
            SELECT ?2, CAST({json data} ->> 'channel' AS TEXT), at, seq, member FROM events
            WHERE member = ?1 AND name = 'message.sent' AND {json data} ->> 'purpose' IS DISTINCT FROM 'service'
              AND {json data} ->> 'channel' IS NOT NULL
            ON CONFLICT (address, channel, at, event) DO UPDATE SET member = excluded.member
            """
        try db.run(sent, [member, key])
        let ownSent = """
            INSERT INTO address_sends (address, channel, at, event, member)
            SELECT ?2, channel, at, -id, member FROM decisions WHERE member = ?1 AND \(AddressBook.isOwnMarketing)
            ON CONFLICT (address, channel, at, event) DO UPDATE SET member = excluded.member
            """
        try db.run(ownSent, [member, key])
    }

    /// A list that named the address after the member had granted counts for them too: its refusal ends that grant.
    private func endGrants(of member: String, _ key: Data, _ number: Int64) throws {
        let sql = """
            INSERT INTO list_consents (address, channel, purpose, at, state, source, seq)
            SELECT l.address, l.channel, l.purpose, MAX(g.at) + 1, 'withdrawn', MAX(l.source), ?3
            FROM list_consents l JOIN consents g ON g.member = ?1 AND g.purpose = l.purpose AND g.state = 'granted'
              AND g.at > l.at AND g.seq < l.seq AND (l.channel = '*' OR g.channel IN (l.channel, '*'))
            WHERE l.address = ?2 AND l.state = 'withdrawn' AND NOT EXISTS (SELECT 1 FROM list_consents k
              WHERE k.address = l.address AND k.channel = l.channel AND k.purpose = l.purpose AND k.at > g.at)
            GROUP BY l.address, l.channel, l.purpose
            ON CONFLICT DO NOTHING
            """
        try db.run(sql, [member, key, number])
    }

    /// The decisions that are marketing messages.
    private static let isOwnMarketing = "outcome = 'sent' AND shadow = 0 AND is_service = 0 AND channel IS NOT NULL"

    private func leave(_ member: String, _ kind: ChannelDeclaration.Address, _ key: Data) throws {
        try db.run("DELETE FROM shared_addresses WHERE member = ? AND kind = ?", [member, kind.rawValue])
        let said = """
            DELETE FROM address_consents WHERE address = ?1 AND channel = ?2 AND at = ?3 AND state = ?4 AND member = ?5
            """
        let rows = "SELECT channel, at, state FROM consents WHERE member = ? AND purpose = 'marketing'"
        for row in try db.all(rows, [member]) {
            try db.run(said, [key, row[0] as String, row[1] as Int64, row[2] as String, member])
        }
        let sent = "DELETE FROM address_sends WHERE address = ? AND channel = ? AND at = ? AND event = ?"
        let messages = """
            SELECT CAST({json data} ->> 'channel' AS TEXT), at, seq FROM events WHERE member = ?1 AND name = 'message.sent'
            UNION ALL SELECT channel, at, -id FROM decisions WHERE member = ?1 AND \(AddressBook.isOwnMarketing)
            """
        for row in try db.all(messages, [member]) {
            try db.run(sent, [key, row[0] as String?, row[1] as Int64, row[2] as Int64])
        }
    }

    // MARK: consents and sends

    /// What a provider said of an address (it bounces, its owner complained) outlives its member, and a later consent.
    mutating func keepSuppressions(of member: String, at addresses: [CanonicalAddress], _ number: Int64) throws {
        let said = SuppressionRank.insert(into: "address_suppressions", of: "address")
        for row in try db.all("SELECT channel, reason, at FROM suppressions WHERE member = ?", [member]) {
            for address in addresses {
                try db.run(said, [try key(address), row[0] as String, row[1] as String, row[2] as Int64, number])
            }
        }
    }

    func keys(of member: String) throws -> [Data] {
        try db.all("SELECT address FROM shared_addresses WHERE member = ?", [member]).map { try $0[0] }
    }

    /// One consent or refusal of marketing.
    struct Word {
        var state: String
        var channel: String
        var at: Instant
        /// Empty for an entry of a list.
        var member: String
        var number: Int64
    }

    /// - Parameter replaced: the state of the entry that this one replaces.
    func note(_ word: Word, instead replaced: String?, at keys: [Data]) throws {
        for key in keys {
            if let replaced {
                let delete = """
                    DELETE FROM address_consents WHERE address = ? AND channel = ? AND at = ? AND state = ? AND member = ?
                    """
                try db.run(delete, [key, word.channel, word.at.micros, replaced, word.member])
            }
            let insert = """
                INSERT INTO address_consents (address, channel, at, state, member, seq) VALUES (?, ?, ?, ?, ?, ?)
                \(AddressBook.replacing)
                """
            try db.run(insert, [key, word.channel, word.at.micros, word.state, word.member, word.number])
        }
    }

    /// Notes marketing sent by another system, from its event; events of nudged itself come with their address.
    func noteSend(_ event: Int64, to member: String, at: Instant) throws {
        let row = try db.first(
            "SELECT CAST({json data} ->> 'channel' AS TEXT), {json data} ->> 'purpose' IS DISTINCT FROM 'service' FROM events WHERE seq = ?",
            [event])
        guard let row, let channel: String = try row[0], try row[1] else { return }
        for key in try keys(of: member) {
            try AddressBook.noteSend(db, event, to: member, key, channel: channel, at: at)
        }
    }

    package static func noteSend(
        _ db: Session, _ event: Int64, to member: String, _ key: Data, channel: String, at: Instant
    ) throws {
        let sql = """
            INSERT INTO address_sends (address, channel, at, event, member) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (address, channel, at, event) DO UPDATE SET member = excluded.member
            """
        try db.run(sql, [key, channel, at.micros, event, member])
    }
}

extension Session {
    /// The members themselves and everyone who has an address in common with them, directly or through others.
    /// - Returns: nil: they are more than `most`, as where a placeholder was imported as a phone number.
    package func sharingAddresses(with members: Set<String>, most: Int) throws -> [String]? {
        guard !members.isEmpty else { return [] }
        let found: [String] = try values(
            """
            WITH RECURSIVE h (member) AS (
              SELECT id FROM members WHERE id IN {texts ?1}
              UNION SELECT o.member FROM h JOIN shared_addresses s ON s.member = h.member
                JOIN shared_addresses o ON o.address = s.address)
            SELECT member FROM h LIMIT ?2
            """, [JSONRows.encode(members.sorted()), most + 1])
        return found.count > most ? nil : found
    }
}
