import Kit
import Rules

/// The events of the Segment e-commerce specification that say what the store knows by another name, and our own
/// canonical names. Names are compared without case, and `.`, `_`, `-` and a space are one; other events keep theirs.
enum CommerceEvent {
    case orderPaid, orderCancelled, orderRefunded
    case productViewed, productAdded, productRemoved
    /// The whole cart as it is now.
    case cart
    case cartEmptied
    case couponUsed
    /// A canonical event without data of its own.
    case other(String)

    init?(_ name: String) {
        let key = EventName.key(name)
        switch (key, EventName.canonical(ofKey: key)) {
        case (_, nil): return nil
        case ("product added", _): self = .productAdded
        case ("product removed", _): self = .productRemoved
        case (_, "order.paid"): self = .orderPaid
        case (_, "order.cancelled"): self = .orderCancelled
        case (_, "order.refunded"): self = .orderRefunded
        case (_, "product.viewed"): self = .productViewed
        case (_, "cart.updated"): self = .cart
        case (_, "cart.emptied"): self = .cartEmptied
        case (_, "coupon.used"): self = .couponUsed
        case (_, let name?): self = .other(name)
        }
    }

    /// What an event of this kind says. Throws a `Rejection`.
    /// - Parameter json: the data of the event.
    func fact(of event: EventRow, _ json: StrictJSON) throws -> SourceFact {
        var event = event
        let data = CommerceData(json)
        func take(_ name: String, _ data: CommerceData) { (event.name, event.data) = (name, data.json.compactText) }
        switch self {
        case .orderPaid:
            let order = try data.order()
            take("order.paid", order)
            return .event(event, lacksCart: order["order"] != nil && order["cart"] == nil)
        case .orderCancelled: take("order.cancelled", try data.named("order", "order_id", "orderId"))
        case .orderRefunded: take("order.refunded", try data.named("order", "order_id", "orderId"))
        case .productViewed: take("product.viewed", try data.product())
        case .productAdded, .productRemoved:
            let isRemoval = if case .productRemoved = self { true } else { false }
            let product = try data.product()
            guard let item = try product.item() else { throw Rejection.empty(.sku) }
            event.data = product.json.compactText
            let cart = try data.named("cart", "cart_id", "cartId")["cart"]?.scalarText
            let isWhole = isRemoval && data["quantity"]?.scalarText == nil
            return .cart(CartChange(event: event, cart: cart, item: item, isRemoval: isRemoval, isWhole: isWhole))
        case .cart:
            let cart = try data.cart()
            // Somebody looked at a cart, and nobody said what is in it.
            guard cart["cart"] != nil || cart["items"] != nil else { return .event(event, lacksCart: false) }
            let isEmpty = cart["items"] == .array([])
            take(isEmpty ? "cart.emptied" : "cart.updated", cart)
            return .event(event, lacksCart: cart["cart"] == nil)
        case .cartEmptied:
            let cart = try data.named("cart", "cart_id", "cartId")
            take("cart.emptied", cart)
            return .event(event, lacksCart: cart["cart"] == nil)
        case .couponUsed: take("coupon.used", try data.named("coupon", "coupon_id", "couponId"))
        case .other(let name): event.name = name
        }
        return .event(event, lacksCart: false)
    }
}
