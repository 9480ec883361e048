import Engine
import Kit
import Channels
import Gateway
import Logging
import Policies
import Rules
import Store

/// Hands deliveries to channels: claims as many as there is room for, asks the gates again, sends, and writes down what
/// the channel answered. The store guarantees what is on disk before the first byte leaves; the rates are kept here.
package actor Dispatcher {
    package typealias Moment = ContinuousClock.Instant

    private let store: MemberStore
    private let rules: LiveRules
    private let clock: TrustedClock
    private let channels: [String: any Channel]
    private let terms: [String: ChannelTerms]
    private let links: LinkWriter?
    private let refusals: UnwrittenRefusals?
    private let epoch: Int64
    private let maxInFlight: Int
    private let board: StatusBoard
    private let log: Logger
    private var gates: [String: ChannelGate]
    private var quotas = RuleQuotas()
    private var journal = ChannelJournal()
    /// Counts the deliveries that ended, for the log.
    let meter = OutboxMeter()
    private var inFlight = 0
    /// True when there is more to do at once: a slice of deliveries to end was full, or claimed ones did not leave.
    package private(set) var hasMore = false
    /// Answers that are not on disk yet. The next turn takes them along.
    private var answered: [AttemptResult] = []
    private var isWriting = false
    /// No turn comes any more, so each answer is written when it is there.
    private var isDraining = false
    /// The next turn is for a delivery whose last claim ended in a crash.
    private var isSuspectNext = false
    /// Claims whose intents could not be written.
    private var unreleased: [Claimed] = []
    /// How often obstacles are looked up for `systemctl status`, expired leases are given back, and unclear attempts
    /// are moved on with the log lines.
    private var (looks, reaps, sweeps) = (Periodic(seconds: 5), Periodic(seconds: 10), Periodic(seconds: 60))
    /// The channels whose budget of the day was used up at the last look.
    private var toldUsedUp: Set<String> = []
    /// How often operators' wishes are looked up while a channel is not ready: they are to act within a second.
    private var wishes = Periodic(milliseconds: 500)
    /// The error that ended all sending; the process must end with it.
    private var breakage: (any Error)?

    /// - Parameters:
    ///   - clock: the evaluator's; nothing leaves or ends while it is not good.
    ///   - rates: messages per second; a channel without one has no limit of ours.
    ///   - connections: how many a channel has; one without has no limit of ours.
    ///   - recipientLimits: how many messages one address gets, by channel.
    package init(
        store: MemberStore, rules: LiveRules, clock: TrustedClock, channels: [String: any Channel],
        rates: [String: Double] = [:], connections: [String: Int] = [:], recipientLimits: [String: [CountLimit]] = [:],
        links: LinkWriter? = nil,
        refusals: UnwrittenRefusals? = nil, recovery: Recovery, maxInFlight: Int, board: StatusBoard, log: Logger
    ) {
        self.store = store
        self.rules = rules
        self.clock = clock
        self.channels = channels
        terms = channels.reduce(into: [:]) { terms, channel in
            terms[channel.key] = ChannelTerms(
                firstQuery: channel.value.queries?.next(after: 0), recipientLimits: recipientLimits[channel.key] ?? [])
        }
        self.links = links
        self.refusals = refusals
        self.maxInFlight = maxInFlight
        self.board = board
        self.log = log
        epoch = recovery.epoch
        gates = Dictionary(
            uniqueKeysWithValues: channels.keys.map {
                ($0, ChannelGate(perSecond: rates[$0], connections: connections[$0]))
            })
    }

    /// One look: the periodic work, then the messages that may leave now, which the caller must send. The daemon's loop is
    /// this step plus the sending of what it returns. It throws once the store is beyond repair.
    package func step(at now: Instant, moment: Moment = .now) async throws -> [Sending] {
        if let breakage { throw breakage }
        let sendings: [Sending]
        do {
            try await tend(at: now, moment: moment)
            sendings = try await take(at: now, moment: moment)
        } catch {
            // After a failed sync nothing more may be written, because it could seem to succeed.
            guard !MemberStore.isBeyondRepair(error) else {
                breakage = error
                throw error
            }
            // The answers do not wait for what keeps messages from leaving.
            try await write(at: clock.believable(wall: now, moment: moment))
            throw error
        }
        // Where no turn took them along.
        if sendings.isEmpty { try await write(at: clock.believable(wall: now, moment: moment)) }
        return sendings
    }

    private func tend(at now: Instant, moment: Moment) async throws {
        if gates.values.contains(where: { $0.standing(at: moment).0 != .ready }), wishes.isDue(at: moment) {
            try await retryChannels(at: now)
        }
        if looks.isDue(at: moment) {
            board.note(.obstacles, try await obstacles(at: now).map(Bilingual.init(same:)))
            try await noteChannels(at: now)
        }
        if reaps.isDue(at: moment) { try await reap(at: now, moment: moment) }
        if sweeps.isDue(at: moment) {
            report()
            board.run(try await status())
            try await sweep(at: now, moment: moment)
        }
    }

    /// Sends what is due and waits for the answers, for as long as something leaves: a channel that starts slowly takes
    /// more with each answer. Returns the number of attempts.
    package func runOnce(at now: Instant, moment: Moment = .now) async throws -> Int {
        var attempts = 0
        while true {
            let sendings = try await step(at: now, moment: moment)
            await withDiscardingTaskGroup { group in
                for sending in sendings {
                    group.addTask { await self.send(sending, answeredAt: { (now, moment) }) }
                }
            }
            try await write(at: now)
            guard !sendings.isEmpty else { return attempts }
            attempts += sendings.count
        }
    }

    /// Call this after the last step: from now on answers are written without one.
    package func drain(at now: Instant) async {
        isDraining = true
        await settle(at: now)
    }

    /// Nothing is under way and every answer is on disk.
    package var isIdle: Bool { inFlight == 0 && answered.isEmpty }

    /// Gives back claims whose lease is over. A clock that was set makes leases look expired or endless, so nothing is
    /// given back until the clock was steady for one lease.
    package func reap(at now: Instant, moment: Moment = .now) async throws {
        guard clock.isSteady(wall: now, moment: moment, for: .microseconds(Outbox.lease)) else { return }
        let given = try await store.reapClaims(at: now, except: unreleased, epoch: epoch)
        if given > 0 { log.warning("claims whose lease was over were given back", metadata: ["count": "\(given)"]) }
    }

    /// Writes what the channels said since the last answers were written.
    private func noteChannels(at now: Instant) async throws {
        let states = journal.due(at: now)
        guard !states.isEmpty else { return }
        try await store.note(states)
        journal.wrote(states)
    }

    /// Opens the channels whose operator says that the cause is mended.
    private func retryChannels(at now: Instant) async throws {
        for channel in try await store.takeRetries(at: now) {
            gates[channel]?.reset()
            journal.noteReady(channel, at: now)
            log.notice("channel is tried at once: an operator asked for it", metadata: ["channel": "\(channel)"])
        }
    }

    /// Moves on unclear attempts that may be repeated or must be closed.
    package func sweep(at now: Instant, moment: Moment = .now) async throws {
        guard clock.isGood(wall: now, moment: moment), let settings = rules.prepared?.planned.set.settings else {
            return
        }
        let moved = try await store.sweepOutbox(at: now, maxResends: settings.maxResends, counting: meter)
        if moved > 0 { log.info("unclear attempts moved on", metadata: ["count": "\(moved)"]) }
    }

    /// Logs one line for each rule and channel where something ended since the last report, and one for each channel
    /// whose provider said something.
    package func report() {
        let counts = meter.take()
        for line in HandoverLine.lines(of: counts) {
            log.log(level: line.isTrouble ? .warning : .info, "deliveries", metadata: line.metadata)
        }
        for (channel, callbacks) in counts.callbacks.sorted(by: { $0.key < $1.key }) {
            var metadata: Logger.Metadata = ["channel": "\(channel)"]
            for (name, count) in callbacks.words { metadata[name] = "\(count)" }
            log.info("callbacks", metadata: metadata)
        }
    }

    /// The line of `systemctl status` on sending: how many deliveries are owed.
    package func status() async throws -> String {
        let running = rules.prepared.map { "running \($0.planned.plans.count) rules" } ?? "no rules in force"
        return "\(running), \(try await store.owedDeliveries()) deliveries owed"
    }

    /// The lasting obstacles to sending: channels that failed, stops, and budgets that are used up. Nil when there are
    /// none.
    package func obstacles(at now: Instant) async throws -> String? {
        let closed = gates.filter(\.value.isClosed).keys.sorted().map { "channel \($0) closed" }
        let stops = try await store.stopScopes().map { "stopped: \($0)" }
        let usedUp = try await usedUp(at: now).map { "budget of \($0) for today used up" }
        let all = closed + stops + usedUp
        return all.isEmpty ? nil : all.joined(separator: ", ")
    }

    /// The channels whose marketing waits for tomorrow's budget; each is told when that begins.
    private func usedUp(at now: Instant) async throws -> [String] {
        guard let prepared = rules.prepared else { return [] }
        let channels = try await store.usedUp(prepared.budgets(at: now))
        for channel in channels where !toldUsedUp.contains(channel) {
            log.warning("budget for today used up: marketing waits", metadata: ["channel": "\(channel)"])
        }
        toldUsedUp = Set(channels)
        return channels
    }

    // MARK: leaving

    /// Claims, and commits the intents and the answers so far. Nothing is taken while the clock is not good.
    private func take(at now: Instant, moment: Moment) async throws -> [Sending] {
        guard clock.isGood(wall: now, moment: moment) else { return [] }
        try await refusals?.write(to: store)
        if !unreleased.isEmpty {
            try await store.release(unreleased)
            unreleased = []
        }
        guard let prepared = rules.prepared else { return [] }
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
        } while round.sendings.isEmpty && (isSuspectNext || hasMore && round.claimed > 0)
            && looked < Dispatcher.mostLooks
        return round.sendings
    }

    private struct Round {
        var claimed = 0
        var sendings: [Sending] = []
        var isMore = false
        var hasSuspects = false
    }

    /// The messages of one transaction; few, because an emergency stop acts within one batch (settled-2 §9.3).
    static let batch = 100
    /// The deliveries that one look goes through when none of them leaves.
    private static let mostLooks = 1000

    private func claim(in prepared: PreparedRules, suspects: Bool, _ now: Instant, _ moment: Moment) -> ClaimRequest {
        let room = maxInFlight - inFlight
        // No channel gets everything: one that hangs must not hold up the others.
        let share = gates.count == 1 ? maxInFlight : max(1, maxInFlight - maxInFlight / 4)
        return ClaimRequest(
            places: gates.mapValues { $0.places(upTo: min(room, share - $0.underWay), at: moment) },
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
            between: { CrashPoint.reach(.afterClaim) })
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
            let cleared = try await clear(intents, mark, now)
            CrashPoint.reach(.afterMark)
            round.sendings = admit(cleared, now, moment)
            return round
        }
    }

    /// Nothing leaves without a mark on disk, or after a stop that came since: such intents are recorded as not sent.
    private func clear(_ intents: [Intent], _ mark: HighWaterMark?, _ now: Instant) async throws -> [Intent] {
        let cleared: Set<Int64>
        do {
            cleared = try await store.clear(intents, mark)
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
            quotas.take(intent.rule, at: moment)
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

    // MARK: sending and answers

    /// Sends one attempt. Its answer is on disk with the next step; several share a commit.
    /// - Returns: whether to take that step now; otherwise more answers are at hand, and the last of them says so.
    @discardableResult
    package nonisolated func send(_ sending: Sending, answeredAt now: @Sendable () -> (Instant, Moment)) async -> Bool {
        await note(await sending.leave(with: links), of: sending, at: now())
    }

    private func note(_ outcome: SendOutcome, of sending: Sending, at time: (wall: Instant, moment: Moment)) async
        -> Bool
    {
        let now = clock.believable(wall: time.wall, moment: time.moment)
        inFlight -= 1
        log.say(gates[sending.intent.channel]?.record(outcome, sending.permit, at: time.moment), sending, outcome)
        if let gate = gates[sending.intent.channel] {
            journal.note(outcome, of: sending.intent.channel, gate, at: (now, time.moment))
        }
        answered.append(AttemptResult(outcome, of: sending.intent, under: rules.prepared?.planned, at: now))
        CrashPoint.reach(.beforeOutcome)
        if isDraining { await settle(at: now) }
        return gates[sending.intent.channel]?.wantsTurn(after: answered.count) ?? true
    }

    /// Writes the answers so far, and says so where it cannot.
    package func settle(at now: Instant) async {
        do {
            try await write(at: now)
        } catch {
            log.error(
                "answers could not be written yet",
                metadata: ["waiting": "\(answered.count)", "reason": "\(MemberStore.words(for: error))"])
        }
    }

    private func takeAnswers(at now: Instant) -> Answers {
        defer { answered = [] }
        return Answers(answered, states: journal.due(at: now), terms: ReceiptTerms(rules.prepared?.planned))
    }

    /// Commits the answers so far. While one commit is under way the next ones gather.
    private func write(at now: Instant) async throws {
        guard !isWriting else { return }
        isWriting = true
        defer { isWriting = false }
        while !answered.isEmpty {
            let answers = takeAnswers(at: now)
            do {
                try await store.finish(answers, at: now, counting: meter)
                journal.wrote(answers.states)
                CrashPoint.reach(.afterOutcome)
            } catch {
                answered = answers.results + answered
                if MemberStore.isBeyondRepair(error) { breakage = error }
                throw error
            }
        }
    }
}
