import Kit
import Policies

/// A delivery whose provider is to be asked what became of it. Its printed form shows no address.
package struct Question: Sendable, CustomStringConvertible, CustomReflectable {
    package let delivery: Int64
    package let reference: String
    /// Nil where the provider's answer did not arrive, or gave none.
    package let providerID: String?
    package let address: String?
    /// Of the last attempt.
    package let handedOverAt: Instant
    /// The slot that has come, by which an answer is known to be about this question.
    let slot: Int64

    package var description: String { "question about \(reference)" }
    package var customMirror: Mirror { Mirror(self, children: ["reference": reference]) }
}

/// What became of a question.
package struct AnsweredQuestion: Sendable {
    package let question: Question
    /// Nil where the provider said nothing of the message.
    package let receipt: Receipt?
    /// When to ask again; nil: never. What is final needs no further question, whatever stands here.
    package let askAgainAt: Instant?

    package init(_ question: Question, receipt: Receipt?, askAgainAt: Instant?) {
        self.question = question
        self.receipt = receipt
        self.askAgainAt = askAgainAt
    }
}

extension MemberStore {
    /// At most `limit` deliveries of a channel whose next question is due, the one that has waited longest first.
    package func questions(of channel: String, at now: Instant, limit: Int) async throws -> [Question] {
        try await writer.read { db in
            try db.all(
                """
                SELECT d.id, a.reference, a.provider_id, d.address, a.intent_at, d.ask_at
                FROM deliveries d {indexed deliveries_asked} {then} attempts a ON a.delivery = d.id AND a.n = d.attempts
                WHERE d.channel = ? AND d.ask_at <= ? AND d.ask_at IS NOT NULL AND d.state IN ('accepted', 'unknown')
                ORDER BY d.ask_at LIMIT ?
                """, [channel, now.micros, limit]
            ).map { row in
                try Question(
                    delivery: row[0], reference: row[1], providerID: row[2], address: row[3],
                    handedOverAt: Instant(micros: row[4]), slot: row[5])
            }
        }
    }

    /// Writes down what a provider said when it was asked, as if it had reported it, and when it is asked next, in one
    /// transaction. A question that was answered meanwhile stays as it is.
    package func note(
        _ answered: [AnsweredQuestion], from source: CallbackSource, at now: Instant, counting meter: OutboxMeter? = nil
    ) async throws {
        let counts = try await committed(meter) { outbox in
            var notes = try CallbackNotes(outbox, source, at: now)
            for answer in answered {
                if let receipt = answer.receipt { try notes.note(receipt) }
                try outbox.db.run(
                    "UPDATE deliveries SET ask_at = ? WHERE id = ? AND ask_at = ?",
                    [answer.askAgainAt?.micros, answer.question.delivery, answer.question.slot])
            }
            return notes.counts
        }
        meter?.add(counts, of: source.channel)
    }
}
