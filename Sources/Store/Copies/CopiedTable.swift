/// The kinds of tables by what their rows belong to, which decides what a private copy of some members takes of each.
enum CopiedTable {
    /// The members themselves.
    case members
    /// Rows with a column `member`.
    case ofMembers
    /// Facts about an address, which count for everyone who has it.
    case ofAddresses
    /// Deliveries and the times of messages; they are copied after their decisions.
    case ofDecisions
    /// Attempts, receipts, links and transitions; they are copied after their deliveries.
    case ofDeliveries
    /// Traces, which hold what decisions read.
    case traces
    /// The codes of coupons, in stock and given.
    case codes
    /// Draws of `audience.pick`; the row of member '' says that a draw was made.
    case picks
    /// Rows that belong to nobody.
    case ofNobody
    /// Tables of the database itself, and those that no decision asks.
    case internals

    init(_ table: String, columns: [String]) {
        switch table {
        case "members": self = .members
        case "deliveries", "sends", "merged_decisions": self = .ofDecisions
        case "attempts", "receipts", "short_links", "transitions": self = .ofDeliveries
        case "traces": self = .traces
        case "coupon_codes": self = .codes
        case "address_consents", "address_suppressions", "address_sends", "followings", "list_consents",
            "message_credits":
            self = .ofAddresses
        case "picks": self = .picks
        // What operators did, and who was erased, concerns no decision.
        case "audit", "erasures": self = .internals
        // What operators were told, and which rules stand still in this store.
        case "alerts", "rule_faults": self = .internals
        // What sources sent, as they sent it.
        case "received", "quarantine": self = .internals
        // Who may use the API, and what it answered.
        case "api_keys", "api_replies": self = .internals
        case _ where table.hasPrefix("sqlite_") || table.hasPrefix("grdb_"): self = .internals
        default: self = columns.contains("member") ? .ofMembers : .ofNobody
        }
    }
}
