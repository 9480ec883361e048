import Foundation
import Kit
import Rules

/// What a member refused, and goes on to refuse when retention erases them: it stays as a list's word about their addresses
/// and about their ids, of which only keyed hashes are known.
enum KeptRefusals {
    /// The refusals of a member that no later grant has ended.
    static func standing(of member: String, _ db: Session) throws -> [ConsentRow] {
        try rows(
            """
            SELECT w.channel, w.purpose, w.at, w.source FROM consents w WHERE w.member = ?1 AND w.state = 'withdrawn'
              AND NOT EXISTS (SELECT 1 FROM consents g WHERE g.member = ?1 AND {unindexed g.purpose} = w.purpose
                AND {unindexed g.channel} IN (w.channel, '*') AND g.state = 'granted' AND g.at > w.at)
            ORDER BY w.at, w.channel, w.purpose
            """, [member], as: "", db)
    }

    /// Those that are kept under a key.
    static func of(_ key: Data, as member: String, _ db: Session) throws -> [ConsentRow] {
        try rows(
            """
            SELECT channel, purpose, at, source FROM list_consents WHERE address = ? AND state = 'withdrawn'
            ORDER BY at, channel, purpose
            """, [key], as: member, db)
    }

    private static func rows(
        _ sql: String, _ arguments: SQLArguments, as member: String, _ db: Session
    ) throws -> [ConsentRow] {
        try db.all(sql, arguments).compactMap { row in
            guard let purpose = try Rule.Purpose(rawValue: row[1]) else { return nil }
            return try ConsentRow(
                memberID: member, channel: row[0], purpose: purpose, state: .withdrawn, at: Instant(micros: row[2]),
                source: row[3])
        }
    }
}
