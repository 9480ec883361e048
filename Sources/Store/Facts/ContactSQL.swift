import Policies
import Rules

/// Suppression and consent of a member on a channel at the instant `:now`, as SQL. A consent counts from its own
/// instant on; the latest holds, and of a grant and a refusal of one instant the refusal does. Rows of channel `*` are
/// about every channel. Who does not follow the account any more is suppressed.
struct ContactSQL {
    /// SQL expressions for the member's id and the channel's name.
    let member: String
    let channel: String
    /// An expression for the key of the member's entry in the address book, NULL where nobody shares the address. Nil
    /// for a channel without addresses.
    let shared: String?
    /// An expression that is true for a member for whom a guardian must say yes to marketing; nil: nobody is asked for
    /// their age.
    var isMinor: String?

    /// Whether the member of row `m` is younger than that, by the birthday with its year, on a day of the shop.
    /// - Parameter today: an expression for that day, as days since 1970.
    static func isMinor(_ settings: Settings, today: String) -> String? {
        settings.minorsUnder.map { under in
            let policy = sqlText(settings.birthdays.text)
            return "COALESCE(nudged_age(m.birthday_key, m.birthday_year, \(today), \(policy)) < \(under), FALSE)"
        }
    }

    /// The join of the member's entry of that kind.
    static func join(_ kind: ChannelDeclaration.Address, of member: String) -> String {
        """
        LEFT JOIN shared_addresses \(alias(kind)) ON \(alias(kind)).member = \(member)
          AND \(alias(kind)).kind = '\(kind.rawValue)'
        """
    }

    static func key(_ kind: ChannelDeclaration.Address) -> String? { kind == .none ? nil : "\(alias(kind)).address" }

    private static func alias(_ kind: ChannelDeclaration.Address) -> String { "shared_\(kind.rawValue)" }

    // MARK: columns

    var isSuppressed: String {
        let own = """
            EXISTS (SELECT 1 FROM suppressions WHERE member = \(member) AND \(isOnChannel) AND at <= :now)
            """
        guard let shared else { return own }
        return """
            (\(own) OR (\(shared) IS NOT NULL AND (EXISTS (
              SELECT 1 FROM address_suppressions WHERE address = \(shared) AND \(isOnChannel) AND at <= :now)
              OR EXISTS (SELECT 1 FROM followings WHERE address = \(shared) AND channel = \(channel) AND follows = 0
                AND at <= :now))))
            """
    }

    /// A raw value of `Reach.Consent`, or NULL. Of a minor only the grants of a guardian count, and every refusal.
    func consent(_ purpose: Rule.Purpose) -> String {
        let said = consent(purpose, counting: "")
        guard purpose == .marketing, let isMinor else { return said }
        let guarded = consent(purpose, counting: " AND (state = 'withdrawn' OR guardian = 1)")
        return """
            CASE WHEN \(isMinor) THEN CASE WHEN \(guarded) = 'granted' THEN 'granted'
              WHEN \(said) = 'granted' THEN 'minor' ELSE \(said) END ELSE \(said) END
            """
    }

    /// - Parameter condition: which rows count, beside their own.
    private func consent(_ purpose: Rule.Purpose, counting condition: String) -> String {
        let isOwn = """
            member = \(member) AND \(isOnChannel) AND {unindexed purpose} = '\(purpose.rawValue)' AND at <= :now\(condition)
            """
        let own = "(SELECT \(ContactSQL.latest) FROM consents WHERE \(isOwn))"
        guard let shared else { return own }
        // A consent of a list counts as each member's own.
        let listed = """
            (SELECT \(ContactSQL.latest) FROM (SELECT state, at FROM consents WHERE \(isOwn)
              UNION ALL SELECT state, at FROM list_consents WHERE address = \(shared) AND channel IN (\(channel), '*')
                AND purpose = '\(purpose.rawValue)' AND at <= :now\(condition)) t)
            """
        let said = purpose == .service ? listed : isEndedByOthers(listed, at: shared)
        return "CASE WHEN \(shared) IS NULL THEN \(own) ELSE \(said) END"
    }

    /// The last `most` instants from `:sends_from` on at which others with the address got marketing through the
    /// channel, joined by commas.
    func othersSends(_ most: Int) -> String {
        guard let shared else { return "NULL" }
        return """
            CASE WHEN \(shared) IS NOT NULL THEN (SELECT {joined}(CAST(at AS TEXT), ',') FROM (
              SELECT at FROM address_sends WHERE address = \(shared) AND channel = \(channel) AND at <= :now
                AND at >= :sends_from AND member <> \(member) ORDER BY at DESC LIMIT \(most)) t) END
            """
    }

    /// The provider's templates of which the member allows one more message, joined by U+001F; '' is a text without one.
    var credits: String {
        guard let shared else { return "NULL" }
        return """
            CASE WHEN \(shared) IS NOT NULL THEN (SELECT {joined}(template, '\u{1F}') FROM message_credits
              WHERE address = \(shared) AND channel = \(channel) AND delivery IS NULL AND ended = 0 AND at <= :now
                AND (until IS NULL OR until > :now)) END
            """
    }

    // `unindexed`: a member has few rows, so comparing them beats looking them up one by one or sorting.
    private var isOnChannel: String { "{unindexed channel} IN (\(channel), '*')" }

    /// The state of the latest of rows with `state` and `at`.
    static let latest: String = {
        let at = { (state: String) in "MAX(CASE state WHEN '\(state)' THEN at END)" }
        return """
            CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(\(at("granted")) > \(at("withdrawn")),
              \(at("granted")) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END
            """
    }()

    /// Turns a grant into 'refused' where the latest consent of all who have the address is a refusal. Each consent is
    /// one number: its instant doubled, plus one for a refusal.
    private func isEndedByOthers(_ own: String, at key: String) -> String {
        let latest = { (channel: String) in
            """
            COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = \(key)
              AND channel = \(channel) AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)
            """
        }
        return """
            (SELECT CASE WHEN said = 'granted' AND ({greatest}(\(latest(channel)), \(latest("'*'"))) & 1) = 1
               THEN 'refused' ELSE said END FROM (SELECT \(own) AS said) t)
            """
    }
}
