import Channels
import Daemon
import Engine
import Foundation
import Kit
import Rules
import Synchronization
import Testing

@testable import Store

@Suite("A turn of the dispatcher") struct TurnTests {
    @Test("takes the answers so far along with its intents, in one commit")
    func together() async throws {
        let bench = try Bench(members: 3)
        try await bench.decide()
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)))
        let now = try bench.world.instant("2026-03-10 11:00")
        let first = try #require(try await dispatcher.step(at: now, moment: bench.moment(now)).first)
        await dispatcher.send(first, answeredAt: { (now, bench.moment(now)) })
        #expect(try await bench.states() == ["sending": 1, "pending": 2])
        let next = try await dispatcher.step(at: now, moment: bench.moment(now))
        #expect(next.count == 2)
        #expect(try await bench.states() == ["accepted": 1, "sending": 2])
        let seqs: [Int64] = try await bench.store.writer.read {
            try $0.values(
                "SELECT intent_seq FROM attempts UNION ALL SELECT outcome_seq FROM attempts WHERE outcome IS NOT NULL")
        }
        #expect(Set(seqs).count == 4)
        for sending in next { await dispatcher.send(sending, answeredAt: { (now, bench.moment(now)) }) }
        await dispatcher.settle(at: now)
        #expect(try bench.broken() == [])
    }

    @Test("that cannot write an intent writes the answers all the same, and lets its claims go")
    func answersAlone() async throws {
        let bench = try Bench(members: 3)
        try await bench.decide()
        let channel = ScriptedChannel(always: .accepted(providerID: nil))
        let dispatcher = try await bench.dispatcher(channel)
        let now = try bench.world.instant("2026-03-10 11:00")
        let first = try #require(try await dispatcher.step(at: now, moment: bench.moment(now)).first)
        await dispatcher.send(first, answeredAt: { (now, bench.moment(now)) })
        try await bench.sql(
            "CREATE TRIGGER full BEFORE INSERT ON attempts BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        await #expect(throws: SQLFault.self) { try await dispatcher.step(at: now, moment: bench.moment(now)) }
        #expect(try await bench.states() == ["accepted": 1, "claimed": 2])
        try await bench.sql("DROP TRIGGER full")
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00:01") == 2)
        #expect(try await bench.states() == ["accepted": 3])
        #expect(channel.messages.count == 3)
        #expect(try bench.broken() == [])
    }

    /// Its messages wait for company until it is told that nothing waits any more.
    private final class WaitingChannel: Channel {
        let type = "scripted"
        private let state = Mutex<(isOver: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

        func send(_ message: OutgoingMessage) async -> SendOutcome {
            await withCheckedContinuation { reply in
                let isOver = state.withLock { state in
                    if !state.isOver { state.waiting.append(reply) }
                    return state.isOver
                }
                if isOver { reply.resume() }
            }
            return .notSent(code: "shut_down", retryAfter: nil)
        }

        func endWaiting() {
            let waiting = state.withLock { state in
                state.isOver = true
                return state.waiting
            }
            for reply in waiting { reply.resume() }
        }
    }

    @Test("that was the last one lets go what waits for company at its channel, as not sent")
    func endWaiting() async throws {
        let bench = try Bench(members: 2)
        try await bench.decide()
        let dispatcher = try await bench.dispatcher(WaitingChannel())
        let now = try bench.world.instant("2026-03-10 11:00")
        let moment = bench.moment(now)
        let sending = try #require(try await dispatcher.step(at: now, moment: moment).first)
        async let sent = dispatcher.send(sending, answeredAt: { (now, moment) })
        await dispatcher.drain(at: now)
        _ = await sent
        #expect(try await bench.states() == ["pending": 1, "retry_wait": 1])
        #expect(await dispatcher.isIdle)
        #expect(try bench.broken() == [])
    }

    @Test("is alone for a delivery whose last claim ended in a crash, and the others do not wait for it")
    func suspects() async throws {
        let bench = try Bench(members: 5)
        try await bench.decide()
        try await bench.sql("UPDATE deliveries SET claim_count = 1 WHERE id IN (1, 2)")
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)))
        var turns: [[Int64]] = []
        repeat {
            turns.append(try await bench.round(dispatcher, "2026-03-10 11:00").map(\.intent.delivery).sorted())
        } while turns.last != []
        #expect(turns == [[3], [1], [4, 5], [2], []])
        #expect(try await bench.states() == ["accepted": 5])
        #expect(try bench.broken() == [])
    }

    @Test("syncs each commit but that of its claims, also after one that failed")
    func synced() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "nudged-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let bench = try Bench(file: folder.appending(path: "n.db").path)
        try await bench.decide()
        let recovery = try await bench.store.recoverOutbox(at: bench.start)
        func levels(epoch: Int64) async throws -> [Int] {
            let seen = Levels()
            let store = bench.store
            let now = try bench.world.instant("2026-03-10 11:00")
            do {
                _ = try await store.turn([1], answers: Answers(), epoch: epoch, at: now) { outbox, _ in
                    seen.note(try outbox.db.value("PRAGMA synchronous") ?? -1)
                    return []
                }
            } catch is Outbox.StaleEpoch {}
            seen.note(try await store.writer.write { try $0.value("PRAGMA synchronous") ?? -1 })
            return seen.all
        }
        #expect(try await levels(epoch: recovery.epoch + 1) == [2])
        #expect(try await levels(epoch: recovery.epoch) == [2, 2])
    }

    /// Three messages were accepted, so that the channel takes eight; two are owed now, and two more from 11:00:02 on.
    private func overlapping(_ scratch: Scratch) async throws -> (Bench, Dispatcher, Dispatcher.Departure) {
        let bench = try Bench(members: 7, file: scratch.path + "/n.db")
        try await bench.decide()
        let later = try bench.world.instant("2026-03-10 11:00:02")
        try await bench.sql("UPDATE deliveries SET parked = 1, not_before = \(later.micros) WHERE id > 5")
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)))
        #expect(try await bench.round(dispatcher, "2026-03-10 11:00").count == 1)
        #expect(try await bench.round(dispatcher, "2026-03-10 11:00").count == 2)
        let now = try bench.world.instant("2026-03-10 11:00:01")
        return (bench, dispatcher, try #require(try await dispatcher.depart(at: now, moment: bench.moment(now))))
    }

    @Test("begins when the intents of the one before are on disk, and what both prepared leaves")
    func overlaps() async throws {
        let scratch = try Scratch()
        defer { withExtendedLifetime(scratch) {} }
        let (bench, dispatcher, first) = try await overlapping(scratch)
        let later = try bench.world.instant("2026-03-10 11:00:02")
        let moment = bench.moment(later)
        let second = try #require(try await dispatcher.depart(at: later, moment: moment))
        #expect(try await bench.states() == ["accepted": 3, "sending": 4])
        let sendings = await dispatcher.cleared(first) + dispatcher.cleared(second)
        #expect(sendings.map(\.intent.delivery).sorted() == [4, 5, 6, 7])
        for sending in sendings { await dispatcher.send(sending, answeredAt: { (later, moment) }) }
        await dispatcher.settle(at: later)
        #expect(try await bench.states() == ["accepted": 7])
        #expect(await dispatcher.isIdle)
        #expect(try bench.broken() == [])
    }

    @Test("writes nothing but its claims where the mark of the one before could not be written")
    func unmarked() async throws {
        let bench = try Bench(members: 2)
        try await bench.decide()
        let epoch = try await bench.store.recoverOutbox(at: bench.start).epoch
        let turn = try await bench.store.intend(
            [1, 2], under: try #require(bench.rules.prepared), epoch: epoch,
            at: try bench.world.instant("2026-03-10 11:00"),
            marked: { throw HighWaterMarkFile.Failure(path: "n.db.mark", code: ENOSPC) })
        guard case .failed(let error) = turn.outcome else {
            Issue.record("the turn did not fail")
            return
        }
        #expect(error is HighWaterMarkFile.Failure && turn.claimed.count == 2)
        #expect(try await bench.states() == ["claimed": 2])
    }

    @Test("hears of a mark that could not be written, whether it blocks for it or not")
    func markFails() async throws {
        let scratch = try Scratch()
        let bench = try Bench(file: scratch.path + "/n.db")
        try FileManager.default.createDirectory(atPath: scratch.path + "/n.db.mark", withIntermediateDirectories: false)
        let marking = bench.store.begin(HighWaterMark(generation: 1, epoch: 1, sequence: 1, token: 1))
        #expect(throws: HighWaterMarkFile.Failure.self) { try marking.wait() }
        await #expect(throws: HighWaterMarkFile.Failure.self) { try await marking.written() }
    }

    @Test("has no place for more than the channel takes, what is about to leave included")
    func places() async throws {
        let bench = try Bench(members: 5)
        try await bench.decide()
        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)))
        #expect(try await bench.round(dispatcher, "2026-03-10 11:00").count == 1)
        let now = try bench.world.instant("2026-03-10 11:00")
        let first = try #require(try await dispatcher.depart(at: now, moment: bench.moment(now)))
        #expect(try await dispatcher.depart(at: now, moment: bench.moment(now)) == nil)
        #expect(await dispatcher.isIdle == false)
        let sendings = await dispatcher.cleared(first)
        #expect(sendings.count == 2)
        #expect(try await dispatcher.depart(at: now, moment: bench.moment(now)) == nil)
    }

    @Test("gives back the places of what a stop kept here")
    func overtaken() async throws {
        let scratch = try Scratch()
        defer { withExtendedLifetime(scratch) {} }
        let (bench, dispatcher, first) = try await overlapping(scratch)
        let now = try bench.world.instant("2026-03-10 11:00:01")
        try bench.store.stop(.channel("sms"), reason: "test", who: "test", at: now)
        #expect(await dispatcher.cleared(first).isEmpty)
        await dispatcher.settle(at: now)
        #expect(await dispatcher.isIdle)
        #expect(try await bench.states()["sending"] == nil)
        _ = try bench.store.release([.channel("sms")], by: "test", at: now)
        #expect(try await bench.dispatch(dispatcher, "2026-03-10 11:00:03") == 4)
        #expect(try await bench.states() == ["accepted": 7])
        #expect(try bench.broken() == [])
    }

    @Test("clears nothing that a stop covers which came after the intents")
    func stopped() async throws {
        let bench = try Bench(members: 2)
        try await bench.decide()
        let epoch = try await bench.store.recoverOutbox(at: bench.start).epoch
        let now = try bench.world.instant("2026-03-10 11:00")
        let prepared = try #require(bench.rules.prepared)
        let turn = try await bench.store.intend([1, 2], under: prepared, epoch: epoch, at: now)
        guard case .intended(let intents, let mark) = turn.outcome else {
            Issue.record("nothing was intended")
            return
        }
        let marking = bench.store.begin(mark)
        #expect(try await bench.store.clear(intents, after: marking) == [1, 2])
        try bench.store.stop(.channel("sms"), reason: "test", who: "test", at: now)
        #expect(try await bench.store.clear(intents, after: marking) == [])
    }
}

/// What a closure on another thread saw.
private final class Levels: Sendable {
    private let seen = Mutex<[Int]>([])
    var all: [Int] { seen.withLock { $0 } }
    func note(_ level: Int) { seen.withLock { $0.append(level) } }
}
