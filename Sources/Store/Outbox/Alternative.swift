import Kit
import Policies
import Rules

/// A later entry of `try`, rendered with the facts and gifts of the decision and kept in case the one before it is
/// refused. Whether it may be used (address, consent) is checked when its turn comes.
package struct Alternative {
    package var entry: Send.Entry
    package var templateCode: String?
    package var composed: Composition.Text

    /// The entries after the chosen one, in the order of trying, without those whose template lacks a value.
    package static func following(
        _ chosen: Send.Entry, of entries: [Send.Entry], in composition: Composition, preferred: String?,
        templates: [String: MessageTemplate]
    ) -> [Alternative] {
        var ordered = entries
        guard ordered.count > 1 else { return [] }
        if let preferred, let index = ordered.firstIndex(where: { $0.channel == preferred }) {
            ordered.insert(ordered.remove(at: index), at: 0)
        }
        let later = ordered.drop { $0 != chosen }.dropFirst()
        return later.compactMap { entry in
            guard let template = templates[entry.template] else { return nil }
            var other = composition
            other.template = template
            guard case .text(let composed) = other.compose() else { return nil }
            return Alternative(entry: entry, templateCode: template.code, composed: composed)
        }
    }

    /// Nil when there are none: the column is then NULL.
    static func stored(_ alternatives: [Alternative]) -> String? {
        guard !alternatives.isEmpty else { return nil }
        func text(_ value: String?) -> JSONText { value.map { .text($0) } ?? .null }
        let list = alternatives.map { alternative -> JSONText in
            .object([
                "channel": .text(alternative.entry.channel), "template": .text(alternative.entry.template),
                "code": text(alternative.templateCode), "subject": text(alternative.composed.subject),
                "text": .text(alternative.composed.text), "html": text(alternative.composed.html),
                "values": alternative.composed.storedValues(code: alternative.templateCode) ?? .null,
                "links": alternative.composed.links.stored ?? .null,
            ])
        }
        return JSONText.list(list).rendered
    }
}

extension Outbox {
    /// After a refusal, makes the next entry of `try` a delivery of its own, one step further, with the same time
    /// limits. Returns false when none is left, or when an earlier try of the occasion is unclear and may have arrived.
    @discardableResult
    package func fallBack(from id: Int64, at now: Instant, cause: String) throws -> Bool {
        let added = try db.run(
            """
            INSERT INTO deliveries (decision, step, rule, channel, template, purpose, state, policy,
              created_at, not_before, send_by, start, subject, text, html, template_code, template_values, ref, event,
              date, alternatives, place, cap_segments, links)
            SELECT decision, step + 1, rule, {json alternatives} -> 0 ->> 'channel',
              {json alternatives} -> 0 ->> 'template', purpose, 'pending', policy, :now, :now, send_by, start,
              {json alternatives} -> 0 ->> 'subject', {json alternatives} -> 0 ->> 'text', {json alternatives} -> 0 ->> 'html',
              {json alternatives} -> 0 ->> 'code', {json alternatives} -> 0 ->> 'values', ref, event, date,
              NULLIF({rest alternatives}, '[]'), place, cap_segments, {json alternatives} -> 0 ->> 'links'
            FROM deliveries d WHERE id = :id AND alternatives IS NOT NULL AND send_by > :now
              AND NOT EXISTS (
                SELECT 1 FROM deliveries e JOIN attempts a ON a.delivery = e.id
                WHERE e.decision = d.decision AND a.outcome = 'unknown')
            ON CONFLICT DO NOTHING
            """, ["now": now.micros, "id": id])
        guard added == 1 else { return false }
        try note(db.lastRow, from: nil, to: .pending, cause: cause, sequence: nextSequence())
        return true
    }

    /// Ends what would follow a delivery that somebody complained of: nothing falls back from it any more, and what
    /// waits in its place is cancelled.
    func endAlternatives(of id: Int64) throws {
        try db.run(
            """
            UPDATE deliveries SET alternatives = NULL
            WHERE decision = (SELECT decision FROM deliveries WHERE id = ?) AND alternatives IS NOT NULL
            """, [id])
        let waiting = try db.all(
            """
            SELECT e.id, e.state FROM deliveries d JOIN deliveries e ON e.decision = d.decision AND e.step > d.step
            WHERE d.id = ? AND e.state IN ('pending', 'claimed', 'retry_wait')
            """, [id])
        _ = try endAll(waiting, cause: "complaint")
    }
}
