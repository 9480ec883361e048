import Channels
import Config
import Kit
import Logging
import Policies
import Review
import Rules
import Store
import TestSupport
import Testing

@testable import Daemon

/// What a store no longer keeps, and what it keeps because somebody may ask for it.
@Suite("Retention") struct RetentionTests {
    private let world: World
    private let store: MemberStore
    private let rules = LiveRules()
    private let clock = TrustedClock()
    private let evaluator: Evaluator
    private let sink = LogSink()
    private let channel = ScriptedChannel(always: .accepted(providerID: nil))
    private let began = ContinuousClock.now
    private let start: Instant

    /// Three members; two of them bought twice, and are thanked twice.
    init() throws {
        let rule = """
              - {id: thanks, name: 谢谢, status: live, owner: crm, purpose: marketing,
                 when: {event: {name: order.paid, after: 1h}},
                 do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]}
            """
        func member(_ number: Int, _ days: [Int]) -> String {
            let orders = days.map { "{id: o\(number)-\($0), paid_at: \"2026-03-\($0) 10:00\", total: 10}" }
            return """
                  m\(number): {display_name: 林小姐, phone: "1380000000\(number)", consent: {sms: granted},
                    orders: [\(orders.joined(separator: ", "))]}

                """
        }
        world = try World(
            settings: "version: 1\nquiet_hours: none\nblast_guard: off\nprices: {sms_segment: 0.05}\n", rules: rule,
            members: member(1, [10, 11]) + member(2, [10, 11]) + member(3, [10]))
        store = try world.store()
        start = try world.instant("2026-03-10 10:30")
        rules.stage(LiveRules.Staged(planned: world.planned(), files: "{}", hash: "a"))
        evaluator = Evaluator(store: store, rules: rules, clock: clock, log: sink.logger())
    }

    private func moment(_ time: Instant) -> ContinuousClock.Instant {
        began.advanced(by: .microseconds(time.micros - start.micros))
    }

    private func live(_ time: String, _ dispatcher: Dispatcher) async throws -> Int {
        let now = try world.instant(time)
        _ = try await evaluator.runOnce(at: now, moment: moment(now))
        return try await dispatcher.runOnce(at: now, moment: moment(now))
    }

    private func dispatcher() async throws -> Dispatcher {
        Dispatcher(
            store: store, rules: rules, clock: clock, channels: ["sms": channel],
            recovery: try await store.recoverOutbox(at: start), maxInFlight: 100,
            board: StatusBoard(Notifier(environment: [:])), log: sink.logger())
    }

    /// Five messages on two days.
    private func twoDays() async throws -> Dispatcher {
        let dispatcher = try await dispatcher()
        _ = try await live("2026-03-10 10:30", dispatcher)
        #expect(try await live("2026-03-10 11:00", dispatcher) == 3)
        #expect(try await live("2026-03-11 11:00", dispatcher) == 2)
        return dispatcher
    }

    private func walk(_ terms: RetentionTerms, slice: Int = 2) throws -> RetentionWalk {
        var walk = RetentionWalk(terms)
        while !walk.isOver { try store.retain(&walk, slice: slice) }
        return walk
    }

    private func count(_ table: String) throws -> Int {
        try store.writer.read { try $0.value("SELECT COUNT(*) FROM \(table)") ?? -1 }
    }

    private func broken() throws -> [String] {
        try store.verify(Invariants(at: try world.instant("2026-03-12 12:00")))
    }

    @Test(
        "old decisions go with all that hangs on them, the last of each member and rule stays, and the rest still agrees"
    )
    func ledger() async throws {
        _ = try await twoDays()
        #expect(try broken() == [])
        let later = try world.instant("2027-06-01 00:00")
        var dry = RetentionWalk(RetentionTerms(ledger: later))
        while !dry.isOver { try store.preview(&dry, slice: 2) }
        #expect(try dry.counts[.ledger]?.rows == 2 && count("decisions") == 5)
        let walk = try self.walk(RetentionTerms(ledger: later))
        #expect(walk.counts == dry.counts)
        #expect(try walk.counts[.ledger]?.oldest == world.instant("2026-03-10 11:00"))
        let left = try await store.writer.read {
            try $0.values("SELECT member || ' ' || occasion FROM decisions ORDER BY 1") as [String]
        }
        #expect(left == ["m1 order:o1-11", "m2 order:o2-11", "m3 order:o3-10"])
        for table in ["deliveries", "attempts", "sends"] { #expect(try count(table) == 3, "\(table)") }
        let orphans = try await store.writer.read { try $0.all("PRAGMA foreign_key_check").count }
        #expect(orphans == 0)
        #expect(try broken() == [])
        #expect(try self.walk(RetentionTerms(ledger: later)).counts[.ledger]?.rows == 0)
    }

    @Test("what is gone is not sent again: nor when its rows arrive again, nor when the rule goes live anew")
    func notAgain() async throws {
        let dispatcher = try await twoDays()
        _ = try walk(RetentionTerms(ledger: try world.instant("2027-06-01 00:00")))
        try await store.writer.write { db in
            try db.run("INSERT INTO arrivals (member, seq) SELECT id, 1 FROM members WHERE true ON CONFLICT DO NOTHING")
        }
        #expect(try await live("2026-03-11 12:00", dispatcher) == 0)
        rules.stage(LiveRules.Staged(planned: world.planned(), files: "{\"a\":1}", hash: "b"))
        for time in ["2026-03-11 13:00", "2026-03-12 11:00", "2026-03-20 11:00"] {
            #expect(try await live(time, dispatcher) == 0)
        }
        #expect(channel.messages.count == 5)
        #expect(try broken() == [])
    }

    @Test(
        "what is newer than the term, open, unclear or can still be clicked stays, and so does the last number of all")
    func stays() async throws {
        _ = try await twoDays()
        #expect(try walk(RetentionTerms(ledger: try world.instant("2026-03-10 11:00"))).counts[.ledger]?.rows == 0)
        let later = try world.instant("2027-06-01 00:00")
        let first =
            "(SELECT d.id FROM deliveries d JOIN decisions c ON c.id = d.decision WHERE c.occasion = 'order:o1-10')"
        try await store.writer.write { db in
            try db.run(
                "INSERT INTO short_links (delivery, n, name, url) VALUES (\(first), 1, 'l', 'https://shop.example.com')"
            )
            try db.run(
                """
                INSERT INTO tasks (member, rule, occasion, title, created_at)
                VALUES ('m2', 'thanks', 'order:o2-10', 'call', 1)
                """)
        }
        #expect(try walk(RetentionTerms(ledger: later)).counts[.ledger]?.rows == 0)
        try await store.writer.write { db in
            try db.run("DELETE FROM short_links")
            try db.run("UPDATE tasks SET state = 'done'")
        }
        #expect(try walk(RetentionTerms(ledger: later)).counts[.ledger]?.rows == 2)
        #expect(try count("tasks") == 0)
    }

    @Test("texts go from what has ended, and everything else of a delivery stays")
    func texts() async throws {
        let dispatcher = try await dispatcher()
        _ = try await live("2026-03-10 10:30", dispatcher)
        #expect(try await live("2026-03-10 11:00", dispatcher) == 3)
        let now = try world.instant("2026-03-11 11:00")
        // Owed: decided, and not handed over.
        _ = try await evaluator.runOnce(at: now, moment: moment(now))
        let walk = try self.walk(RetentionTerms(texts: try world.instant("2027-06-01 00:00")))
        #expect(walk.counts[.texts]?.rows == 3)
        let texts = try await store.writer.read { db in
            try db.values("SELECT state || ' ' || (text IS NOT NULL) FROM deliveries ORDER BY id") as [String]
        }
        #expect(texts == ["accepted 0", "accepted 0", "accepted 0", "pending 1", "pending 1"])
        #expect(try await dispatcher.runOnce(at: now, moment: moment(now)) == 2)
        #expect(try broken() == [])
    }

    @Test("what sources sent goes by its age, wherever the walk was cut short")
    func sources() async throws {
        try await store.writer.write { db in
            for number in 0..<10 {
                try db.run(
                    "INSERT INTO received (source, event_id, hash, at) VALUES ('s', ?, x'00', ?)",
                    ["e\(number)", Int64(number % 2 == 0 ? 1 : 1000)])
                try db.run(
                    """
                    INSERT INTO quarantine (source, event_id, hash, kind, at, reason, reason_chinese, body)
                    VALUES ('s', ?, x'00', 'rejected', ?, 'r', 'r', '{}')
                    """, ["e\(number)", Int64(number)])
            }
        }
        let terms = RetentionTerms(received: Instant(micros: 500), quarantine: Instant(micros: 4))
        var cut = RetentionWalk(terms)
        for _ in 0..<3 { try store.retain(&cut, slice: 3) }
        let rest = try walk(terms, slice: 3)
        #expect((cut.counts[.received]?.rows ?? 0) + (rest.counts[.received]?.rows ?? 0) == 5)
        #expect(try count("received") == 5 && count("quarantine") == 6)
    }

    @Test("nothing goes while the clock is not good")
    func clocks() async throws {
        _ = try await twoDays()
        let far = try world.instant("2046-01-01 00:00")
        let held = Retaining(store: store, settings: .init(), clock: TrustedClock(), log: sink.logger())
        try await held.pass(at: far, moment: moment(far))
        // The clock jumped by twenty years, and real time did not.
        let jumped = Retaining(store: store, settings: .init(), clock: clock, log: sink.logger())
        try await jumped.pass(at: far, moment: moment(try world.instant("2026-03-11 11:01")))
        #expect(try count("decisions") == 5)
        clock.trust(wall: far, moment: moment(far))
        try await jumped.pass(at: far, moment: moment(far))
        #expect(try count("decisions") == 3)
        #expect(sink.all.contains { $0.contains("old rows removed") })
    }

    @Test(
        "the ledger is kept for as long as the rules may ask, however short the setting, and verify says where it was not"
    )
    func lookBack() async throws {
        func longest(_ text: String) -> Int64 {
            LookBack.longest(in: [YAMLReader.read(bytes: Array(text.utf8), path: "r.yaml")]) / 86_400_000_000
        }
        #expect(longest("version: 1\n") == 403)
        #expect(longest("rules: [{limits: {at_most: {times: 1, in: 800d}}}]\n") == 880)
        #expect(longest("rules: [{when: {first_purchase: {days_after: 500, at: \"10:00\"}}}]\n") == 550)
        #expect(longest("rules: [{when: {event: {after: 100w}}}, {text: 买了9000d的东西}]\n") == 770)
        var settings = Configuration.Retention()
        settings.ledger = Span(30, .days)
        let now = Instant(seconds: 1_780_000_000)
        let terms = RetentionTerms(settings, lookBack: 403 * 86_400_000_000, at: now)
        #expect(terms.ledger == now.adding(micros: -403 * 86_400_000_000))
        #expect(terms.texts == now.adding(micros: -90 * 86_400_000_000))
        _ = try await twoDays()
        let before = try world.instant("2027-06-01 00:00")
        _ = try walk(RetentionTerms(ledger: before))
        let late = Invariants(at: before.adding(micros: 10), lookBack: 11)
        #expect(
            try store.verify(late).contains {
                $0.hasPrefix("I18 decisions were removed that the rules in force may ask for")
            })
        #expect(try store.verify(Invariants(at: before.adding(micros: 10), lookBack: 10)) == [])
    }
}
