import Kit
import Rules
import Store
import Testing

@Suite struct FinishTests {
    struct Answer: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var outcome: AttemptResult.Outcome
        var states: [String]
    }

    private static func retry(_ minutes: Int64, counts: Bool = true) -> AttemptResult.Outcome {
        .notSent(code: "refused", retryAt: Instant(seconds: 1_773_111_600 + minutes * 60), counts: counts)
    }

    @Test(
        "Each answer has its state",
        arguments: [
            Answer(testDescription: "accepted", outcome: .accepted(providerID: "p1"), states: ["sms accepted"]),
            Answer(testDescription: "rejected", outcome: .rejected(code: "bad_address"), states: ["sms rejected"]),
            Answer(testDescription: "not sent", outcome: retry(1), states: ["sms retry_wait"]),
            Answer(
                testDescription: "not sent, and too late for another try", outcome: retry(360), states: ["sms expired"]),
            Answer(testDescription: "unknown", outcome: .unknown(code: "timeout"), states: ["sms unknown"]),
        ])
    func states(answer: Answer) async throws {
        let desk = try await OutboxDesk()
        try await desk.finish(try await desk.depart(at: "2026-03-10 11:00"), answer.outcome, at: "2026-03-10 11:00:02")
        #expect(try await desk.states() == answer.states)
        #expect(try desk.broken() == [])
    }

    @Test("What the rule lists after a refused channel becomes a delivery of its own")
    func nextEntry() async throws {
        let rules = OutboxDesk.rule.replacing(
            "[{sms: {template: hello}}]", with: "[{sms: {template: hello}}, {wechat: {template: hello_wx}}]")
        let desk = try await OutboxDesk(rules: rules)
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .rejected(code: "bad_address"), at: "2026-03-10 11:00:02")
        #expect(try await desk.states() == ["sms rejected", "wechat pending"])
        let next = try await desk.depart(at: "2026-03-10 11:00:03")
        #expect(next.map(\.channel) == ["wechat"] && next.first?.address == "oLin12345")
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("An answer is written once, however often it is reported")
    func twice() async throws {
        let desk = try await OutboxDesk()
        let intents = try await desk.depart(at: "2026-03-10 11:00")
        try await desk.finish(intents, .accepted(providerID: nil), at: "2026-03-10 11:00:01")
        try await desk.finish(intents, .unknown(code: "late"), at: "2026-03-10 11:00:02")
        #expect(try await desk.states() == ["sms accepted"])
        let outcome = try await desk.store.writer.read { try ($0.value("SELECT outcome FROM attempts") as String?) }
        #expect(outcome == "accepted")
    }

    @Test("A receipt before the answer stands")
    func receiptFirst() async throws {
        let desk = try await OutboxDesk()
        let intents = try await desk.depart(at: "2026-03-10 11:00")
        try await desk.sql(
            """
            UPDATE deliveries SET state = 'delivered';
            INSERT INTO transitions VALUES (1, 1000, 'sending', 'delivered', 'receipt'); UPDATE meta SET value = 1000 WHERE key = 'seq'
            """)
        try await desk.finish(intents, .accepted(providerID: nil), at: "2026-03-10 11:00:01")
        #expect(try await desk.states() == ["sms delivered"])
        #expect(try desk.broken() == [])
    }

    @Test("After the wait the next attempt has the next number and a reference of its own")
    func nextAttempt() async throws {
        let desk = try await OutboxDesk()
        let first = try await desk.depart(at: "2026-03-10 11:00")
        try await desk.finish(first, FinishTests.retry(1), at: "2026-03-10 11:00")
        #expect(try await desk.claim(at: "2026-03-10 11:00:59").isEmpty)
        let second = try await desk.depart(at: "2026-03-10 11:01")
        #expect(second.map(\.attempt) == [2] && second.map(\.failures) == [1])
        #expect(first[0].reference != second[0].reference)
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("Twelve definite failures are enough; those of the channel do not count")
    func giveUp() async throws {
        let desk = try await OutboxDesk()
        for _ in 1...20 {
            try await desk.finish(
                try await desk.depart(at: "2026-03-10 11:00"), FinishTests.retry(0, counts: false),
                at: "2026-03-10 11:00")
        }
        for number in 1...12 {
            #expect(try await desk.states() == ["sms retry_wait"], "before failure \(number)")
            try await desk.finish(
                try await desk.depart(at: "2026-03-10 11:00"), FinishTests.retry(0), at: "2026-03-10 11:00")
        }
        #expect(try await desk.states() == ["sms dead"])
        #expect(try desk.broken() == [])
    }

    @Test("An unclear try is never repeated under `hold`, and closed after 72 hours")
    func hold() async throws {
        let desk = try await OutboxDesk()
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .unknown(code: "timeout"), at: "2026-03-10 11:00")
        #expect(try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-10 12:00"), maxResends: 1) == 0)
        #expect(try await desk.claim(at: "2026-03-10 12:00").isEmpty)
        #expect(try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-13 11:00"), maxResends: 1) == 1)
        #expect(try await desk.states() == ["sms unknown_closed"])
        #expect(try desk.broken() == [])
    }

    @Test("Under `resend` it is repeated once, after the time for receipts, with the same reference and marked")
    func resend() async throws {
        let desk = try await OutboxDesk(
            settings: "version: 1\non_unknown: {marketing: resend, service: hold, max_resends: 1}")
        let first = try await desk.depart(at: "2026-03-10 11:00")
        try await desk.finish(first, .unknown(code: "timeout"), at: "2026-03-10 11:00")
        #expect(try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-10 11:09"), maxResends: 1) == 0)
        #expect(try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-10 11:10"), maxResends: 1) == 1)
        let second = try await desk.depart(at: "2026-03-10 11:10")
        #expect(second.map(\.reference) == first.map(\.reference))
        try await desk.finish(second, .unknown(code: "timeout"), at: "2026-03-10 11:10")
        #expect(try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-10 11:30"), maxResends: 1) == 0)
        #expect(try await desk.states() == ["sms unknown"])
        #expect(try desk.broken() == [])
    }

    @Test("A refusal moves on to the next entry of `try`, an acceptance does not")
    func fallback() async throws {
        let desk = try await OutboxDesk()
        let alternatives = #"""
            [{"channel":"wechat","template":"hello_wx","code":"T1","subject":null,"text":"你好","html":null,"values":{"b":"2","a":"1"}}]
            """#
        try await desk.sql("UPDATE deliveries SET alternatives = '\(alternatives)'")
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .rejected(code: "blacklist"), at: "2026-03-10 11:00")
        #expect(try await desk.states() == ["sms rejected", "wechat pending"])
        let next = try #require(try await desk.depart(at: "2026-03-10 11:00").first)
        #expect(next.text == "你好" && next.address == "oLin12345" && next.templateCode == "T1")
        #expect(next.values.map { "\($0.0)=\($0.1)" } == ["b=2", "a=1"])
        try await desk.finish([next], .rejected(code: "no"), at: "2026-03-10 11:00")
        #expect(try await desk.states() == ["sms rejected", "wechat rejected"])
        #expect(try desk.broken() == [])
    }

    @Test("Where an earlier try is unclear, no other channel is tried: the message may have arrived")
    func noFallback() async throws {
        for isRefused in [true, false] {
            let desk = try await OutboxDesk(
                settings: "version: 1\non_unknown: {marketing: resend, service: hold, max_resends: 1}")
            try await desk.sql(
                #"""
                UPDATE deliveries SET alternatives = '[{"channel":"wechat","template":"hello_wx","text":"你好","values":null}]'
                """#)
            try await desk.finish(
                try await desk.depart(at: "2026-03-10 11:00"), .unknown(code: "timeout"), at: "2026-03-10 11:00")
            _ = try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-10 11:10"), maxResends: 1)
            if !isRefused { try await desk.sql("DELETE FROM consents WHERE channel = 'sms'") }
            let second = try await desk.depart(at: "2026-03-10 11:10")
            try await desk.finish(second, .rejected(code: "blacklist"), at: "2026-03-10 11:10")
            #expect(try await desk.states() == ["sms unknown_closed"])
            #expect(try desk.broken() == [])
        }
    }

    @Test(
        "Whatever ends a repetition leaves the first try what it was: unknown",
        arguments: [
            ("DELETE FROM consents", "11:10", #"{"unreachable":"no_consent"}"#),
            ("INSERT INTO stops VALUES ('rule:thanks', 'x', 'y', 0)", "17:01", nil),
            (
                "INSERT INTO events (member, name, at, source) VALUES ('lin', 'complaint.opened', 1773111660000000, 'x')",
                "11:10", #"{"unless":"complaint.opened"}"#
            ),
            ("UPDATE deliveries SET failures = 11", "11:10", nil),
        ] as [(String, String, String?)])
    func noRepetition(change: String, time: String, because: String?) async throws {
        let desk = try await OutboxDesk(
            settings: "version: 1\non_unknown: {marketing: resend, service: hold, max_resends: 1}")
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .unknown(code: "timeout"), at: "2026-03-10 11:00")
        _ = try await desk.store.sweepOutbox(at: try desk.world.instant("2026-03-10 11:10"), maxResends: 1)
        try await desk.happen(change)
        let second = try await desk.depart(at: "2026-03-10 \(time)")
        try await desk.finish(second, FinishTests.retry(0), at: "2026-03-10 \(time)")
        #expect(try await desk.states() == ["sms unknown_closed"])
        let kept = try await desk.store.writer.read { try ($0.value("SELECT because FROM deliveries") as String?) }
        #expect(kept == because)
        #expect(try desk.broken() == [])
    }

    @Test("Consent withdrawn for one channel moves on to the next")
    func fallbackAtHandover() async throws {
        let desk = try await OutboxDesk()
        try await desk.sql(
            #"""
            UPDATE deliveries SET alternatives = '[{"channel":"wechat","template":"hello_wx","text":"你好","values":null}]';
            DELETE FROM consents WHERE channel = 'sms'
            """#)
        #expect(try await desk.depart(at: "2026-03-10 11:00").isEmpty)
        #expect(try await desk.states() == ["sms suppressed", "wechat pending"])
        #expect(try await desk.depart(at: "2026-03-10 11:00").map(\.channel) == ["wechat"])
    }
}
