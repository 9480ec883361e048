import Foundation
import GRDB
import Rules
import Testing

@testable import Store

@Suite struct HighWaterMarkTests {
    /// A store on disk with one delivery owed, and copies of it.
    private final class Shelf {
        let directory = FileManager.default.temporaryDirectory.appending(path: "nudged-\(UUID().uuidString)")
        var path: String { directory.appending(path: "n.db").path }

        init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(at: directory) }

        func open() throws -> MemberStore { try MemberStore.open(url: "sqlite:\(path)") }

        /// As SQLite's own backup writes it, the mark not included.
        func backUp(_ store: MemberStore) throws { try store.writer.backup(to: DatabaseQueue(path: path + ".bak")) }

        func restore() throws {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            try FileManager.default.copyItem(atPath: path + ".bak", toPath: path)
        }
    }

    private func prepare(_ shelf: Shelf, _ desk: OutboxDesk) throws -> MemberStore {
        let store = try shelf.open()
        try desk.store.writer.backup(to: store.writer)
        return store
    }

    private func send(
        _ store: MemberStore, _ desk: OutboxDesk, _ epoch: Int64, _ now: Instant
    ) async throws -> [Intent] {
        let claimed = try await store.claim(ClaimRequest(places: ["sms": 9], limit: 9, epoch: epoch), at: now).claimed
        let intents = try await store.intend(claimed, under: desk.engine, epoch: epoch, at: now)
        try await store.advanceMark()
        return intents
    }

    @Test("A backup that is put back sends nothing until a person has looked, through restarts, and then goes on")
    func restored() async throws {
        let (shelf, desk) = (try Shelf(), try await OutboxDesk())
        let now = try desk.world.instant("2026-03-10 11:00")
        do {
            let store = try prepare(shelf, desk)
            let recovery = try await store.recoverOutbox(at: now)
            #expect(recovery.rolledBack == nil)
            try shelf.backUp(store)
            #expect(try await send(store, desk, recovery.epoch, now).count == 1)
            try store.writer.close()
        }
        try shelf.restore()
        do {
            let store = try shelf.open()
            #expect(try store.verify(Invariants(at: now)).contains { $0.hasPrefix("I19 ") })
            let recovery = try await store.recoverOutbox(at: now)
            #expect(recovery.rolledBack?.contains("backup") == true)
            #expect(try await send(store, desk, recovery.epoch, now).isEmpty)
            #expect(try store.stops().map(\.scope) == ["rollback"])
            try store.writer.close()
        }
        let store = try shelf.open()
        let again = try await store.recoverOutbox(at: now)
        #expect(try await send(store, desk, again.epoch, now).isEmpty)
        #expect(try store.release(.all))
        #expect(try store.verify(Invariants(at: now)) == [])
        let freed = try await store.recoverOutbox(at: now)
        #expect(freed.rolledBack == nil)
        #expect(try await send(store, desk, freed.epoch, now).count == 1)
    }

    @Test("A backup from before the last start is noticed even when an import has moved its counter on")
    func importedMeanwhile() async throws {
        let (shelf, desk) = (try Shelf(), try await OutboxDesk())
        let now = try desk.world.instant("2026-03-10 11:00")
        let store = try prepare(shelf, desk)
        let recovery = try await store.recoverOutbox(at: now)
        _ = try await send(store, desk, recovery.epoch, now)
        try await store.writer.write { db in
            try db.execute(sql: "UPDATE meta SET value = value - 1 WHERE key = 'epoch'")
            try db.execute(sql: "UPDATE meta SET value = value + 1000 WHERE key = 'seq'")
        }
        #expect(try await store.recoverOutbox(at: now).rolledBack != nil)
    }

    @Test("Another store under the same name is noticed; a mark that is gone or empty is written anew")
    func otherStore() async throws {
        let (shelf, desk) = (try Shelf(), try await OutboxDesk())
        let now = try desk.world.instant("2026-03-10 11:00")
        let store = try prepare(shelf, desk)
        _ = try await store.recoverOutbox(at: now)
        let file = try #require(store.markFile)
        for bytes in ["", nil] {
            try? FileManager.default.removeItem(atPath: file.path)
            if let bytes { try bytes.write(toFile: file.path, atomically: true, encoding: .utf8) }
            #expect(try await store.recoverOutbox(at: now).rolledBack == nil)
            let mark = try await store.writer.read { try Outbox(db: $0).mark() }
            #expect(file.read() == .mark(mark))
        }
        try "nonsense\n".write(toFile: file.path, atomically: true, encoding: .utf8)
        #expect(try await store.recoverOutbox(at: now).rolledBack != nil)
        #expect(try store.release(.all))
        try await store.writer.write { try $0.execute(sql: "UPDATE meta SET value = 7 WHERE key = 'generation'") }
        #expect(try await store.recoverOutbox(at: now).rolledBack?.contains("another store") == true)
    }

    @Test("A store in memory has no mark")
    func inMemory() async throws {
        let desk = try await OutboxDesk()
        try await desk.store.advanceMark()
        #expect(desk.store.markFile == nil)
    }
}
