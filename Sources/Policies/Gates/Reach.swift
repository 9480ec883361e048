import Rules

/// Through which entries of `try` a member can be reached, and why not through the others.
package struct Reach: Sendable {
    package enum Obstacle: String, Sendable {
        case noAddress = "no_address"
        case suppressed
        case noConsent = "no_consent"
    }
    /// What the store knows of one channel for one member.
    package struct ChannelFacts: Sendable {
        package var address: String?
        package var isSuppressed: Bool
        /// `granted`, `withdrawn` or nil: missing is not granted.
        package var marketing: String?
        package var service: String?
        package init(address: String?, isSuppressed: Bool, marketing: String?, service: String?) {
            self.address = address
            self.isSuppressed = isSuppressed
            self.marketing = marketing
            self.service = service
        }
    }

    /// The channel entry to use; nil: none is usable.
    package var chosen: Send.Entry?
    /// Every entry passed over before `chosen`, with its reason.
    package var tried: [(channel: String, obstacle: Obstacle)]

    /// The member's preferred channel first if listed, then file order (semantics §5).
    package init(
        entries: [Send.Entry], purpose: Rule.Purpose, preferred: String?, channels: [String: ChannelFacts],
        needsAddress: (String) -> Bool
    ) {
        var ordered = entries
        if let preferred, let index = ordered.firstIndex(where: { $0.channel == preferred }) {
            ordered.insert(ordered.remove(at: index), at: 0)
        }
        tried = []
        for entry in ordered {
            guard let obstacle = Reach.obstacle(channels[entry.channel], purpose, needsAddress(entry.channel)) else {
                chosen = entry
                return
            }
            tried.append((entry.channel, obstacle))
        }
    }

    /// Marketing needs an explicit grant; service needs that service is not withdrawn.
    package static func obstacle(_ facts: ChannelFacts?, _ purpose: Rule.Purpose, _ needsAddress: Bool) -> Obstacle? {
        guard let facts else { return .noConsent }
        if needsAddress && facts.address == nil { return .noAddress }
        if facts.isSuppressed { return .suppressed }
        switch purpose {
        case .marketing: return facts.marketing == "granted" ? nil : .noConsent
        case .service: return facts.service == "withdrawn" ? .noConsent : nil
        }
    }
}
