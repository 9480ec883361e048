import Channels
import Engine
import Kit
import Policies
import Rules
import Store

extension Dispatcher {
    /// Intents that are on disk, and leave once their mark is. While it is written, the next turn claims and writes down the
    /// answers.
    package struct Departure: Sendable {
        fileprivate let intents: [Intent]
        /// The next turn draws no token before it is written: the mark is never behind by two.
        fileprivate let marking: Marking
        fileprivate let at: Instant
        fileprivate let moment: Moment
    }

    /// Claims, and commits the intents and the answers so far. Nothing is taken while the clock is not good.
    func take(at now: Instant, moment: Moment) async throws -> Departure? {
        guard clock.isGood(wall: now, moment: moment) else { return nil }
        try await refusals?.write(to: store)
        if !unreleased.isEmpty {
            try await store.release(unreleased)
            unreleased = []
        }
        guard let prepared = rules.prepared else { return nil }
        hasMore = false
        var looked = 0
        var round = Round()
        // What was prepared leaves before more is looked at, and deliveries that cannot leave do not keep the rest waiting.
        // Suspects go one at a time, in turn with the others: what ends the process is to end it alone.
        repeat {
            let isSuspect = isSuspectNext
            round = try await turn(claim(in: prepared, suspects: isSuspect, now, moment), prepared, now, moment: moment)
            looked += round.claimed
            isSuspectNext = round.hasSuspects && !isSuspect
            hasMore = round.isMore || round.hasSuspects && (!isSuspect || round.claimed > 0)
        } while round.departure == nil && (isSuspectNext || hasMore && round.claimed > 0)
            && looked < Dispatcher.mostLooks
        return round.departure
    }

    private struct Round {
        var claimed = 0
        var departure: Departure?
        var isMore = false
        var hasSuspects = false
    }

    /// The messages of one transaction; few, because an emergency stop acts within one batch (settled-2 §9.3).
    static let batch = 100
    /// The deliveries that one look goes through when none of them leaves.
    private static let mostLooks = 1000

    private func claim(in prepared: PreparedRules, suspects: Bool, _ now: Instant, _ moment: Moment) -> ClaimRequest {
        let room = maxInFlight - inFlight - preparing.count
        // No channel gets everything: one that hangs must not hold up the others.
        let share = gates.count == 1 ? maxInFlight : max(1, maxInFlight - maxInFlight / 4)
        let places = gates.map { channel, gate in
            let taken = preparing.count { $0.channel == channel }
            let most = min(room, share - gate.underWay - taken)
            // What is prepared takes its place before what is claimed now.
            return (channel, max(0, gate.places(upTo: most + taken, at: moment) - taken))
        }
        return ClaimRequest(
            places: Dictionary(uniqueKeysWithValues: places),
            quotas: quotas.left(in: prepared, upTo: room, at: moment), budgets: prepared.budgets(at: now),
            rules: Set(prepared.planned.plans.map(\.rule.id)),
            limit: min(room, Dispatcher.batch), suspects: suspects, epoch: epoch)
    }

    private func turn(
        _ request: ClaimRequest, _ prepared: PreparedRules, _ now: Instant, moment: Moment
    ) async throws -> Round {
        let owed = try await store.owed(request, at: now, counting: meter)
        // Where that fills the last place, an answer says when there is one again.
        let isFull = owed.ids.count == request.limit && request.limit < Dispatcher.batch
        var round = Round(isMore: owed.isMore && !isFull, hasSuspects: owed.hasSuspects)
        guard !owed.ids.isEmpty else { return round }
        let answers = takeAnswers(at: now)
        var isWritten = false
        defer { if !isWritten { answered = answers.results + answered } }
        let turn = try await store.intend(
            owed.ids, answering: answers, under: prepared, epoch: epoch, terms: terms, at: now, counting: meter,
            between: { CrashPoint.reach(.afterClaim) }, marked: { [marking] in try marking?.wait() })
        round.claimed = turn.claimed.count
        switch turn.outcome {
        case .failed(let error):
            unreleased += turn.claimed
            throw error
        case .rolledBack(let reason):
            isWritten = true
            log.error("nothing is sent until `nudged release --rollback`", metadata: ["reason": "\(reason)"])
            return Round()
        case .intended(let intents, let mark):
            isWritten = true
            journal.wrote(answers.states)
            if !answers.results.isEmpty { CrashPoint.reach(.afterOutcome) }
            round.isMore = round.isMore || intents.count < turn.claimed.count || isFull && intents.count < request.limit
            guard !intents.isEmpty else { return round }
            CrashPoint.reach(.afterIntent)
            let departure = Departure(intents: intents, marking: store.begin(mark), at: now, moment: moment)
            marking = departure.marking
            preparing += intents
            for intent in intents { quotas.take(intent.rule, at: moment) }
            round.departure = departure
            return round
        }
    }

    /// The second half of a step: what may leave now, which the caller must send. What keeps it from leaving is said by the
    /// next step.
    package func cleared(_ departure: Departure) async -> [Sending] {
        do { return try await clear(departure) } catch {
            if MemberStore.isBeyondRepair(error) { breakage = error } else { failure = error }
            await settleDraining(at: departure.at)
            return []
        }
    }

    func clear(_ departure: Departure) async throws -> [Sending] {
        let cleared: [Intent]
        do {
            cleared = try await clear(departure.intents, after: departure.marking, departure.at)
        } catch {
            // The turn that waits for it hears of it; a later one finds the mark as it is.
            if marking === departure.marking { marking = nil }
            prepared(departure)
            throw error
        }
        CrashPoint.reach(.afterMark)
        prepared(departure)
        let sendings = admit(cleared, departure.at, departure.moment)
        if sendings.count < departure.intents.count { await settleDraining(at: departure.at) }
        return sendings
    }

    private func prepared(_ departure: Departure) {
        let ids = Set(departure.intents.map(\.delivery))
        preparing.removeAll { ids.contains($0.delivery) }
    }

    /// Nothing leaves without a mark on disk, or after a stop that came since: such intents are recorded as not sent.
    private func clear(_ intents: [Intent], after marking: Marking, _ now: Instant) async throws -> [Intent] {
        let cleared: Set<Int64>
        do {
            cleared = try await store.clear(intents, after: marking)
        } catch {
            answered += intents.map { AttemptResult(keptBack: $0, "mark", until: now.adding(micros: 10_000_000)) }
            throw error
        }
        guard cleared.count < intents.count else { return intents }
        answered += intents.filter { !cleared.contains($0.delivery) }.map {
            AttemptResult(keptBack: $0, "stop", until: now)
        }
        return intents.filter { cleared.contains($0.delivery) }
    }

    private func admit(_ intents: [Intent], _ now: Instant, _ moment: Moment) -> [Sending] {
        var sendings: [Sending] = []
        for intent in intents {
            guard let channel = channels[intent.channel], let permit = gates[intent.channel]?.admit(at: moment) else {
                // The channel closed between the claim and now.
                answered.append(AttemptResult(keptBack: intent, "channel_closed", until: now))
                continue
            }
            inFlight += 1
            sendings.append(Sending(intent: intent, channel: channel, permit: permit, at: now))
        }
        return sendings
    }
}
