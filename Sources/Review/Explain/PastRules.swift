import Policies
import Rules
import Store

/// The rule sets of earlier versions, read again from the store: they name the values that a decision kept.
package struct PastRules {
    private let store: MemberStore
    private let channels: [ChannelDeclaration]

    /// - Parameter channels: today's; a channel's kind of address does not change.
    package init(_ store: MemberStore, channels: [ChannelDeclaration]) {
        self.store = store
        self.channels = channels
    }

    /// Nil when the store does not have the version, or this program can no longer read it.
    package func set(version: Int) throws -> (set: RuleSet, channels: [ChannelDeclaration])? {
        guard let kept = try store.rules(version: version) else { return nil }
        return RuleSetLoader.check(kept, channels: channels).set.map { ($0, channels) }
    }
}
