import Channels
import Foundation
import Kit
import Review
import Rules
import Store
import Testing

@testable import Config
@testable import Daemon

/// The daemon's part: what is found in the store, who is told, and what a restart knows of it.
@Suite("A daemon that tells people") struct AlertingTests {
    private static let start = Instant(seconds: 1_780_000_000)
    private let scratch: Scratch
    private let store: MemberStore
    private let board = StatusBoard(Notifier(environment: [:]))
    private let sink = LogSink()

    init() throws {
        scratch = try Scratch()
        store = try MemberStore.open(url: "sqlite:\(scratch.path)/nudged.db")
    }

    private func at(_ minutes: Int64) -> Instant { Self.start.adding(micros: minutes * 60_000_000) }

    /// A daemon as it is after a start. It evaluates, so that it is not late.
    private func alerting(_ channel: any Channel, language: Language = .english) -> Alerting {
        var config = Configuration(storeURL: "sqlite:\(scratch.path)/nudged.db", rulesDir: "rules")
        config.alerts = Configuration.Alerts(channel: "staff")
        let ways = AlertWays(
            config.alerts, store: store.path, environment: [:], channel: (name: "staff", channel: channel))
        return Alerting(
            ways, store: store, config: config, board: board, zone: { .utc }, language: language, log: sink.logger())
    }

    private func look(_ alerting: Alerting, _ minutes: Int64) async throws {
        try await store.markWatermark(at(minutes))
        await alerting.runOnce(at: at(minutes))
    }

    private func texts(_ channel: ScriptedChannel) -> [String] { channel.messages.map(\.text) }

    @Test("a stop is told once, a restart tells it to nobody, and the release is told")
    func once() async throws {
        try store.stop(.channel("sms"), reason: "wrong price, ask 13800000001", who: "anna", at: at(0))
        let first = ScriptedChannel(always: .accepted(providerID: nil))
        let before = alerting(first)
        for minutes in 0..<3 as Range<Int64> { try await look(before, minutes) }
        #expect(first.messages.count == 1)
        let text = try #require(texts(first).first)
        #expect(
            text.contains(
                "new: held: channel:sms, by anna: wrong price, ask 138****0001 → `nudged release --channel sms`"),
            "\(text)")
        #expect(first.messages.first?.to == nil && first.messages.first?.channel == "staff")
        let second = ScriptedChannel(always: .accepted(providerID: nil))
        let after = alerting(second, language: .chinese)
        try await look(after, 3)
        #expect(second.messages.isEmpty)
        _ = try store.release([.channel("sms")], at: at(4))
        for minutes in 4...10 as ClosedRange<Int64> { try await look(after, minutes) }
        #expect(second.messages.count == 1)
        #expect(texts(second).first?.contains("已解除（始于 ") == true, "\(texts(second))")
        #expect(try store.alerts().isEmpty)
    }

    @Test("a full disk is told although nothing can be written, and written down when there is room")
    func fullDisk() async throws {
        try await store.writer.write {
            try $0.script(
                "CREATE TRIGGER full BEFORE INSERT ON alerts BEGIN SELECT RAISE(ABORT, 'no room'); END")
        }
        board.note(.evaluation, Bilingual("nothing is decided: the disk is full", "不再做任何决定：磁盘已满"))
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        let alerting = self.alerting(channel)
        for minutes in 0..<3 as Range<Int64> { try await look(alerting, minutes) }
        #expect(channel.messages.count == 1 && texts(channel)[0].contains("nothing is decided: the disk is full"))
        #expect(try store.alerts().isEmpty)
        try await store.writer.write { try $0.script("DROP TRIGGER full") }
        try await look(alerting, 3)
        #expect(try store.alerts().map(\.code) == ["not_deciding"])
        board.note(.evaluation, nil)
        for minutes in 4...9 as ClosedRange<Int64> { try await look(alerting, minutes) }
        #expect(channel.messages.count == 2 && texts(channel)[1].contains("over, it began "))
    }

    @Test("a channel that a start made ready is not over: an accept shows it")
    func channels() async throws {
        var config = Configuration(storeURL: "sqlite:\(scratch.path)/nudged.db", rulesDir: "rules")
        config.channels = [
            ChannelConfig(id: "sms", address: .phone, adapter: .log, settings: AdapterSettings([:]))
        ]
        config.alerts = Configuration.Alerts(channel: "staff")
        var state = ChannelState(channel: "sms", since: at(0))
        (state.standing, state.refusedAt, state.refusedCode) = (.misconfigured, at(0), "bad_key")
        try await store.note([state])
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        let alerting = Alerting(
            AlertWays(config.alerts, store: nil, environment: [:], channel: (name: "staff", channel: channel)),
            store: store, config: config, board: board, zone: { .utc }, language: .english, log: sink.logger())
        try await look(alerting, 0)
        #expect(texts(channel).first?.contains("channel sms is misconfigured") == true)
        (state.standing, state.since) = (.ready, at(1))
        try await store.note([state])
        for minutes in 1...10 as ClosedRange<Int64> { try await look(alerting, minutes) }
        #expect(channel.messages.count == 1)
        state.acceptedAt = at(11)
        try await store.note([state])
        for minutes in 11...17 as ClosedRange<Int64> { try await look(alerting, minutes) }
        #expect(channel.messages.count == 2 && texts(channel)[1].contains("over, it began "))
    }

    @Test("one that the staff channel refuses is tried again, and the log says it once")
    func refused() async throws {
        try store.stop(.all, reason: "test", who: "anna", at: at(0))
        let toggle = Toggle()
        let channel = ScriptedChannel { _ in toggle.isOn ? .accepted(providerID: nil) : .misconfigured(code: "bad_key")
        }
        let alerting = self.alerting(channel)
        for minutes in 0..<7 as Range<Int64> { try await look(alerting, minutes) }
        #expect(channel.messages.count == 2)
        #expect(sink.all.count { $0.contains("an alert did not arrive") } == 1)
        toggle.turnOn()
        for minutes in 7..<20 as Range<Int64> { try await look(alerting, minutes) }
        #expect(channel.messages.count == 3)
        #expect(try store.alerts().map(\.beganAt) == [at(0)])
    }

    @Test("what is known of the store is what `nudged status` shows: faults, dead deliveries, an old backup")
    func circumstances() async throws {
        try await store.note(faults: ["thanks": "the field cannot be read"], at: at(0))
        func found(_ minutes: Int64, _ oldest: Span? = nil) throws -> [String] {
            try Circumstances(store, channels: [], refused: nil, oldestBackup: oldest, at: at(minutes)).attention.map(
                \.cause)
        }
        try await store.markWatermark(at(0))
        #expect(try found(0) == ["rule_faulted thanks"])
        #expect(try found(0, Span(2, .days)) == ["rule_faulted thanks", "backup_old"])
        let account = try store.backUp(to: scratch.path + "/backup.db")
        try store.noteBackup(account, at: scratch.path + "/backup.db", at(0))
        try await store.note(faults: [:], at: at(1))
        #expect(try found(1, Span(2, .days)) == [])
        try await store.markWatermark(at(2881))
        #expect(try found(2880, Span(2, .days)) == [])
        #expect(try found(2881, Span(2, .days)) == ["backup_old"])
    }
}
