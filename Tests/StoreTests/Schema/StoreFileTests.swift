import Foundation
import Glibc
import Kit
import Rules
import TestSupport
import Testing

@testable import Store

@Suite("Files of a store")
struct StoreFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "nudged-file-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func status(_ name: String) -> stat {
        var status = stat()
        stat(folder.appending(path: name).path, &status)
        return status
    }

    private func url(_ name: String = "n.db") -> String { "sqlite:\(folder.path)/\(name)" }
    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()) ?? [] }

    @Test("new files are for their owner alone, whatever the umask; those that root makes are of the folder's owner")
    func modes() throws {
        if geteuid() == 0 { chown(folder.path, 65534, 65534) }
        let before = umask(0o022)
        defer { umask(before) }
        let store = try MemberStore.open(url: url())
        try store.markFile?.write(HighWaterMark(generation: 1, epoch: 1, sequence: 1, token: 1))
        #expect(names.count == 5, "\(names)")
        for name in names {
            #expect(status(name).st_mode & 0o777 == 0o600, "\(name)")
            #expect(status(name).st_uid == status(".").st_uid, "\(name)")
        }
    }

    @Test("a store that is not there is neither read nor made by who does not make stores; an empty file is none")
    func missing() throws {
        for attempt in 0..<2 {
            if attempt == 1 { try Data().write(to: folder.appending(path: "n.db")) }
            #expect(throws: MemberStore.OpenError.self) { try MemberStore.reading(url()) }
            #expect(throws: MemberStore.OpenError.self) { try MemberStore.open(url: url(), whenAbsent: .isRefused) }
            #expect(throws: MemberStore.OpenError.self) { try MemberStore.privateCopy(of: url()) }
            #expect(names == (attempt == 0 ? [] : ["n.db"]))
        }
    }

    @Test(
        "a file that was removed or replaced under its daemon: what is committed then is not acknowledged",
        arguments: [false, true])
    func takenAway(isReplaced: Bool) async throws {
        let path = folder.path + "/n.db"
        let store = try MemberStore.open(url: url(), ownsLock: true)
        let batch = SourceBatch(source: "shop", at: Instant(micros: 0), events: [])
        #expect(try await store.take([batch]) == [[]])
        #expect(store.isInPlace && store.putLogAside(at: Instant(micros: 0)) == nil)
        try FileManager.default.moveItem(atPath: path, toPath: folder.path + "/away.db")
        if isReplaced { try Data("another".utf8).write(to: URL(filePath: path)) }
        let gone = OpenedStoreFile.Gone(path: store.path ?? "")
        await #expect(throws: gone) { try await store.take([batch]) }
        await #expect(throws: gone) { try await store.proveWritable() }
        #expect(throws: gone) { try store.requireInPlace() }
        #expect(MemberStore.isBeyondRepair(gone) && gone.description.contains("was removed or replaced"))
        let aside = try #require(store.putLogAside(at: Instant(micros: 5_000_000)))
        #expect(aside.hasSuffix("/n.db-wal.removed-5") && names.contains("n.db-wal.removed-5"))
        #expect(!names.contains("n.db-wal"))
    }

    @Test("a link leads to the file itself; a second name of it is refused, and so is what is no file")
    func links() throws {
        let store = try MemberStore.open(url: url())
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link.db", withDestinationPath: folder.path + "/n.db")
        #expect(try MemberStore.open(url: url("link.db")).path == store.path)
        #expect(try MemberStore.filePath(of: url("link.db")) == MemberStore.filePath(of: url()))
        try FileManager.default.createDirectory(atPath: folder.path + "/dir.db", withIntermediateDirectories: true)
        #expect(throws: MemberStore.OpenError.self) { try MemberStore.open(url: url("dir.db")) }
        mkfifo(folder.path + "/fifo.db", 0o600)
        #expect(throws: MemberStore.OpenError.self) { try MemberStore.open(url: url("fifo.db")) }
        link(folder.path + "/n.db", folder.path + "/other.db")
        for name in ["n.db", "other.db", "link.db"] {
            let error = #expect(throws: MemberStore.OpenError.self) { try MemberStore.open(url: url(name)) }
            #expect(error?.description.contains("hard links") == true, "\(name)")
            #expect(throws: MemberStore.OpenError.self) { try MemberStore.reading(url(name)) }
        }
    }

    @Test("the write-ahead log is emptied when nobody writes, and not while somebody reads an older state")
    func log() throws {
        let store = try MemberStore.open(url: url())
        try store.writer.write { try $0.run("INSERT INTO members (id) VALUES ('m')") }
        #expect(store.logSize > 0)
        let reader = try Connections.one(folder.path + "/n.db")
        try reader.read { db in
            _ = try (db.value("SELECT COUNT(*) FROM members") as Int?)
            #expect(try store.emptyLog() == false)
        }
        #expect(try store.emptyLog())
        #expect(store.logSize == 0)
        let limit = try store.writer.read { try ($0.value("PRAGMA journal_size_limit") as Int?) }
        #expect(limit == 64 << 20)
    }

    @Test("errors of a store are told in a sentence without SQL")
    func sentences() throws {
        let told: [(ResultCode, String)] = [
            (.SQLITE_CORRUPT, "is damaged"), (.SQLITE_NOTADB, "is damaged"), (.SQLITE_FULL, "disk"),
            (.SQLITE_BUSY, "busy"), (.SQLITE_IOERR_READ, "check the disk"), (.SQLITE_READONLY, "may not"),
            (.SQLITE_ERROR, "cannot be used"),
        ]
        for (code, words) in told {
            let error = SQLFault(code, message: "the message")
            let sentence = try #require(StoreTrouble(error)).sentence(nil)
            #expect(sentence.english.contains(words) && !sentence.english.contains("SELECT"), "\(code): \(sentence)")
            #expect(sentence.chinese.contains("数据库") && !sentence.chinese.contains("SELECT"), "\(code)")
        }
        try Data("this is no database at all, whatever its name says".utf8).write(to: folder.appending(path: "t.db"))
        let error = #expect(throws: MemberStore.OpenError.self) { try MemberStore.open(url: url("t.db")) }
        #expect(error?.description.contains("is a CSV file, not a store") == true)
        #expect(error?.description.contains("PRAGMA") == false)
    }
}
