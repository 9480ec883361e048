import Kit
import Channels
import Rules
import Store
import TestSupport
import Testing

@testable import Daemon

@Suite("The emergency stop of a daemon at work") struct StopAtWorkTests {
    @Test(
        "what was prepared before the stop does not leave after it", arguments: ["all", "rule:thanks", "channel:sms"])
    func prepared(scope: String) async throws {
        let bench = try Bench(members: 3)
        try await bench.decide()
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        let dispatcher = try await bench.dispatcher(channel)
        // It comes when the intents are as good as on disk, and nothing has left.
        try await bench.sql(
            """
            CREATE TRIGGER late AFTER INSERT ON attempts
            BEGIN INSERT OR IGNORE INTO stops VALUES ('\(scope)', 'wrong price', 'qa', 0); END
            """)
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00") == 0)
        #expect(channel.messages.isEmpty)
        #expect(try await bench.states() == ["pending": 2, "retry_wait": 1])
        try await bench.sql("DROP TRIGGER late; DELETE FROM stops")
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00:01") == 3)
        #expect(try bench.broken() == [])
    }

    @Test("a batch is small: with thousands owed and room for all of them, no more than a hundred are prepared at once")
    func batches() async throws {
        let bench = try Bench(members: 250)
        try await bench.decide()
        let dispatcher = try await bench.dispatcher(
            ScriptedChannel(always: .accepted(providerID: nil)), maxInFlight: 5000)
        var sizes: [Int] = []
        repeat { sizes.append(try await bench.round(dispatcher, "2026-03-10 11:00").count) } while sizes.last != 0
        #expect(sizes.reduce(0, +) == 250)
        #expect(sizes.first == 1 && sizes.max() == Dispatcher.batch)
    }

    @Test("what does not leave does not keep the rest waiting for the next look")
    func beside() async throws {
        let bench = try Bench(members: 300)
        try await bench.decide()
        // All but the last have withdrawn; the channel has room for one.
        try await bench.sql(
            """
            INSERT INTO consents (member, channel, purpose, at, state, source, seq) SELECT id, 'sms', 'marketing', 1, 'withdrawn', NULL, 0 FROM members WHERE id <> 'm300';
            UPDATE deliveries SET send_by = send_by + 1
              WHERE decision = (SELECT id FROM decisions WHERE member = 'm300')
            """)
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)))
        #expect(try await bench.round(dispatcher, "2026-03-10 11:00").map(\.intent.member) == ["m300"])
        #expect(try await bench.states() == ["accepted": 1, "suppressed": 299])
    }

    @Test("claims of a start that is over are given back while running, and that start claims nothing more")
    func claims() async throws {
        let bench = try Bench(members: 2)
        try await bench.decide()
        let first = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)))
        let second = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)))
        await #expect(throws: Outbox.StaleEpoch.self) { try await bench.dispatch(first, "2026-03-10 11:00") }
        #expect(try await bench.states() == ["pending": 2])
        try await bench.sql(
            """
            UPDATE deliveries SET state = 'claimed', claim_count = 1 WHERE id = 1;
            UPDATE meta SET value = value + 1 WHERE key = 'seq';
            INSERT INTO transitions SELECT 1, value, 'pending', 'claimed', 'claim' FROM meta WHERE key = 'seq'
            """)
        let now = try bench.world.instant("2026-03-10 11:00")
        await #expect(throws: Outbox.StaleEpoch.self) { try await first.reap(at: now, moment: bench.moment(now)) }
        #expect(try await bench.states() == ["claimed": 1, "pending": 1])
        try await second.reap(at: now, moment: bench.moment(now))
        #expect(try await bench.dispatch(second, "2026-03-10 11:00") == 2)
        #expect(try await bench.states() == ["accepted": 2])
        #expect(try bench.broken() == [])
    }
}

@Suite("What the log and the status say of sending") struct SendingReportTests {
    @Test("a line for each rule and channel where something ended, with counts by code and nothing of a member")
    func lines() async throws {
        let bench = try Bench(members: 6)
        try await bench.decide()
        try await bench.sql("UPDATE deliveries SET send_by = 1 WHERE id = 1")
        try await bench.sql("UPDATE members SET phone = NULL WHERE id = 'm2'")
        let channel = ScriptedChannel { message in
            switch message.member {
            case "m3", "m4": .rejected(code: "bad_address")
            case "m5": .unknown(code: "bad_page")
            default: .accepted(providerID: nil)
            }
        }
        let dispatcher = try await bench.dispatcher(channel)
        _ = try await bench.dispatch(dispatcher, "2026-03-10 11:00")
        await dispatcher.report()
        let line = try #require(bench.sink.all.first { $0.contains("\"message\":\"deliveries\"") })
        for part in [
            #""rule":"thanks""#, #""channel":"sms""#, #""handed_over":"4""#, #""accepted":"1""#,
            #""refused":"bad_address=2""#, #""unknown":"bad_page=1""#, #""expired":"1""#,
            #""suppressed":"no_address=1""#, #""level":"warning""#,
        ] {
            #expect(line.contains(part), "\(part) in \(line)")
        }
        #expect(!line.contains("m3") && !line.contains("1380000"))
        let before = bench.sink.all.count
        await dispatcher.report()
        #expect(bench.sink.all.count == before, "a minute in which nothing ended has no line")
    }

    @Test("the log calls a decision a decision: nothing is sent that no provider took")
    func decisions() async throws {
        let bench = try Bench(members: 2)
        try await bench.decide()
        let line = try #require(bench.sink.all.first { $0.contains("rule evaluated") })
        #expect(line.contains(#""decided_to_send":"2""#) && !line.contains("\"sent\""))
    }

    @Test("the status names what is wrong for as long as it is, before what there is to do")
    func board() {
        let board = StatusBoard(Notifier(environment: [:]))
        board.run("running 3 rules, 20 deliveries owed")
        board.note(.rules, Bilingual(same: "reload refused"))
        board.note(.evaluation, Bilingual(same: "nothing is decided: the disk is full"))
        board.run("running 3 rules, 21 deliveries owed")
        #expect(
            board.text
                == "nothing is decided: the disk is full; reload refused; running 3 rules, 21 deliveries owed")
        board.note(.evaluation, nil)
        board.note(.rules, nil)
        #expect(board.text == "running 3 rules, 21 deliveries owed")
    }

    @Test("closed channels and stops are obstacles while they last")
    func obstacles() async throws {
        let bench = try Bench(members: 1)
        try await bench.decide()
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .misconfigured(code: "auth")))
        let now = try bench.world.instant("2026-03-10 11:00")
        #expect(try await dispatcher.obstacles(at: now) == nil)
        _ = try await bench.dispatch(dispatcher, "2026-03-10 11:00")
        try await bench.sql("INSERT INTO stops VALUES ('rule:thanks', 'x', 'y', 0)")
        #expect(try await dispatcher.obstacles(at: now) == "channel sms closed, stopped: rule:thanks")
    }

    @Test(
        "an error of the store is named in words, without SQL",
        arguments: [(.SQLITE_FULL, "is full"), (.SQLITE_BUSY, "the store is busy")] as [(ResultCode, String)])
    func words(code: ResultCode, says: String) {
        let error = SQLFault(code, message: "database or disk is full")
        let words = MemberStore.words(for: error)
        #expect(words.contains(says) && !words.contains("INSERT"), "\(words)")
    }
}
