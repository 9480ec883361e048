import GRDB
import Rules

extension RowWriter {
    private static let members = RowTable(
        "members", keys: ["id"],
        columns: [
            "display_name", "gender", "status", "tier", "birthday_key", "birthday_year", "registered_at", "phone",
            "email", "wechat_openid", "wecom_external_userid", "city", "region", "store_id", "advisor", "language",
            "timezone", "preferred_channel", "personalisation",
        ])
    private static let dates = RowTable("dates", keys: ["member", "name"], columns: ["key", "year"])
    private static let consents = RowTable(
        "consents", keys: ["member", "channel", "purpose", "at"], columns: ["state", "source"])

    package mutating func write(member row: MemberRow, stating columns: Set<Column>? = nil) throws -> Written {
        let has = { (column: Column) in columns?.contains(column) ?? true }
        let cells = [
            RowCell(row.displayName, has(.displayName)), RowCell(row.gender?.rawValue, has(.gender)),
            RowCell(row.status.rawValue, has(.status)), RowCell(row.tier, has(.tier)),
            RowCell(row.birthday?.key, has(.birthday)), RowCell(row.birthday?.year, has(.birthday)),
            RowCell(row.registeredAt?.micros, has(.registeredAt)), RowCell(row.phone, has(.phone)),
            RowCell(row.email, has(.email)), RowCell(row.wechatOpenID, has(.wechatOpenID)),
            RowCell(row.wecomExternalUserID, has(.wecomExternalUserID)), RowCell(row.city, has(.city)),
            RowCell(row.region, has(.region)), RowCell(row.storeID, has(.storeID)),
            RowCell(row.advisor, has(.advisor)), RowCell(row.language, has(.language)),
            RowCell(row.timezone, has(.timezone)), RowCell(row.preferredChannel, has(.preferredChannel)),
            RowCell(row.personalisation?.rawValue, has(.personalisation)),
        ]
        let (written, stored) = try db.upsert(RowWriter.members, key: [row.id], cells)
        if written != .unchanged { try settleZone(row.id, store: stored[13], own: stored[16]) }
        var changed = try has(.registeredAt) && settleRegistration(row.id, row.registeredAt)
        if has(.tags), let tags = row.tags, try replaceTags(row.id, tags) { changed = true }
        if try settleAttributes(row.id, row.attributes) { changed = true }
        return try noted(written, also: changed, row.id)
    }

    /// The member's zone, else its store's, else none.
    private func settleZone(_ member: String, store: DatabaseValue, own: DatabaseValue) throws {
        let sql = """
            UPDATE members SET zone = coalesce(?2, (SELECT timezone FROM stores WHERE id = ?3)) WHERE id = ?1
            """
        try db.run(sql, [member, own, store])
    }

    /// The one event of the row; events of that name from elsewhere are left alone.
    private func settleRegistration(_ member: String, _ at: Instant?) throws -> Bool {
        let name = EventNames.memberRegistered
        let sql = "SELECT seq, at FROM events WHERE member = ? AND name = ? AND source = 'row'"
        let row = try db.first(sql, [member, name])
        return try settle(SpineEvent(row), at, member, name, ref: nil)
    }

    private func replaceTags(_ member: String, _ tags: [String]) throws -> Bool {
        let stored = try db.all("SELECT tag FROM member_tags WHERE member = ?", [member]).map { $0[0] as String }
        guard Set(stored) != Set(tags) else { return false }
        try db.run("DELETE FROM member_tags WHERE member = ?", [member])
        for (n, tag) in tags.enumerated() {
            try db.run(
                "INSERT INTO member_tags (member, tag, n) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", [member, tag, n + 1])
        }
        return true
    }

    /// An empty value takes the attribute away.
    private func settleAttributes(_ member: String, _ attributes: [String: String]) throws -> Bool {
        var changed = false
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            let key: [any DatabaseValueConvertible] = [member, name]
            if value.isEmpty {
                try db.run("DELETE FROM member_attributes WHERE member = ? AND name = ?", key)
                if db.changesCount > 0 { changed = true }
            } else {
                let sql = """
                    INSERT INTO member_attributes (member, name, value) VALUES (?, ?, ?)
                    ON CONFLICT (member, name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value
                    """
                try db.run(sql, key + [value])
                if db.changesCount > 0 { changed = true }
            }
        }
        return changed
    }

    package mutating func write(date row: DateRow) throws -> Written {
        let (written, _) = try db.upsert(
            RowWriter.dates, key: [row.memberID, row.name], [RowCell(row.date.key), RowCell(row.date.year)])
        return try noted(written, row.memberID)
    }

    /// Without `at` it holds since ever; but a withdrawal without one also ends a grant that has a date, as of now:
    /// otherwise a list of people who said no would change nothing.
    package mutating func write(consent row: ConsentRow, stating columns: Set<Column>? = nil) throws -> Written {
        let at = try row.at ?? beginning(of: row)
        let has = { (column: Column) in columns?.contains(column) ?? true }
        let key: [any DatabaseValueConvertible] = [row.memberID, row.channel, row.purpose.rawValue, at.micros]
        let sql = "SELECT state, source FROM consents WHERE member = ? AND channel = ? AND purpose = ? AND at = ?"
        guard let stored = try db.first(sql, key) else {
            let insert = """
                INSERT INTO consents (member, channel, purpose, at, state, source, seq) VALUES (?, ?, ?, ?, ?, ?, ?)
                """
            try db.run(insert, key + [row.state.rawValue] + [row.source, try number()])
            return try noted(.inserted, row.memberID)
        }
        let source: String? = has(.source) ? row.source : stored[1]
        if stored[0] as String == row.state.rawValue, stored[1] as String? == source { return .unchanged }
        let update = """
            UPDATE consents SET state = ?5, source = ?6, seq = ?7
            WHERE member = ?1 AND channel = ?2 AND purpose = ?3 AND at = ?4
            """
        try db.run(update, key + [row.state.rawValue] + [source, try number()])
        return try noted(.updated, row.memberID)
    }

    private func beginning(of row: ConsentRow) throws -> Instant {
        guard case .world(let now) = origin, row.state == .withdrawn else { return .distantPast }
        let sql = """
            SELECT state, at FROM consents WHERE member = ? AND channel = ? AND purpose = ? ORDER BY at DESC LIMIT 1
            """
        guard let last = try db.first(sql, [row.memberID, row.channel, row.purpose.rawValue]) else {
            return .distantPast
        }
        let at = Instant(micros: last[1])
        if last[0] as String == ConsentRow.State.withdrawn.rawValue { return at }
        return at == .distantPast ? at : max(now, at.adding(micros: 1))
    }
}
