import Channels
import Foundation
import Kit
import Review
import Rules
import Store
import Testing

@testable import Config
@testable import Daemon

/// Ticks by cron: every look is another process, and the store is all that they know of each other.
@Suite("A tick that tells people") struct AlertLookTests {
    private static let start = Instant(seconds: 1_780_000_000)
    private let scratch: Scratch
    private let channel = ScriptedChannel(always: .accepted(providerID: nil))

    init() throws {
        scratch = try Scratch()
        _ = try store()
    }

    private func at(_ minutes: Int64) -> Instant { Self.start.adding(micros: minutes * 60_000_000) }

    private func store() throws -> MemberStore { try MemberStore.open(url: "sqlite:\(scratch.path)/nudged.db") }

    /// One process: it opens the store, evaluates unless the rules are refused, looks and ends.
    @discardableResult
    private func tick(
        _ minutes: Int64, refused: Bilingual? = nil, by alerts: Configuration.Alerts = .init(channel: "staff"),
        while goesOn: @Sendable () -> Bool = { true }
    ) async throws -> [AlertWays.Answer] {
        let store = try store()
        if refused == nil { try await store.markWatermark(at(minutes)) }
        var config = Configuration(storeURL: "sqlite:\(scratch.path)/nudged.db", rulesDir: "rules")
        config.alerts = alerts
        let ways = AlertWays(
            alerts, store: store.path, environment: [:],
            channel: alerts.channel.map { (name: $0, channel: channel as any Channel) })
        let look = AlertLook(ways, config: config, speech: Speech(language: .english, zone: .utc), host: "shop")
        return try await look.run(store, refused: refused, at: at(minutes), while: goesOn)
    }

    /// The texts since the last question, without the line of the host.
    private func told(since count: Int) -> [String] {
        channel.messages.dropFirst(count).map { $0.text.split(separator: "\n").dropFirst().joined(separator: "; ") }
    }

    @Test("a stop is told once, and its end once it has been gone for five minutes, whatever comes and goes between")
    func once() async throws {
        try store().stop(.channel("sms"), reason: "wrong price", who: "anna", at: at(0))
        for minutes in 0..<3 as Range<Int64> { try await tick(minutes) }
        #expect(
            told(since: 0).count == 1 && told(since: 0)[0].hasPrefix("new: held: channel:sms, by anna: wrong price"))
        _ = try store().release([.channel("sms")], at: at(3))
        for minutes in 3..<8 as Range<Int64> { try await tick(minutes) }
        #expect(told(since: 1) == [])
        #expect(try store().alerts().map(\.goneAt) == [at(3)])
        for minutes in 8..<12 as Range<Int64> { try await tick(minutes) }
        #expect(told(since: 1).count == 1 && told(since: 1)[0].hasPrefix("over, it began "))
        #expect(try store().alerts().isEmpty)
    }

    @Test("what is found again was not gone")
    func again() async throws {
        let broken = Bilingual("a.yaml:1: no", "a.yaml:1：不对")
        try await tick(0)
        try await tick(1, refused: broken)
        for minutes in 2..<6 as Range<Int64> { try await tick(minutes) }
        try await tick(6, refused: broken)
        #expect(try store().alerts().map(\.goneAt) == [nil])
        for minutes in 7..<12 as Range<Int64> { try await tick(minutes) }
        #expect(told(since: 0).count == 1 && told(since: 0)[0].contains("the rules directory is refused"))
        try await tick(12)
        #expect(told(since: 1).count == 1 && told(since: 1)[0].hasPrefix("over, it began "))
    }

    @Test("that nothing was decided for long is told, for refused rules stop a tick")
    func standing() async throws {
        try await tick(0)
        try await tick(1, refused: Bilingual(same: "no"))
        try await tick(30, refused: Bilingual(same: "no"))
        #expect(try store().alerts().map(\.code) == ["rules_refused", "not_running"])
    }

    @Test("a tick does not show that the daemon runs again")
    func ofDaemon() async throws {
        var ledger = AlertLedger()
        ledger.noteTold([AlertNews(.begun, .failed("nudged.service", status: "78"), since: at(0))], at: at(0))
        try store().keep(alerts: ledger.unkept.rows, over: [])
        for minutes in 0..<20 as Range<Int64> { try await tick(minutes) }
        #expect(told(since: 0) == [])
        #expect(try store().alerts().map(\.code) == ["daemon_failed"])
    }

    @Test("a program that takes all the time is run once, and the rest comes with the next ticks")
    func bounded() async throws {
        let path = try scratch.write(
            "#!/bin/sh\necho \"$NUDGED_ALERT_SUBJECT\" >>\(scratch.path)/told\n", to: "alert.sh")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        for (minutes, name) in [(0, "sms"), (1, "mail"), (2, "push")] as [(Int64, String)] {
            try store().stop(.channel(name), reason: "test", who: "anna", at: at(minutes))
        }
        for minutes in 3..<8 as Range<Int64> {
            let answers = try await tick(minutes, by: .init(command: path), while: { false })
            #expect(answers.isEmpty)
        }
        let told = try String(contentsOfFile: scratch.path + "/told", encoding: .utf8).split(separator: "\n")
        #expect(told.count == 3 && Set(told) == ["channel:sms", "channel:mail", "channel:push"])
    }
}
