import Foundation
import Intake
import Kit
import Rules

/// What is known of somebody who was merged into another member adds what that one lacks, at the merge and whenever a
/// later row comes under the old id. What the other has stays, whatever an old file says of the duplicate.
extension RowWriter {
    /// - Parameter columns: those that the row states; nil: all.
    mutating func fill(_ member: String, with row: MemberRow, stating columns: ColumnSet?) throws -> Written {
        let stated = columns ?? ColumnSet(Column.allCases)
        let lacking = try lacking(member).filter(stated.contains)
        var row = row
        row.id = member
        var own = ColumnSet(lacking)
        if stated.contains(.personalisation), let said = row.personalisation {
            if try isAsStrict(said, as: member) { own.insert(.personalisation) }
            // A refusal is a no, and goes with the person: as a choice of theirs, which the member's own file does not end.
            if case .world(let now) = origin {
                _ = try bound(member, by: said, source: MergedRefusals.source, at: now)
            }
        }
        let tags: [String] = try db.values("SELECT tag FROM member_tags WHERE member = ? ORDER BY n", [member])
        let added = stated.contains(.tags) ? (row.tags ?? []).filter { !tags.contains($0) } : []
        row.tags = tags + added
        if !added.isEmpty { own.insert(.tags) }
        let names: [String] = try db.values("SELECT name FROM member_attributes WHERE member = ?", [member])
        row.attributes = row.attributes.filter {
            !names.contains($0.key) && !($0.value.text.isEmpty && $0.value.type == nil)
        }
        return try write(member: row, stating: own)
    }

    /// The columns of which the member has nothing.
    func lacking(_ member: String) throws -> [Column] {
        let names = MemberColumn.filled.map(\.name).joined(separator: ", ")
        guard let stored = try db.first("SELECT \(names) FROM members WHERE id = ?", [member]) else { return [] }
        return try MemberColumn.filled.enumerated().compactMap { index, filled in
            try stored[index] as SQLValue == .null ? filled.column : nil
        }
    }

    /// Whether that lets a member's texts draw on no more of what is known of them than their row does.
    private func isAsStrict(_ said: MemberRow.Personalisation, as member: String) throws -> Bool {
        let stored: String? = try db.first("SELECT personalisation FROM members WHERE id = ?", [member])?[0]
        guard let known = stored.flatMap(MemberRow.Personalisation.init(rawValue:)) else { return true }
        return !known.allowsLess(than: said)
    }

    /// What a later row under the old id states, without an address that was given up at the merge: where the member's own
    /// is gone since, an old file does not bring that one back.
    mutating func stated(
        by row: MemberRow, of member: String, _ columns: ColumnSet?
    ) throws -> ColumnSet {
        var stated = columns ?? ColumnSet(Column.allCases)
        for kind in CanonicalAddress.kinds {
            guard let address = CanonicalAddress(kind, row.address(kind)),
                let column = kind.column.flatMap(Column.init(rawValue:)), stated.contains(column)
            else { continue }
            let sql = "SELECT 1 FROM merged_addresses WHERE member = ? AND address = ?"
            if try db.first(sql, [member, book.key(address)]) != nil { stated.remove(column) }
        }
        return stated
    }

    /// A member as the store has them; nil: there is none.
    func storedMember(_ id: String) throws -> MemberRow? {
        guard let row = try db.first("SELECT * FROM members WHERE id = ?", [id]) else { return nil }
        let known = "SELECT name, value, type FROM member_attributes WHERE member = ?"
        let attributes = try db.all(known, [id]).map { row in
            let type: String? = try row[2]
            return try (row[0] as String, AttributeValue(text: row[1], type: type.flatMap(FieldType.init(rawValue:))))
        }
        return try MemberRow(
            id: id, stored: row, tags: db.values("SELECT tag FROM member_tags WHERE member = ? ORDER BY n", [id]),
            attributes: Dictionary(attributes) { first, _ in first })
    }
}
