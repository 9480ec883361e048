import Kit

/// What messages cost, and how much they may cost in a day. Amounts are whole millionths of a yuan: a segment for 0.045
/// yuan is 45,000 of them, and nothing is lost in sums.
extension Settings {
    package struct Prices: Sendable, Hashable {
        package var smsSegment: Int64?
        /// For a message of a channel, however long it is; before the price of segments.
        package var perMessage: [String: Int64] = [:]

        package init(smsSegment: Int64? = nil, perMessage: [String: Int64] = [:]) {
            self.smsSegment = smsSegment
            self.perMessage = perMessage
        }

        /// The least that a message can cost on a channel; nil where no price is stated.
        package func least(on channel: String, _ kind: ChannelDeclaration.Address) -> Int64? {
            perMessage[channel] ?? (kind == .phone ? smsSegment : nil)
        }

        /// The price of a message with this text; nil where none is stated, or it is beyond counting.
        package func cost(of text: String, on channel: String, _ kind: ChannelDeclaration.Address) -> Int64? {
            if let price = perMessage[channel] { return price }
            guard kind == .phone, let smsSegment else { return nil }
            let (cost, overflow) = smsSegment.multipliedReportingOverflow(by: Int64(SMSLength.segments(text)))
            return overflow ? nil : cost
        }
    }

    package static let yuan: Int64 = 1_000_000
    package static let fen: Int64 = 10_000

    /// The budgets in force at an instant, for the local day of the shop that it falls on.
    /// - Parameter kinds: the address kind of each channel.
    package func dayBudgets(at now: Instant, _ kinds: [String: ChannelDeclaration.Address]) -> DayBudgets {
        DayBudgets(
            day: zone.date(of: now),
            channels: budgets.reduce(into: [:]) { found, budget in
                let price = prices.least(on: budget.key, kinds[budget.key] ?? .none) ?? 0
                found[budget.key] = DayBudgets.Budget(limit: budget.value, leastPrice: price)
            })
    }
}

/// What each channel with a budget may cost on one local day of the shop.
package struct DayBudgets: Sendable, Hashable {
    package struct Budget: Sendable, Hashable {
        /// Millionths of a yuan.
        package var limit: Int64
        /// The least that a message costs; 0 where it costs nothing.
        package var leastPrice: Int64

        package init(limit: Int64, leastPrice: Int64) {
            self.limit = limit
            self.leastPrice = leastPrice
        }
    }
    package var day: LocalDate
    package var channels: [String: Budget]

    package init(day: LocalDate, channels: [String: Budget]) {
        self.day = day
        self.channels = channels
    }
}
