import Kit
import Policies
import Rules

/// What a short link is about.
package struct ShortLink: Sendable, Hashable {
    package let row: LinkRow
    package let name: String
    /// Where it leads.
    package let url: String
    package let rule: String
    package let member: String
    package let channel: String
}

extension MemberStore {
    /// Nil: there is no such row.
    package func shortLink(_ id: Int64) async throws -> ShortLink? {
        try await writer.read { db in
            let found = try db.first(
                """
                SELECT s.delivery, s.name, s.url, d.rule, d.member, d.channel FROM short_links s
                JOIN v_deliveries d ON d.id = s.delivery WHERE s.id = ?
                """, [id])
            guard let found else { return nil }
            let (delivery, name, url): (Int64, String, String) = try (found[0], found[1], found[2])
            // The member was erased, and where the link led with them.
            guard !url.isEmpty else { return nil }
            return try ShortLink(
                row: .short(id, delivery: delivery, name: name, url: url), name: name, url: url, rule: found[3],
                member: found[4], channel: found[5])
        }
    }

    /// Counts a click. The first one of a link is an event of its member: a rule that waits for it acts once.
    package func click(_ link: ShortLink, at now: Instant) async throws {
        try await committed { outbox in
            let clicks: Int64? = try outbox.db.value(
                """
                UPDATE short_links SET clicks = clicks + 1, first_click = COALESCE(first_click, ?) WHERE id = ?
                RETURNING clicks
                """, [now.micros, link.row.id])
            var rows = RowWriter(outbox.db, origin: .world(now: now))
            guard clicks == 1, try rows.hasMember(link.member) else { return }
            let data = JSONText.object([
                "rule": .text(link.rule), "link": .text(link.name), "channel": .text(link.channel),
            ])
            let event = EventRow(
                id: "link:\(link.row.id)", memberID: link.member, name: EventNames.messageClicked, at: now,
                data: data.rendered)
            _ = try rows.write(event: event, source: EventNames.clickSource)
        }
    }
}
