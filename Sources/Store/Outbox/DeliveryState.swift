/// The states of a delivery, as drawn in guarantees §1.4; the CHECK constraint of `deliveries.state` is this list.
package enum DeliveryState: String, Sendable, CaseIterable {
    case pending, claimed, sending, accepted, delivered, undelivered, rejected, unknown
    case retryWait = "retry_wait"
    case unknownClosed = "unknown_closed"
    case suppressed, expired, cancelled, dead

    package var isTerminal: Bool {
        switch self {
        case .delivered, .undelivered, .rejected, .unknownClosed, .suppressed, .expired, .cancelled, .dead: true
        default: false
        }
    }

    /// The arrows of the drawing. A receipt may arrive before the answer to the call.
    package func canBecome(_ next: DeliveryState) -> Bool {
        switch self {
        case .pending: [.claimed, .expired, .cancelled, .suppressed, .unknownClosed].contains(next)
        case .claimed: [.pending, .sending, .suppressed, .expired, .cancelled, .dead, .unknownClosed].contains(next)
        case .sending:
            [.accepted, .rejected, .retryWait, .unknown, .delivered, .undelivered, .dead, .expired].contains(next)
        case .retryWait: [.pending, .dead, .expired, .cancelled, .suppressed, .unknownClosed].contains(next)
        case .unknown: [.accepted, .retryWait, .pending, .delivered, .undelivered, .unknownClosed].contains(next)
        case .accepted: [.delivered, .undelivered].contains(next)
        default: false
        }
    }
}
