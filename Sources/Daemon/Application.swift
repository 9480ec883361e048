import Review
import Channels
import Config
import Gateway
import Glibc
import Intake
import Kit
import Logging
import Policies
import Rules
import ServiceLifecycle
import Store
import UnixSignals

/// The daemon: wiring, and nothing else. The rest of the walk is `Evaluator.runOnce`, `Dispatcher.step`.
package struct Application: Sendable {
    private let config: Configuration
    private let environment: [String: String]
    private let isStrict: Bool
    private let copying: StoreUpgrade.Copying
    private let version: String
    /// What is counted for `/metrics`.
    private let work = WorkMeter()
    private let log: Logger

    /// Longer than any provider may take to answer (guarantees §1.7).
    package static let drainAtMost = Duration.seconds(30)

    /// - Parameters:
    ///   - copying: whether a store of an earlier version is copied before it is brought up.
    ///   - version: of the program, for `/metrics`.
    package init(
        config: Configuration, environment: [String: String], isStrict: Bool = false,
        copying: StoreUpgrade.Copying = .beside, version: String = "unknown"
    ) {
        self.copying = copying
        self.config = config
        self.version = version
        self.environment = environment
        self.isStrict = isStrict
        let log = config.log
        self.log = Logger(label: "nudged") { _ in LogLines(log, environment: environment) }
    }

    /// Runs until SIGTERM or SIGINT. Throws `Refusal` when it cannot start, or when another daemon takes over.
    package func run() async throws {
        do { try await serve() } catch let error where !(error is Refusal) {
            throw Refusal(error, storeURL: config.storeURL) ?? error
        }
    }

    private func serve() async throws {
        Application.ignoreSignals()
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let notifier = Notifier(environment: environment)
        let board = StatusBoard(notifier)
        for key in config.unserved {
            log.warning("nothing serves this key of nudged.yaml yet: it is passed over", metadata: ["key": "\(key)"])
        }
        let (store, lock) = try openStore(notifier)
        defer { withExtendedLifetime(lock) {} }
        let keeper = try StoreKeeper.begin(store, log: log)
        let channels = try ChannelSet(config, environment: environment)
        let sources = try config.eventSources(environment: environment)
        let source = RuleSource(
            directory: config.rulesDir, channels: config.channelDeclarations, isStrict: isStrict, store: store)
        // Made before the rules are read, so that an edit meanwhile is noticed afterwards.
        let watch = config.reload == .watch ? RulesWatch(directory: config.rulesDir) : nil
        let rules = LiveRules()
        rules.stage(try firstRules(source, board))

        let recovery = try await store.recoverOutbox(at: .now)
        log.notice(
            "started",
            metadata: [
                "epoch": "\(recovery.epoch)", "released": "\(recovery.released)", "unclear": "\(recovery.unclear)",
                "poisoned": "\(recovery.poisoned)",
            ])
        if let reason = recovery.rolledBack {
            log.error("nothing is sent until `nudged release --rollback`", metadata: ["reason": "\(reason)"])
        }
        let clock = TrustedClock()
        let refusals = UnwrittenRefusals(config.linkChannels)
        let dispatcher = Dispatcher(
            store: store, rules: rules, clock: clock, channels: channels.channels, rates: channels.rates,
            connections: channels.connections, recipientLimits: channels.recipientLimits, links: channels.links,
            refusals: refusals, recovery: recovery, maxInFlight: config.maxInflight, board: board, log: log)
        let loops = Loops(
            evaluator: Evaluator(store: store, rules: rules, source: source, clock: clock, meter: work, log: log),
            dispatcher: dispatcher, threads: channels.threads,
            queries: ProviderQueries(
                store: store, rules: rules, clock: clock, channels: channels.channels, meter: dispatcher.meter,
                log: log),
            reloader: Reloader(
                source: source, rules: rules, watch: watch, notifier: notifier, board: board, meter: work, log: log),
            notifier: notifier, board: board, alerts: alerting(channels, rules, about: store, board),
            watchdog: Notifier.watchdogInterval(environment: environment),
            hangups: hangups, log: log)
        // The rules come into force before READY; what fell due meanwhile, however much, is decided after it.
        try await loops.evaluator.begin(at: .now)
        board.note(.obstacles, try await loops.dispatcher.obstacles(at: .now).map(Bilingual.init(same:)))
        board.run(try await loops.dispatcher.status())
        let folderMeter = FolderMeter(config.folders.map(\.id))
        let folders = folders(rules, store, board, counting: folderMeter)
        let gateway = gateway(
            channels, rules, store, sources: sources, holding: refusals, counting: loops.dispatcher.meter,
            folders: config.folders.isEmpty ? nil : folderMeter)
        // In the order of starting. They stop in reverse: no new requests, no new decisions, then no new claims, then
        // the drain.
        let services =
            [
                keeper.service,
                Retaining(
                    store: store, settings: config.retention, channels: config.channelDeclarations, clock: clock,
                    log: log
                ).service,
            ] + loops.services + folders
            + bounces(
                channels.reportBoxes, rules, into: store, board: board, counting: loops.dispatcher.meter)
            + (gateway.map { [Application.loop(of: $0)] } ?? [])
            + [Application.saysReady(board, after: gateway)]
        var group = ServiceGroupConfiguration(
            services: services.map { .init(service: $0, serviceName: $0.name) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Application.quietLog)
        group.maximumGracefulShutdownDuration = Application.drainAtMost
        do { try await ServiceGroup(configuration: group).run() } catch let refusal as Refusal {
            board.run(refusal.words.english)
            StoreKeeper.end(store, by: refusal, log)
            throw refusal
        }
        await channels.shutDown()
        keeper.end()
        log.notice("stopped")
    }

    private func openStore(_ notifier: Notifier) throws -> (MemberStore, StoreLock?) {
        let path = try MemberStore.filePath(of: config.storeURL)
        guard path != ":memory:" else { return (try MemberStore.inMemory(), nil) }
        let lock = try StoreLock(databasePath: path)
        config.useStoreKeys(environment: environment)
        let store = try MemberStore.open(
            url: config.storeURL, durability: config.durability, ownsLock: true, copying: copying,
            upgrading: { tell($0, notifier) })
        if let fault = try config.encryptionFault(of: store) { throw Refusal(.refused, fault) }
        return (store, lock)
    }

    /// A start that brings a large store up takes minutes, which systemd must know and an operator sees.
    private func tell(_ step: StoreUpgrade.Step, _ notifier: Notifier) {
        notifier.startGoesOn(UpgradeWording.words(step).english)
        switch step {
        case .copying: break
        case .copied(let path):
            log.notice("the store is copied before it is brought up", metadata: ["copy": "\(path)"])
        case .migrating(let name, let number, let count):
            log.notice(
                "the store is brought up to this version",
                metadata: ["step": "\(name)", "number": "\(number)", "of": "\(count)"])
        case .done(let from, _):
            log.notice(
                "the store is of this version now", metadata: ["from": "\(from)", "to": "\(MemberStore.schema)"])
        }
    }

    /// The rules of the directory; if they are broken, the last set that was in force.
    private func firstRules(_ source: RuleSource, _ board: StatusBoard) throws -> LiveRules.Staged {
        do {
            let choice = try source.choose()
            choice.staged.tellWarnings(log)
            choice.tell(log)
            board.note(.gone, choice.staged.goneNote)
            work.noteReload(isGood: true, at: .now)
            return choice.staged
        } catch let broken as RuleSource.Broken {
            guard let last = try source.lastGood() else { throw Refusal(.refused, broken.words) }
            work.noteReload(isGood: false, at: .now)
            log.error(
                "the rules are wrong: starting with the last good set",
                metadata: ["findings": "\(broken.findings.count)", "first": "\(broken.findings.first ?? "")"])
            board.note(
                .rules,
                Bilingual(
                    "the rules are wrong, the last good set runs: \(broken.findings.first ?? "")",
                    "规则有错，运行的是上一套正确的规则：\(broken.first?.chinese ?? "")"))
            return last
        }
    }

    private func alerting(
        _ channels: ChannelSet, _ rules: LiveRules, about store: MemberStore, _ board: StatusBoard
    ) -> Alerting {
        let ways = AlertWays(
            config.alerts, store: store.path, environment: environment,
            channel: config.alerts.channel.flatMap { name in channels.channels[name].map { (name, $0) } })
        return Alerting(
            ways, store: store, config: config, board: board,
            zone: { rules.prepared?.planned.set.settings.zone ?? Settings().zone },
            language: config.language ?? Language(locale: environment), log: log)
    }

    /// Nil where nudged.yaml has no `http`.
    private func gateway(
        _ channels: ChannelSet, _ rules: LiveRules, _ store: MemberStore, sources eventSources: [EventSource],
        holding refusals: UnwrittenRefusals, counting meter: OutboxMeter, folders: FolderMeter?
    ) -> Gateway? {
        guard let http = config.http else { return nil }
        if !http.isLoopback {
            log.warning(
                "`http.listen` is open to other machines, and what they send is not encrypted: put a proxy with TLS before it"
            )
        }
        let sources = Dictionary(uniqueKeysWithValues: config.channels.map { ($0.id, $0.callbackSource) })
        let links = config.links.flatMap { links in
            channels.tokens.map {
                LinkDesk(
                    store, $0, form: links.form, channels: config.linkChannels,
                    refusals: refusals, log: log)
            }
        }
        let events = events(eventSources, rules, store)
        let metrics = Metrics(
            version: version, store: store, channels: config.channels.map(\.id),
            rules: { rules.prepared?.planned.set }, work: work, outbox: meter, events: events?.meter,
            folders: folders)
        return Gateway(
            http, channels: channels.callbacks, links: links, events: events,
            api: APIDesk(store, config: config, log: log, rules: { rules.prepared?.planned.set }), metrics: metrics,
            log: log,
            isReady: {
                guard rules.prepared != nil else { return false }
                return (try? await store.proveWritable()) != nil
            },
            note: { events, channel, now in
                guard var source = sources[channel] else { return }
                source.terms = ReceiptTerms(rules.prepared?.planned)
                _ = try await store.note(events, from: source, at: now, counting: meter)
            })
    }

    /// Nil where nudged.yaml has no `http.sources`.
    private func events(_ sources: [EventSource], _ rules: LiveRules, _ store: MemberStore) -> EventDesk? {
        guard !sources.isEmpty else { return nil }
        return EventDesk(sources, log: log, terms: terms(of: rules), take: { try await store.take($0) })
    }

    private func folders(
        _ rules: LiveRules, _ store: MemberStore, _ board: StatusBoard, counting meter: FolderMeter
    ) -> [Loop] {
        config.folders.map { folder in
            FolderIntake(
                folder, into: store, language: config.language ?? .english, meter: meter, board: board, log: log,
                terms: terms(of: rules)
            ).service
        }
    }

    private func bounces(
        _ boxes: [(channel: String, box: ReportBox)], _ rules: LiveRules, into store: MemberStore,
        board: StatusBoard, counting meter: OutboxMeter
    ) -> [Loop] {
        boxes.map { channel, box in
            BounceIntake(
                CallbackSource(channel: channel, address: .email), box, into: store, meter: meter, board: board,
                log: log, terms: { ReceiptTerms(rules.prepared?.planned) }
            ).service
        }
    }

    /// What the rules in force say of the shop, to whoever reads what comes in.
    private func terms(of rules: LiveRules) -> @Sendable () -> SourceTerms? {
        let channels = config.channelDeclarations
        return {
            guard let set = rules.prepared?.planned.set else { return nil }
            return SourceTerms(set.settings, channels: channels, attributes: set.attributeTypes)
        }
    }

    private static func loop(of gateway: Gateway) -> Loop {
        Loop(name: "http", body: gateway.run, stop: {})
    }

    /// Says READY from within the life cycle: from then on a SIGTERM is an orderly stop. A port that is taken ends the
    /// start before it.
    private static func saysReady(_ board: StatusBoard, after gateway: Gateway?) -> Loop {
        Loop(
            name: "ready",
            body: {
                if let gateway, await gateway.listening() == nil { return try await gracefulShutdown() }
                board.ready()
                try await gracefulShutdown()
            }, stop: {})
    }

    /// Makes a closed pipe or a full file system an error of one call, not the end of the daemon.
    package static func ignoreSignals() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// The life cycle's own messages add nothing to ours.
    private static let quietLog = Logger(label: "nudged.lifecycle") { _ in SwiftLogNoOpLogHandler() }
}

extension ChannelConfig {
    fileprivate var callbackSource: CallbackSource {
        CallbackSource(channel: id, address: address, optOutWords: settings.texts(CallbackAddress.optOutKeywords))
    }
}

extension Configuration {
    /// The channels as the pages of links know them.
    fileprivate var linkChannels: [LinkChannel] {
        channels.map { LinkChannel($0.id, $0.address, doubleOptIn: $0.doubleOptIn) }
    }
}
