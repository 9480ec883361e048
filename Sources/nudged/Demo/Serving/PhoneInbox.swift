import Channels
import Kit
import Synchronization

/// The channel of `demo --serve`: what is handed over stays here, for the page to show.
final class PhoneInbox: Channel {
    let type = "log"
    private let arrived = Mutex<[OutgoingMessage]>([])

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        arrived.withLock { $0.append(message) }
        return .accepted(providerID: nil)
    }

    func probe(at now: Instant) async -> ProbeOutcome { .works() }

    /// What arrived since the last call.
    func take() -> [OutgoingMessage] {
        arrived.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }
}
