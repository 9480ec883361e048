import Kit
import Policies
import Rules

/// What the attempts of one batch cost, reserved in its transaction: one look-up and one row for each channel, however
/// many messages there are.
package struct DaySpending {
    private let db: Session
    private let settings: Settings
    private let kinds: [String: ChannelDeclaration.Address]
    private let day: LocalDate
    /// As in the store until they are changed.
    private var accounts: [String: SpendingAccount] = [:]
    private var changed: Set<String> = []

    package init(_ db: Session, _ planned: PlannedSet, at now: Instant) {
        self.db = db
        settings = planned.set.settings
        kinds = planned.channels
        day = settings.zone.date(of: now)
    }

    /// What is reserved for one attempt.
    package struct Reservation: Equatable {
        var cost: Int64
        var day: LocalDate
    }

    package enum Answer: Equatable {
        /// Nil where the message has no price.
        case goes(Reservation?)
        /// It does not fit into what is left of the day's budget.
        case waits
    }

    package mutating func reserve(_ row: SQLRow, on channel: String, for purpose: Rule.Purpose) throws -> Answer {
        let text: String = try row["text"] ?? ""
        guard let cost = settings.prices.cost(of: text, on: channel, kinds[channel] ?? .none) else { return .goes(nil) }
        var account = try accounts[channel] ?? DaySpending.account(of: channel, on: day, db)
        let fits = account.reserve(cost, for: purpose, under: settings.budgets[channel])
        accounts[channel] = account
        changed.insert(channel)
        return fits ? .goes(Reservation(cost: cost, day: day)) : .waits
    }

    /// Call this once, after the last attempt of the batch.
    package func save() throws {
        for channel in changed.sorted() {
            guard let account = accounts[channel] else { continue }
            try db.run(
                """
                INSERT INTO spending (channel, day, spent, ceiling, waiting_cost) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (channel, day) DO UPDATE SET spent = excluded.spent, ceiling = excluded.ceiling,
                  waiting_cost = excluded.waiting_cost
                """, [channel, day.days, account.spent, account.ceiling, account.waitingCost])
        }
    }

    static func account(of channel: String, on day: LocalDate, _ db: Session) throws -> SpendingAccount {
        let row = try db.first(
            "SELECT spent, ceiling, waiting_cost FROM spending WHERE channel = ? AND day = ?", [channel, day.days])
        guard let row else { return SpendingAccount() }
        return try SpendingAccount(spent: row[0], ceiling: row[1], waitingCost: row[2])
    }

    /// How many marketing messages may fit into what is left, by channel; none means that its budget is used up.
    static func room(_ budgets: DayBudgets, _ db: Session) throws -> [String: Int] {
        try budgets.channels.reduce(into: [:]) { room, budget in
            room[budget.key] = try account(of: budget.key, on: budgets.day, db).room(under: budget.value)
        }
    }
}

extension Outbox {
    /// Gives back what an attempt would have cost, once it is proven that it was not taken.
    func giveBack(_ delivery: Int64, attempt: Int) throws {
        let row = try db.first(
            """
            SELECT a.cost, a.cost_day, d.channel FROM attempts a JOIN deliveries d ON d.id = a.delivery
            WHERE a.delivery = ? AND a.n = ? AND a.cost IS NOT NULL
            """, [delivery, attempt])
        guard let row else { return }
        try db.run(
            "UPDATE attempts SET cost = NULL, cost_day = NULL WHERE delivery = ? AND n = ?", [delivery, attempt])
        try db.run(
            "UPDATE spending SET spent = spent - ? WHERE channel = ? AND day = ?",
            [row[0] as Int64, row[2] as String, row[1] as Int])
    }
}

extension MemberStore {
    /// The channels whose budget of the day is used up, sorted.
    package func usedUp(_ budgets: DayBudgets) async throws -> [String] {
        guard !budgets.channels.isEmpty else { return [] }
        return try await writer.read { db in try DaySpending.room(budgets, db).filter { $0.value == 0 }.keys.sorted() }
    }
}
