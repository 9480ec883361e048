import Kit
import Rules

/// Messages of a channel, and the segments that they are billed by.
package struct Billed: Sendable, Equatable {
    package var messages = 0
    package var segments = 0

    static func += (sum: inout Billed, more: Billed) {
        sum.messages += more.messages
        sum.segments += more.segments
    }

    func scaled(_ scale: (Int) -> Int) -> Billed { Billed(messages: scale(messages), segments: scale(segments)) }

    /// Millionths of a yuan; nil where the channel has no price, or the sum is beyond counting.
    func cost(on channel: String, _ prices: Settings.Prices) -> Int64? {
        let perMessage = prices.perMessage[channel]
        guard let price = perMessage ?? prices.smsSegment else { return nil }
        let units = perMessage == nil ? segments : messages
        let (cost, overflow) = price.multipliedReportingOverflow(by: Int64(units))
        return overflow ? nil : cost
    }
}

/// The first day on which a channel costs more than its budget.
package struct OverBudget: Sendable, Equatable {
    package var channel: String
    package var day: LocalDate
    /// Millionths of a yuan, both.
    package var cost: Int64
    package var budget: Int64

    /// One for each channel that has such a day, sorted by channel.
    static func days(of tallies: some Sequence<OutcomeTally>, _ settings: Settings) -> [OverBudget] {
        var sums: [LocalDate: [String: Billed]] = [:]
        for tally in tallies {
            for (day, channels) in tally.billed {
                for (channel, billed) in channels { sums[day, default: [:]][channel, default: Billed()] += billed }
            }
        }
        return settings.budgets.sorted { $0.key < $1.key }.compactMap { channel, budget in
            sums.sorted { $0.key < $1.key }.lazy.compactMap { day, channels -> OverBudget? in
                guard let cost = channels[channel]?.cost(on: channel, settings.prices), cost > budget else {
                    return nil
                }
                return OverBudget(channel: channel, day: day, cost: cost, budget: budget)
            }.first
        }
    }
}
