import Kit
import Policies
import Rules

/// What the rules in force make of receipts.
package struct ReceiptTerms: Sendable, Hashable {
    /// `settings.delivery_wait`: for how long after the handover an undelivered message falls back to the next entry of
    /// `try`. Nil: never.
    package var deliveryWait: Span?
    /// A message that arrived is an event of its member.
    package var raisesDelivered: Bool

    package init(deliveryWait: Span? = nil, raisesDelivered: Bool = false) {
        (self.deliveryWait, self.raisesDelivered) = (deliveryWait, raisesDelivered)
    }

    /// - Parameter planned: nil where no rules are in force.
    package init(_ planned: PlannedSet?) {
        self.init(
            deliveryWait: planned?.set.settings.deliveryWait, raisesDelivered: planned?.hearsOfDeliveries ?? false)
    }
}
