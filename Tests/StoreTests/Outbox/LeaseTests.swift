import Kit
import Rules
import Testing

@testable import Store

@Suite("Leases of claims") struct LeaseTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// What happens to the claim of 11:00.
        var sql = ""
        var at: String
        var isHeld = false
        var state: String
        var cause = "claim"
    }

    @Test(
        "A claim is given back when its lease is over, and not before",
        arguments: [
            Case(testDescription: "a lease in force", at: "2026-03-10 11:01:59", state: "claimed"),
            Case(testDescription: "its last instant", at: "2026-03-10 11:02", state: "pending", cause: "crash"),
            Case(testDescription: "long after", at: "2027-03-10 11:02", state: "pending", cause: "crash"),
            Case(testDescription: "what this run holds", at: "2026-03-10 11:30", isHeld: true, state: "claimed"),
            Case(
                testDescription: "the third claim that ended so", sql: "UPDATE deliveries SET claim_count = 3",
                at: "2026-03-10 11:02", state: "dead", cause: "poison"),
            Case(
                testDescription: "given by a clock that was five hours ahead",
                sql: "UPDATE deliveries SET lease_until = lease_until + 18000000000", at: "2026-03-10 11:00:01",
                state: "pending", cause: "crash"),
            Case(
                testDescription: "as far ahead as a lease may be", at: "2026-03-10 11:00", state: "claimed"),
            Case(
                testDescription: "a claim of a time before leases",
                sql: "UPDATE deliveries SET claimed_by = 0, lease_until = 0", at: "2026-03-10 11:00",
                state: "pending", cause: "crash"),
        ])
    func over(_ test: Case) async throws {
        let desk = try await OutboxDesk()
        let claimed = try await desk.claim(at: "2026-03-10 11:00")
        try await desk.sql(test.sql)
        let given = try await desk.store.reapClaims(
            at: try desk.world.instant(test.at), except: test.isHeld ? claimed : [], epoch: desk.epoch)
        #expect(given == (test.state == "claimed" ? 0 : 1))
        #expect(try await desk.states() == ["sms \(test.state)"])
        #expect(try await desk.causes().last == test.cause)
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("A holder that comes back after its claim was given back can do nothing with it")
    func slowHolder() async throws {
        let desk = try await OutboxDesk()
        let claimed = try await desk.claim(at: "2026-03-10 11:00")
        _ = try await desk.store.reapClaims(
            at: try desk.world.instant("2026-03-10 11:02"), except: [], epoch: desk.epoch)
        #expect(try await desk.intend(claimed, at: "2026-03-10 11:02").isEmpty)
        try await desk.store.release(claimed)
        #expect(try await desk.states() == ["sms pending"])
        // It is suspect, and somebody else's now.
        #expect(try await desk.claim(at: "2026-03-10 11:02").isEmpty)
        #expect(try await desk.claim(at: "2026-03-10 11:02", suspects: true).count == 1)
        try await desk.sql("UPDATE meta SET value = 7 WHERE key = 'epoch'; UPDATE deliveries SET claimed_by = 7")
        let now = try desk.world.instant("2026-03-10 11:02:01")
        #expect(try await desk.store.intend(claimed, under: desk.prepared, epoch: 7, at: now).isEmpty)
        try await desk.store.release(claimed)
        #expect(try await desk.states() == ["sms claimed"])
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("A lease that is over before its intent lets go of the claim, which is not held against the delivery")
    func tooSlow() async throws {
        let desk = try await OutboxDesk()
        let claimed = try await desk.claim(at: "2026-03-10 11:00")
        #expect(try await desk.intend(claimed, at: "2026-03-10 11:02").isEmpty)
        #expect(try await desk.causes() == ["decided", "claim", "released"])
        #expect(try await desk.depart(at: "2026-03-10 11:02").count == 1)
        #expect(try desk.broken(atRest: false) == [])
    }

    @Test("A start ends the leases of those before it: it has the store to itself")
    func restart() async throws {
        let desk = try await OutboxDesk()
        _ = try await desk.claim(at: "2026-03-10 11:00")
        let now = try desk.world.instant("2026-03-10 11:00:01")
        #expect(try await desk.store.recoverOutbox(at: now).released == 1)
        #expect(try await desk.claim(at: "2026-03-10 11:00:01", suspects: true).count == 1)
        // The daemon of before gives nothing back any more.
        let later = try desk.world.instant("2026-03-10 11:05")
        await #expect(throws: Outbox.StaleEpoch.self) {
            try await desk.store.reapClaims(at: later, except: [], epoch: desk.epoch)
        }
        #expect(try await desk.states() == ["sms claimed"])
    }

    @Test("No delivery has a lease that nobody has, or that is not claimed")
    func kept() async throws {
        let desk = try await OutboxDesk()
        for change in ["claimed_by = 1, lease_until = 1", "state = 'claimed', claimed_by = 1", "lease_until = 1"] {
            await #expect(throws: SQLFault.self) { try await desk.sql("UPDATE deliveries SET \(change)") }
        }
        _ = try await desk.depart(at: "2026-03-10 11:00")
        let leases = try await desk.store.writer.read {
            try ($0.value("SELECT COUNT(*) FROM deliveries WHERE lease_until IS NOT NULL") as Int?)
        }
        #expect(leases == 0)
    }

    @Test("What was claimed in a store of a time before leases waits again")
    func carriedOver() throws {
        let old = try StrictStore.atVersionOne()
        try Migrations.migrate(old, upTo: "v7-cap-segments")
        try old.write {
            try $0.script("UPDATE deliveries SET state = 'claimed', claim_count = 1; UPDATE meta SET value = 9")
        }
        try Migrations.migrate(old)
        try old.write { db in
            let lease = try #require(try db.first("SELECT claimed_by, lease_until FROM deliveries"))
            #expect(try (lease[0] as Int, lease[1] as Int) == (0, 0))
            #expect(try Outbox(db: db).reap(at: Instant(micros: 1)) == (1, 0))
            #expect(try db.value("SELECT state FROM deliveries") as String? == "pending")
        }
    }
}
