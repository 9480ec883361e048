extension Zone {
    /// UTC, only for output that names no member's clock.
    package static let utc: Zone = {
        guard let zone = Zone(named: "UTC") else { preconditionFailure("the zone data has no UTC") }
        return zone
    }()
}
