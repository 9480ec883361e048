import Channels
import Kit
import Logging
import Policies
import Store

/// Asks providers what became of messages that nothing final is known of, at the slots of their schedules, beside the
/// sending and at a rate of its own. What they say is noted as their reports are; silence is asked again at the next slot.
package actor ProviderQueries {
    package typealias Moment = ContinuousClock.Instant

    private let store: MemberStore
    private let rules: LiveRules
    private let clock: TrustedClock
    private let channels: [String: any Channel]
    private let meter: OutboxMeter
    private let log: Logger
    private var buckets: [String: TokenBucket]
    private var complaints: [String: Complaint] = [:]

    /// - Parameters:
    ///   - channels: those that cannot be asked are left out.
    ///   - clock: the evaluator's; nothing is asked while it is not good, because slots come by it.
    ///   - meter: counts the receipts for the log.
    package init(
        store: MemberStore, rules: LiveRules, clock: TrustedClock, channels: [String: any Channel], meter: OutboxMeter,
        log: Logger
    ) {
        self.store = store
        self.rules = rules
        self.clock = clock
        self.channels = channels.filter { $0.value.queries != nil }
        self.meter = meter
        self.log = log
        buckets = self.channels.compactMapValues(\.queries).mapValues {
            TokenBucket(rate: $0.perSecond, burst: max(1, $0.perSecond))
        }
    }

    /// One page of each channel that has something to ask, all at the same time. Returns how many messages were asked
    /// about.
    package func runOnce(at now: Instant, moment: Moment = .now) async throws -> Int {
        guard clock.isGood(wall: now, moment: moment) else { return 0 }
        var pages: [(channel: String, questions: [Question])] = []
        for (name, channel) in channels.sorted(by: { $0.key < $1.key }) {
            let places = places(name, channel.queries, at: moment)
            guard places > 0 else { continue }
            let questions = try await store.questions(of: name, at: now, limit: places)
            if !questions.isEmpty { pages.append((name, questions)) }
            for _ in questions { _ = buckets[name]?.take(at: moment) }
        }
        try await withThrowingDiscardingTaskGroup { group in
            for page in pages { group.addTask { try await self.ask(page.channel, page.questions, at: now) } }
        }
        return pages.reduce(0) { $0 + $1.questions.count }
    }

    /// How many messages may be asked about now; nothing is counted.
    private func places(_ name: String, _ schedule: QuerySchedule?, at moment: Moment) -> Int {
        guard let schedule, var bucket = buckets[name] else { return 0 }
        var places = 0
        while places < schedule.perCall, bucket.take(at: moment) == nil { places += 1 }
        return places
    }

    private func ask(_ name: String, _ questions: [Question], at now: Instant) async throws {
        guard let channel = channels[name], let schedule = channel.queries,
            let kind = rules.prepared?.planned.channels[name]
        else { return }
        let terms = ReceiptTerms(rules.prepared?.planned)
        let answers = await channel.query(questions.map { $0.message(fallsBackWithin: terms.deliveryWait) }, at: now)
        tell(answers, name)
        let answered = zip(questions, answers).map { question, answer in
            let elapsed = now.micros - question.handedOverAt.micros
            return AnsweredQuestion(
                question, receipt: answer.receipt,
                askAgainAt: schedule.next(after: elapsed).map { question.handedOverAt.adding(micros: $0) })
        }
        let source = CallbackSource(channel: name, address: kind, terms: terms)
        try await store.note(answered, from: source, at: now, counting: meter)
    }

    /// A provider that answers none of a page is told about once.
    private func tell(_ answers: [QueryAnswer], _ name: String) {
        let silent = answers.compactMap { answer in if case .unanswered(let code) = answer { code } else { nil } }
        log.debug(
            "asked a provider what became of messages",
            metadata: [
                "channel": "\(name)", "asked": "\(answers.count)", "absent": "\(answers.count { $0 == .absent })",
                "unanswered": "\(silent.count)",
            ])
        guard let code = silent.first, silent.count == answers.count, !ProviderQueries.ordinary.contains(code) else {
            if silent.isEmpty { _ = complaints[name, default: Complaint()].ends() }
            return
        }
        if complaints[name, default: Complaint()].begins(code) {
            log.warning(
                "a provider does not say what became of messages: they are asked about again",
                metadata: ["channel": "\(name)", "code": "\(code)"])
        }
    }

    /// What is no trouble: nothing final is known yet, or there is nothing to ask by.
    private static let ordinary: Set<String> = ["no_status_yet", "no_id", "no_address"]
}

extension Question {
    fileprivate func message(fallsBackWithin wait: Span?) -> SentReference {
        SentReference(
            reference: reference, providerID: providerID, to: address, sentAt: handedOverAt,
            fallsBackUntil: wait.map { handedOverAt.adding(micros: $0.roughMicros) })
    }
}

extension QueryAnswer {
    fileprivate var receipt: Receipt? { if case .known(let receipt) = self { receipt } else { nil } }
}
