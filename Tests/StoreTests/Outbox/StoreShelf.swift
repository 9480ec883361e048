import Kit
import Foundation
import Rules

@testable import Store

/// A store on disk with what the desk decided, and copies of it.
final class StoreShelf {
    let directory = FileManager.default.temporaryDirectory.appending(path: "nudged-\(UUID().uuidString)")
    let desk: OutboxDesk
    let now: Instant
    var path: String { directory.appending(path: "n.db").path }
    var mark: HighWaterMarkFile { HighWaterMarkFile(path: path + ".mark") }

    init(_ desk: OutboxDesk, at time: String = "2026-03-10 11:00") throws {
        self.desk = desk
        now = try desk.world.instant(time)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let store = try open()
        try desk.store.writer.copy(to: store.writer)
        // As the desk had it before any daemon.
        try store.writer.write {
            try $0.run("DELETE FROM meta WHERE key IN ('mark', 'mark_before', 'marked', 'run')")
        }
        try store.writer.close()
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func open() throws -> MemberStore { try MemberStore.open(url: "sqlite:\(path)") }

    /// As SQLite's own backup writes it, the mark not included.
    func backUp(_ store: MemberStore, as name: String = "bak") throws {
        try store.writer.copy(to: Connections.one("\(path).\(name)"))
    }

    func restore(_ name: String = "bak") throws {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try FileManager.default.copyItem(atPath: "\(path).\(name)", toPath: path)
    }

    /// Up to the moment before the mark is written.
    func intend(_ store: MemberStore, _ epoch: Int64, limit: Int = 9) async throws -> [Intent] {
        let claimed = try await store.claim(
            ClaimRequest(places: ["sms": 9], limit: limit, epoch: epoch), at: now
        ).claimed
        return claimed.isEmpty ? [] : try await store.intend(claimed, under: desk.prepared, epoch: epoch, at: now)
    }

    func send(_ store: MemberStore, _ epoch: Int64, limit: Int = 9) async throws -> [Intent] {
        let intents = try await intend(store, epoch, limit: limit)
        if !intents.isEmpty { try await store.advanceMark() }
        return intents
    }

    static let members = ["a", "b", "c", "d", "e"].map { OutboxDesk.member($0) }.joined()
}
