import Kit
import Policies
import Rules

/// Outcomes counted by day and rule, as marketing looks at them before a month's campaign.
package struct OutcomeCalendar: Sendable {
    /// The zone that dates an instant: the shop's, not the member's.
    package let zone: Zone
    /// Every day of the window, in order.
    package let days: [LocalDate]
    /// In the order of the rule files, including rules without an outcome.
    package let rules: [String]
    /// Millionths of a yuan per SMS segment; nil when the settings name no price.
    package let price: Int64?
    private var cells: [LocalDate: [String: CalendarTally]] = [:]
    private var byDay: [LocalDate: CalendarTally] = [:]
    private var byRule: [String: CalendarTally] = [:]
    package private(set) var total = CalendarTally()

    /// - Parameter until: exclusive.
    package init(from: Instant, until: Instant, rules: [String], settings: Settings) {
        zone = settings.zone
        let (first, last) = (settings.zone.date(of: from), settings.zone.date(of: until.adding(micros: -1)))
        days = first <= last ? (first.days...last.days).map(LocalDate.init(days:)) : []
        self.rules = rules
        price = settings.prices.smsSegment
    }

    package mutating func add(_ line: Decision) {
        let day = zone.date(of: line.at)
        cells[day, default: [:]][line.rule, default: CalendarTally()].add(line)
        byDay[day, default: CalendarTally()].add(line)
        byRule[line.rule, default: CalendarTally()].add(line)
        total.add(line)
    }

    package func tally(_ day: LocalDate, _ rule: String) -> CalendarTally { cells[day]?[rule] ?? CalendarTally() }
    package func total(of day: LocalDate) -> CalendarTally { byDay[day] ?? CalendarTally() }
    package func total(of rule: String) -> CalendarTally { byRule[rule] ?? CalendarTally() }

    /// Yuan with two decimals, half up; nil without a price.
    package func cost(ofSegments segments: Int) -> String? {
        guard let price else { return nil }
        let (cost, overflow) = price.multipliedReportingOverflow(by: Int64(segments))
        return overflow ? nil : Value.money2(cost / Settings.fen + (cost % Settings.fen >= Settings.fen / 2 ? 1 : 0))
    }
}

/// The counts of outcomes, of messages by channel, and of people reached.
package struct CalendarTally: Sendable {
    package private(set) var outcomes: [Outcome: Int] = [:]
    /// Messages by channel.
    package private(set) var channels: [String: Int] = [:]
    /// SMS segments billed, by channel.
    package private(set) var segmentsByChannel: [String: Int] = [:]
    /// Who gets a message or a call, as hashes of ids, because there may be a million of them on each of many days. The
    /// chance that two of a million collide is one in thirty million.
    private var reached: Set<Int> = []

    mutating func add(_ line: Decision) {
        outcomes[line.outcome, default: 0] += 1
        if line.outcome == .sent || line.outcome == .taskCreated { reached.insert(line.member.hashValue) }
        guard let message = line.message else { return }
        channels[message.channel, default: 0] += 1
        if let segments = message.segmentsBilled { segmentsByChannel[message.channel, default: 0] += segments }
    }

    package var isEmpty: Bool { outcomes.isEmpty }
    package var people: Int { reached.count }
    package var messages: Int { outcomes[.sent] ?? 0 }
    package var tasks: Int { outcomes[.taskCreated] ?? 0 }
    /// Messages, tasks and silent acts.
    package var acts: Int { messages + tasks + (outcomes[.done] ?? 0) }
    package var segments: Int { segmentsByChannel.values.reduce(0, +) }
}
