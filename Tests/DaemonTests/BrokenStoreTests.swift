import Review
import Channels
import Foundation
import Glibc
import Rules
import Store
import TestSupport
import Testing

@testable import Daemon

@Suite struct BrokenStoreTests {
    @Test(
        "A disk that fails ends the process; one that is full, and a busy store, do not",
        arguments: [
            (.SQLITE_IOERR, .internalError), (.SQLITE_IOERR_FSYNC, .internalError), (.SQLITE_CORRUPT, .refused),
            (.SQLITE_NOTADB, .refused), (.SQLITE_FULL, nil), (.SQLITE_BUSY, nil), (.SQLITE_CONSTRAINT, nil),
        ] as [(ResultCode, Refusal.Code?)])
    func ends(code: ResultCode, exit: Refusal.Code?) {
        let error = SQLFault(code)
        if let exit {
            #expect(#expect(throws: Refusal.self) { try Loops.endIfBroken(error) }?.code == exit)
        } else {
            #expect(throws: Never.self) { try Loops.endIfBroken(error) }
        }
    }

    @Test("A store that was taken away from its daemon ends the process for good, and says what to do")
    func takenAway() throws {
        let gone = OpenedStoreFile.Gone(path: "/var/lib/nudged/nudged.db")
        let refusal = try #require(throws: Refusal.self) { try Loops.endIfBroken(gone) }
        #expect(refusal.code == .refused && refusal.words.english.contains("`nudged restore`"))
        #expect(refusal.words.chinese.contains("/var/lib/nudged/nudged.db"))
    }

    @Test("An answer that a failing disk refuses is the last: nothing leaves after it")
    func lastSend() async throws {
        let bench = try Bench(members: 2)
        try await bench.decide()
        try await bench.store.writer.write { db in
            db.add(
                SQLFunction("fail", 0) { _ in
                    throw SQLFault(.SQLITE_IOERR_FSYNC)
                })
            try db.script("CREATE TEMP TRIGGER eio BEFORE UPDATE ON attempts BEGIN SELECT fail(); END")
        }
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        let dispatcher = try await bench.dispatcher(channel, maxInFlight: 1)
        let now = try bench.world.instant("2026-03-10 11:00")
        let flight = try #require(try await dispatcher.step(at: now, moment: bench.moment(now)).first)
        await dispatcher.send(flight, answeredAt: { (now, bench.moment(now)) })
        await #expect(throws: SQLFault.self) { try await dispatcher.step(at: now, moment: bench.moment(now)) }
        try await bench.sql("DROP TRIGGER eio")
        let error = await #expect(throws: SQLFault.self) {
            try await dispatcher.step(at: now, moment: bench.moment(now))
        }
        #expect(error.map(MemberStore.isBeyondRepair) == true)
        #expect(channel.messages.count == 1)
    }

    @Test("On a full disk nothing is decided; with room again everything is, once")
    func fullAtDecision() async throws {
        let scratch = try Scratch()
        let bench = try Bench(members: 60, file: scratch.path + "/n.db")
        _ = try await bench.evaluate("2026-03-10 10:30")
        let pages = try await bench.store.writer.read { try ($0.value("PRAGMA page_count") as Int?) ?? 0 }
        try await bench.sql("PRAGMA max_page_count = \(pages)")
        let error = await #expect(throws: SQLFault.self) { try await bench.evaluate("2026-03-10 11:00") }
        #expect(error?.kind == .full)
        let decided = try await bench.store.writer.read { try ($0.value("SELECT COUNT(*) FROM decisions") as Int?) }
        #expect(decided == 0)
        try await bench.sql("PRAGMA max_page_count = 100000")
        #expect(try await bench.evaluate("2026-03-10 11:00:01")?.decided == 60)
        #expect(try bench.broken() == [])
    }

    @Test(
        "On a full disk nothing leaves, and an answer that cannot be written is kept until it can; nothing goes twice",
        arguments: [("INSERT ON attempts", 0), ("UPDATE ON attempts", 1)])
    func fullAtHandover(write: String, left: Int) async throws {
        let bench = try Bench()
        try await bench.decide()
        try await bench.store.writer.write { db in
            db.add(
                SQLFunction("fail", 0) { _ in
                    throw SQLFault(.SQLITE_FULL)
                })
            try db.script("CREATE TEMP TRIGGER full BEFORE \(write) BEGIN SELECT fail(); END")
        }
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        let dispatcher = try await bench.dispatcher(channel)
        await #expect(throws: SQLFault.self) { try await bench.dispatch(dispatcher, "2026-03-10 11:00") }
        await #expect(throws: SQLFault.self) { try await bench.dispatch(dispatcher, "2026-03-10 11:00:01") }
        #expect(channel.messages.count == left)
        try await bench.sql("DROP TRIGGER full")
        _ = try await bench.dispatch(dispatcher, "2026-03-10 11:00:02")
        #expect(channel.messages.count == 1)
        #expect(try await bench.states() == ["accepted": 1])
        #expect(try bench.broken() == [])
    }

    @Test("The mark is on disk before the channel sees the message, and without it nothing leaves")
    func mark() async throws {
        let scratch = try Scratch()
        let path = scratch.path + "/n.db"
        let bench = try Bench(file: path)
        try await bench.decide()
        let store = bench.store
        let channel = ScriptedChannel { _ in
            (try? store.verify(Invariants(at: bench.start, atRest: false))) == []
                && (try? String(contentsOfFile: path + ".mark", encoding: .utf8)) != nil
                ? .accepted(providerID: nil) : .rejected(code: "no_mark")
        }
        let dispatcher = try await bench.dispatcher(channel)
        let before = try String(contentsOfFile: path + ".mark", encoding: .utf8)
        // As soon as the intent is written, a directory lies in the place of the mark, which cannot be written then.
        try await store.writer.write { db in
            db.add(
                SQLFunction("sabotage", 0) { _ in
                    rename(path + ".mark", path + ".away") == 0 && mkdir(path + ".mark", 0o700) == 0 ? 1 : 0
                })
            try db.script("CREATE TEMP TRIGGER full AFTER INSERT ON attempts BEGIN SELECT sabotage(); END")
        }
        await #expect(throws: HighWaterMarkFile.Failure.self) {
            try await bench.dispatch(dispatcher, "2026-03-10 11:00")
        }
        #expect(channel.messages.isEmpty)
        #expect(rmdir(path + ".mark") == 0 && rename(path + ".away", path + ".mark") == 0)
        try await store.writer.write { try $0.script("DROP TRIGGER full") }
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00:01") == 0)
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00:12") == 1)
        #expect(try await bench.states() == ["accepted": 1])
        #expect(try String(contentsOfFile: path + ".mark", encoding: .utf8) > before)
    }
}
