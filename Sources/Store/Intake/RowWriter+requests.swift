import Foundation
import Intake
import Kit
import Policies
import Rules

/// A grant that waits for its confirmation: the member is asked by a message with a link, and until they confirm it
/// nothing was granted.
extension RowWriter {
    /// Asks for a grant that nothing proves, by the event `consent.requested`, which a rule answers with a message.
    ///
    /// Nobody is asked for what holds already, while a request for the same address is open, or anew for a grant that is
    /// no later than the one they were asked about: lists are imported again and again. A refusal stands against a grant
    /// without a date, and against an earlier one.
    mutating func request(
        _ row: ConsentRow, to kind: ChannelDeclaration.Address, at now: Instant
    ) throws -> Written {
        let key = try addressKey(of: row.memberID, kind)
        let asked = ConsentRequest.Subject(member: row.memberID, channel: row.channel, key: key)
        switch try ConsentRequest.standing(asked, db, at: now) {
        case .granted: return .unchanged
        case .refused(let at) where row.at ?? .distantPast <= at:
            grantObjection = .refused
            return .unchanged
        case .refused, .open: break
        }
        if let last = try ConsentRequest.last(of: row.memberID, on: row.channel, db), last.key == key {
            if try last.isOpen(db, at: now) { return .unchanged }
            guard let at = row.at, last.at.map({ at > $0 }) ?? true else { return .unchanged }
        }
        try db.run(
            """
            INSERT INTO consent_requests (member, channel, address, at, made_at, source, text_version, seq)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                row.memberID, row.channel, key, row.at?.micros, now.micros, row.source, row.textVersion, try number(),
            ])
        try raise(EventNames.consentRequested, of: row.memberID, id: db.lastRow, channel: row.channel, at: now)
        return .inserted
    }

    /// Takes over a request of the store that this one replaces, under its number, which its link names. One that was
    /// confirmed there waits again: a consent is not carried over. Returns whether it is new here.
    mutating func carry(_ request: ConsentRequest, at now: Instant) throws -> Bool {
        guard try merged.member(request.member) == request.member, try hasMember(request.member) else { return false }
        let subject = ConsentRequest.Subject(member: request.member, channel: request.channel, key: request.key)
        switch try ConsentRequest.standing(subject, db, at: now) {
        case .granted: return false
        case .refused(let at) where request.at ?? .distantPast <= at: return false
        case .refused, .open: break
        }
        return try db.run(
            """
            INSERT INTO consent_requests (id, member, channel, address, at, made_at, source, text_version, seq)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
            """,
            [
                request.row.id, request.member, request.channel, request.key, request.at?.micros, request.madeAt.micros,
                request.source, request.textVersion, try number(),
            ]) > 0
    }

    /// Raises the event of a request; its id is the number of the request.
    mutating func raise(
        _ name: String, of member: String, id: Int64, channel: String, at now: Instant
    ) throws {
        let event = EventRow(
            id: "\(name == EventNames.consentConfirmed ? "confirmed" : "requested")-\(id)", memberID: member,
            name: name, at: now, data: JSONText.object(["channel": .text(channel)]).rendered)
        _ = try write(event: event, source: EventNames.consentSource)
    }

    /// The key of the address that the member has now; empty where there is none.
    private mutating func addressKey(of member: String, _ kind: ChannelDeclaration.Address) throws -> Data {
        guard let column = kind.column else { return Data() }
        let text: String? = try db.value("SELECT \(column) FROM members WHERE id = ?", [member])
        guard let address = CanonicalAddress(kind, text) else { return Data() }
        return try book.key(address)
    }
}

/// A grant that a member was asked to confirm.
package struct ConsentRequest: Sendable, Hashable {
    /// The days for which the link confirms it.
    package static let days = 7

    /// Whose consent, and for what.
    struct Subject {
        let member: String
        let channel: String
        /// Of the address; empty: none.
        let key: Data
    }

    /// What is on record before a request.
    enum Standing {
        case granted
        /// When it was refused last.
        case refused(at: Instant)
        case open
    }

    /// What the link of a request does.
    package enum LinkStanding: Sendable {
        /// It confirms the grant.
        case open
        /// It did, and the grant still counts.
        case confirmed
        /// It does nothing more: too much time has passed, the grant was refused since, or the address is another one.
        case over
    }

    package let row: LinkRow
    package let member: String
    /// The key under `channels:`.
    package let channel: String
    let key: Data
    /// The instant that was stated with the grant.
    let at: Instant?
    let madeAt: Instant
    let source: String?
    let textVersion: String?
    let confirmedAt: Instant?
    let seq: Int64

    private static let columns = """
        SELECT r.id, r.member, r.channel, r.address, r.at, r.made_at, r.source, r.text_version, r.confirmed_at, r.seq
        FROM consent_requests r
        """

    init(_ cells: SQLRow) throws {
        let (id, member, channel, key): (Int64, String, String, Data) = try (cells[0], cells[1], cells[2], cells[3])
        (self.member, self.channel, self.key) = (member, channel, key)
        at = try (cells[4] as Int64?).map(Instant.init(micros:))
        madeAt = Instant(micros: try cells[5])
        (source, textVersion) = try (cells[6], cells[7])
        confirmedAt = try (cells[8] as Int64?).map(Instant.init(micros:))
        seq = try cells[9]
        row = LinkRow.confirm(id, member: member, channel: channel, address: key, at: madeAt)
    }

    static func find(_ id: Int64, _ db: Session) throws -> ConsentRequest? {
        try db.first("\(columns) WHERE r.id = ?", [id]).map(ConsentRequest.init)
    }

    static func last(of member: String, on channel: String, _ db: Session) throws -> ConsentRequest? {
        try db.first("\(columns) WHERE r.member = ? AND r.channel = ? ORDER BY r.id DESC LIMIT 1", [member, channel])
            .map(ConsentRequest.init)
    }

    /// What the member confirmed so far, on every channel.
    static func confirmed(by member: String, _ db: Session) throws -> [ConsentRequest] {
        try db.all("\(columns) WHERE r.member = ? AND r.confirmed_at IS NOT NULL", [member])
            .map(ConsentRequest.init)
    }

    /// Those whose link was sent within its days and that nobody refused since, confirmed or not, by their numbers.
    static func linked(after id: Int64, most: Int, _ db: Session, at now: Instant) throws -> [ConsentRequest] {
        try db.all(
            """
            \(columns) WHERE r.id > ? AND r.made_at > ? AND (r.confirmed_at IS NULL OR r.confirmed_at > r.made_at)
              AND NOT \(isRefused) ORDER BY r.id LIMIT ?
            """, [id, now.adding(micros: -lifetime).micros, most]
        ).map(ConsentRequest.init)
    }

    /// What the ledger keeps of a confirmation: the request, its instant in UTC, and that the link of its message was
    /// used.
    func grant(at now: Instant) -> ConsentRow {
        ConsentRow(
            memberID: member, channel: channel, state: .granted, at: now, source: source ?? "link",
            textVersion: textVersion, proof: "link of request \(row.id), asked \(madeAt.utcText)")
    }

    /// Whether the link still confirms it: not after its days, not twice, and not against a refusal that came after the
    /// request.
    func isOpen(_ db: Session, at now: Instant) throws -> Bool {
        guard confirmedAt == nil, now < madeAt.adding(micros: ConsentRequest.lifetime) else { return false }
        return try !isRefusedSince(db)
    }

    /// Whether a refusal came after the request, by whoever may speak for it.
    func isRefusedSince(_ db: Session) throws -> Bool {
        try db.value(
            "SELECT EXISTS (SELECT 1 FROM consent_requests r WHERE r.id = ? AND \(ConsentRequest.isRefused))", [row.id])
            ?? true
    }

    /// Microseconds for which a link works.
    static let lifetime = Int64(days) * 86_400_000_000

    /// Of a row `r`: whether a refusal came after it. What came first is told by the store's counter, and within one file by
    /// the instants.
    static let isRefused = """
        (EXISTS (SELECT 1 FROM consents c WHERE c.member = r.member AND c.channel IN (r.channel, '*')
            AND c.purpose = 'marketing' AND \(isLater))
          OR EXISTS (SELECT 1 FROM list_consents c WHERE c.address = r.address AND c.channel IN (r.channel, '*')
            AND c.purpose = 'marketing' AND \(isLater))
          OR EXISTS (SELECT 1 FROM address_consents c WHERE c.address = r.address AND c.channel IN (r.channel, '*')
            AND \(isLater)))
        """

    private static let isLater = """
        c.state = 'withdrawn' AND (c.seq > r.seq OR (c.seq = r.seq AND c.at > COALESCE(r.at, \(Instant.distantPast.micros))))
        """

    /// What the member, and lists that name the address, said last.
    static func standing(_ subject: Subject, _ db: Session, at now: Instant) throws -> Standing {
        let said = try db.first(
            """
            SELECT MAX(CASE state WHEN 'granted' THEN at END) AS yes, MAX(CASE state WHEN 'withdrawn' THEN at END) AS no
            FROM (SELECT state, at FROM consents
                WHERE member = :member AND channel IN (:channel, '*') AND purpose = 'marketing' AND at <= :now
              UNION ALL SELECT state, at FROM list_consents
                WHERE address = :key AND channel IN (:channel, '*') AND purpose = 'marketing' AND at <= :now) t
            """,
            ["member": subject.member, "channel": subject.channel, "key": subject.key, "now": now.micros])
        let (yes, no): (Int64?, Int64?) = try (said.flatMap { try $0[0] }, said.flatMap { try $0[1] })
        if let no, yes.map({ no >= $0 }) ?? true { return .refused(at: Instant(micros: no)) }
        return yes == nil ? .open : .granted
    }
}

extension MemberStore {
    /// Nil: there is no such request.
    package func consentRequest(_ id: Int64) async throws -> ConsentRequest? {
        try await writer.read { try ConsentRequest.find(id, $0) }
    }

    /// What the link of the request does now.
    /// - Parameter kind: of the addresses of its channel.
    package func standing(
        of request: ConsentRequest, _ kind: ChannelDeclaration.Address, at now: Instant
    ) async throws -> ConsentRequest.LinkStanding {
        try await writer.read { db in
            var rows = RowWriter(db, origin: .world(now: now))
            return try rows.standing(of: request, kind, at: now)
        }
    }

    /// Writes down that the member confirmed the grant, on disk when the call returns. Nothing changes where the link is
    /// over. Returns what holds then.
    package func confirm(
        _ request: ConsentRequest, _ kind: ChannelDeclaration.Address, at now: Instant
    ) async throws -> ConsentRequest.LinkStanding {
        try await committed { outbox in
            let db = outbox.db
            var rows = RowWriter(db, origin: .world(now: now))
            let standing = try rows.standing(of: request, kind, at: now)
            guard standing == .open else { return standing }
            guard try rows.write(consent: request.grant(at: now)) != .unchanged else { return .over }
            try db.run("UPDATE consent_requests SET confirmed_at = ? WHERE id = ?", [now.micros, request.row.id])
            try rows.raise(
                EventNames.consentConfirmed, of: request.member, id: request.row.id, channel: request.channel, at: now)
            return .confirmed
        }
    }
}

extension RowWriter {
    fileprivate mutating func standing(
        of request: ConsentRequest, _ kind: ChannelDeclaration.Address, at now: Instant
    ) throws -> ConsentRequest.LinkStanding {
        guard let current = try ConsentRequest.find(request.row.id, db), current.row == request.row else {
            return .over
        }
        if current.confirmedAt != nil {
            let subject = ConsentRequest.Subject(member: current.member, channel: current.channel, key: current.key)
            guard case .granted = try ConsentRequest.standing(subject, db, at: now) else { return .over }
            return .confirmed
        }
        // Who reads the old address proves nothing about a new one.
        guard try current.isOpen(db, at: now), try hasMember(current.member),
            try addressKey(of: current.member, kind) == current.key
        else { return .over }
        return .open
    }
}
