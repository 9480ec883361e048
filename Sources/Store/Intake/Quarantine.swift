import Foundation
import Kit
import Rules

/// An event that is kept because it could not be taken.
package struct Quarantined: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case rejected
        /// Another event with its id was taken.
        case conflict
    }

    package let id: Int64
    package let source: String
    package let eventID: String
    package let kind: Kind
    /// When it came first.
    package let at: Instant
    /// Masked: no value of it reaches or names a person.
    package let reason: Bilingual
    /// The event as it came, personal values included.
    package let body: String

    fileprivate static let columns = "id, source, event_id, kind, at, reason, reason_chinese, body"

    fileprivate init(_ row: SQLRow) throws {
        id = try row[0]
        source = try row[1]
        eventID = try row[2]
        kind = Kind(rawValue: try row[3]) ?? .rejected
        at = Instant(micros: try row[4])
        reason = Bilingual(try row[5], try row[6])
        body = try row[7]
    }
}

extension MemberStore {
    /// Events in quarantine after that one, oldest first.
    /// - Parameters:
    ///   - source: of that source only; nil: of all.
    ///   - kind: of that kind only; nil: both.
    package func quarantine(
        after id: Int64 = 0, source: String? = nil, kind: Quarantined.Kind? = nil, atMost limit: Int
    ) throws -> [Quarantined] {
        let sql = """
            SELECT \(Quarantined.columns) FROM quarantine
            WHERE id > ?1 AND source = COALESCE(?2, source) AND kind = COALESCE(?3, kind) ORDER BY id LIMIT ?4
            """
        return try writer.read { try $0.all(sql, [id, source, kind?.rawValue, limit]).map(Quarantined.init) }
    }

    /// Nil where there is none of that number.
    package func quarantined(_ id: Int64) throws -> Quarantined? {
        let sql = "SELECT \(Quarantined.columns) FROM quarantine WHERE id = ?"
        return try writer.read { try $0.first(sql, [id]).map(Quarantined.init) }
    }

    /// Takes an event out of the quarantine, after it was taken or proved to be known.
    package func endQuarantine(_ id: Int64) throws {
        try writeSlice { try $0.run("DELETE FROM quarantine WHERE id = ?", [id]) }
    }

    /// How many events are in quarantine.
    package func quarantineCount() throws -> Int {
        try writer.read { try $0.value("SELECT COUNT(*) FROM quarantine") ?? 0 }
    }
}
