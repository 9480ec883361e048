import Channels
import Daemon
import Kit
import Rules
import Store
import Testing

/// A provider that was down for hours and comes back to a backlog (fault 54; settled-2 §9.11), with a budget and limits of
/// the channel in force.
@Suite("A backlog after an outage")
struct RampTests {
    private static let backlog = 100_000

    /// One member's message, and as many more of others as make up the backlog, in a random order of `send_by`.
    private func bench() async throws -> Bench {
        let bench = try Bench(
            members: 1, settings: "prices: {sms_segment: 0.05}\nbudget: {sms: {per_day: 100000}}\n", late: "40h")
        try await bench.decide()
        try await bench.sql(
            """
            CREATE TEMP TABLE n (n INTEGER PRIMARY KEY);
            WITH RECURSIVE r (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM r WHERE n <= \(RampTests.backlog))
            INSERT INTO n SELECT n FROM r;
            INSERT INTO members (id, display_name, phone, status)
              SELECT 'x' || n, '林小姐', '139' || (10000000 + n), 'active' FROM n;
            INSERT INTO consents (member, channel, purpose, at, state, seq) SELECT 'x' || n, 'sms', 'marketing', 0, 'granted', 0 FROM n;
            INSERT INTO decisions (member, rule, occasion, id, due, at, outcome, rules_version)
            SELECT 'x' || n, rule, occasion, 1000 + n, due, at, outcome, rules_version FROM decisions, n WHERE id = 1;
            INSERT INTO deliveries (decision, rule, step, channel, template, purpose, state, policy, created_at,
              not_before, send_by, start, text, place)
            SELECT 1000 + n, rule, 1, channel, template, purpose, 'pending', policy, created_at, not_before,
              send_by + (n * 7919 % 100003) * 1000000, start, text, place FROM deliveries, n WHERE id = 1;
            UPDATE deliveries SET event = NULL;
            """)
        return bench
    }

    @Test(
        "is asked with one message, then begins at a tenth of the rate and doubles each minute, the most urgent first")
    func ramp() async throws {
        let bench = try await bench()
        let works = Toggle()
        let channel = ScriptedChannel { _ in
            works.isOn ? .accepted(providerID: nil) : .notSent(code: "refused", retryAfter: nil)
        }
        let dispatcher = Dispatcher(
            store: bench.store, rules: bench.rules, clock: bench.clock, channels: ["sms": channel], rates: ["sms": 20],
            recipientLimits: ["sms": [CountLimit(times: 1, window: Span(24, .hours))]],
            recovery: try await bench.store.recoverOutbox(at: bench.start), maxInFlight: 200,
            board: StatusBoard(Notifier(environment: [:])), log: bench.sink.logger())
        // Down: the breaker opens after five, then one probe per rest.
        let from = try bench.world.instant("2026-03-10 11:00")
        func leave(_ second: Int) async throws -> Int {
            let now = from.adding(micros: Int64(second) * 1_000_000)
            return try await dispatcher.runOnce(at: now, moment: bench.moment(now))
        }
        var tried = 0
        for second in stride(from: 0, to: 600, by: 5) { tried += try await leave(second) }
        #expect(tried >= 5 && tried < 20, "\(tried) tries in ten minutes of an outage")
        works.turnOn()
        var perMinute: [Int] = []
        var second = 900
        #expect(try await leave(second) <= 2, "one message asks, and one that the bucket had left")
        for _ in 0..<5 {
            var minute = 0
            for _ in 0..<60 {
                second += 1
                minute += try await leave(second)
            }
            perMinute.append(minute)
        }
        // A tenth of 20 a second, then twice that, up to the rate.
        let most = [2, 4, 8, 16, 20].map { $0 * 60 + $0 }
        #expect(zip(perMinute, most).allSatisfy { $0 <= $1 }, "\(perMinute)")
        #expect(zip(perMinute, most).allSatisfy { $0 * 10 >= $1 * 8 }, "\(perMinute)")
        let sent: [Int64] = try await bench.store.writer.read { db in
            try db.values(
                """
                SELECT d.send_by FROM attempts a JOIN deliveries d ON d.id = a.delivery WHERE a.outcome = 'accepted'
                ORDER BY a.intent_seq
                """)
        }
        // What the outage had failed comes back by its own timer, behind what left meanwhile.
        let late = zip(sent, sent.dropFirst()).count { $0 > $1 }
        #expect(sent.count > 2000 && late <= tried, "\(late) out of order")
        #expect(try bench.broken().allSatisfy { !$0.hasPrefix("I20") && !$0.hasPrefix("I3") })
    }
}
