import Kit

/// Holds a rule of which several deliveries brought the daemon down (guarantees §1.7): each of them costs three starts, so
/// one bad rule would use up what systemd allows.
enum PoisonHold {
    /// Deliveries given up after three claims that each ended in a crash.
    static let deliveries = 3
    /// Microseconds in which they must come together: once in a thousand kills of the machine or an operator a claim is
    /// given up by chance, and such ones must not add up over months.
    static let window: Int64 = 24 * 3_600_000_000
    static let who = "poison guard"
    static let reason =
        "\(deliveries) or more of its deliveries ended the daemon; see `nudged deliveries list --code poison`"

    /// Where the rule's count is kept, and the instant of the first one counted. They stay after a release, so that the
    /// next such delivery of the window holds the rule again.
    static func key(_ rule: String) -> String { "poisoned:\(rule)" }
    static func beginKey(_ rule: String) -> String { "poisoned_since:\(rule)" }
}

extension Outbox {
    /// Call this for each delivery that is given up as poison.
    func notePoison(of rule: String, at now: Instant) throws {
        let begin = try meta(PoisonHold.beginKey(rule)) ?? 0
        let isTogether = now.micros >= begin && now.micros - begin < PoisonHold.window
        let count = isTogether ? (try meta(PoisonHold.key(rule)) ?? 0) + 1 : 1
        if count == 1 { try setMeta(PoisonHold.beginKey(rule), now.micros) }
        try setMeta(PoisonHold.key(rule), count)
        guard count >= PoisonHold.deliveries else { return }
        try db.run(
            "INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO NOTHING",
            [StopScope.rule(rule).text, PoisonHold.reason, PoisonHold.who, now.micros])
    }
}
