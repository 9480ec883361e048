import Foundation
import Kit
import Rules
import Testing

@testable import Engine
@testable import Store

/// The journal beside a store, the bytes of its files, and a backup from before an erasure.
@Suite("Erasures on disk")
struct ErasureJournalTests {
    private let shelf: StoreShelf

    init() async throws { shelf = try StoreShelf(try await OutboxDesk()) }

    private var journal: ErasureJournal { ErasureJournal(ofStore: shelf.path) }

    private func bytes() throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: shelf.directory.path)
        return try names.reduce(into: [:]) { $0[$1] = try Data(contentsOf: shelf.directory.appending(path: $1)) }
    }

    @Test("no byte of the person is in any file of the folder, however the pages of the store were filled before")
    func canary() throws {
        let store = try shelf.open()
        let now = shelf.now
        // Pages that are split and joined again leave copies of rows in their unused parts.
        for round in 0..<6 {
            try store.writer.write { db in
                var rows = RowWriter(db, origin: .world(now: now))
                for index in stride(from: round % 3, to: 1500, by: round < 3 ? 3 : 7) {
                    var row = MemberRow(id: "m\((index * 7919) % 1500)")
                    row.displayName = "姓名canary\(row.id)end" + String(repeating: "长", count: (index * round) % 60)
                    row.phone = "139\(String(10_000_000 + (index * 7919) % 1500))"
                    row.email = "canary-\(row.id)@example.com"
                    _ = try rows.write(member: row)
                }
            }
        }
        let erased = stride(from: 0, to: 1500, by: 100).map { "m\($0)" }
        for member in erased { #expect(try store.erase(member, reason: "test", at: now)?.residue == 0) }
        try store.writer.close()
        let files = try bytes()
        #expect(files.keys.contains("n.db") && files.keys.contains("n.db.erasures"))
        for (name, data) in files {
            for member in erased {
                for text in ["canary-\(member)@", "139\(10_000_000 + (Int(member.dropFirst()) ?? 0))"] {
                    #expect(data.range(of: Data(text.utf8)) == nil, "\(name) has \(text)")
                }
            }
        }
        #expect(files["n.db"]?.range(of: Data("canary-m1@".utf8)) != nil)
    }

    @Test(
        "an address of theirs goes from events of devices and of others, and from what was not taken; what is left is named"
    )
    func strays() throws {
        let store = try shelf.open()
        try store.writer.write { db in
            try db.run(
                """
                INSERT INTO events (member, name, at, source, data) VALUES
                  ('anonymous:an9', 'lead', 1, 'shop', '{"phone":13800000001,"note":"+8613800000001 or 913800000001"}'),
                  ('wu', 'lead', 1, 'shop', '{"friend":"oLin12345","other":"oLin123456"}')
                """)
            try db.run(
                """
                INSERT INTO quarantine (source, event_id, hash, kind, member, at, reason, reason_chinese, body) VALUES
                  ('shop', 'q1', x'01', 'rejected', NULL, 1, 'r', 'r', '{"phone":"13800000001"}'),
                  ('shop', 'q2', x'02', 'rejected', 'wu', 1, 'r', 'r', '{"phone":"13800000001"}'),
                  ('shop', 'q3', x'03', 'rejected', NULL, 1, 'r', 'r', '{"phone":"13800000002"}')
                """)
        }
        let erasure = try #require(try store.erase("lin", reason: "request", at: shelf.now))
        #expect(erasure.redacted == 4)
        let (data, bodies): ([String], [String]) = try store.writer.read { db in
            (
                try db.values("SELECT data FROM events WHERE name = 'lead' ORDER BY seq"),
                try db.values("SELECT event_id || body FROM quarantine ORDER BY id")
            )
        }
        #expect(
            data == [
                #"{"phone":10000000000,"note":"+8610000000000 or 913800000001"}"#,
                #"{"friend":"erased","other":"oLin123456"}"#,
            ], "a part of a longer number or id is another's")
        #expect(bodies == [#"q2{"phone":"10000000000"}"#, #"q3{"phone":"13800000002"}"#])
        #expect(erasure.residue == 2 && erasure.residueIn == ["events"], "the longer ones hold them")
    }

    @Test("an erasure leaves the connections their locks: without them another program would remove the log under them")
    func locks() throws {
        let store = try shelf.open()
        let before = try locks(on: shelf.path)
        #expect(try store.erase("lin", reason: "request", at: shelf.now) != nil)
        let after = try locks(on: shelf.path)
        #expect(!before.isEmpty && before == after)
        try store.writer.close()
    }

    /// The locks that this process has on a file, as the kernel lists them.
    private func locks(on path: String) throws -> [String] {
        var status = stat()
        #expect(stat(path, &status) == 0)
        let wanted = ":\(status.st_ino)"
        return try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n").map(String.init).filter
        {
            let words = $0.split(separator: " ")
            return words.contains("POSIX") && words.contains(Substring(String(getpid())))
                && words.contains { $0.hasSuffix(wanted) }
        }.map { $0.split(separator: " ").dropFirst().joined(separator: " ") }.sorted()
    }

    @Test("a backup from before is cleaned when it is put back, with the instant of the erasure; a second time nothing")
    func restored() throws {
        let store = try shelf.open()
        let backup = shelf.directory.appending(path: "bak").path
        _ = try store.backUp(to: backup)
        let erased = try #require(try store.erase("lin", reason: "request", at: shelf.now))
        #expect(erased.cancelled == 1)
        try store.writer.close()
        let later = shelf.now.adding(micros: 3_600_000_000)
        for again in [1, 1] {
            let outcome = try Restore(Backup(path: backup), to: shelf.path).run(at: later)
            #expect(outcome.erasedAgain == again)
            let back = try shelf.open()
            #expect(try back.person("lin") == nil && back.wasErased("lin"))
            #expect(try back.verify(Invariants(at: later, atRest: true)) == [])
            let withdrawn = try back.writer.read { try $0.values("SELECT DISTINCT at FROM list_consents") as [Int64] }
            #expect(withdrawn == [shelf.now.micros])
            try back.writer.close()
        }
        #expect(try journal.entries().count == 1)
        let kept = try shelf.open()
        _ = try kept.backUp(to: backup)
        try kept.writer.close()
        #expect(try Restore(Backup(path: backup), to: shelf.path).run(at: later).erasedAgain == 0)
    }

    @Test("a line that a crash cut short is passed over and ended; any other that cannot be read stops a restore")
    func damaged() throws {
        let entries = [1, 2].map { ErasureJournal.Entry(key: Data(repeating: $0, count: 16), at: shelf.now) }
        try journal.append(entries[0])
        let handle = try FileHandle(forWritingTo: URL(filePath: journal.path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("0202".utf8))
        try handle.close()
        try journal.append(entries[1])
        #expect(try journal.entries() == entries)
        let text = try String(contentsOfFile: journal.path, encoding: .utf8)
        try text.replacing("0101", with: "xx01").write(toFile: journal.path, atomically: false, encoding: .utf8)
        #expect(throws: MemberStore.OpenError.self) { try journal.entries() }
    }
}
