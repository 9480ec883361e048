import Kit
import Foundation
import Rules

/// Which entry of `try` reaches a member, and why the ones before it do not.
package struct Reach: Sendable {
    package enum Obstacle: String, Sendable {
        case noAddress = "no_address"
        case suppressed
        case noConsent = "no_consent"
    }
    package enum Consent: String, Sendable {
        case granted, withdrawn
        /// The member granted it, but somebody else who has the same address has withdrawn since.
        case refused
        /// The member granted it, and is so young that a guardian must.
        case minor

        package init?(stored: String?) {
            guard let stored else { return nil }
            // In doubt it is a no.
            self = Consent(rawValue: stored) ?? .withdrawn
        }
    }
    /// What the member allows through a provider that counts it.
    package struct Credits: Sendable, Equatable {
        /// The forms of messages that need a credit.
        package var counted: Set<ChannelDeclaration.MessageForm>
        /// The provider's templates of which one more message may come; '' stands for texts without one.
        package var left: Set<String>

        package init(counted: Set<ChannelDeclaration.MessageForm>, left: Set<String>) {
            (self.counted, self.left) = (counted, left)
        }

        /// - Parameter code: the provider's template; nil for a text without one.
        package func allow(code: String?) -> Bool {
            !counted.contains(code == nil ? .text : .template) || left.contains(code ?? "")
        }
    }
    /// What the store knows of one channel for one member.
    package struct ChannelFacts: Sendable {
        package var address: String?
        package var isSuppressed: Bool
        /// Nil: no consent on record, which is not a grant.
        package var marketing: Consent?
        package var service: Consent?
        /// The store's key for the address if other members have it too, or if a list names it.
        package var shared: Data?
        /// When others with the address got marketing through this channel.
        package var othersSends: [Instant]
        /// Nil where the channel counts no credits.
        package var credits: Credits?
        package init(
            address: String?, isSuppressed: Bool, marketing: Consent?, service: Consent?, shared: Data? = nil,
            othersSends: [Instant] = [], credits: Credits? = nil
        ) {
            self.address = address
            self.isSuppressed = isSuppressed
            self.marketing = marketing
            self.service = service
            self.shared = shared
            self.othersSends = othersSends
            self.credits = credits
        }
    }

    /// The entry to use; nil when none is usable.
    package var chosen: Send.Entry?
    /// Every entry passed over before `chosen`, with its reason.
    package var tried: [(channel: String, obstacle: Obstacle)]

    package init(
        entries: [Send.Entry], purpose: Rule.Purpose, preferred: String?, channels: [String: ChannelFacts],
        needsAddress: (String) -> Bool, code: (Send.Entry) -> String? = { _ in nil }
    ) {
        tried = []
        for entry in Reach.ordered(entries, preferred: preferred) {
            let isNeeded = needsAddress(entry.channel)
            guard let obstacle = Reach.obstacle(channels[entry.channel], purpose, isNeeded, code: code(entry))
            else {
                chosen = entry
                return
            }
            tried.append((entry.channel, obstacle))
        }
    }

    /// The member's preferred channel first if it is listed, then file order (semantics §5).
    package static func ordered(_ entries: [Send.Entry], preferred: String?) -> [Send.Entry] {
        guard let preferred, let index = entries.firstIndex(where: { $0.channel == preferred }) else { return entries }
        var ordered = entries
        ordered.insert(ordered.remove(at: index), at: 0)
        return ordered
    }

    /// Marketing needs an explicit grant; service needs that service is not withdrawn; either needs what the provider
    /// counts.
    package static func obstacle(
        _ facts: ChannelFacts?, _ purpose: Rule.Purpose, _ needsAddress: Bool, code: String? = nil
    ) -> Obstacle? {
        guard let facts else { return .noConsent }
        if needsAddress && facts.address == nil { return .noAddress }
        if facts.isSuppressed { return .suppressed }
        let isGranted = purpose == .marketing ? facts.marketing == .granted : facts.service != .withdrawn
        return isGranted && facts.credits?.allow(code: code) ?? true ? nil : .noConsent
    }
}
