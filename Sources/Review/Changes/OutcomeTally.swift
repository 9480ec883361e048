import Kit
import Policies
import Rules

/// Counts of the outcomes of one rule over some days.
package struct OutcomeTally: Sendable, Equatable {
    package private(set) var outcomes: [String: Int] = [:]
    /// Messages by channel.
    package private(set) var messages: [String: Int] = [:]
    /// Messages, tasks and other acts by the shop's local date.
    package private(set) var byDay: [LocalDate: Int] = [:]
    package private(set) var segments = 0
    /// What is billed by the shop's local date and the channel.
    package private(set) var billed: [LocalDate: [String: Billed]] = [:]
    /// The first message, task or other act.
    package private(set) var first: Instant?

    package init() {}

    package mutating func add(_ line: Decision, _ zone: Zone) {
        outcomes[line.outcome.rawValue, default: 0] += 1
        if let message = line.message { messages[message.channel, default: 0] += 1 }
        segments += line.message?.segmentsBilled ?? 0
        if let message = line.message {
            billed[zone.date(of: line.at), default: [:]][message.channel, default: Billed()] += Billed(
                messages: 1, segments: message.segmentsBilled ?? 0)
        }
        guard line.acts else { return }
        byDay[zone.date(of: line.at), default: 0] += 1
        first = min(first ?? line.at, line.at)
    }

    package var sent: Int { outcomes["sent"] ?? 0 }
    package var tasks: Int { outcomes["task_created"] ?? 0 }
    package var acts: Int { sent + tasks + (outcomes["done"] ?? 0) }

    /// Every count as an estimate for the whole store.
    func scaled(_ scale: (Int) -> Int) -> OutcomeTally {
        var tally = self
        tally.outcomes = outcomes.mapValues(scale)
        tally.messages = messages.mapValues(scale)
        tally.byDay = byDay.mapValues(scale)
        tally.segments = scale(segments)
        tally.billed = billed.mapValues { $0.mapValues { $0.scaled(scale) } }
        return tally
    }

    /// Counts the outcomes that a run hands over one by one.
    package static func byRule(
        _ zone: Zone, _ run: (_ take: @escaping (Decision) -> Void) throws -> Void
    ) rethrows -> [String: OutcomeTally] {
        var tallies: [String: OutcomeTally] = [:]
        try run { tallies[$0.rule, default: OutcomeTally()].add($0, zone) }
        return tallies
    }
}

extension Decision {
    /// True when something was sent, created or given.
    var acts: Bool { [.sent, .taskCreated, .done].contains(outcome) }
}
