import Kit
import Intake
import Rules

/// What members chose themselves about values of theirs in messages. Each choice is a row of its own.
extension RowWriter {
    /// Writes a choice down, and the member's row by it. Returns whether anything changed.
    mutating func choose(
        _ choice: MemberRow.Personalisation, for member: String, source: String, at now: Instant
    ) throws -> Bool {
        let before: String? = try db.value("SELECT personalisation FROM members WHERE id = ?", [member])
        guard before != choice.rawValue, try hasMember(member) else { return false }
        try db.run(
            """
            INSERT INTO personalisation_choices (member, at, choice, source, seq) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (member, at) DO UPDATE SET choice = excluded.choice, seq = excluded.seq
            """, [member, now.micros, choice.rawValue, source, try number()])
        return try write(member: MemberRow(id: member, personalisation: choice), stating: [.personalisation])
            != .unchanged
    }

    /// What a row says of personalisation, unless the member's own choice allows less: a file of yesterday takes back
    /// no refusal.
    mutating func personalisation(of row: MemberRow) throws -> MemberRow.Personalisation? {
        guard case .world = origin, try hasChoices() else { return row.personalisation }
        let own: String? = try db.value(
            "SELECT choice FROM personalisation_choices WHERE member = ? ORDER BY at DESC LIMIT 1", [row.id])
        guard let own, let chosen = MemberRow.Personalisation(rawValue: own) else { return row.personalisation }
        return chosen.allowsLess(than: row.personalisation ?? .personalised) ? chosen : row.personalisation
    }

    /// Whether anybody chose: where nobody did, imports ask no more.
    private mutating func hasChoices() throws -> Bool {
        if let hasChosen { return hasChosen }
        let answer: Bool = try db.value("SELECT EXISTS (SELECT 1 FROM personalisation_choices)") ?? false
        hasChosen = answer
        return answer
    }
}

extension MemberRow.Personalisation {
    /// In the order of `allCases` each allows less than the one before.
    fileprivate func allowsLess(than other: Self) -> Bool {
        let order = Self.allCases
        guard let own = order.firstIndex(of: self), let others = order.firstIndex(of: other) else { return false }
        return own > others
    }
}
