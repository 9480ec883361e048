import Review
import Kit
import Logging
import Rules
import ServiceLifecycle
import Store
import UnixSignals

/// The loops around `Evaluator.runOnce`, `Dispatcher.step` and `Reloader.runOnce`. After an error of the machine (a
/// full disk, a busy store) each says so once and tries again; nothing is lost by waiting. A store that is beyond
/// repair ends the process.
struct Loops: Sendable {
    let evaluator: Evaluator
    let dispatcher: Dispatcher
    /// Where the tasks of a channel run; one that is not named has none of its own.
    let threads: [String: any TaskExecutor]
    let queries: ProviderQueries
    let reloader: Reloader
    let notifier: Notifier
    let board: StatusBoard
    let alerts: Alerting
    let watchdog: Duration?
    /// SIGHUP, caught since before systemd hears READY.
    let hangups: UnixSignalsSequence
    let log: Logger

    private let dispatch = Pulse()
    private let reload = Pulse()
    private let heartbeats = Heartbeats(["evaluator", "dispatcher"])
    private let evaluatorIsToStop = StopFlag()

    /// How often the dispatcher looks by itself: the grain of rates and retries.
    private static let dispatchEvery = Duration.milliseconds(250)
    /// An edit is read after two quiet seconds: well within the five that are promised.
    private static let watchEvery = Duration.milliseconds(750)
    /// The grain of the rate at which providers are asked.
    private static let queryEvery = Duration.seconds(1)

    init(
        evaluator: Evaluator, dispatcher: Dispatcher, threads: [String: any TaskExecutor] = [:],
        queries: ProviderQueries,
        reloader: Reloader, notifier: Notifier, board: StatusBoard, alerts: Alerting, watchdog: Duration?,
        hangups: UnixSignalsSequence, log: Logger
    ) {
        self.evaluator = evaluator
        self.dispatcher = dispatcher
        self.threads = threads
        self.queries = queries
        self.reloader = reloader
        self.notifier = notifier
        self.board = board
        self.alerts = alerts
        self.watchdog = watchdog
        self.hangups = hangups
        self.log = log
    }

    /// In the order of starting.
    var services: [Loop] {
        [
            Loop(name: "watchdog", body: watch, stop: {}),
            Loop(name: "alerts", body: alertLoop, stop: {}),
            Loop(name: "dispatcher", body: dispatchLoop, stop: { dispatch.end() }),
            Loop(name: "timer", body: timer, stop: {}),
            Loop(name: "provider queries", body: queryLoop, stop: {}),
            Loop(name: "evaluator", body: evaluate, stop: { evaluatorIsToStop.set() }),
            Loop(name: "reload", body: reloadLoop, stop: { reload.end() }),
            Loop(name: "rules directory", body: watchRules, stop: {}),
            Loop(name: "signals", body: listen, stop: { notifier.stopping() }),
        ]
    }

    /// Twice a second, on the half seconds of the wall clock: what is due at 09:30:00 is decided then.
    @Sendable private func evaluate() async throws {
        var complaint = Complaint()
        while await pause(Loops.untilNextTick(from: .now)) {
            do {
                let report = try await evaluator.runOnce(at: .now, goesOn: afterSlice)
                if complaint.ends() {
                    log.notice("evaluation works again")
                    board.note(.evaluation, nil)
                }
                if (report?.decided ?? 0) > 0 { dispatch.wake() }
            } catch {
                try Loops.endIfBroken(error)
                let reason = MemberStore.words(for: error)
                if complaint.begins(reason) {
                    log.error("evaluation failed: nothing is decided", metadata: ["reason": "\(reason)"])
                    board.note(
                        .evaluation, Bilingual("nothing is decided: \(reason)", "不再做任何决定：\(Bilingual(error).chinese)"))
                }
            }
            heartbeats.beat("evaluator")
        }
    }

    /// A tick may decide for a million people. Each slice of it is a sign of life, wakes the dispatcher for what it
    /// decided, and may be the last one.
    @Sendable private func afterSlice() -> Bool {
        heartbeats.beat("evaluator")
        dispatch.wake()
        return !evaluatorIsToStop.isSet
    }

    static func untilNextTick(from now: Instant) -> Duration {
        let period = Evaluator.period.micros
        let into = now.micros % period
        return .microseconds(period - (into < 0 ? into + period : into))
    }

    /// Leaving the group waits for every message under way: that is the drain.
    @Sendable private func dispatchLoop() async throws {
        var complaint = Complaint()
        try await withThrowingDiscardingTaskGroup { group in
            for await _ in dispatch.beats {
                heartbeats.beat("dispatcher")
                do {
                    if let departure = try await dispatcher.depart(at: .now) {
                        group.addTask { await leave(departure) }
                    }
                    if await dispatcher.hasMore { dispatch.wake() }
                    if complaint.ends() {
                        log.notice("dispatching works again")
                        board.note(.dispatch, nil)
                    }
                } catch let stale as Outbox.StaleEpoch {
                    throw Refusal(.locked, stale.words)
                } catch {
                    try Loops.endIfBroken(error)
                    let reason = MemberStore.words(for: error)
                    if complaint.begins(reason) {
                        log.error("dispatching failed: nothing is sent", metadata: ["reason": "\(reason)"])
                        board.note(
                            .dispatch, Bilingual("nothing is sent: \(reason)", "不再发送任何消息：\(Bilingual(error).chinese)"))
                    }
                }
            }
            await dispatcher.drain(at: .now)
        }
        await dispatcher.report()
    }

    /// Each message is a task, which runs where its channel has its connections.
    @Sendable private func leave(_ departure: Dispatcher.Departure) async {
        let sendings = await dispatcher.cleared(departure)
        await withDiscardingTaskGroup { group in
            for sending in sendings {
                group.addTask(executorPreference: threads[sending.intent.channel]) {
                    let isTurn = await dispatcher.send(sending, answeredAt: { (.now, .now) })
                    // There is room again, and may be more to send.
                    if isTurn { dispatch.wake() }
                }
            }
        }
    }

    /// A page of each channel at a time.
    @Sendable private func queryLoop() async throws {
        var complaint = Complaint()
        while await pause(Loops.queryEvery) {
            do {
                _ = try await queries.runOnce(at: .now)
                if complaint.ends() { log.notice("providers are asked again what became of messages") }
            } catch {
                try Loops.endIfBroken(error)
                let reason = MemberStore.words(for: error)
                if complaint.begins(reason) {
                    log.error(
                        "what providers said of messages could not be written", metadata: ["reason": "\(reason)"])
                }
            }
        }
    }

    /// What needs a person is told, whatever the others wait for.
    @Sendable private func alertLoop() async throws {
        guard !alerts.isIdle else { return try await gracefulShutdown() }
        await alerts.begin()
        while await pause(Alerting.every) { await alerts.runOnce(at: .now) }
    }

    /// Ends the process rather than send from a store that may have lost what was sent.
    static func endIfBroken(_ error: any Error) throws {
        guard MemberStore.isBeyondRepair(error) else { return }
        let trouble = StoreTrouble(error) ?? .disk("\(error)")
        let reason = trouble.sentence(nil)
        throw Refusal(
            Refusal.code(trouble), "nothing more is sent: \(reason)", "不再发送任何消息：\(reason.chinese)")
    }

    @Sendable private func timer() async throws {
        while await pause(Loops.dispatchEvery) { dispatch.wake() }
    }

    @Sendable private func reloadLoop() async throws {
        for await _ in reload.beats { await reloader.runOnce() }
    }

    @Sendable private func watchRules() async throws {
        while await pause(Loops.watchEvery) {
            if await reloader.sawEdit(at: .now) { reload.wake() }
        }
    }

    @Sendable private func listen() async throws {
        for await _ in hangups.cancelOnGracefulShutdown() { reload.wake() }
    }

    /// Until the very end: systemd goes on watching during the drain, and the loops are silent then by intention.
    @Sendable private func watch() async throws {
        guard let watchdog else { return try await gracefulShutdown() }
        while await pause(watchdog / 4) {
            if heartbeats.takeAllAlive() { notifier.alive() }
        }
    }

    /// False once the daemon must stop.
    private func pause(_ duration: Duration) async -> Bool {
        await cancelWhenGracefulShutdown { (try? await Task.sleep(for: duration)) != nil }
    }
}
