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

        package init?(stored: String?) {
            guard let stored else { return nil }
            // In doubt it is a no.
            self = Consent(rawValue: stored) ?? .withdrawn
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
        package init(
            address: String?, isSuppressed: Bool, marketing: Consent?, service: Consent?, shared: Data? = nil,
            othersSends: [Instant] = []
        ) {
            self.address = address
            self.isSuppressed = isSuppressed
            self.marketing = marketing
            self.service = service
            self.shared = shared
            self.othersSends = othersSends
        }
    }

    /// The entry to use; nil when none is usable.
    package var chosen: Send.Entry?
    /// Every entry passed over before `chosen`, with its reason.
    package var tried: [(channel: String, obstacle: Obstacle)]

    package init(
        entries: [Send.Entry], purpose: Rule.Purpose, preferred: String?, channels: [String: ChannelFacts],
        needsAddress: (String) -> Bool
    ) {
        tried = []
        for entry in Reach.ordered(entries, preferred: preferred) {
            guard let obstacle = Reach.obstacle(channels[entry.channel], purpose, needsAddress(entry.channel)) else {
                chosen = entry
                return
            }
            tried.append((entry.channel, obstacle))
        }
    }

    /// The member's preferred channel first if it is listed, then file order (semantics §5).
    static func ordered(_ entries: [Send.Entry], preferred: String?) -> [Send.Entry] {
        guard let preferred, let index = entries.firstIndex(where: { $0.channel == preferred }) else { return entries }
        var ordered = entries
        ordered.insert(ordered.remove(at: index), at: 0)
        return ordered
    }

    /// Marketing needs an explicit grant; service needs that service is not withdrawn.
    package static func obstacle(_ facts: ChannelFacts?, _ purpose: Rule.Purpose, _ needsAddress: Bool) -> Obstacle? {
        guard let facts else { return .noConsent }
        if needsAddress && facts.address == nil { return .noAddress }
        if facts.isSuppressed { return .suppressed }
        switch purpose {
        case .marketing: return facts.marketing == .granted ? nil : .noConsent
        case .service: return facts.service == .withdrawn ? .noConsent : nil
        }
    }
}
