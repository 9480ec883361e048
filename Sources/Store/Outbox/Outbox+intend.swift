import Kit
import Foundation
import Policies
import Rules

extension Outbox {
    /// Another daemon has taken over: nothing may leave from here any more.
    package struct StaleEpoch: Error, CustomStringConvertible {
        package let words = Bilingual("another daemon has taken over this store", "另一个守护进程已经接管这个数据库")
        package var description: String { words.description }
    }

    /// The store is not the one that its mark is about: everything is held.
    package struct RolledBack: Error, CustomStringConvertible {
        package let description: String
    }

    /// Throws unless the daemon of this epoch is the last that started.
    package func require(epoch: Int64) throws {
        guard try meta("epoch") == epoch else { throw StaleEpoch() }
    }

    /// Writes the attempt of a delivery that may leave. Only what this returns, once its transaction is on disk, may be
    /// handed to a channel.
    /// - Parameters:
    ///   - row: as `HandoverReader` reads it.
    ///   - limits: the row of its limits.
    ///   - terms: of its channel.
    ///   - reservation: what it costs, as `DaySpending` reserved it.
    ///   - links: writes the rows of the message's links, in the same transaction.
    package func intend(
        _ row: SQLRow, to address: String?, limits: Int64?, _ epoch: Int64, names: References,
        terms: ChannelTerms, reservation: DaySpending.Reservation?, links: inout LinkRows, at now: Instant
    ) throws -> Intent {
        let id: Int64 = try row["id"]
        let attempt = try (row["attempts"] as Int) + 1
        let unclear: String? = try row["unclear_reference"]
        let reference = try unclear ?? names.reference(row, attempt: attempt)
        try db.run(
            """
            UPDATE deliveries SET state = 'sending', claim_count = 0, parked = 0, claimed_by = NULL, lease_until = NULL,
              attempts = ?, address = ?, ask_at = ? WHERE id = ? AND state = 'claimed'
            """, [attempt, address, terms.firstQuery.map { now.adding(micros: $0).micros }, id])
        try note(id, from: .claimed, to: .sending, cause: "intent", sequence: nextSequence())
        try tally?.add(row["rule"], row["channel"], from: .claimed, to: .sending, cause: "intent")
        try db.run(
            """
            INSERT INTO attempts (delivery, n, reference, epoch, intent_seq, intent_at, resend, limits, cost, cost_day)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id, attempt, reference, epoch, try nextSequence(), now.micros, unclear == nil ? 0 : 1, limits,
                reservation?.cost, reservation?.day.days,
            ])
        return try Intent(
            delivery: id, attempt: attempt, reference: reference, channel: row["channel"], rule: row["rule"],
            member: row["member"], name: row["display_name"], advisor: row["advisor"], occasion: row["occasion"],
            address: address, subject: row["subject"],
            text: row["text"] ?? "", html: row["html"], templateCode: row["template_code"],
            values: values(row["template_values"]),
            links: links.handed(with: row, to: address, at: now),
            unsubscribe: links.offered(with: row, to: address, at: now), failures: row["failures"])
    }

    private func values(_ json: String?) throws -> [(String, String)] {
        guard let json else { return [] }
        return try db.all("SELECT key, value FROM {members ?} t ORDER BY id", [json]).map {
            try ($0[0], $0[1] ?? "")
        }
    }
}
