/// The tables of a store by whom their rows belong to: what a private copy of some members takes of each.
enum CopiedTable {
    /// The members themselves.
    case members
    /// Rows with a column `member`.
    case ofMembers
    /// What is known of an address counts for everyone who has it.
    case ofAddresses
    /// Attempts and transitions; they come after their deliveries.
    case ofDeliveries
    /// What decisions read.
    case traces
    /// The codes of coupons, in stock and given.
    case codes
    /// Draws; the row of member '' says that a draw was made.
    case picks
    /// Rows that belong to nobody.
    case ofNobody
    /// The database's own.
    case internals

    init(_ table: String, columns: [String]) {
        switch table {
        case "members": self = .members
        case "attempts", "transitions": self = .ofDeliveries
        case "traces": self = .traces
        case "coupon_codes": self = .codes
        case "address_consents", "address_suppressions", "address_sends", "list_consents": self = .ofAddresses
        case "picks": self = .picks
        case _ where table.hasPrefix("sqlite_") || table.hasPrefix("grdb_"): self = .internals
        default: self = columns.contains("member") ? .ofMembers : .ofNobody
        }
    }
}
