import Kit
import Intake
import Foundation
import Rules

extension RowWriter {
    /// In a fixture, a consent without `at` holds since the beginning of time. From the world, a grant undoes a refusal
    /// only where its date is later: lists without dates are imported again and again, in any order, and a refusal must
    /// stand. A refusal counts from its commit, whatever date it has.
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
        let known = isNew ? [] : try consents(row, by: speaker)
        guard row.state == .withdrawn else {
            guard try isNew || isProven(row, by: speaker) else {
                grantObjection = .unproven
                return .unchanged
            }
            guard !RowWriter.isRefused(row, by: known) else {
                if known.last?.state == .withdrawn { grantObjection = .refused }
                return .unchanged
            }
            return try put(row, by: speaker, at: row.at ?? .distantPast, columns, isNew: isNew)
        }
        let instants = RowWriter.instants(ofNoDated: row.at, known, now: now)
        let written = try instants.map {
            try put(row, by: speaker, at: $0, columns, isNew: isNew)
        }.filter { $0 != .unchanged }
        return written.isEmpty ? .unchanged : known.isEmpty ? .inserted : .updated
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

    struct KnownConsent {
        let at: Instant
        let state: ConsentRow.State
    }

    /// The stored consents of that speaker, channel and purpose, in order of time.
    private func consents(_ row: ConsentRow, by speaker: Speaker) throws -> [KnownConsent] {
        let sql = """
            SELECT at, state FROM \(speaker.table) WHERE \(speaker.column) = ? AND channel = ? AND purpose = ? ORDER BY at
            """
        return try db.all(sql, [speaker.id, row.channel, row.purpose.rawValue]).map { stored in
            let isGranted = try stored[1] as String == ConsentRow.State.granted.rawValue
            return try KnownConsent(at: Instant(micros: stored[0]), state: isGranted ? .granted : .withdrawn)
        }
    }

    /// Whether a refusal stands against a grant: against one without a date, or one of the very same instant.
    private static func isRefused(_ grant: ConsentRow, by known: [KnownConsent]) -> Bool {
        known.contains { $0.state == .withdrawn && (grant.at == nil || $0.at == grant.at) }
    }

    /// The instants at which a refusal is written: at its own date, just after a grant of that very instant.
    ///
    /// A refusal without a date, or dated in the future, is written now, so that it counts at once and no list dated
    /// before today overrides it; where a refusal already holds, nothing is added. One without a date is also written
    /// just after the grant that it ends (or at the beginning of time), so that it counts at any instant. A grant dated
    /// in the future, by a clock that was ahead, is ended too unless it is later than the refusal.
    private static func instants(ofNoDated own: Instant?, _ known: [KnownConsent], now: Instant) -> [Instant] {
        if let own, own <= now {
            let isYes = known.contains { $0.at == own && $0.state == .granted }
            return [isYes ? own.adding(micros: 1) : own]
        }
        let holding = known.last { $0.at <= now }
        var instants: [Instant] = []
        if holding?.state != .withdrawn {
            if own == nil { instants.append(holding.map { $0.at.adding(micros: 1) } ?? .distantPast) }
            if instants.last ?? .distantPast < now { instants.append(now) }
        }
        let ahead = known.last { $0.at > now && $0.at <= own ?? .distantFuture }
        if let ahead, ahead.state == .granted { instants.append(ahead.at.adding(micros: 1)) }
        return instants
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
        return try consents(RowWriter.withdrawal(row), by: .list(key)).last?.state == .withdrawn
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
