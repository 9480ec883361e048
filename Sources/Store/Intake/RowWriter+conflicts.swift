import Foundation
import Intake
import Kit
import Rules

/// What an event of an import or of the API says, by which the same one is told from another under its id.
struct EventContent: Equatable {
    let member: String
    let name: String
    let at: Instant
    let data: String?

    init(_ row: EventRow) { (member, name, at, data) = (row.memberID, row.name, row.at, row.data) }

    /// Reads `member, name, at, data`.
    init(_ stored: SQLRow) throws {
        (member, name, data) = try (stored[0], stored[1], stored[3])
        at = Instant(micros: try stored[2])
    }

    /// Whether that is the event that is stored. The row of an order may have moved its event since, to its own instant and
    /// to another member.
    func isSame(as stored: EventContent) -> Bool {
        guard name == stored.name, data == stored.data || text(of: data) == text(of: stored.data) else { return false }
        if name.hasPrefix("order.") { return true }
        return member == stored.member && at == stored.at
    }

    private func text(of data: String?) -> String? {
        guard let data, let json = try? StrictJSON(parsing: data) else { return data }
        return json.sorted.compactText
    }

    /// Keyed, because it may tell of a person.
    func hash(_ secret: Data) -> Data {
        AddressKey.hash([member, name, at.utcText, text(of: data) ?? ""].joined(separator: "\u{1F}"), secret)
    }
}

extension RowWriter {
    /// Where imports and the API come from.
    static let importSource = "import"

    /// What is stored under the id of the event; nil: nothing is, or the id is only another name of it.
    func stored(_ row: EventRow, _ source: String) throws -> EventContent? {
        guard let id = row.id else { return nil }
        let sql = "SELECT member, name, at, data FROM events WHERE source = ? AND event_id = ?"
        return try db.first(sql, [source, id]).map(EventContent.init)
    }

    /// Keeps an event whose id was taken before with another content, with the hashes of both. The same again is kept once.
    mutating func keep(conflict row: EventRow, at now: Instant) throws {
        guard let id = row.id, let known = try stored(row, RowWriter.importSource) else { return }
        let secret = try AddressKey.secret(db)
        let body = JSONText.object([
            "id": .text(id), "member_id": .text(row.memberID), "name": .text(row.name), "at": .text(row.at.utcText),
            "data": .text(row.data),
        ])
        let words = { (language: Language) in Rejection.otherEvent.sentence(in: language, showing: .masked).sql }
        try db.run(
            """
            INSERT INTO quarantine (source, event_id, hash, kind, known, member, at, reason, reason_chinese, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            SQLArguments([
                RowWriter.importSource.sql, id.sql, EventContent(row).hash(secret).sql,
                Quarantined.Kind.conflict.rawValue.sql, known.hash(secret).sql, row.memberID.sql, now.micros.sql,
                words(.english), words(.chinese), body.rendered.sql,
            ]))
    }
}

extension MemberStore {
    /// Keeps events of the API that were refused because their ids were taken before with another content.
    package func keep(conflicts rows: [EventRow], at now: Instant) throws {
        guard !rows.isEmpty else { return }
        try writeSlice { db in
            var writer = RowWriter(db, origin: .world(now: now))
            for row in rows { try writer.keep(conflict: row, at: now) }
        }
    }
}
