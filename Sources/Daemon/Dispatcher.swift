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

    let store: MemberStore
    let rules: LiveRules
    let clock: TrustedClock
    let channels: [String: any Channel]
    let terms: [String: ChannelTerms]
    private let links: LinkWriter?
    let refusals: UnwrittenRefusals?
    let epoch: Int64
    let maxInFlight: Int
    private let board: StatusBoard
    let log: Logger
    var gates: [String: ChannelGate]
    var quotas = RuleQuotas()
    var journal = ChannelJournal()
    /// Counts the deliveries that ended, for the log.
    let meter = OutboxMeter()
    var inFlight = 0
    /// True when there is more to do at once: a slice of deliveries to end was full, or claimed ones did not leave.
    package internal(set) var hasMore = false
    /// Answers that are not on disk yet. The next turn takes them along.
    var answered: [AttemptResult] = []
    private var isWriting = false
    /// No turn comes any more, so each answer is written when it is there.
    private var isDraining = false
    /// The next turn is for a delivery whose last claim ended in a crash.
    var isSuspectNext = false
    /// Claims whose intents could not be written.
    var unreleased: [Claimed] = []
    /// How often obstacles are looked up for `systemctl status`, expired leases are given back, and unclear attempts
    /// are moved on with the log lines.
    private var (looks, reaps, sweeps) = (Periodic(seconds: 5), Periodic(seconds: 10), Periodic(seconds: 60))
    /// The channels whose budget of the day was used up at the last look.
    private var toldUsedUp: Set<String> = []
    /// How often operators' wishes are looked up while a channel is not ready: they are to act within a second.
    private var wishes = Periodic(milliseconds: 500)
    /// The mark of the turn before, which the next one waits for.
    var marking: Marking?
    /// Intents whose mark is being written, with their places at their channels.
    var preparing: [Intent] = []
    /// Why the last of them did not leave, for the next step to say.
    var failure: (any Error)?
    /// The error that ended all sending; the process must end with it.
    var breakage: (any Error)?

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

    /// One look: the periodic work, then the messages that may leave now, which the caller must send. It throws once the
    /// store is beyond repair.
    package func step(at now: Instant, moment: Moment = .now) async throws -> [Sending] {
        guard let departure = try await depart(at: now, moment: moment) else { return [] }
        do { return try await clear(departure) } catch {
            try await suffer(error, at: now, moment: moment)
            throw error
        }
    }

    /// The first half of a step, after which the next one may begin: the intents are on disk. The daemon's loop is this,
    /// and `cleared` beside it.
    package func depart(at now: Instant, moment: Moment = .now) async throws -> Departure? {
        if let breakage { throw breakage }
        let departure: Departure?
        do {
            if let failure {
                self.failure = nil
                throw failure
            }
            try await tend(at: now, moment: moment)
            departure = try await take(at: now, moment: moment)
        } catch {
            try await suffer(error, at: now, moment: moment)
            throw error
        }
        // Where no turn took them along.
        if departure == nil { try await write(at: clock.believable(wall: now, moment: moment)) }
        return departure
    }

    /// The answers do not wait for what keeps messages from leaving.
    private func suffer(_ error: any Error, at now: Instant, moment: Moment) async throws {
        // After a failed sync nothing more may be written, because it could seem to succeed.
        if MemberStore.isBeyondRepair(error) {
            breakage = error
        } else {
            try await write(at: clock.believable(wall: now, moment: moment))
        }
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
        for channel in channels.values { channel.endWaiting() }
        await settle(at: now)
    }

    /// Nothing is under way and every answer is on disk.
    package var isIdle: Bool { inFlight == 0 && preparing.isEmpty && answered.isEmpty }

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
        await settleDraining(at: now)
        return gates[sending.intent.channel]?.wantsTurn(after: answered.count) ?? true
    }

    /// No step comes any more that would write the answers.
    func settleDraining(at now: Instant) async { if isDraining { await settle(at: now) } }

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

    func takeAnswers(at now: Instant) -> Answers {
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
