import Kit

extension Settings.Lifecycle {
    /// Without an order new for the first days of registration, else lost; with a first order that young new; else by
    /// the last order.
    package func stage(first: Instant?, last: Instant?, registered: Instant?, at now: Instant, in zone: Zone) -> String
    {
        func isWithin(_ days: Int, _ start: Instant) -> Bool { Recency.isWithin(days, of: start, at: now, in: zone) }
        guard let first, let last else {
            return registered.map { $0 <= now && isWithin(new, $0) } ?? false ? "new" : "lost"
        }
        if isWithin(new, first) { return "new" }
        let stages = [("active", active), ("cooling", cooling), ("sleeping", sleeping)]
        return stages.first { isWithin($0.1, last) }?.0 ?? "lost"
    }
}
