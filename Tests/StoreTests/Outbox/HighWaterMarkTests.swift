import Foundation
import Rules
import Testing

@testable import Store

@Suite struct HighWaterMarkTests {
    private func shelf(_ members: String = OutboxDesk.member()) async throws -> StoreShelf {
        try StoreShelf(try await OutboxDesk(members: members))
    }

    @Test("A backup that is put back sends nothing until a person has looked, through restarts, and then goes on")
    func restored() async throws {
        let shelf = try await shelf()
        do {
            let store = try shelf.open()
            let recovery = try await store.recoverOutbox(at: shelf.now)
            #expect(recovery.rolledBack == nil)
            try shelf.backUp(store)
            #expect(try await shelf.send(store, recovery.epoch).count == 1)
            try store.writer.close()
        }
        try shelf.restore()
        do {
            let store = try shelf.open()
            #expect(try store.verify(Invariants(at: shelf.now)).contains { $0.hasPrefix("I19 ") })
            let recovery = try await store.recoverOutbox(at: shelf.now)
            #expect(recovery.rolledBack?.contains("backup") == true)
            #expect(try await shelf.send(store, recovery.epoch).isEmpty)
            #expect(try store.stops().map(\.scope) == ["rollback"])
            try store.writer.close()
        }
        let store = try shelf.open()
        let again = try await store.recoverOutbox(at: shelf.now)
        #expect(try await shelf.send(store, again.epoch).isEmpty)
        #expect(try store.release([.all], at: shelf.now).isEmpty)
        #expect(try await shelf.send(store, again.epoch).isEmpty)
        #expect(try store.release([.rollback], at: shelf.now).map(\.scope) == ["rollback"])
        #expect(try store.verify(Invariants(at: shelf.now)) == [])
        let freed = try await store.recoverOutbox(at: shelf.now)
        #expect(freed.rolledBack == nil)
        #expect(try await shelf.send(store, freed.epoch).count == 1)
    }

    @Test("Whatever was brought into the backup since, by rows or by starts, it is not the store that sent last")
    func overtaken() async throws {
        let shelf = try await shelf()
        let store = try shelf.open()
        let recovery = try await store.recoverOutbox(at: shelf.now)
        try shelf.backUp(store)
        _ = try await shelf.send(store, recovery.epoch)
        try store.writer.close()
        try shelf.restore()
        let restored = try shelf.open()
        try await restored.writer.write { db in
            try db.run("UPDATE meta SET value = value + 120000 WHERE key = 'seq'")
            try db.run("UPDATE meta SET value = value + 7 WHERE key = 'epoch'")
        }
        let started = try await restored.recoverOutbox(at: shelf.now)
        #expect(started.rolledBack != nil)
        #expect(try await shelf.send(restored, started.epoch).isEmpty)
    }

    @Test("A store that has had a mark is held when the mark is gone, empty or of somebody else", arguments: 0...3)
    func lost(what: Int) async throws {
        let shelf = try await shelf()
        let store = try shelf.open()
        _ = try await store.recoverOutbox(at: shelf.now)
        let content = ["", nil, "nonsense\n", "0000000000000000007 0000000000000000001 0000000000000000001\n"][what]
        try FileManager.default.removeItem(atPath: shelf.mark.path)
        try content?.write(toFile: shelf.mark.path, atomically: true, encoding: .utf8)
        let recovery = try await store.recoverOutbox(at: shelf.now)
        #expect(recovery.rolledBack != nil)
        #expect(try await shelf.send(store, recovery.epoch).isEmpty)
        // Nothing but the release makes the two agree again.
        #expect(try await store.recoverOutbox(at: shelf.now).rolledBack != nil)
        #expect(try store.release([.rollback], at: shelf.now).count == 1)
        let freed = try await store.recoverOutbox(at: shelf.now)
        #expect(try freed.rolledBack == nil && store.verify(Invariants(at: shelf.now)) == [])
        #expect(try await shelf.send(store, freed.epoch).count == 1)
    }

    @Test("A backup put back under a daemon at work is noticed before the next batch", arguments: [true, false])
    func underTheDaemon(isRestored: Bool) async throws {
        let shelf = try await shelf(StoreShelf.members)
        let store = try shelf.open()
        let recovery = try await store.recoverOutbox(at: shelf.now)
        try shelf.backUp(store)
        #expect(try await shelf.send(store, recovery.epoch, limit: 1).count == 1)
        if isRestored {
            try Connections.one(shelf.path + ".bak").copy(to: store.writer)
        } else {
            try FileManager.default.removeItem(atPath: shelf.mark.path)
        }
        await #expect(throws: Outbox.RolledBack.self) { try await shelf.send(store, recovery.epoch) }
        #expect(try await shelf.send(store, recovery.epoch).isEmpty)
        #expect(try store.stops().map(\.scope) == ["rollback"])
        let underWay = try await store.writer.read {
            try ($0.value("SELECT COUNT(*) FROM deliveries WHERE state = 'claimed'") as Int?)
        }
        #expect(underWay == 0)
    }

    /// Where a process ends: after so many of the steps of a start and one batch.
    enum Step: Int, CaseIterable {
        case startCommitted, startMarked, started, intended, marked, sentMore
    }

    @Test(
        "A process that ends between any two steps raises no false hold, and loses no guard", arguments: Step.allCases)
    func killed(step: Step) async throws {
        let shelf = try await shelf(StoreShelf.members)
        do {
            let store = try shelf.open()
            let (file, now) = (shelf.mark, shelf.now)
            try shelf.backUp(store, as: "before")
            let epoch = try await store.writer.write { try Outbox(db: $0).recover(file, at: now).epoch }
            if step.rawValue >= Step.startMarked.rawValue { try await store.advanceMark() }
            if step.rawValue >= Step.started.rawValue {
                try await store.writer.write { try Outbox(db: $0).noteMarked() }
                try shelf.backUp(store)
            }
            if step.rawValue >= Step.intended.rawValue { _ = try await shelf.intend(store, epoch, limit: 1) }
            if step.rawValue >= Step.marked.rawValue { try await store.advanceMark() }
            if step == .sentMore { _ = try await shelf.send(store, epoch, limit: 1) }
            try store.writer.close()
        }
        do {
            let store = try shelf.open()
            let recovery = try await store.recoverOutbox(at: shelf.now)
            #expect(recovery.rolledBack == nil)
            #expect(try store.verify(Invariants(at: shelf.now)) == [])
            #expect(try await shelf.send(store, recovery.epoch, limit: 1).count == 1)
            try store.writer.close()
        }
        // Whatever backup is put back now, a batch has left that it does not know.
        for name in step.rawValue >= Step.started.rawValue ? ["bak", "before"] : ["before"] {
            try shelf.restore(name)
            let restored = try shelf.open()
            #expect(try await restored.recoverOutbox(at: shelf.now).rolledBack != nil)
            try restored.writer.close()
        }
    }

    @Test("A release that ends between the mark and its commit leaves the hold, and the next one ends it")
    func killedRelease() async throws {
        let shelf = try await shelf()
        let store = try shelf.open()
        let recovery = try await store.recoverOutbox(at: shelf.now)
        try shelf.backUp(store)
        _ = try await shelf.send(store, recovery.epoch)
        try store.writer.close()
        try shelf.restore()
        let restored = try shelf.open()
        _ = try await restored.recoverOutbox(at: shelf.now)
        let mark = shelf.mark.read()
        try await restored.writer.write {
            try $0.script("CREATE TRIGGER ended BEFORE DELETE ON stops BEGIN SELECT RAISE(ABORT, 'killed'); END")
        }
        #expect(throws: SQLFault.self) { try restored.release([.rollback], at: shelf.now) }
        #expect(shelf.mark.read() == mark)
        try await restored.writer.write { try $0.script("DROP TRIGGER ended") }
        // The mark was written, the commit did not come.
        struct Killed: Error {}
        let file = shelf.mark
        await #expect(throws: Killed.self) {
            try await restored.writer.write { db in
                try Outbox(db: db).drawToken()
                try file.write(try Outbox(db: db).mark())
                throw Killed()
            }
        }
        let again = try await restored.recoverOutbox(at: shelf.now)
        #expect(try again.rolledBack != nil && restored.stops().map(\.scope) == ["rollback"])
        #expect(try await shelf.send(restored, again.epoch).isEmpty)
        #expect(try restored.release([.rollback], at: shelf.now).count == 1)
        #expect(try await restored.recoverOutbox(at: shelf.now).rolledBack == nil)
    }

    @Test("The mark of a version without tokens is taken over where it agrees, and only there", arguments: [0, 1])
    func earlierVersion(ahead: Int64) async throws {
        let shelf = try await shelf()
        let store = try shelf.open()
        let own = try await store.writer.read { try Outbox(db: $0).mark() }
        let line = [own.generation, own.epoch, own.sequence + ahead].map(String.init).joined(separator: " ")
        try (line + "\n").write(toFile: shelf.mark.path, atomically: true, encoding: .utf8)
        let recovery = try await store.recoverOutbox(at: shelf.now)
        #expect((recovery.rolledBack == nil) == (ahead == 0))
        #expect(try await shelf.send(store, recovery.epoch).count == (ahead == 0 ? 1 : 0))
    }

    @Test("References of a fork differ from those of the store that it came of, and name the same thing")
    func forks() async throws {
        let shelf = try await shelf()
        let store = try shelf.open()
        let first = try await store.recoverOutbox(at: shelf.now)
        try shelf.backUp(store)
        let sent = try #require(try await shelf.send(store, first.epoch).first)
        try store.writer.close()
        try shelf.restore()
        let fork = try shelf.open()
        _ = try await fork.recoverOutbox(at: shelf.now)
        _ = try fork.release([.rollback], at: shelf.now)
        let second = try await fork.recoverOutbox(at: shelf.now)
        let again = try #require(try await shelf.send(fork, second.epoch).first)
        #expect(sent.reference != again.reference)
        #expect(References.thing(of: sent.reference) == References.thing(of: again.reference))
    }

    @Test("A store in memory has no mark")
    func inMemory() async throws {
        let desk = try await OutboxDesk()
        try await desk.store.advanceMark()
        #expect(desk.store.markFile == nil)
    }
}
