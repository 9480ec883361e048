import Kit
import Policies
import Rules

/// A delivery and what is known of its member at this moment.
package struct HandoverFacts {
    package var purpose: Rule.Purpose
    package var channel: String
    package var rule: String
    package var sendBy: Instant
    /// `live_rules.status`; nil: the rule was never live here.
    package var ruleStatus: String?
    /// The rule is among those in force; false for a moment while a new set takes over.
    package var isPlanned: Bool
    /// Nil: the member is gone.
    package var memberStatus: String?
    package var zone: Zone
    package var personalisation: String?
    package var reach: Reach.ChannelFacts
    package var needsAddress: Bool
    /// When the member was handed other marketing messages lately, in order.
    package var otherSends: [Instant] = []
    /// Of the segments that caps name: those whose caps hold now, see `CapSegments`.
    package var segments: Set<String> = []
    /// The `unless` event that came, or the end of the thing itself.
    package var ending: Reason?
}
