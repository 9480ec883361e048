import Config
import Kit
import Channels
import Daemon
import Foundation
import Gateway
import Logging
import Policies
import Rules
import Store
import Synchronization
import TestSupport

@testable import Engine

/// A channel that answers as told and remembers what it was handed.
final class ScriptedChannel: Channel {
    let type = "scripted"
    private let answer: @Sendable (OutgoingMessage) async -> SendOutcome
    private let taken = Mutex<[OutgoingMessage]>([])
    private let asked = Mutex<[SentReference]>([])
    private let said: (@Sendable (SentReference) -> QueryAnswer)?

    /// - Parameter said: what it answers when it is asked about a message; nil: it cannot be asked.
    init(
        asked said: (@Sendable (SentReference) -> QueryAnswer)? = nil,
        _ answer: @escaping @Sendable (OutgoingMessage) async -> SendOutcome
    ) {
        self.answer = answer
        self.said = said
    }

    convenience init(always outcome: SendOutcome) { self.init { _ in outcome } }

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        taken.withLock { $0.append(message) }
        return await answer(message)
    }

    var messages: [OutgoingMessage] { taken.withLock { $0 } }

    var queries: QuerySchedule? { said == nil ? nil : .standard }

    func query(_ sent: [SentReference], at now: Instant) async -> [QueryAnswer] {
        asked.withLock { $0 += sent }
        return sent.map { said?($0) ?? .unanswered(code: "cannot_be_asked") }
    }

    /// What it was asked about.
    var questions: [SentReference] { asked.withLock { $0 } }
}

/// Log lines of a test.
final class LogSink: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func logger(_ level: Configuration.Log.Level = .debug) -> Logger {
        Logger(label: "test") { _ in
            LogLines(Configuration.Log(level: level, format: .json), environment: [:]) { line in
                self.lines.withLock { $0.append(line) }
            }
        }
    }
}

/// A daemon without its loops: each step is called at a time of the test's choosing.
struct Bench {
    let world: World
    let store: MemberStore
    let rules = LiveRules()
    let clock = TrustedClock()
    let evaluator: Evaluator
    let sink = LogSink()
    private let rule: String
    private let members: String
    /// The moment of `start`.
    let began = ContinuousClock.now
    let start: Instant

    /// `members` members, each with an order at 10:00 that is thanked for at 11:00; nothing is decided yet.
    /// - Parameters:
    ///   - file: where the store is; nil for one in memory.
    ///   - settings: further lines of the settings.
    ///   - late: how late the message may leave; nil: the usual six hours.
    ///   - more: files of the rule set that replace those of their names.
    init(
        members count: Int = 1, perMinute: Int? = nil, file: String? = nil, start: String = "2026-03-10 10:30",
        settings: String = "", late: String? = nil, more: [String: String] = [:]
    ) throws {
        rule = """
              - {id: thanks, name: 谢谢, status: live, owner: crm, purpose: marketing, when: {event: {name: order.paid, after: 1h}},
                 \(late.map { "if_late: {send_within: \($0)}, " } ?? "")do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}\(perMinute.map { ", per_minute: \($0)" } ?? "")}}]}
            """
        members = (1...count).map { number in
            """
              m\(number): {display_name: 林小姐, phone: "1380000\(1000 + number)", consent: {sms: granted},
                orders: [{id: o\(number), paid_at: "2026-03-10 10:00", total: 10}]}

            """
        }.joined()
        world = try World(settings: Bench.settings + settings, rules: rule, members: members, more: more)
        let memory = try world.store()
        if let file {
            store = try MemberStore.open(url: "sqlite:\(file)")
            try memory.writer.copy(to: store.writer)
        } else {
            store = memory
        }
        self.start = try world.instant(start)
        rules.stage(LiveRules.Staged(planned: world.planned(), files: "{}", hash: "a"))
        evaluator = Evaluator(store: store, rules: rules, clock: clock, log: sink.logger())
    }

    private static let settings = "version: 1\nquiet_hours: none\nblast_guard: off\n"

    /// The same rules with other settings come into force.
    func reload(_ settings: String, at time: String) async throws {
        let other = try World(settings: Bench.settings + settings, rules: rule, members: members)
        rules.stage(LiveRules.Staged(planned: other.planned(), files: "{}", hash: settings))
        _ = try await evaluate(time)
    }

    func moment(_ time: Instant) -> ContinuousClock.Instant {
        began.advanced(by: .microseconds(time.micros - start.micros))
    }

    func evaluate(_ time: String) async throws -> TickReport? {
        let now = try world.instant(time)
        return try await evaluator.runOnce(at: now, moment: moment(now))
    }

    /// The rules in force and everything decided at 11:00.
    func decide() async throws {
        _ = try await evaluate("2026-03-10 10:30")
        _ = try await evaluate("2026-03-10 11:00")
    }

    func dispatcher(
        _ channel: any Channel, perSecond: Double? = nil, links: LinkWriter? = nil,
        refusals: UnwrittenRefusals? = nil, maxInFlight: Int = 100
    ) async throws -> Dispatcher {
        Dispatcher(
            store: store, rules: rules, clock: clock, channels: ["sms": channel],
            rates: perSecond.map { ["sms": $0] } ?? [:], links: links, refusals: refusals,
            recovery: try await store.recoverOutbox(at: start), maxInFlight: maxInFlight,
            board: StatusBoard(Notifier(environment: [:])), log: sink.logger())
    }

    func dispatch(_ dispatcher: Dispatcher, _ time: String) async throws -> Int {
        let now = try world.instant(time)
        return try await dispatcher.runOnce(at: now, moment: moment(now))
    }

    /// What leaves at once, each of it answered.
    func round(_ dispatcher: Dispatcher, _ time: String) async throws -> [Dispatcher.Sending] {
        let now = try world.instant(time)
        let flights = try await dispatcher.step(at: now, moment: moment(now))
        for flight in flights { await dispatcher.send(flight, answeredAt: { (now, moment(now)) }) }
        await dispatcher.settle(at: now)
        return flights
    }

    func states() async throws -> [String: Int] {
        try await store.writer.read { db in
            try db.all("SELECT state, COUNT(*) FROM deliveries GROUP BY state")
                .reduce(into: [:]) { try $0[$1[0]] = $1[1] }
        }
    }

    func sql(_ statement: String) async throws { try await store.writer.write { try $0.script(statement) } }

    func broken() throws -> [String] { try store.verify(Invariants(at: try world.instant("2026-03-10 12:00"))) }
}

/// A directory of its own, removed at the end.
final class Scratch {
    let path: String

    init() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "nudged-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: URL(filePath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }
}

/// Collects whole lines.
final class LineSink: Sendable {
    private let lines = Mutex("")
    var text: String { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0 += line } }
}
