import Foundation
import Rules
import Testing

@testable import Store

/// What an operator does after a backup was put back.
@Suite struct SettlingTests {
    /// A restored store with five owed, held, and the references of those that had left.
    private func restored(sending limit: Int) async throws -> (StoreShelf, MemberStore, [String]) {
        let shelf = try StoreShelf(try await OutboxDesk(members: StoreShelf.members))
        let store = try shelf.open()
        let recovery = try await store.recoverOutbox(at: shelf.now)
        try shelf.backUp(store)
        let sent = try await shelf.send(store, recovery.epoch, limit: limit).map(\.reference)
        try store.writer.close()
        try shelf.restore()
        let again = try shelf.open()
        _ = try await again.recoverOutbox(at: shelf.now)
        return (shelf, again, sent)
    }

    private func states(_ store: MemberStore) throws -> [String: Int] {
        try store.writer.read { db in
            try db.all("SELECT state, COUNT(*) FROM deliveries GROUP BY state")
                .reduce(into: [:]) { try $0[$1[0]] = $1[1] }
        }
    }

    @Test("What the provider took counts as accepted and never goes again; the rest goes after the release")
    func settle() async throws {
        let (shelf, store, sent) = try await restored(sending: 3)
        let trial = try store.settle(sent + ["nd1-nothing-1"], at: shelf.now, isTrial: true)
        #expect(trial == SettleTally(settled: 3, unmatched: ["nd1-nothing-1"]))
        #expect(try states(store) == ["pending": 5])
        #expect(try store.settle(sent, at: shelf.now, isTrial: false).settled == 3)
        #expect(try store.settle(sent, at: shelf.now, isTrial: false).known == 3)
        #expect(try states(store) == ["accepted": 3, "pending": 2])
        _ = try store.release([.rollback], at: shelf.now)
        let epoch = try await store.recoverOutbox(at: shelf.now).epoch
        #expect(try await shelf.send(store, epoch).count == 2)
        let lines = try store.verify(Invariants(at: shelf.now, atRest: false))
        #expect(lines == [])
    }

    @Test(
        "SQLRow numbers that the fork gave otherwise do not matter: a reference names rule, member, occasion and step")
    func otherNumbers() async throws {
        let (shelf, store, sent) = try await restored(sending: 1)
        let id = try #require(try store.delivery("1")?.listing.id)
        try await store.writer.write { db in
            try db.script("PRAGMA defer_foreign_keys = ON")
            try db.run("UPDATE transitions SET delivery = delivery + 100 WHERE delivery = ?", [id])
            try db.run("UPDATE deliveries SET id = id + 100 WHERE id = ?", [id])
        }
        #expect(try store.settle(sent, at: shelf.now, isTrial: false).settled == 1)
        #expect(try store.delivery(String(id + 100))?.listing.state == .accepted)
    }

    @Test("A withdrawal that came before the settling is no breach: the message had left")
    func consentMeanwhile() async throws {
        let (shelf, store, sent) = try await restored(sending: 5)
        let now = shelf.now
        try await store.writer.write { db in
            try db.run(
                "INSERT INTO consents (member, channel, purpose, at, state, source, seq) VALUES ('a', 'sms', 'marketing', ?, 'withdrawn', NULL, 1)",
                [now.micros])
        }
        #expect(try store.settle(sent, at: shelf.now, isTrial: false).settled == 5)
        _ = try store.release([.rollback], at: shelf.now)
        #expect(try store.verify(Invariants(at: shelf.now)) == [])
    }

    @Test("An unclear try that the provider has is accepted, with its own reference")
    func unclear() async throws {
        let shelf = try StoreShelf(try await OutboxDesk())
        let store = try shelf.open()
        let epoch = try await store.recoverOutbox(at: shelf.now).epoch
        let intent = try #require(try await shelf.send(store, epoch).first)
        try await store.finish(
            [AttemptResult(delivery: intent.delivery, attempt: 1, outcome: .unknown(code: "timeout"))], at: shelf.now)
        #expect(try store.settle([intent.reference], at: shelf.now, isTrial: false).settled == 1)
        #expect(try states(store) == ["accepted": 1])
        #expect(try store.verify(Invariants(at: shelf.now)) == [])
    }

    @Test("References are found in a provider's export, a log of messages or a plain list, each once")
    func scan() {
        let text = """
            id;手机号;参考号
            1;138****0001;"nd1a-2b3c-1"
            {"reference":"nd1a-2b3c-2","to":"138****0001"},nd1a-2b3c-1
            order-12-3 nd-x-y nd9-z-1 2026-03-10
            """
        #expect(ReferenceScan.references(in: Array(text.utf8)) == ["nd1a-2b3c-1", "nd1a-2b3c-2", "nd9-z-1"])
    }
}
