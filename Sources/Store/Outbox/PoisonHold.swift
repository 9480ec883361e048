import Kit

/// Holds a rule of which several deliveries brought the daemon down (guarantees §1.7): each of them costs three starts, so
/// one bad rule would use up what systemd allows.
enum PoisonHold {
    /// Deliveries given up after three claims that each ended in a crash.
    static let deliveries = 3
    static let who = "poison guard"
    static let reason =
        "\(deliveries) or more of its deliveries ended the daemon; see `nudged deliveries list --code poison`"

    /// Where the rule's count is kept; it stays after a release, so that the next such delivery holds the rule again.
    static func key(_ rule: String) -> String { "poisoned:\(rule)" }
}

extension Outbox {
    /// Call this for each delivery that is given up as poison.
    func notePoison(of rule: String, at now: Instant) throws {
        let count = (try meta(PoisonHold.key(rule)) ?? 0) + 1
        try setMeta(PoisonHold.key(rule), count)
        guard count >= PoisonHold.deliveries else { return }
        try db.run(
            "INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO NOTHING",
            [StopScope.rule(rule).text, PoisonHold.reason, PoisonHold.who, now.micros])
    }
}
