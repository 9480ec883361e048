import Kit
import Policies
import Rules

/// A delivery with the facts about its member at the moment of handover.
package struct HandoverFacts {
    package var purpose: Rule.Purpose
    package var channel: String
    package var rule: String
    package var sendBy: Instant
    /// `live_rules.status`; nil: the rule was never live here.
    package var ruleStatus: String?
    /// Whether the rule is among those in force; briefly false while a new set takes over.
    package var isPlanned: Bool
    /// Nil: the member is no longer in the store.
    package var memberStatus: String?
    package var zone: Zone
    package var personalisation: String?
    /// The member has refused values of theirs in messages since the decision, whose text may have some.
    package var hasRefusedOwnValues: Bool
    package var reach: Reach.ChannelFacts
    package var needsAddress: Bool
    /// When other marketing messages were handed over to the member, in ascending order.
    package var otherSends: [Instant] = []
    /// The segments whose caps apply now, see `CapSegments`.
    package var segments: Set<String> = []
    /// The `unless` event that came, or the end of the anchor itself, see `DeliveryEnding`.
    package var ending: Reason?

    /// The member's word that forbids the text as it was decided; nil: none does. A text that was decided for a member
    /// who had refused already is one without values of theirs.
    package var refusedPersonalisation: String? {
        switch personalisation {
        case "none": "none"
        case "generic" where hasRefusedOwnValues: "generic"
        default: nil
        }
    }
}
