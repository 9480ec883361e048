/// Tests of dates that always lie in the past, which nobody can meet: R210 with the trigger that was meant.
enum PastDates {
    /// The fields whose dates have passed for every member, with what a rule writes in their place.
    private static let fields: [String: String] = [
        "member.birthday": "the day before a birthday is a trigger:  when: {birthday: {days_before: 3}}",
        "member.registered_at":
            "the day of registration is a trigger:  when: {anniversary: {of: membership, days_before: 3}}",
        "member.first_order_at": "days after the first order are a trigger:  when: {first_purchase: {days_after: 3}}",
        "member.last_order_at": "days without an order are a trigger:  when: {inactive: {for: 90d}}",
        "order.paid_at": "a time after the payment is a trigger:  when: {event: {name: order.paid, after: 1h}}",
        "order.cancelled_at": "a cancellation is a trigger:  when: {event: {name: order.cancelled}}",
        "order.refunded_at": "a refund is a trigger:  when: {event: {name: order.refunded}}",
        "cart.updated_at": "a cart that is left is a trigger:  when: {cart_idle: {for: 24h}}",
        "coupon.issued_at": "a coupon that was given is a trigger:  when: {event: {name: coupon.given}}",
    ]

    /// Nil for a test that somebody can meet.
    static func finding(_ placed: TestReader.Placed, on field: Field, _ findings: Findings) -> Diagnostic? {
        guard let help = fields[field.name], isDead(placed.test, field.name) else { return nil }
        let label =
            if case .withinNext = placed.test { "it lies in the past for everybody" } else {
                "a newborn's date of birth"
            }
        return Diagnostic(
            "R210", .error, "no member can ever meet this test of `\(field.name)`", at: placed.span, label: label,
            help: [help], rule: findings.rule, path: findings.path)
    }

    private static func isDead(_ test: Comparison, _ field: String) -> Bool {
        switch test {
        case .withinNext: true
        // The year of birth belongs to the date: this holds for members who were born yesterday or today.
        case .withinLast(let span): field == "member.birthday" && span.roughMicros <= 86_400_000_000
        default: false
        }
    }
}
