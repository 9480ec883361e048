import Kit
import Foundation
import Rules
import Testing

@testable import Store

@Suite("Check after an unclean end")
struct StructureCheckTests {
    private let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "nudged-check-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path + "/n.db"
        let store = try MemberStore.open(url: "sqlite:\(path)")
        try store.writer.write { db in
            try db.run(
                """
                WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
                INSERT INTO members (id, city) SELECT 'm' || i, hex(randomblob(20)) FROM n
                """)
        }
        try store.writer.close()
    }

    @Test("a store whose daemon was killed is to be checked, one that was closed in order is not")
    func marks() throws {
        let store = try MemberStore.open(url: "sqlite:\(path)")
        #expect(try store.beginUse())
        #expect(try store.beginUse() == false, "killed: nobody ended it")
        try store.endUse()
        #expect(try store.beginUse())
    }

    @Test("the proof that a store can be written is on disk each time, so that a full one is noticed")
    func proof() async throws {
        let store = try MemberStore.open(url: "sqlite:\(path)")
        var sizes: [Int64] = []
        for _ in 0..<3 {
            try await store.proveWritable()
            sizes.append(store.logSize)
        }
        #expect(sizes[0] < sizes[1] && sizes[1] < sizes[2], "\(sizes)")
    }

    @Test("a sound store is found sound, at once or by and by")
    func sound() throws {
        let check = try StructureCheck(path: path)
        #expect(try check.run(within: .zero) == .unfinished)
        #expect(try check.run() == .sound)
        let stopped = try StructureCheck(path: path)
        stopped.stop()
        #expect(try stopped.run() == .unfinished)
    }

    @Test("a page that was overwritten is found, and all sends are held")
    func damagedPage() throws {
        let page = try Connections.one(path).read {
            try ($0.value("SELECT pageno FROM dbstat WHERE name = 'members' AND pagetype = 'leaf' LIMIT 1") as Int?)
        }
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seek(toOffset: UInt64(try #require(page) - 1) * 4096)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 16))
        try handle.close()
        guard case .damaged(let what) = try StructureCheck(path: path).run() else {
            Issue.record("the damage was not found")
            return
        }
        let store = try MemberStore.open(url: "sqlite:\(path)")
        try store.holdForDamage(what.english, at: Instant(micros: 1))
        #expect(try store.stops().map(\.scope) == ["all"])
    }

    @Test("a cell of another type is found with its table and key")
    func damagedCell() throws {
        try DamagedStore.damage(path, table: "members", set: "registered_at = 'x'", where: "id = 'm7'")
        let check = try StructureCheck(path: path).run()
        guard case .damaged(let what) = check else {
            Issue.record("the damage was not found")
            return
        }
        #expect(what.english == "the cell `registered_at` of id m7 in the table `members` is damaged")
    }
}

/// Writes what STRICT tables refuse, as a failing disk would.
enum DamagedStore {
    static func damage(_ path: String, table: String, set: String, where clause: String) throws {
        let queue = try Connections.one(path)
        try queue.writeWithoutTransaction { db in
            let text: String? = try db.value("SELECT sql FROM sqlite_schema WHERE name = ?", [table])
            func write(_ sql: String) throws {
                try db.script("PRAGMA writable_schema = ON")
                try db.run("UPDATE sqlite_schema SET sql = ? WHERE name = ?", [sql, table])
                try db.script("PRAGMA writable_schema = RESET")
            }
            try write(
                (text ?? "").replacing(", STRICT", with: "").replacing(" STRICT", with: "")
                    .replacing(" NOT NULL", with: ""))
            try db.script("PRAGMA ignore_check_constraints = ON")
            try db.run("UPDATE \(table) SET \(set) WHERE \(clause)")
            try write(text ?? "")
        }
        try queue.close()
    }
}
