import Kit
import Intake
import Rules

/// What was said of values of a member's in messages: by the member on a page, or by a row of a file, a call or the API.
/// Each narrower word is a row of `personalisation_choices`, by whose instant the handover knows that a text of before may no
/// longer leave. The member's own last choice bounds later rows; a row's does not.
extension RowWriter {
    /// The source of what a row said.
    static let rowSource = "row"

    /// Writes a choice down, and the member's row by it. Returns whether anything changed.
    mutating func choose(
        _ choice: MemberRow.Personalisation, for member: String, source: String, at now: Instant
    ) throws -> Bool {
        let before: String? = try db.value("SELECT personalisation FROM members WHERE id = ?", [member])
        guard before != choice.rawValue, try hasMember(member) else { return false }
        try db.run(
            """
            INSERT INTO personalisation_choices (member, at, choice, source, seq) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (member, at) DO UPDATE
              SET choice = excluded.choice, source = excluded.source, seq = excluded.seq
            """, [member, now.micros, choice.rawValue, source, try number()])
        return try write(member: MemberRow(id: member, personalisation: choice), stating: [.personalisation])
            != .unchanged
    }

    /// What a row says of personalisation, unless the member's own choice allows less: a file of yesterday takes back
    /// no refusal.
    mutating func personalisation(of row: MemberRow) throws -> MemberRow.Personalisation? {
        guard case .world = origin, try hasChoices() else { return row.personalisation }
        guard let chosen = try lastChoice(of: row.id) else { return row.personalisation }
        return chosen.allowsLess(than: row.personalisation ?? .personalised) ? chosen : row.personalisation
    }

    /// What the member chose last; nil: nothing.
    func lastChoice(of member: String) throws -> MemberRow.Personalisation? {
        let sql = "SELECT choice FROM personalisation_choices WHERE member = ? AND source <> ? ORDER BY at DESC LIMIT 1"
        let word: String? = try db.value(sql, [member, RowWriter.rowSource])
        return word.flatMap(MemberRow.Personalisation.init(rawValue:))
    }

    /// Call this when the member's row was narrowed. A choice of theirs that did it is there already.
    mutating func noteNarrowed(_ member: String, to choice: MemberRow.Personalisation) throws {
        guard case .world(let now) = origin else { return }
        let own = "SELECT 1 FROM personalisation_choices WHERE member = ? AND seq = ?"
        guard try db.first(own, [member, try number()]) == nil else { return }
        try db.run(
            """
            INSERT INTO personalisation_choices (member, at, choice, source, seq) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (member, at) DO NOTHING
            """, [member, now.micros, choice.rawValue, RowWriter.rowSource, try number()])
        hasChosen = true
    }

    /// Writes a refusal that was made elsewhere (in a store that is replaced, or by somebody who is the member now) down
    /// as the member's choice, so that it bounds later rows. What they chose last stands where it allows as little.
    /// Returns whether anything changed.
    mutating func bound(
        _ member: String, by choice: MemberRow.Personalisation, source: String, at: Instant
    ) throws -> Bool {
        guard try choice.allowsLess(than: lastChoice(of: member) ?? .personalised) else { return false }
        let last: Int64? = try db.value("SELECT MAX(at) FROM personalisation_choices WHERE member = ?", [member])
        try db.run(
            "INSERT INTO personalisation_choices (member, at, choice, source, seq) VALUES (?, ?, ?, ?, ?)",
            [member, last.map { max(at.micros, $0 + 1) } ?? at.micros, choice.rawValue, source, try number()])
        hasChosen = true
        return true
    }

    /// Lets the texts of a member whom the store has draw on no more than that. Returns whether anything changed.
    mutating func tighten(_ member: String, to choice: MemberRow.Personalisation) throws -> Bool {
        guard let row = try db.first("SELECT personalisation FROM members WHERE id = ?", [member]),
            choice.narrows(try row[0])
        else { return false }
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
    /// Whether it allows less than what the store has, where nothing is everything.
    func narrows(_ stored: String?) -> Bool {
        allowsLess(than: stored.flatMap(MemberRow.Personalisation.init(rawValue:)) ?? .personalised)
    }

    /// In the order of `allCases` each allows less than the one before.
    func allowsLess(than other: Self) -> Bool {
        let order = Self.allCases
        guard let own = order.firstIndex(of: self), let others = order.firstIndex(of: other) else { return false }
        return own > others
    }
}
