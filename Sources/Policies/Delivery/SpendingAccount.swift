import Rules

/// What one channel costs on one local day, in millionths of a yuan. Every message that was accepted, may have been, or is
/// on its way has its cost reserved here. Pure.
package struct SpendingAccount: Sendable, Hashable {
    package private(set) var spent: Int64
    /// The highest budget that marketing was let through under; nil where none was, and the largest number where the
    /// budget was taken away after that.
    package private(set) var ceiling: Int64?
    /// The cost of the marketing message that waits because it did not fit; nil when the last one did.
    package private(set) var waitingCost: Int64?

    package init(spent: Int64 = 0, ceiling: Int64? = nil, waitingCost: Int64? = nil) {
        self.spent = spent
        self.ceiling = ceiling
        self.waitingCost = waitingCost
    }

    /// Reserves a message, or leaves it to wait: false. Service messages count and never wait (decision 0062).
    /// - Parameter budget: nil where the channel has none.
    package mutating func reserve(_ cost: Int64, for purpose: Rule.Purpose, under budget: Int64?) -> Bool {
        let (sum, overflow) = spent.addingReportingOverflow(cost)
        guard !overflow else { return false }
        if purpose == .marketing, let budget {
            guard sum <= budget || cost == 0 else {
                waitingCost = cost
                return false
            }
            ceiling = max(ceiling ?? 0, budget)
            waitingCost = nil
        } else if purpose == .marketing, ceiling != nil {
            ceiling = .max
        }
        spent = sum
        return true
    }

    /// How many marketing messages may fit, each as dear as the one that waits, or else as cheap as there are.
    package func room(under budget: DayBudgets.Budget) -> Int {
        let price = max(waitingCost ?? 0, budget.leastPrice)
        guard price > 0 else { return .max }
        let (left, overflow) = budget.limit.subtractingReportingOverflow(spent)
        return overflow ? 0 : max(0, Int(left / price))
    }
}
