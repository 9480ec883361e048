import Policies
import Rules

/// Messages that were decided but never left. `message.sent` is the event of the decision (decision 0004), so a
/// follow-up to such a message would refer to something that nobody received.
package enum EndedMessages {
    /// Final states in which the message cannot have arrived.
    private static let states = ["rejected", "suppressed", "expired", "cancelled", "dead"]

    /// How the last step of the delivery ended, by event number. A simulation without an outbox has none.
    package static func states(_ events: [Int64], _ db: Session) throws -> [Int64: String] {
        guard !events.isEmpty else { return [:] }
        return try db.all(
            """
            SELECT c.id, (SELECT d.state FROM deliveries d WHERE d.decision = c.id ORDER BY d.step DESC LIMIT 1) AS state
            FROM {elements ?} b {then} decisions c ON c.id = CAST(b.value AS BIGINT)
            """, [Outbox.list(events.compactMap(OwnMessages.decision))]
        ).reduce(into: [:]) { found, row in
            if let state = try row[1] as String?, states.contains(state) {
                found[OwnMessages.number(of: try row[0])] = state
            }
        }
    }
}

extension Occurrence {
    /// The number of the event that the occurrence is about.
    /// Not inlined: the optimizer of Swift 6.3.1 ends with an ownership error where this stands inside a borrow.
    @inline(never)
    package var eventNumber: Int64? {
        if case .event(let seq) = anchor { seq } else { nil }
    }
}
