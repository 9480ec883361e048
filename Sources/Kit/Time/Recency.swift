/// How recent the last order is, in windows of whole days. A window ends before the instant that `inactive` names: at L
/// + 90 d a member is no longer active, so that the stage agrees with a rule due at that instant.
package enum Recency {
    /// Whether `now` lies before start + days, on the member's clock.
    package static func isWithin(_ days: Int, of start: Instant, at now: Instant, in zone: Zone) -> Bool {
        zone.add(Span(days, .days), to: start) > now
    }

    /// A score of 5 to 1 by four ascending limits in days; 1 without an order.
    package static func score(_ last: Instant?, limits: [Int], at now: Instant, in zone: Zone) -> Int {
        guard let last else { return 1 }
        let passed = limits.firstIndex { isWithin($0, of: last, at: now, in: zone) }
        return passed.map { 5 - $0 } ?? 1
    }
}
