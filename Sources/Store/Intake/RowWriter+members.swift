import Kit
import Intake
import Rules

extension RowWriter {
    private static let columns = MemberColumn.all.map(\.name)
    private static let members = RowTable("members", keys: ["id"], columns: columns)
    private static let membersWithZone = RowTable("members", keys: ["id"], columns: columns + ["zone"])
    private static let dates = RowTable("dates", keys: ["member", "name"], columns: ["key", "year"])

    package mutating func write(member row: MemberRow, stating columns: ColumnSet? = nil) throws -> Written {
        if let (other, _) = try merged.merge(of: row.id) {
            return try fill(other, with: row, stating: stated(by: row, of: other, columns))
        }
        let has = { (column: Column) in columns?.contains(column) ?? true }
        let personalisation = try has(.personalisation) ? personalisation(of: row) : nil
        var kept = row
        kept.personalisation = personalisation
        let cells = MemberColumn.all.map { RowCell($0.value(kept), has($0.column)) }
        let isNew = batch?.isNew(row.id) ?? false
        let (written, stored, before) = try isNew ? insert(row, cells) : put(row, cells)
        if written != .unchanged {
            try settleAddresses(row.id, stored[7...10], isNew: written == .inserted)
            if let before {
                if before[7...10] != stored[7...10] { try settleConfirmations(of: row.id) }
                if before[4...5] != stored[4...5] {
                    try db.run("UPDATE members SET birthday_seq = ? WHERE id = ?", [try number(), row.id])
                }
                if let personalisation, personalisation.narrows(String.read(before[18])) {
                    try noteNarrowed(row.id, to: personalisation)
                }
            }
            // Closed members have no waits.
            if row.status == .closed, has(.status) { try db.run("DELETE FROM waits WHERE member = ?", [row.id]) }
            if written == .inserted { try keepErasedSilent(row.id) }
        }
        var changed = try has(.registeredAt) && settleRegistration(row.id, row.registeredAt, isNew: isNew)
        if has(.tags), let tags = row.tags, try replaceTags(row.id, tags, isNew: isNew) { changed = true }
        if try settleAttributes(row.id, row.attributes) { changed = true }
        return try noted(written, also: changed, row.id)
    }

    /// What a member's row is now, and what it was; nil: there was none.
    private typealias Put = (Written, stored: [SQLValue], before: [SQLValue]?)

    private func put(_ row: MemberRow, _ cells: [RowCell]) throws -> Put {
        let (written, stored, before) = try db.upsert(RowWriter.members, key: [row.id], cells)
        if written != .unchanged { try settleZone(row.id, store: stored[13], own: stored[16]) }
        return (written, stored, before)
    }

    /// Inserts a member that is known to be new, its zone included.
    private func insert(_ row: MemberRow, _ cells: [RowCell]) throws -> Put {
        let stored = cells.map(\.value)
        let zone = row.timezone ?? batch?.zone(ofStore: row.storeID)
        try db.insert(RowWriter.membersWithZone, [row.id.sql] + stored + [zone.sql])
        return (.inserted, stored, nil)
    }

    private mutating func settleAddresses(
        _ member: String, _ stored: ArraySlice<SQLValue>, isNew: Bool
    ) throws {
        for (kind, value) in zip(CanonicalAddress.kinds, stored) {
            let text = String.read(value)
            if isNew {
                guard let address = CanonicalAddress(kind, text) else { continue }
                if batch?.isOfOne(address) ?? false, try !book.areThereLists() { continue }
            }
            try book.settle(member, kind, text, isNew: isNew, number: try number())
        }
    }

    /// Sets the effective zone: the member's, else its store's, else none.
    private func settleZone(_ member: String, store: SQLValue, own: SQLValue) throws {
        let sql = """
            UPDATE members SET zone = coalesce(?2, (SELECT timezone FROM stores WHERE id = ?3)) WHERE id = ?1
            """
        try db.run(sql, [member, own, store])
    }

    /// Settles the one event of the row; events of that name from other sources are left alone.
    private func settleRegistration(_ member: String, _ at: Instant?, isNew: Bool) throws -> Bool {
        let name = EventNames.memberRegistered
        if isNew { return try settle(nil, at, member, name: name, ref: nil) }
        let sql = "SELECT seq, at FROM events WHERE member = ? AND name = ? AND source = 'row'"
        let row = try db.first(sql, [member, name])
        return try settle(SpineEvent(row), at, member, name: name, ref: nil)
    }

    private func replaceTags(_ member: String, _ tags: [String], isNew: Bool) throws -> Bool {
        let stored =
            try isNew
            ? [] : db.all("SELECT tag FROM member_tags WHERE member = ?", [member]).map { try $0[0] as String }
        guard Set(stored) != Set(tags) else { return false }
        if !stored.isEmpty { try db.run("DELETE FROM member_tags WHERE member = ?", [member]) }
        for (n, tag) in tags.enumerated() {
            let sql = "INSERT INTO member_tags (member, tag, n) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
            try db.run(sql, [member, tag, n + 1])
        }
        return true
    }

    private func settleAttributes(_ member: String, _ attributes: [String: AttributeValue]) throws -> Bool {
        var changed = false
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            if value.text.isEmpty, value.type == nil {
                if try db.run("DELETE FROM member_attributes WHERE member = ? AND name = ?", [member, name]) > 0 {
                    changed = true
                }
            } else {
                let sql = """
                    INSERT INTO member_attributes (member, name, value, type) VALUES (?, ?, ?, ?)
                    ON CONFLICT (member, name) DO UPDATE SET value = excluded.value, type = excluded.type
                    WHERE member_attributes.value <> excluded.value OR member_attributes.type IS DISTINCT FROM excluded.type
                    """
                if try db.run(sql, [member, name, value.text, value.type?.rawValue]) > 0 { changed = true }
            }
        }
        return changed
    }

    package mutating func write(date row: DateRow) throws -> Written {
        let (written, _, _) = try db.upsert(
            RowWriter.dates, key: [row.memberID, row.name], [RowCell(row.date.key), RowCell(row.date.year)])
        return try noted(written, row.memberID)
    }
}
