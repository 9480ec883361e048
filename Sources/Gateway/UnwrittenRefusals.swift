import Kit
import Policies
import Rules
import Store

/// Refusals by a link that came while the store could not be written. Whoever posted one was told to come again, which
/// most mail programs do not: so they are kept here, and nothing leaves before they are on disk (guarantees, fault 13).
/// The end of the process loses them.
package actor UnwrittenRefusals {
    /// More than a mailing brings in the minutes of a full disk.
    private static let most = 10_000

    private struct Refusal {
        var link: UnsubscribeLink
        var choices: [ContactChoice]
        var at: Instant
    }

    private let channels: [LinkDesk.Channel]
    private var waiting: [Refusal] = []

    /// - Parameter channels: those of nudged.yaml.
    package init(_ channels: [LinkDesk.Channel]) { self.channels = channels }

    /// Keeps what refuses something; a consent can be given again.
    package func keep(_ choices: [ContactChoice], of link: UnsubscribeLink, at now: Instant) {
        let refusals = choices.filter { !$0.isWanted }
        guard !refusals.isEmpty, waiting.count < UnwrittenRefusals.most else { return }
        waiting.append(Refusal(link: link, choices: refusals, at: now))
    }

    /// Writes what waits, in the order in which it came. Throws while that is not possible. Called by one task only.
    package func write(to store: MemberStore) async throws {
        while let first = waiting.first {
            do {
                _ = try await store.choose(first.choices, by: first.link, among: channels, at: first.at)
            } catch let error where StatementFault.reason(error) != nil {
                // The row itself is at fault, as it will be for ever: it must not hold up all others.
            }
            waiting.removeFirst()
        }
    }
}
