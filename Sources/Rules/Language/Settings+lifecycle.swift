import Kit

extension Settings.Lifecycle {
    /// The lifecycle stage. Without an order it is `new` for the first days after registration, else `lost`. A recent
    /// first order makes it `new`; otherwise the last order decides.
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
