import Kit
import Policies
import Rules
import Store

extension MemberStore {
    /// Claims the deliveries, asks the gates again and writes the attempts of those that pass, and the answers so far: see
    /// `turn`. Only what this returns may be handed to a channel, once the mark is on disk.
    /// - Parameter terms: of the channels, by name.
    package func intend(
        _ ids: [Int64], answering answers: Answers = Answers(), under prepared: PreparedRules, epoch: Int64,
        terms: [String: ChannelTerms] = [:], at now: Instant, counting meter: OutboxMeter? = nil,
        between pass: @escaping @Sendable () -> Void = {}, marked: @escaping @Sendable () throws -> Void = {}
    ) async throws -> Turn {
        try await turn(
            ids, answers: answers, epoch: epoch, at: now, counting: meter, between: pass, marked: marked
        ) {
            try $0.intend($1, under: prepared.planned, epoch: epoch, terms: terms, at: now)
        }
    }
}

extension Outbox {
    func intend(
        _ claimed: [Claimed], under planned: PlannedSet, epoch: Int64, terms: [String: ChannelTerms], at now: Instant
    ) throws -> [Intent] {
        try require(epoch: epoch)
        let segments = try CapSegments(db, planned.set).holding(for: claimed, at: now)
        let reader = try HandoverReader(db, planned, claimed, segments: segments, at: now)
        let handover = Handover(settings: planned.set.settings, stops: try Stops(db))
        var recipients = try RecipientSends(db, claimed, planned, terms: terms, at: now)
        var spending = DaySpending(db, planned, at: now)
        let names = try References(self)
        var links = LinkRows(db, planned)
        var storedLimits = StoredLimits(db)
        try takeNumbers(for: claimed.count)
        var intents: [Intent] = []
        var unwritten = UnwrittenIntents()
        for delivery in claimed {
            guard let row = try reader.row(delivery) else {
                try release([delivery])
                continue
            }
            if try reader.asksForOthers(row), try unwritten.concern(row) {
                try write(&unwritten, epoch: epoch, at: now)
            }
            let facts = try reader.facts(row)
            let address = facts.reach.address
            var answer = handover.answer(facts, at: now)
            if case .go = answer, let end = recipients.waitUntil(delivery, to: address) {
                // It ends in time, also where the window is longer than it may wait.
                answer = .wait(until: min(end, facts.sendBy), cause: "per_recipient")
            }
            if case .go = answer, try links.confirmsNothing(row, to: address, at: now) {
                answer = .end(.suppressed, .unreachable(.noConsent), cause: "no_request")
            }
            switch try credited(answer, row, facts, under: planned, at: now) {
            case .go(let limits):
                // The budget comes last: only what leaves is to be paid for, and uses up a credit.
                guard case .goes(let reservation) = try spending.reserve(row, on: facts.channel, for: facts.purpose)
                else {
                    try giveBackCredit(delivery.id)
                    try wait(delivery, cause: "budget")
                    continue
                }
                intents.append(
                    try intend(
                        row, to: address, limits: try storedLimits.id(limits), names: names,
                        terms: terms[facts.channel] ?? ChannelTerms(), reservation: reservation, links: &links,
                        in: &unwritten, at: now)
                )
                recipients.add(delivery, to: address)
            case .wait(let until, let cause): try wait(delivery, until: until, cause: cause)
            case .end(let state, let because, let cause):
                try end(delivery.id, from: .claimed, as: state, cause: cause, Change(because: because))
                // `no_address` and `no_consent` fall back to the next entry of `try`; the end of the occasion does not.
                if case .unreachable = because { try fallBack(from: delivery.id, at: now, cause: "fallback:\(cause)") }
            }
        }
        try write(&unwritten, epoch: epoch, at: now)
        try spending.save()
        return intents
    }

    /// - Parameter until: nil: it may be claimed again at once.
    private func wait(_ delivery: Claimed, until: Instant? = nil, cause: String) throws {
        try move(delivery.id, from: .claimed, to: .pending, cause: cause, Change(notBefore: until, claimCount: 0))
    }

    /// What may go takes its credit; without one it ends as where the member has not consented.
    private func credited(
        _ answer: Handover.Answer, _ row: SQLRow, _ facts: HandoverFacts, under planned: PlannedSet, at now: Instant
    ) throws -> Handover.Answer {
        guard case .go = answer else { return answer }
        let code: String? = try row["template_code"]
        guard try planned.isCredited(facts.channel, code: code) && !takeCredit(row, code: code, at: now) else {
            return answer
        }
        return .end(.suppressed, .unreachable(.noConsent), cause: "no_credit")
    }
}
