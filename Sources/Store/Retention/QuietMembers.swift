import Kit
import Policies
import Rules

/// Members whom the store no longer keeps: no row about them but our own decisions and messages is of an instant since then
/// (registration, order, event, consent, coupon, points, task), nothing that they have is still valid, no channel reaches
/// them, nothing is owed or open, and nobody else has an address of theirs. Of whom no instant is known, nothing can be said,
/// and they stay.
struct QuietMembers {
    let db: Session
    let terms: RetentionTerms
    let before: Instant

    struct Page {
        /// The id up to which the page goes.
        var last: String
        var gone = RetentionWalk.Count()
        var isLast: Bool
    }

    /// An erasure writes to twenty tables: so many are some ten milliseconds of the writer.
    private static let most = 20

    /// - Parameter store: it erases them as `members erase` does, but withdraws nothing for them; nil: they are only counted.
    func page(after id: String, most: Int, erasing store: MemberStore?) throws -> Page {
        // Who is left of a page is looked at again.
        let most = store == nil ? most : min(most, 5 * QuietMembers.most)
        let rows = try heard(after: id, most: most)
        let old = rows.filter { row in row.at.map { $0 < before } ?? false }
        let kept = try kept(among: old.map(\.id))
        let gone = old.filter { !kept.contains($0.id) }
        guard let store else { return page(rows, gone, after: id, isLast: rows.count < most) }
        let now = Array(gone.prefix(QuietMembers.most))
        let reason = "nothing heard since \(before.utcText.prefix(10)), and no channel reaches them"
        for member in now {
            _ = try store.eraseNow(
                member.id, for: .retention, reason: reason, by: "retention", since: before, at: terms.at,
                isNoted: false,
                db)
        }
        if now.count < gone.count, let last = now.last { return page([last], now, after: id, isLast: false) }
        return page(rows, now, after: id, isLast: rows.count < most)
    }

    private func page(_ rows: [Heard], _ gone: [Heard], after id: String, isLast: Bool) -> Page {
        Page(
            last: rows.last?.id ?? id,
            gone: .init(rows: gone.count, oldest: gone.compactMap(\.at).min(), members: gone.map(\.id)),
            isLast: isLast)
    }

    // MARK: what was heard

    private struct Heard {
        let id: String
        let at: Instant?
    }

    private func heard(after id: String, most: Int) throws -> [Heard] {
        let sql = """
            SELECT m.id, m.registered_at, (SELECT MAX(o.paid_at) FROM orders o WHERE o.member = m.id),
              (SELECT MAX(l.at) FROM latest l WHERE l.member = m.id)
            FROM members m WHERE m.id > ? ORDER BY m.id LIMIT ?
            """
        return try db.all(sql, [id, most]).map { row in
            let instants: [Int64?] = try [row[1], row[2], row[3]]
            return Heard(id: try row[0], at: instants.compactMap(\.self).max().map(Instant.init(micros:)))
        }
    }

    // MARK: who stays

    private func kept(among members: [String]) throws -> Set<String> {
        guard !members.isEmpty else { return [] }
        let list = JSONRows.encode(members)
        var kept = Set(try busy(list) + present(list) + sharing(list))
        for (channel, kind) in try channels(of: list).sorted(by: { $0.key < $1.key }) {
            kept.formUnion(try reached(list, through: channel, kind))
        }
        return kept
    }

    /// Those to whom something is owed, or about whom somebody has a task.
    private func busy(_ list: String) throws -> [String] {
        try db.values(
            """
            SELECT m.id FROM members m WHERE m.id IN {texts ?} AND (
              EXISTS (SELECT 1 FROM decisions c JOIN deliveries d ON d.decision = c.id WHERE c.member = m.id
                AND d.state IN ('pending', 'claimed', 'sending', 'retry_wait', 'unknown'))
              OR EXISTS (SELECT 1 FROM tasks t WHERE t.member = m.id AND t.state = 'open')
              OR EXISTS (SELECT 1 FROM waits w WHERE w.member = m.id))
            """, [list])
    }

    /// Those about whom a row is not older than the limit, or who have what is still valid. Each condition is a look into an
    /// index by the member. A day of every year says nothing, nor do our own decisions and what left.
    private func present(_ list: String) throws -> [String] {
        try db.values(
            """
            SELECT m.id FROM members m WHERE m.id IN {texts :members} AND (
              \(QuietMembers.rows.map { "EXISTS (SELECT 1 FROM \($0) x WHERE x.member = m.id AND (\($1)))" }
                .joined(separator: "\n  OR "))
              \(QuietMembers.lists.map { """
                OR EXISTS (SELECT 1 FROM shared_addresses s JOIN \($0) x ON x.address = s.address
                  WHERE s.member = m.id AND (\($1)))
                """ }.joined(separator: "\n  ")))
            """,
            [
                "members": list.sql, "before": before.micros.sql, "now": terms.at.micros.sql,
                "year": Zone.utc.date(of: before).year.sql,
            ])
    }

    private static let rows = [
        ("orders", "x.paid_at >= :before OR x.cancelled_at >= :before OR x.refunded_at >= :before"),
        ("carts", "x.at >= :before"),
        ("consents", "x.at >= :before"),
        ("consent_requests", "x.made_at >= :before OR x.at >= :before OR x.confirmed_at >= :before"),
        ("personalisation_choices", "x.at >= :before"),
        ("suppressions", "x.at >= :before"),
        (
            "coupons",
            """
            x.issued_at >= :before OR x.used_at >= :before OR x.expires_at >= :before
              OR (x.state = 'unused' AND x.expires_at IS NULL)
            """
        ),
        (
            "points",
            """
            x.earned_at >= :before OR x.expires_at >= :before
              OR (x.remaining > 0 AND (x.expires_at IS NULL OR x.expires_at > :now))
            """
        ),
        ("dates", "x.year >= :year"),
        ("tasks", "x.created_at >= :before OR x.due_at >= :before"),
        ("merged_members", "x.at >= :before"),
        ("quarantine", "x.at >= :before"),
    ]

    /// What is known by the address.
    private static let lists = [
        ("list_consents", "x.at >= :before"),
        ("address_suppressions", "x.at >= :before"),
        ("followings", "x.at >= :before"),
        ("message_credits", "x.at >= :before"),
    ]

    /// Those who have an address that somebody else has, or gave up in a merge: it is still somebody's. All who share an
    /// address are in the address book.
    private func sharing(_ list: String) throws -> [String] {
        try db.values(
            """
            SELECT m.id FROM members m WHERE m.id IN {texts ?} AND (
              EXISTS (SELECT 1 FROM shared_addresses s JOIN shared_addresses o ON o.address = s.address
                AND o.member <> m.id WHERE s.member = m.id)
              OR EXISTS (SELECT 1 FROM shared_addresses s JOIN merged_addresses g ON g.address = s.address
                AND g.member <> m.id WHERE s.member = m.id)
              OR EXISTS (SELECT 1 FROM merged_addresses g JOIN shared_addresses o ON o.address = g.address
                AND o.member <> m.id WHERE g.member = m.id)
              OR EXISTS (SELECT 1 FROM merged_addresses g JOIN merged_addresses o ON o.address = g.address
                AND o.member <> m.id WHERE g.member = m.id))
            """, [list])
    }

    /// The channels of nudged.yaml, and those that somebody of the list said yes to: a channel that was taken out of
    /// nudged.yaml by mistake makes nobody unreachable.
    private func channels(of list: String) throws -> [String: ChannelDeclaration.Address] {
        let standard = Dictionary(uniqueKeysWithValues: ChannelDeclaration.standard.map { ($0.id, $0.address) })
        let named: [String] = try db.values(
            """
            SELECT channel FROM consents WHERE member IN {texts ?1} AND state = 'granted'
            UNION SELECT l.channel FROM shared_addresses s JOIN list_consents l ON l.address = s.address
              WHERE s.member IN {texts ?1} AND l.state = 'granted'
            """, [list])
        var channels = terms.channels.isEmpty ? standard : terms.channels
        for name in named where name != "*" && channels[name] == nil {
            channels[name] = standard[name] ?? ChannelDeclaration.Address.none
        }
        return channels
    }

    /// Those who have an address for the channel that nothing speaks against, and whose last word is a yes.
    private func reached(
        _ list: String, through channel: String, _ kind: ChannelDeclaration.Address
    ) throws -> [String] {
        let contact = ContactSQL(member: "m.id", channel: ":channel", shared: ContactSQL.key(kind))
        let sql = """
            SELECT m.id FROM members m \(kind == .none ? "" : ContactSQL.join(kind, of: "m.id"))
            WHERE m.id IN {texts :members} AND \(kind.column.map { "m.\($0) IS NOT NULL" } ?? "TRUE")
              AND NOT \(contact.isSuppressed)
              AND (\(contact.consent(.marketing)) = 'granted' OR \(contact.consent(.service)) = 'granted')
            """
        return try db.values(sql, ["members": list.sql, "channel": channel.sql, "now": terms.at.micros.sql])
    }
}
