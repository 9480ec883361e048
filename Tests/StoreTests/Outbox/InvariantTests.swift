import Store
import Testing

@Suite struct InvariantTests {
    struct Damage: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var sql: String
        var id: String
    }

    @Test(
        "Damage to a store is found and named",
        arguments: [
            Damage(
                testDescription: "delivery lost",
                sql: "DELETE FROM attempts; DELETE FROM transitions; DELETE FROM deliveries", id: "I2"),
            Damage(
                testDescription: "decided not to send", sql: "UPDATE decisions SET outcome = 'skipped'", id: "I2"),
            Damage(testDescription: "delivery of another rule", sql: "UPDATE deliveries SET rule = 'other'", id: "I2"),
            Damage(
                testDescription: "handed over twice",
                sql: """
                    INSERT INTO attempts (delivery, n, reference, epoch, intent_seq, intent_at, outcome, outcome_seq, outcome_at)
                    VALUES (1, 2, 'x', 1, 900, 0, 'accepted', 901, 0); UPDATE meta SET value = 999 WHERE key = 'seq'
                    """, id: "I3"),
            Damage(testDescription: "attempt missing", sql: "UPDATE attempts SET n = 3", id: "I4"),
            Damage(
                testDescription: "attempt after the end",
                sql:
                    "UPDATE attempts SET intent_seq = 900, outcome_seq = 901; UPDATE transitions SET to_state = 'rejected' WHERE to_state = 'accepted'; UPDATE meta SET value = 999 WHERE key = 'seq'",
                id: "I5"),
            Damage(testDescription: "state changed by hand", sql: "UPDATE deliveries SET state = 'pending'", id: "I6"),
            Damage(testDescription: "left under way", sql: "UPDATE deliveries SET state = 'sending'", id: "I7"),
            Damage(
                testDescription: "sent after a suppression",
                sql: "INSERT INTO suppressions VALUES ('lin', 'sms', 'reply', 0, 0)", id: "I8"),
            Damage(testDescription: "epoch from the future", sql: "UPDATE attempts SET epoch = 9", id: "I11"),
            Damage(testDescription: "claimed by nobody", sql: "UPDATE deliveries SET state = 'claimed'", id: "I17"),
            Damage(
                testDescription: "claimed by a start that has not been",
                sql: "UPDATE deliveries SET state = 'claimed', claimed_by = 9, lease_until = 1", id: "I17"),
            Damage(testDescription: "claimed without end", sql: "UPDATE deliveries SET claim_count = 4", id: "I17"),
            Damage(testDescription: "sequence set back", sql: "UPDATE meta SET value = 0 WHERE key = 'seq'", id: "I19"),
        ])
    func found(damage: Damage) async throws {
        let desk = try await OutboxDesk()
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .accepted(providerID: nil), at: "2026-03-10 11:00")
        #expect(try desk.broken() == [])
        try await desk.sql(damage.sql)
        #expect(try desk.broken().contains { $0.hasPrefix(damage.id + " ") })
    }

    @Test("A yes that was confirmed at an address of before answers for what was sent then", arguments: [true, false])
    func confirmedBefore(isConfirmed: Bool) async throws {
        let desk = try await OutboxDesk()
        try await desk.finish(
            try await desk.depart(at: "2026-03-10 11:00"), .accepted(providerID: nil), at: "2026-03-10 11:00")
        try await desk.sql(
            """
            UPDATE consents SET state = 'withdrawn', seq = 0;
            INSERT INTO consent_requests (member, channel, address, made_at, confirmed_at, seq)
            VALUES ('lin', 'sms', X'00', 1, \(isConfirmed ? "2" : "NULL"), 0)
            """)
        #expect(try desk.broken().contains { $0.hasPrefix("I8 ") } == !isConfirmed)
    }

    /// Two messages to one member, within the limits; then one fact about them is not what it was.
    @Test(
        "Limits, counters and ids: each breach is one line",
        arguments: [
            Damage(
                testDescription: "left in the night",
                sql: "UPDATE attempts SET intent_at = intent_at + 43200000000 WHERE delivery = 1",
                id: "I9"),
            Damage(
                testDescription: "one too many",
                sql: "UPDATE attempts SET intent_at = intent_at - 86400000000 WHERE delivery = 2",
                id: "I10"),
            Damage(
                testDescription: "reach miscounted",
                sql: "UPDATE reach SET people = 7 WHERE quarter = (SELECT MIN(quarter) FROM reach)", id: "I12"),
            Damage(
                testDescription: "message not found by its instant", sql: "DELETE FROM sends WHERE decision = 1",
                id: "I12"),
            Damage(
                testDescription: "message found at another instant",
                sql: "INSERT INTO sends (at, decision) VALUES (1, 1)", id: "I12"),
            Damage(
                testDescription: "latest activity forgotten", sql: "DELETE FROM latest WHERE name = 'order.paid'",
                id: "I12"),
            Damage(
                testDescription: "latest activity invented",
                sql: "INSERT INTO latest VALUES ('lin', 'store.visited', 1)",
                id: "I12"),
            Damage(
                testDescription: "one id for two events",
                sql: """
                    UPDATE events SET event_id = 'e1', source = 'shop' WHERE seq = 1;
                    INSERT INTO event_ids VALUES ('shop', 'e1', 2)
                    """, id: "I15"),
        ])
    func oneLine(damage: Damage) async throws {
        let desk = try await OutboxDesk(
            settings: "version: 1\nquiet_hours: {from: \"21:00\", to: \"09:00\"}\nfrequency_cap: [{times: 1, in: 1d}]",
            members: OutboxDesk.member(
                order: ["10", "11"].map { "{id: o\($0), paid_at: \"2026-03-\($0) 10:00\", total: 1}" }
                    .joined(separator: ", ")))
        for day in ["10", "11"] {
            _ = try desk.store.tick(desk.prepared, at: try desk.world.instant("2026-03-\(day) 11:00"))
            let intents = try await desk.depart(at: "2026-03-\(day) 11:00")
            try await desk.finish(intents, .accepted(providerID: nil), at: "2026-03-\(day) 11:00")
        }
        #expect(try await desk.states() == ["sms accepted", "sms accepted"])
        #expect(try desk.broken() == [])
        try await desk.sql(damage.sql)
        let broken = try desk.broken()
        #expect(broken.count == 1 && broken.first?.hasPrefix(damage.id + " ") == true, "\(broken)")
    }
}
