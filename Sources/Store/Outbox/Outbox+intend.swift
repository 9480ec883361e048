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

    /// Makes the attempt of a delivery that may leave, for `write`. Only what is written, once its transaction is on disk,
    /// may be handed to a channel.
    /// - Parameters:
    ///   - row: as `HandoverReader` reads it.
    ///   - limits: the row of its limits.
    ///   - terms: of its channel.
    ///   - reservation: what it costs, as `DaySpending` reserved it.
    ///   - links: writes the rows of the message's links, in the same transaction.
    ///   - unwritten: gets the rows of the attempt.
    package func intend(
        _ row: SQLRow, to address: String?, limits: Int64?, names: References, terms: ChannelTerms,
        reservation: DaySpending.Reservation?, links: inout LinkRows, in unwritten: inout UnwrittenIntents,
        at now: Instant
    ) throws -> Intent {
        let id: Int64 = try row["id"]
        let attempt = try (row["attempts"] as Int) + 1
        let unclear: String? = try row["unclear_reference"]
        let reference = try unclear ?? names.reference(row, attempt: attempt)
        try tally?.add(row["rule"], row["channel"], from: .claimed, to: .sending, cause: "intent")
        try unwritten.add(
            row, [address.sql, terms.firstQuery.map { now.adding(micros: $0).micros }.sql],
            [id.sql, attempt.sql, reference.sql, (unclear != nil).sql, limits.sql, (reservation?.cost).sql],
            on: reservation?.day)
        return try Intent(
            delivery: id, attempt: attempt, reference: reference, channel: row["channel"], rule: row["rule"],
            member: row["member"], name: row["display_name"], advisor: row["advisor"], occasion: row["occasion"],
            address: address, subject: row["subject"],
            text: row["text"] ?? "", html: row["html"], templateCode: row["template_code"],
            values: values(row["template_values"]),
            links: links.handed(with: row, to: address, at: now),
            unsubscribe: links.offered(with: row, to: address, at: now), failures: row["failures"])
    }

    /// Writes attempts, and makes `unwritten` empty.
    package func write(_ unwritten: inout UnwrittenIntents, epoch: Int64, at now: Instant) throws {
        guard !unwritten.attempts.isEmpty else { return }
        defer { unwritten = UnwrittenIntents() }
        let (deliveries, attempts) = (SQLTable(unwritten.deliveries), SQLTable(unwritten.attempts))
        let first = try nextSequences(2 * attempts.rowCount)
        try db.run(
            """
            UPDATE deliveries SET state = 'sending', claim_count = 0, parked = 0, claimed_by = NULL, lease_until = NULL,
              attempts = CAST(t.c1 AS BIGINT), address = t.c2, ask_at = CAST(t.c3 AS BIGINT)
            FROM {rows :deliveries} t WHERE deliveries.id = CAST(t.c0 AS BIGINT) AND deliveries.state = 'claimed'
            """, SQLArguments([:], tables: ["deliveries": deliveries]))
        try db.run(
            """
            INSERT INTO transitions (delivery, seq, from_state, to_state, cause)
            SELECT CAST(t.c0 AS BIGINT), CAST(:first AS BIGINT) + 2 * t.i, 'claimed', 'sending', 'intent'
            FROM {rows :deliveries} t
            """, SQLArguments(["first": first.sql], tables: ["deliveries": deliveries]))
        try db.run(
            """
            INSERT INTO attempts (delivery, n, reference, epoch, intent_seq, intent_at, resend, limits, cost, cost_day)
            SELECT CAST(t.c0 AS BIGINT), CAST(t.c1 AS BIGINT), t.c2, CAST(:epoch AS BIGINT),
              CAST(:first AS BIGINT) + 2 * t.i + 1, CAST(:now AS BIGINT), CAST(t.c3 AS BIGINT), CAST(t.c4 AS BIGINT),
              CAST(t.c5 AS BIGINT), CASE WHEN t.c5 IS NOT NULL THEN CAST(:day AS BIGINT) END
            FROM {rows :attempts} t
            """,
            SQLArguments(
                [
                    "epoch": epoch.sql, "first": first.sql, "now": now.micros.sql,
                    "day": (unwritten.day?.days).sql,
                ], tables: ["attempts": attempts]))
    }

    private func values(_ json: String?) throws -> [(String, String)] {
        guard let json else { return [] }
        return try db.all("SELECT key, value FROM {members ?} t ORDER BY id", [json]).map {
            try ($0[0], $0[1] ?? "")
        }
    }
}

/// Attempts of one batch that are not written yet, so that one statement writes all of them. What asks for other messages of
/// the batch has them written first.
package struct UnwrittenIntents {
    /// The delivery, the number of its attempts, its address, and when the provider is asked about it.
    fileprivate var deliveries: [[SQLValue]] = []
    /// The delivery, the number of the attempt, its reference, whether it is a repetition, the limits and the cost.
    fileprivate var attempts: [[SQLValue]] = []
    /// The day that they are paid from, the same for all.
    fileprivate var day: LocalDate?
    private var members: Set<String> = []
    private var addresses: Set<Data> = []

    package init() {}

    /// Whether one of them is to the same member, or to one with the same address.
    package func concern(_ row: SQLRow) throws -> Bool {
        if try members.contains(row["member"]) { return true }
        return try (row["shared"] as Data?).map(addresses.contains) ?? false
    }

    fileprivate mutating func add(
        _ row: SQLRow, _ delivery: [SQLValue], _ attempt: [SQLValue], on day: LocalDate?
    ) throws {
        deliveries.append(attempt[..<2] + delivery)
        attempts.append(attempt)
        self.day = day ?? self.day
        members.insert(try row["member"])
        if let shared: Data = try row["shared"] { addresses.insert(shared) }
    }
}
