import Rules

/// What members said about a channel, as SQL over the instant `:now`.
enum ConsentSQL {
    /// `granted`, `withdrawn` or NULL. The latest word holds; of a yes and a no of one instant the no does. Rows of channel
    /// `*` are about every channel.
    /// - Parameters: SQL expressions for the member and the channel.
    static func state(member: String, channel: String, _ purpose: Rule.Purpose) -> String {
        // The signs: a member has few rows, so they are compared and neither looked up one by one nor sorted.
        """
        (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(\(latest("granted")) > \(latest("withdrawn")),
           \(latest("granted")) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END
         FROM consents WHERE member = \(member) AND +channel IN (\(channel), '*') AND +purpose = '\(purpose.rawValue)'
           AND at <= :now)
        """
    }

    private static func latest(_ state: String) -> String { "MAX(CASE state WHEN '\(state)' THEN at END)" }
}
