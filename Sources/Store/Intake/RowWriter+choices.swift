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
        guard let chosen = try lastChoice(of: row.id)?.choice else { return row.personalisation }
        return chosen.allowsLess(than: row.personalisation ?? .personalised) ? chosen : row.personalisation
    }

    /// What the member chose last; nil: nothing.
    func lastChoice(of member: String) throws -> (choice: MemberRow.Personalisation, at: Instant)? {
        let sql = "SELECT choice, at FROM personalisation_choices WHERE member = ? ORDER BY at DESC LIMIT 1"
        guard let row = try db.first(sql, [member]),
            let choice = try MemberRow.Personalisation(rawValue: row[0])
        else { return nil }
        return (choice, Instant(micros: try row[1]))
    }

    /// Writes a refusal that was made elsewhere (in a store that is replaced, or by somebody who is the member now) down
    /// as the member's choice, so that it bounds later rows. What they chose last stands where it allows as little.
    /// Returns whether anything changed.
    mutating func bound(
        _ member: String, by choice: MemberRow.Personalisation, source: String, at: Instant
    ) throws -> Bool {
        let last = try lastChoice(of: member)
        guard choice.allowsLess(than: last?.choice ?? .personalised) else { return false }
        let after = last.map { max(at, $0.at.adding(micros: 1)) } ?? at
        try db.run(
            "INSERT INTO personalisation_choices (member, at, choice, source, seq) VALUES (?, ?, ?, ?, ?)",
            [member, after.micros, choice.rawValue, source, try number()])
        hasChosen = true
        return true
    }

    /// Lets the texts of a member whom the store has draw on no more than that. Returns whether anything changed.
    mutating func tighten(_ member: String, to choice: MemberRow.Personalisation) throws -> Bool {
        guard let row = try db.first("SELECT personalisation FROM members WHERE id = ?", [member]) else { return false }
        let stored: String? = try row[0]
        let known = stored.flatMap(MemberRow.Personalisation.init(rawValue:)) ?? .personalised
        guard choice.allowsLess(than: known) else { return false }
        return try write(member: MemberRow(id: member, personalisation: choice), stating: [.personalisation])
            != .unchanged
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
    func allowsLess(than other: Self) -> Bool {
        let order = Self.allCases
        guard let own = order.firstIndex(of: self), let others = order.firstIndex(of: other) else { return false }
        return own > others
    }
}
