import Foundation
import Intake
import Kit
import Rules

/// A refusal counts from its commit, whatever date it has: it ends every grant that was committed before it, of its
/// speaker and of whoever has the address. Readers go by instants, so a refusal that is dated before such a grant is
/// written a second time, just after it; a grant that is committed later lifts it where it is dated later than that.
///
/// The same refusal of the same instant again is no new one, because histories are imported again and again: it ends
/// no grant. Of the words of one file the dates decide, in whatever order its rows stand.
extension RowWriter {
    struct Said {
        let at: Instant
        let isNo: Bool
    }

    mutating func refuse(
        _ row: ConsentRow, by speaker: Speaker, _ columns: ColumnSet?, at now: Instant, isNew: Bool
    ) throws -> Written {
        let known = isNew ? [] : try said(row, by: speaker)
        let instants: [Instant]
        if let own = row.at, own <= now {
            // Just after a grant of that very instant.
            let at = known.contains { $0.at == own && !$0.isNo } ? own.adding(micros: 1) : own
            let isRepeated = isNew || known.contains { $0.at == at && $0.isNo }
            let ended = isRepeated ? EndedGrants() : try grants(endedBy: row, speaker, after: at, at: now)
            instants = [at] + ended.instants(knowing: known, at: now)
        } else {
            instants = try RowWriter.instants(of: row, known, grants(endedBy: row, speaker, after: nil, at: now), now)
        }
        let written = try instants.map { try put(row, by: speaker, at: $0, columns, isNew: isNew) }
            .filter { $0 != .unchanged }
        return written.isEmpty ? .unchanged : known.isEmpty ? .inserted : .updated
    }

    /// Writes again, at its own instant, what was refused before: it is no new refusal, and ends no grant since.
    mutating func restate(refusal row: ConsentRow) throws -> Written {
        let written = try put(row, by: .member(row.memberID), at: row.at ?? .distantPast, nil)
        return try noted(written, row.memberID)
    }

    mutating func restate(refusal row: ConsentRow, of address: CanonicalAddress) throws -> Written {
        let key = try book.key(address)
        let written = try restate(refusal: row, ofListed: key)
        if written == .inserted { try book.list(address, key, try number()) }
        return written
    }

    mutating func restate(refusal row: ConsentRow, ofListed key: Data) throws -> Written {
        try put(row, by: .list(key), at: row.at ?? .distantPast, nil)
    }

    /// The instants of a refusal without a date, or with one ahead of now. It is written now, so that it counts at once and
    /// no list dated before today overrides it; where a refusal holds already, nothing is added. One without a date is
    /// also written just after the grant that it ends (or at the beginning of time), so that it counts at any instant.
    private static func instants(
        of row: ConsentRow, _ known: [Said], _ ended: EndedGrants, _ now: Instant
    ) -> [Instant] {
        var instants: [Instant] = []
        let no = known.last { $0.isNo && $0.at <= now }
        let isHeld = no.map { no in ended.past.map { $0 <= no.at } ?? true } ?? false
        if !isHeld {
            let last = known.last { $0.at <= now }
            if row.at == nil, last?.isNo != true {
                instants.append(last.map { $0.at.adding(micros: 1) } ?? .distantPast)
            }
            if instants.last ?? .distantPast < now { instants.append(now) }
        }
        return instants + EndedGrants(past: nil, ahead: ended.ahead).instants(knowing: known, at: now)
    }

    /// What the speaker said about that channel and purpose, in order of time.
    func said(_ row: ConsentRow, by speaker: Speaker) throws -> [Said] {
        let sql = """
            SELECT at, state FROM \(speaker.table) WHERE \(speaker.column) = ? AND channel = ? AND purpose = ? ORDER BY at
            """
        return try db.all(sql, [speaker.id, row.channel, row.purpose.rawValue]).map(RowWriter.said)
    }

    private static func said(_ stored: SQLRow) throws -> Said {
        try Said(at: Instant(micros: stored[0]), isNo: stored[1] == ConsentRow.State.withdrawn.rawValue)
    }
}

// MARK: the grants that a refusal ends

/// The latest of them, by their instants.
private struct EndedGrants {
    var past: Instant?
    /// Of a clock that was ahead.
    var ahead: Instant?

    /// Just after each of them, unless a refusal of the speaker stands there already.
    func instants(knowing known: [RowWriter.Said], at now: Instant) -> [Instant] {
        let isRefused = { (grant: Instant, until: Instant) in
            known.contains { $0.isNo && $0.at >= grant && $0.at <= until }
        }
        return [
            past.flatMap { isRefused($0, now) ? nil : $0 }, ahead.flatMap { isRefused($0, .distantFuture) ? nil : $0 },
        ]
        .compactMap { $0?.adding(micros: 1) }
    }

    mutating func add(_ other: EndedGrants) {
        past = [past, other.past].compactMap(\.self).max()
        ahead = [ahead, other.ahead].compactMap(\.self).max()
    }
}

/// The grants of one speaker, or of all who have an address.
private struct GrantTable {
    let name: String
    let column: String
    let key: any SQLBindable
    /// Nil in the book, which has words about marketing alone.
    var purpose: Rule.Purpose?
    /// Whether it can be written to.
    var isStored = true

    var isPurpose: String { purpose.map { "AND purpose = '\($0.rawValue)'" } ?? "" }

    /// What the members with the address said themselves.
    static func ofHolders(_ key: Data, _ purpose: Rule.Purpose) -> GrantTable {
        let name = """
            (SELECT s.address, c.channel, c.purpose, c.at, c.state, c.seq FROM shared_addresses s
              JOIN consents c ON c.member = s.member) h
            """
        return GrantTable(name: name, column: "address", key: key, purpose: purpose, isStored: false)
    }
}

extension RowWriter {
    /// So many later grants of its own file a refusal passes over at most; of more, it ends all.
    private static let mostSpared = 100

    /// - Parameter own: the instant of a refusal of the past, which ends what is later and not of its own file; nil: the
    ///   refusal ends every grant.
    private mutating func grants(
        endedBy row: ConsentRow, _ speaker: Speaker, after own: Instant?, at now: Instant
    ) throws -> EndedGrants {
        var tables = [GrantTable(name: speaker.table, column: speaker.column, key: speaker.id, purpose: row.purpose)]
        let keys: [Data]
        switch speaker {
        case .member(let id): keys = try book.keys(of: id)
        case .list(let key): keys = [key]
        }
        for key in keys {
            switch (row.purpose, speaker) {
            case (.marketing, _):
                tables.append(GrantTable(name: "address_consents", column: "address", key: key))
            case (.service, .member):
                tables.append(GrantTable(name: "list_consents", column: "address", key: key, purpose: .service))
            case (.service, .list): tables.append(.ofHolders(key, .service))
            }
        }
        let first = own?.micros ?? Instant.distantPast.micros - 1
        var ended = EndedGrants()
        for table in tables {
            for channel in row.channel == "*" ? try channels(of: table) : [row.channel, "*"] {
                let past = try latest(table, channel, (first, now.micros), isSparing: own != nil)
                let ahead = try latest(
                    table, channel, (now.micros, Instant.distantFuture.micros), isSparing: own != nil)
                for spared in past.spared + ahead.spared { try sayAgain(spared, table, channel) }
                ended.add(EndedGrants(past: past.ended, ahead: ahead.ended))
            }
        }
        return ended
    }

    /// Found one by one in the index: an address may be that of a till, with a hundred thousand members.
    private func channels(of table: GrantTable) throws -> [String] {
        let sql = "SELECT MIN(channel) FROM \(table.name) WHERE \(table.column) = ? AND channel > ?"
        var channels: [String] = []
        while let next: String = try db.value(sql, [table.key, channels.last ?? ""]) { channels.append(next) }
        return channels
    }

    private struct Grant {
        let at: Int64
        let seq: Int64
    }

    /// The latest grant that a refusal ends, and those of its own file that are later.
    /// - Parameter between: after the one, until the other.
    private func latest(
        _ table: GrantTable, _ channel: String, _ between: (Int64, Int64), isSparing: Bool
    ) throws -> (ended: Instant?, spared: [Grant]) {
        let sql = """
            SELECT at, seq FROM \(table.name) WHERE \(table.column) = ? AND channel = ? \(table.isPurpose)
              AND state = 'granted' AND at > ? AND at <= ? ORDER BY at DESC LIMIT ?
            """
        let most = isSparing ? RowWriter.mostSpared : 1
        let found = try db.all(sql, [table.key, channel, between.0, between.1, most])
            .map { try Grant(at: $0[0], seq: $0[1]) }
        let spared = isSparing ? Array(found.prefix { isOfFile($0.seq) }) : []
        guard spared.count < RowWriter.mostSpared else { return (found.first.map { Instant(micros: $0.at) }, []) }
        return (found.dropFirst(spared.count).first.map { Instant(micros: $0.at) }, spared)
    }

    /// A grant of the same file that is later than the refusal was said after it, whatever stands first in the file.
    private mutating func sayAgain(_ grant: Grant, _ table: GrantTable, _ channel: String) throws {
        guard table.isStored else { return }
        try db.run(
            """
            UPDATE \(table.name) SET seq = ? WHERE \(table.column) = ? AND channel = ? \(table.isPurpose) AND at = ?
              AND state = 'granted' AND seq = ?
            """, [try number(), table.key, channel, grant.at, grant.seq])
    }
}
