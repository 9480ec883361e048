import Rules

/// Which of two reasons stays where a member or an address is suppressed on a channel for both: the one that is harder to
/// lift. A complaint is somebody's word and stands above all, an operator's decision above a bounce.
enum SuppressionRank {
    /// The statement that writes a suppression of that subject. Its arguments: the subject, channel, reason, instant and
    /// number.
    static func insert(into table: String, of column: String) -> String {
        """
        INSERT INTO \(table) (\(column), channel, reason, at, seq) VALUES (?, ?, ?, ?, ?)
        \(keepingStronger(in: table, of: column))
        """
    }

    /// Whether a reason is stronger than the stored one: no row where none is stored. Its arguments: the reason, the subject
    /// and the channel.
    static func isStronger(than table: String, of column: String) -> String {
        """
        SELECT \(rank("n.reason")) > \(rank("s.reason")) FROM \(table) s CROSS JOIN (SELECT ? AS reason) n
        WHERE s.\(column) = ? AND s.channel = ?
        """
    }

    /// What ends such a statement. The suppression that was there keeps its instant: nothing may have left since then.
    static func keepingStronger(in table: String, of column: String) -> String {
        """
        ON CONFLICT (\(column), channel) DO UPDATE SET reason = excluded.reason
        WHERE \(rank("excluded.reason")) > \(rank("\(table).reason"))
        """
    }

    /// The reasons that an operator may lift, the weakest first. A word that this version does not know is lifted as a
    /// complaint is, and stands between.
    private static let free: [SuppressionRow.Reason] = [.bounce, .operator]

    static func isLiftedFreely(_ reason: String) -> Bool { free.contains { $0.rawValue == reason } }

    private static func rank(_ reason: String) -> String { "CASE \(reason) \(ranks) END" }

    private static let ranks =
        free.enumerated().map { "WHEN '\($0.element.rawValue)' THEN \($0.offset)" }.joined(separator: " ")
        + " WHEN '\(SuppressionRow.Reason.complaint.rawValue)' THEN \(free.count + 1) ELSE \(free.count)"
}
