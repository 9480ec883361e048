import Channels
import Kit
import Logging
import Policies
import Store
import Synchronization

/// A channel whose provider calls us.
package struct CallbackChannel: Sendable {
    package let id: String
    let address: CallbackAddress
    let read: @Sendable (CallbackRequest) -> CallbackResult

    package init(id: String, address: CallbackAddress, read: @escaping @Sendable (CallbackRequest) -> CallbackResult) {
        self.id = id
        self.address = address
        self.read = read
    }
}

/// Takes the calls of providers: what they say is committed before they are thanked.
package struct CallbackDesk: Sendable {
    /// Commits what a call to a channel said. Returns once it is on disk.
    package typealias Note =
        @Sendable (_ events: [CallbackEvent], _ channel: String, _ at: Instant) async throws -> Void

    private let channels: [String: CallbackChannel]
    private let log: Logger
    private let note: Note
    private let patience: Duration
    private let troubles = Troubles()

    /// Compared where there is no channel, so that a wrong name costs the time of a wrong token.
    private let decoy = CallbackAddress(token: "")

    /// - Parameter patience: how long a provider waits for the commit. What takes longer is written all the same, and
    ///   changes nothing when the provider calls again.
    init(_ channels: [CallbackChannel], log: Logger, patience: Duration, note: @escaping Note) {
        self.channels = Dictionary(uniqueKeysWithValues: channels.map { ($0.id, $0) })
        self.log = log
        self.note = note
        self.patience = patience
    }

    /// Nil for a wrong name and for a wrong token, in the same time.
    func channel(_ id: some StringProtocol, token: some StringProtocol) -> CallbackChannel? {
        let channel = channels[String(id)]
        return (channel?.address ?? decoy).accepts(token) ? channel : nil
    }

    /// Whether a call from there is one of the channel's provider; one that is not is said once, without its address.
    func admits(_ origin: String?, to channel: CallbackChannel) -> Bool {
        if channel.address.admits(origin) { return true }
        if troubles.begins(channel.id, "origin") {
            log.warning(
                "a call with the right token came from an address outside `allow_ips` and was refused",
                metadata: ["channel": "\(channel.id)"])
        }
        return false
    }

    func answer(_ request: CallbackRequest, to channel: CallbackChannel) async -> Answer {
        let result = channel.read(request)
        if let refusal = result.refusal {
            if troubles.begins(channel.id, refusal) {
                log.warning(
                    "a provider's call was refused", metadata: ["channel": "\(channel.id)", "reason": "\(refusal)"])
            }
            return Answer(result.answer, isLast: true)
        }
        do {
            if !result.events.isEmpty {
                let note = note
                try await Patience.wait(patience) { try await note(result.events, channel.id, request.at) }
            }
        } catch {
            let reason = error is Patience.Over ? "the store is slow" : MemberStore.words(for: error)
            if troubles.begins(channel.id, reason) {
                log.error(
                    "a provider's call could not be kept: it is to call again",
                    metadata: ["channel": "\(channel.id)", "reason": "\(reason)"])
            }
            return .unavailable
        }
        troubles.end(channel.id)
        return Answer(result.answer)
    }
}

/// What is wrong with the calls of each channel or source, or with links, so that it is said when it begins and not every time.
final class Troubles: Sendable {
    private let current = Mutex<[String: String]>([:])

    /// True when this is news.
    func begins(_ channel: String, _ trouble: String) -> Bool {
        current.withLock { $0.updateValue(trouble, forKey: channel) != trouble }
    }

    func end(_ channel: String) { current.withLock { $0[channel] = nil } }
}
