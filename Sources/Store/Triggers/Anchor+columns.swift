import Kit
import Policies

/// An anchor as the columns of the tables that keep one: `waits`, `deliveries`, the targets of a facts query, and the
/// agenda's own database.
extension Occurrence.Anchor {
    /// The id of the order, cart or coupon, or the value that was viewed.
    var ref: String? {
        switch self {
        case .order(let id, _), .cart(let id, _, _), .coupon(let id), .browse(let id, _): id
        case .none, .event, .points, .coupons: nil
        }
    }

    /// The number of the event.
    var event: Int64? {
        switch self {
        case .event(let seq), .order(_, let seq), .cart(_, _, let seq), .browse(_, let seq): seq
        case .none, .coupon, .points, .coupons: nil
        }
    }

    /// The date on which the points or the combined coupons expire.
    var expiry: LocalDate? {
        switch self {
        case .points(let date), .coupons(let date): date
        case .none, .event, .order, .cart, .coupon, .browse: nil
        }
    }

    /// The instant of the last touch of the cart.
    var touch: Instant? { if case .cart(_, let touch, _) = self { touch } else { nil } }

    /// The kind as a number, in the order of `init(kind:…)`.
    var kind: Int {
        switch self {
        case .none: 0
        case .event: 1
        case .order: 2
        case .cart: 3
        case .coupon: 4
        case .coupons: 5
        case .points: 6
        case .browse: 7
        }
    }

    /// - Parameter lo: the touch in microseconds, or the expiry date in days.
    init(kind: Int, ref: String?, event: Int64?, lo: Int64?) {
        let (ref, seq, lo) = (ref ?? "", event ?? 0, lo ?? 0)
        switch kind {
        case 1: self = .event(seq: seq)
        case 2: self = .order(id: ref, seq: seq)
        case 3: self = .cart(id: ref, touch: Instant(micros: lo), seq: seq)
        case 4: self = .coupon(id: ref)
        case 5: self = .coupons(expiring: LocalDate(days: Int(lo)))
        case 6: self = .points(expiring: LocalDate(days: Int(lo)))
        case 7: self = .browse(value: ref, seq: seq)
        default: self = .none
        }
    }
}
