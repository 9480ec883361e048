import Foundation
import Intake
import Kit
import Rules
import Testing

@testable import Store

/// Stores whose files are encrypted: what stands on disk, with which key, and how that changes.
@Suite("Encryption at rest", .serialized)
final class EncryptionTests {
    private static let first = "the first secret, long enough for a key"
    private static let second = "the second secret, long enough as well"
    private static let phone = "13975318641"
    private static let canaries = [Data(phone.utf8), Data("欧阳金丝雀".utf8), Data("CREATE TABLE".utf8)]

    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "nudged-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        StoreCipher.use(nil)
        try? FileManager.default.removeItem(at: folder)
    }

    private func path(_ name: String = "nudged.db") -> String { folder.appending(path: name).path }

    private static func use(_ current: String?, previous: String? = nil) throws {
        let keys = try current.map {
            StoreCipher.Keys(
                current: try StoreCipher.Key(secret: $0), previous: try previous.map(StoreCipher.Key.init(secret:)))
        }
        StoreCipher.use { keys }
    }

    private func open(_ name: String = "nudged.db") throws -> MemberStore {
        try MemberStore.open(url: "sqlite:\(path(name))")
    }

    private static func write(_ count: Int, to store: MemberStore) throws {
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: IntakeDesk.now))
            for number in 0..<count {
                _ = try rows.write(member: MemberRow(id: "m\(number)", displayName: "欧阳金丝雀", phone: phone))
            }
        }
    }

    private static func members(_ store: MemberStore) throws -> Int {
        try store.writer.read { try $0.value("SELECT COUNT(*) FROM members WHERE phone = ?", [phone]) ?? 0 }
    }

    /// The files of the folder that hold something in clear.
    private func clear() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter { name in
            let bytes = try Data(contentsOf: folder.appending(path: name))
            return EncryptionTests.canaries.contains { bytes.range(of: $0) != nil }
        }
    }

    private func refusal(_ body: () throws -> Void) -> String? {
        do { try body() } catch { return "\(error)" }
        return nil
    }

    @Test("with a key, neither the store nor its log holds a word in clear, and every answer is the same")
    func sealed() throws {
        try EncryptionTests.use(EncryptionTests.first)
        let store = try open()
        try EncryptionTests.write(3000, to: store)
        #expect(try store.cipherKeyName != nil)
        #expect(StoreFile.size(path() + "-wal") > 0)
        #expect(try clear() == [])
        #expect(try store.emptyLog())
        #expect(try clear() == [])
        #expect(try EncryptionTests.members(store) == 3000)
        // A second connection, as of a command beside the daemon.
        #expect(try EncryptionTests.members(MemberStore.reading("sqlite:\(path())")) == 3000)
        #expect(try store.writer.read { try $0.value("PRAGMA integrity_check") as String? } == "ok")
    }

    @Test("without a key everything is as it was")
    func plain() throws {
        try EncryptionTests.use(nil)
        let store = try open()
        try EncryptionTests.write(10, to: store)
        #expect(try store.cipherKeyName == nil)
        #expect(try store.emptyLog())
        #expect(try clear() == ["nudged.db"])
    }

    @Test("what SQLite sorts on disk is encrypted, with pieces of every length")
    func temporary() throws {
        try EncryptionTests.use(EncryptionTests.first)
        let workspace = try ScratchDatabase.workspace()
        let all = try workspace.writeWithoutTransaction { db -> [String] in
            try db.script("PRAGMA cache_size = 10")
            try db.run("CREATE TABLE texts (n INTEGER PRIMARY KEY, text TEXT)")
            for number in 0..<3000 {
                let text = String(repeating: "\(number) ", count: number % 700)
                try db.run("INSERT INTO texts VALUES (?, ?)", [number, text])
            }
            return try db.values("SELECT text FROM texts ORDER BY text, n")
        }
        #expect(
            all
                == (0..<3000).map { String(repeating: "\($0) ", count: $0 % 700) }.sorted {
                    $0.utf8.lexicographicallyPrecedes($1.utf8)
                })
    }

    @Test("a store that is encrypted is not opened without its key, and the sentence says what to do")
    func keys() throws {
        try EncryptionTests.use(EncryptionTests.first)
        let store = try open()
        try EncryptionTests.write(10, to: store)
        let name = try #require(try store.cipherKeyName)
        try store.writer.close()

        try EncryptionTests.use(nil)
        for body in [
            { _ = try self.open() }, { try MemberStore.reading("sqlite:\(self.path())").requireCurrentSchema() },
        ] {
            #expect(refusal(body)?.contains("is encrypted; name its key as `store: {key: …}`") == true)
        }
        try EncryptionTests.use(EncryptionTests.second)
        #expect(refusal { _ = try self.open() }?.contains("is encrypted with another key than") == true)
        try EncryptionTests.use(EncryptionTests.second, previous: EncryptionTests.first)
        let reopened = try open()
        #expect(try reopened.cipherKeyName == name)
        #expect(try EncryptionTests.members(reopened) == 10)
    }

    @Test("a page that was changed or moved is damage and no answer", arguments: ["changed", "moved"])
    func damage(_ how: String) throws {
        try EncryptionTests.use(EncryptionTests.first)
        let store = try open()
        try EncryptionTests.write(2000, to: store)
        #expect(try store.emptyLog())
        try store.writer.close()
        var bytes = try Data(contentsOf: URL(filePath: path()))
        let last = bytes.count - 4096
        if how == "moved" {
            bytes.replaceSubrange(last..<last + 4096, with: bytes[last - 4096..<last])
        } else {
            for page in stride(from: 4096 * 20, to: bytes.count, by: 4096) { bytes[page + 100] ^= 1 }
        }
        try bytes.write(to: URL(filePath: path()))
        let found = refusal {
            let outcome = try StructureCheck(path: self.path()).run()
            if outcome == .sound { return }
            throw MemberStore.OpenError("the store is damaged", "")
        }
        #expect(found?.contains("is damaged") == true)
        let unmade = refusal { _ = try MemberStore.reading("sqlite:\(self.path())").backUp(to: self.path("copy.db")) }
        #expect(unmade?.contains("nudged.db is damaged") == true && unmade?.contains("not an error") == false)
    }

    @Test("a secret of less than 32 characters is refused")
    func weak() {
        #expect(refusal { _ = try StoreCipher.Key(secret: "too short") }?.contains("less than 32 characters") == true)
    }

    @Test("to encrypt, to change the key and to go back keep every row, and leave nothing of the old form in the store")
    func rekeyed() throws {
        try EncryptionTests.use(nil)
        let store = try open()
        try EncryptionTests.write(2000, to: store)
        try store.writer.close()

        try EncryptionTests.use(EncryptionTests.first)
        let encrypted = try Rekey(path: path(), to: .encrypted).run(at: IntakeDesk.now)
        #expect(encrypted.before == nil)
        let name = try #require(encrypted.after)
        #expect(try clear() == [])
        #expect(try EncryptionTests.members(open()) == 2000)

        try EncryptionTests.use(EncryptionTests.second, previous: EncryptionTests.first)
        let changed = try Rekey(path: path(), to: .encrypted).run(at: IntakeDesk.now)
        #expect(changed.before == name)
        #expect(changed.after != nil && changed.after != name)
        try EncryptionTests.use(EncryptionTests.second)
        #expect(try EncryptionTests.members(open()) == 2000)
        #expect(try clear() == [])

        let plain = try Rekey(path: path(), to: .plain).run(at: IntakeDesk.now)
        #expect(plain.before == changed.after)
        #expect(plain.after == nil)
        try EncryptionTests.use(nil)
        let last = try open()
        #expect(try EncryptionTests.members(last) == 2000)
        let actions = try last.writer.read { try $0.values("SELECT action FROM audit ORDER BY seq") as [String] }
        #expect(actions.filter { $0 == "rekey" }.count == 3)
    }

    @Test("a new key that cannot be used changes nothing")
    func failedRekey() throws {
        try EncryptionTests.use(EncryptionTests.first)
        let store = try open()
        try EncryptionTests.write(10, to: store)
        try store.writer.close()
        try EncryptionTests.use(EncryptionTests.second)
        #expect(refusal { _ = try Rekey(path: self.path(), to: .encrypted).run(at: IntakeDesk.now) } != nil)
        try EncryptionTests.use(EncryptionTests.first)
        #expect(try EncryptionTests.members(open()) == 10)
    }

    @Test("backups are encrypted as their store is, and go back with the key of then")
    func backups() throws {
        try EncryptionTests.use(nil)
        var store = try open()
        try EncryptionTests.write(10, to: store)
        _ = try store.backUp(to: path("plain.bak"))
        // With a key in nudged.yaml, but before `rekey`.
        try EncryptionTests.use(EncryptionTests.first)
        _ = try open().backUp(to: path("plain2.bak"))
        #expect(try clear().contains("plain2.bak"))
        try store.writer.close()
        _ = try Rekey(path: path(), to: .encrypted).run(at: IntakeDesk.now)
        store = try open()
        _ = try store.backUp(to: path("sealed.bak"))
        try store.writer.close()
        #expect(try clear() == ["plain.bak", "plain2.bak"])

        try EncryptionTests.use(EncryptionTests.second, previous: EncryptionTests.first)
        for name in ["sealed.bak", "plain.bak"] {
            _ = try Restore(Backup(path: path(name)), to: path()).run(at: IntakeDesk.now)
            let restored = try open()
            #expect(try EncryptionTests.members(restored) == 10)
            #expect(try (restored.cipherKeyName == nil) == (name == "plain.bak"))
            try restored.writer.close()
        }
    }
}
