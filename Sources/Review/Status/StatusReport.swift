import Config
import Kit
import Rules
import Store

/// How the daemon, its rules, its channels and its store stand, and what of that needs a person.
package struct StatusReport: Sendable {
    package var at: Instant
    package var rules: RulesStanding
    package var stops: [StopListing]
    package var channels: [ChannelStatus]
    package var folders: [FolderStatus]
    package var store: StoreStanding
    package var troubles: StoreTroubles
    /// The process that has the store; nil when none does, or it did not say.
    package var process: Int?
    private var oldestBackup: Span?
    private var keeping: StoreKeeping

    /// Reads it all; what it costs depends on what is owed, not on how many members there are.
    package init(_ config: Configuration?, _ store: MemberStore, zone: Zone, at now: Instant) throws {
        at = now
        rules = try RulesStanding(config, store, at: now)
        stops = try store.stops()
        channels = try config.map { try ChannelStatus.all(of: $0, in: store, at: now) } ?? []
        folders = (config?.folders ?? []).map(FolderStatus.init)
        let day = zone.startOfDay(zone.date(of: now))
        self.store = try store.standing(
            rules.planned, today: Window(after: day.adding(micros: -1), through: now), at: now)
        troubles = try store.troubles(at: now)
        oldestBackup = config?.alerts.backupOlderThan
        keeping = try StoreKeeping(store)
        process = self.store.isInUse ? store.path.flatMap(StoreLock.process(ofStore:)) : nil
    }

    package var owed: Int { store.rules.reduce(0) { $0 + $1.owed } }
    /// Pending too, but past their `send_by`.
    package var overdue: Int { store.rules.reduce(0) { $0 + $1.overdue } }
    package var oldestOwed: Instant? { store.rules.compactMap(\.oldestOwed).min() }
    package var unclear: Int { store.rules.reduce(0) { $0 + $1.unclear } }
    package var expired: Int { store.rules.reduce(0) { $0 + $1.expired } }
    /// When rules were last evaluated, to within ten seconds or so; nil: never, or by a clock that is ahead.
    package var lastTick: Instant? { store.clock.future(at: at) == nil ? store.clock.evaluated : nil }
    /// How long ago that was, in seconds.
    package var lateBy: Int? { store.clock.lateBy(at: at) }

    /// What needs a person, the most urgent first; empty when all is well.
    package var attention: [Attention] {
        Circumstances(
            at: at, troubles: troubles, channels: channels.map(\.config.id), folders: folders,
            refused: rules.directory == .refused
                ? rules.findings.first ?? Bilingual("it cannot be read", "读不出来") : nil,
            evaluator: store.isInUse ? .daemon : .nobody, freeBytes: store.files.freeBytes,
            logBytes: store.files.logBytes,
            oldestBackup: oldestBackup
        ).attention + encryption
    }

    private var encryption: [Attention] {
        keeping.trouble.map { [Attention("encryption", $0.words, remedy: $0.remedy)] } ?? []
    }
}
