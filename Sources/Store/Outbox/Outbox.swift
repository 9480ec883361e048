import GRDB
import Policies
import Rules

/// Deliveries owed, durable.
struct Outbox {
    let db: Database

    struct NewDelivery {
        var occurrence: Occurrence
        var entry: Send.Entry
        var purpose: Rule.Purpose
        var policy: Settings.OnUnknown
        var createdAt: Instant
        var sendBy: Instant
        var address: String?
        var composed: Composition.Text
        var templateCode: String?
        var sequence: Int64
    }

    func add(_ new: NewDelivery) throws {
        let values: JSONText? = new.templateCode == nil
            ? nil : .object(new.composed.providerValues.map { JSONText.Member($0.name, .text($0.value)) })
        try db.cachedStatement(
            sql: """
                INSERT INTO deliveries (member, rule, occasion, step, channel, template, purpose, state, policy,
                  created_at, not_before, send_by, start, address, subject, text, html, template_code, template_values)
                VALUES (?, ?, ?, 1, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            new.occurrence.member, new.occurrence.rule, new.occurrence.occasion, new.entry.channel, new.entry.template,
            new.purpose.rawValue, new.policy.rawValue, new.createdAt.micros, new.createdAt.micros, new.sendBy.micros,
            new.occurrence.start.micros, new.address, new.composed.subject, new.composed.text, new.composed.html,
            new.templateCode, values?.rendered,
        ])
        try db.cachedStatement(
            sql: "INSERT INTO transitions (delivery, seq, from_state, to_state, cause) VALUES (?, ?, NULL, 'pending', 'decided')"
        ).execute(arguments: [db.lastInsertedRowID, new.sequence])
    }
}
