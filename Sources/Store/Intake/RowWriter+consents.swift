import Kit
import Intake
import Foundation
import Rules

extension RowWriter {
    /// In a fixture, a consent without `at` holds since the beginning of time. From the world, a grant undoes a refusal
    /// only where its date is later: lists without dates are imported again and again, in any order, and a refusal must
    /// stand. A refusal counts from its commit, whatever date it has (see `refuse`).
    package mutating func write(consent row: ConsentRow, stating columns: ColumnSet? = nil) throws -> Written {
        let speaker = Speaker.member(row.memberID)
        let written = try write(consent: row, by: speaker, columns)
        return try noted(written, row.memberID)
    }

    /// Writes a consent for everyone who has the address, now or later; the row's member is ignored.
    package mutating func write(
        consent row: ConsentRow, of address: CanonicalAddress, stating columns: ColumnSet? = nil
    ) throws -> Written {
        let key = try book.key(address)
        // What members with the address said is in the book once it is listed: a refusal ends it.
        if case .world = origin, row.state == .withdrawn, try book.lacksHolder(of: address, key) {
            try book.list(address, key, try number())
        }
        let written = try write(consent: row, by: .list(key), columns)
        if written == .inserted { try book.list(address, key, try number()) }
        return written
    }

    /// The same where only the key of the address is known: members who have it learn of it where they are in the book.
    mutating func write(consent row: ConsentRow, ofListed key: Data) throws -> Written {
        try write(consent: row, by: .list(key), nil)
    }

    /// Writes a row of a file, for a member, an address, or (a refusal) both. Where the member is not known, only the
    /// address counts.
    package mutating func write(
        consent row: ConsentRow, andOf address: CanonicalAddress?, stating columns: ColumnSet?
    ) throws -> Written {
        guard let address else { return try write(consent: row, stating: columns) }
        var ofAddress = row
        ofAddress.memberID = ""
        let listed = try write(consent: ofAddress, of: address, stating: columns)
        guard try !row.memberID.isEmpty && hasMember(row.memberID) else { return listed }
        let own = try write(consent: row, stating: columns)
        return own == .unchanged ? listed : own
    }

    /// Who gives the consent.
    enum Speaker {
        case member(String)
        /// A list, for everyone with the address of that key.
        case list(Data)

        var table: String { if case .member = self { "consents" } else { "list_consents" } }
        var column: String { if case .member = self { "member" } else { "address" } }
        var id: any SQLBindable {
            switch self {
            case .member(let id): id
            case .list(let key): key
            }
        }
    }

    private mutating func write(
        consent row: ConsentRow, by speaker: Speaker, _ columns: ColumnSet?
    ) throws -> Written {
        guard case .world(let now) = origin else {
            return try put(row, by: speaker, at: row.at ?? .distantPast, columns)
        }
        if let kind = row.confirmedBy { return try request(row, to: kind, at: now) }
        let isNew = if case .member(let id) = speaker { batch?.isNew(id) ?? false } else { false }
        guard row.state == .granted else { return try refuse(row, by: speaker, columns, at: now, isNew: isNew) }
        guard try isNew || isProven(row, by: speaker) else {
            grantObjection = .unproven
            return .unchanged
        }
        if !isNew, try isRefused(row, by: speaker) { return .unchanged }
        return try put(row, by: speaker, at: row.at ?? .distantPast, columns, isNew: isNew)
    }

    /// After an erasure a consent needs a proof, or at least a source.
    private mutating func isProven(_ grant: ConsentRow, by speaker: Speaker) throws -> Bool {
        if ProofText.isOne(grant.source) || ProofText.isOne(grant.proof) { return true }
        guard try isAnyoneErased() else { return true }
        return switch speaker {
        case .member(let id): try !isErased(member: id)
        case .list(let key): try !isErased(address: key)
        }
    }

    /// Whether a refusal stands against a grant: one of its speaker on the channel against one without a date, or of the
    /// very same instant, and one on every channel, or of a list that names the address, against one without a date. Says
    /// so too of a grant that is written down, and is no later than what holds.
    private mutating func isRefused(_ grant: ConsentRow, by speaker: Speaker) throws -> Bool {
        let own = try words(grant, in: speaker.table, speaker.column, speaker.id)
        var said = own
        var others: [Word] = []
        let keys: [Data] =
            switch speaker {
            case .member(let id): try book.keys(of: id)
            case .list(let key): [key]
            }
        for key in keys {
            if case .member = speaker { said += try words(grant, in: "list_consents", "address", key) }
            if grant.purpose == .marketing { others += try lastWords(grant, at: key) }
        }
        let no = said.filter(\.isNo).map(\.at).max()
        let isHeld = no.map { no in said.allSatisfy { $0.isNo || $0.at <= no } } ?? false
        if own.contains(where: { $0.isNo && $0.isOfChannel && (grant.at == nil || $0.at == grant.at) }) {
            if isHeld { grantObjection = .refused }
            return true
        }
        if grant.at == nil, isHeld {
            grantObjection = .refused
            return true
        }
        let at = grant.at ?? .distantPast
        let last = others.max { ($0.at, $0.isNo ? 1 : 0) < ($1.at, $1.isNo ? 1 : 0) }
        if isHeld, let no, at <= no { grantObjection = .outlived }
        if let last, last.isNo, at <= last.at { grantObjection = .outlived }
        return false
    }

    private struct Word {
        let at: Instant
        let isNo: Bool
        /// And not of every channel.
        let isOfChannel: Bool
    }

    private func words(_ grant: ConsentRow, in table: String, _ column: String, _ key: any SQLBindable) throws -> [Word]
    {
        let sql = "SELECT at, state, channel FROM \(table) WHERE \(column) = ? AND channel IN (?, '*') AND purpose = ?"
        return try db.all(sql, [key, grant.channel, grant.purpose.rawValue]).map { stored in
            try Word(
                at: Instant(micros: stored[0]), isNo: stored[1] == ConsentRow.State.withdrawn.rawValue,
                isOfChannel: stored[2] == grant.channel)
        }
    }

    /// The last words of all who have the address, on the channel and on every channel.
    private func lastWords(_ grant: ConsentRow, at key: Data) throws -> [Word] {
        try Set([grant.channel, "*"]).sorted().compactMap { channel in
            let sql = """
                SELECT at, state FROM address_consents WHERE address = ? AND channel = ? ORDER BY at DESC, state DESC LIMIT 1
                """
            return try db.first(sql, [key, channel]).map { stored in
                try Word(
                    at: Instant(micros: stored[0]), isNo: stored[1] == ConsentRow.State.withdrawn.rawValue,
                    isOfChannel: channel == grant.channel)
            }
        }
    }

    /// Of a grant and a refusal of one instant, the refusal stands. What is repeated keeps what it rested on, unless it
    /// states something else.
    ///
    /// - Parameter isNew: the speaker has said nothing at that instant, and has no entry in the address book.
    mutating func put(
        _ row: ConsentRow, by speaker: Speaker, at: Instant, _ columns: ColumnSet?, isNew: Bool = false
    ) throws -> Written {
        let (table, column) = (speaker.table, speaker.column)
        let key: SQLArguments = [speaker.id, row.channel, row.purpose.rawValue, at.micros]
        let sql = """
            SELECT state, source, text_version, proof, guardian FROM \(table)
            WHERE \(column) = ? AND channel = ? AND purpose = ? AND at = ?
            """
        guard !isNew, let stored = try db.first(sql, key) else {
            let insert = """
                INSERT INTO \(table) (\(column), channel, purpose, at, state, source, text_version, proof, guardian, seq)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            let basis: SQLArguments = [row.source, row.textVersion, row.proof, row.isGuardian ? 1 : 0]
            try db.run(insert, key + [row.state.rawValue] + basis + [try number()])
            if !isNew { try copy(row, by: speaker, at: at, instead: nil) }
            return .inserted
        }
        let before: String = try stored[0]
        if before == ConsentRow.State.withdrawn.rawValue, row.state == .granted { return .unchanged }
        let source: String? = columns?.contains(.source) ?? true ? row.source : try stored[1]
        let isRepeated = before == row.state.rawValue
        var (version, proof, guardian) = (row.textVersion, row.proof, row.isGuardian)
        if isRepeated {
            version = try version ?? stored[2]
            proof = try proof ?? stored[3]
            guardian = try guardian || stored[4]
            let known: [String?] = try [stored[1], stored[2], stored[3]]
            if try known == [source, version, proof] && stored[4] as Bool == guardian { return .unchanged }
        }
        let update = """
            UPDATE \(table) SET state = ?5, source = ?6, text_version = ?7, proof = ?8, guardian = ?9,
              seq = CASE state WHEN ?5 THEN seq ELSE ?10 END
            WHERE \(column) = ?1 AND channel = ?2 AND purpose = ?3 AND at = ?4
            """
        let basis: SQLArguments = [source, version, proof, guardian ? 1 : 0]
        try db.run(update, key + [row.state.rawValue] + basis + [try number()])
        if before != row.state.rawValue { try copy(row, by: speaker, at: at, instead: before) }
        return .updated
    }

    /// Makes what one member said the other's, from the instants at which it was said. A refusal counts for the other from
    /// now on.
    mutating func moveConsents(of other: String, to member: String) throws {
        let sql = """
            SELECT channel, purpose, at, state, source, text_version, proof, guardian FROM consents WHERE member = ? ORDER BY at
            """
        for row in try db.all(sql, [other]) {
            guard let purpose = try Rule.Purpose(rawValue: row[1]), let state = try ConsentRow.State(rawValue: row[3])
            else { continue }
            let said = try ConsentRow(
                memberID: member, channel: row[0], purpose: purpose, state: state, source: row[4], textVersion: row[5],
                proof: row[6], isGuardian: row[7])
            _ = try put(said, by: .member(member), at: Instant(micros: row[2]), nil)
        }
        try db.run("DELETE FROM consents WHERE member = ?", [other])
    }

    /// Copies the consent into the address book, where others have the address too.
    private mutating func copy(
        _ row: ConsentRow, by speaker: Speaker, at: Instant, instead replaced: String?
    ) throws {
        guard row.purpose == .marketing else { return }
        let keys: [Data]
        switch speaker {
        case .member(let id): keys = try book.keys(of: id)
        case .list(let key): keys = try book.isHeld(key) ? [key] : []
        }
        try book.note(
            AddressBook.Word(
                state: row.state.rawValue, channel: row.channel, at: at, member: row.memberID, number: try number()),
            instead: replaced, at: keys)
    }
}

extension RowWriter {
    /// A bounce, a complaint or an operator's suppression stands for both purposes, whatever consent comes later; an
    /// opt-out is a withdrawal of marketing, and so is a complaint, which outlives that it is lifted. A stored reason
    /// gives way to a stronger one only.
    package mutating func write(suppression row: SuppressionRow) throws -> Written {
        guard let reason = row.reason.standing else { return try withdraw(row) }
        let withdrawn = row.reason == .complaint ? try withdraw(row) : .unchanged
        let written = try suppress(row, for: reason)
        return written == .unchanged ? withdrawn : written
    }

    /// Whether the address is suppressed for a complaint on that channel, and what a list says of it last is the
    /// withdrawal that a complaint is.
    mutating func isKnown(complaint row: SuppressionRow) throws -> Bool {
        let key = try book.key(row.address)
        let reason: String? = try db.value(
            "SELECT reason FROM address_suppressions WHERE address = ? AND channel = ?", [key, row.channel])
        guard reason == SuppressionRow.Reason.complaint.rawValue else { return false }
        return try said(RowWriter.withdrawal(row), by: .list(key)).last?.isNo ?? false
    }

    private mutating func withdraw(_ row: SuppressionRow) throws -> Written {
        try write(consent: RowWriter.withdrawal(row), of: row.address)
    }

    private static func withdrawal(_ row: SuppressionRow) -> ConsentRow {
        ConsentRow(memberID: "", channel: row.channel, state: .withdrawn, at: row.at, source: row.reason.rawValue)
    }

    private mutating func suppress(_ row: SuppressionRow, for reason: String) throws -> Written {
        let key = try book.key(row.address)
        let isStronger: Bool? = try db.value(
            SuppressionRank.isStronger(than: "address_suppressions", of: "address"), [reason, key, row.channel])
        guard isStronger ?? true else { return .unchanged }
        var at = row.at ?? .distantPast
        if case .world(let now) = origin { at = min(at, now) }
        try db.run(
            SuppressionRank.insert(into: "address_suppressions", of: "address"),
            [key, row.channel, reason, at.micros, try number()])
        try book.list(row.address, key, try number())
        return isStronger == nil ? .inserted : .updated
    }
}
