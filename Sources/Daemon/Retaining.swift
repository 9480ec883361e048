import Config
import Kit
import Logging
import Review
import Rules
import ServiceLifecycle
import Store

/// Removes what the store no longer keeps: once a day, slice by slice, each a short transaction, with pauses so long that
/// nine tenths of the writer's time are left to others. Nothing goes while the clock is not good: a clock that is
/// years ahead would take everything.
struct Retaining: Sendable {
    let store: MemberStore
    let settings: Configuration.Retention
    let channels: [ChannelDeclaration]
    let clock: TrustedClock
    let log: Logger

    private let thread = BlockingQueue("nudged.retention")

    private static let first = Duration.seconds(600)
    private static let every = Duration.seconds(86_400)
    private static let least = Duration.milliseconds(100)

    init(
        store: MemberStore, settings: Configuration.Retention, channels: [ChannelDeclaration] = [], clock: TrustedClock,
        log: Logger
    ) {
        (self.store, self.settings, self.channels, self.clock, self.log) = (store, settings, channels, clock, log)
    }

    var service: Loop { Loop(name: "retention", body: run, stop: {}) }

    @Sendable private func run() async throws {
        var rest = Retaining.first
        while await pause(rest) {
            rest = Retaining.every
            do {
                try await pass(at: .now, moment: .now) { took in await pause(max(Retaining.least, took * 9)) }
            } catch {
                try Loops.endIfBroken(error)
                // Tomorrow's walk begins where rows are left.
                log.warning(
                    "old rows could not be removed", metadata: ["reason": "\(MemberStore.words(for: error))"])
            }
        }
    }

    /// One walk through the store.
    /// - Parameter goesOn: called after each slice with the time that it took; false ends the walk.
    func pass(
        at now: Instant, moment: ContinuousClock.Instant, goesOn: (Duration) async -> Bool = { _ in true }
    ) async throws {
        guard clock.isGood(wall: now, moment: moment) else { return }
        let (store, settings, channels) = (store, settings, channels)
        var walk = try await thread.run {
            let lookBack = try LookBack.longest(of: store)
            return RetentionWalk(RetentionTerms(settings, lookBack: lookBack, channels: channels, at: now))
        }
        while !walk.isOver {
            let begin = ContinuousClock.now
            let before = walk
            walk = try await thread.run {
                var walk = before
                try store.retain(&walk)
                return walk
            }
            guard await goesOn(ContinuousClock.now - begin) else { break }
        }
        let removed = walk.counts.filter { $0.value.rows > 0 }
        guard !removed.isEmpty else { return }
        log.info(
            "old rows removed",
            metadata: removed.reduce(into: [:]) { $0[$1.key.rawValue] = .stringConvertible($1.value.rows) })
    }

    /// False once the daemon must stop.
    private func pause(_ duration: Duration) async -> Bool {
        await cancelWhenGracefulShutdown { (try? await Task.sleep(for: duration)) != nil }
    }
}
