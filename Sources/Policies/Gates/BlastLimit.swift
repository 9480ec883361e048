import Rules

extension Settings.BlastGuard {
    /// Why so many people at once need an explicit release; nil when the number is not unusual.
    ///
    /// - Parameters:
    ///   - usual: people on a usual day, for `festival` and `schedule` on the previous occasion; nil without a history.
    ///   - needsHistory: true for `festival` and `schedule`, whose first occasion always needs the release.
    package func objection(people: Int, usual: Double?, members: Int, needsHistory: Bool) -> String? {
        guard people >= from else { return nil }
        if let usual, Double(people) > usual * Double(usualTimes) {
            return "\(people) people at once, more than \(usualTimes) times the usual \(Int(usual.rounded()))"
        }
        if usual == nil && needsHistory { return "\(people) people at once, and this rule has never run before" }
        guard Double(people) * 10_000 > Double(members) * Double(share) else { return nil }
        let percent = share % 100 == 0 ? "\(share / 100)" : "\(Double(share) / 100)"
        return "\(people) people at once, more than \(percent)% of \(members) members"
    }
}
