/// What messages cost, by channel and day.
extension Migrations {
    /// Amounts are millionths of a yuan. An attempt keeps what it costs while it is, or may be, taken, and the local day
    /// of the shop on which that was reserved; `spending` is the sum, so that a budget is one row to look at. `ceiling`:
    /// the highest budget that marketing was let through under. `waiting_cost`: of the message that did not fit.
    static let spending = Migration(
        "v13-spending",
        [
            "ALTER TABLE attempts ADD COLUMN cost INTEGER",
            "ALTER TABLE attempts ADD COLUMN cost_day INTEGER CHECK ((cost_day IS NULL) = (cost IS NULL))",
            """
            CREATE TABLE spending (channel TEXT NOT NULL, day INTEGER NOT NULL, spent INTEGER NOT NULL,
              ceiling INTEGER, waiting_cost INTEGER, PRIMARY KEY (channel, day)) WITHOUT ROWID, STRICT
            """,
        ])
}
