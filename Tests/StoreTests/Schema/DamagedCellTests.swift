import Kit
import Foundation
import Rules
import Testing

@testable import Store

@Suite("Damaged cells")
struct DamagedCellTests {
    private let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "nudged-cell-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path + "/n.db"
        let store = try MemberStore.open(url: "sqlite:\(path)")
        try store.writer.write { db in
            _ = try RuleVersion.insert(
                db, files: "{}", hash: "h", source: .directory, who: nil, after: 0, at: .distantPast)
        }
        try store.writer.close()
    }

    @Test(
        "is an error with table and key where it is read, and nothing of that transaction is committed",
        arguments: ["'x'", "x'00'", "1.5", "9223372036854775807", "(-9223372036854775807 - 1)"])
    func reading(value: String) throws {
        try DamagedStore.damage(path, table: "rule_sets", set: "loaded_at = \(value)", where: "version = 1")
        let store = try MemberStore.open(url: "sqlite:\(path)")
        @Sendable func read(_ db: Session) throws -> Instant? { try RuleVersion.fetch(db, "LIMIT 1")?.loadedAt }
        let says = "the cell `loaded_at` of version 1 in the table `rule_sets` is damaged"
        #expect(#expect(throws: DamagedCell.self) { try store.writer.read(read) }?.description == says)
        #expect(#expect(throws: DamagedCell.self) { try store.writer.write(read) }?.description == says)
        #expect(throws: DamagedCell.self) {
            try store.writer.write { db in
                try db.run("INSERT INTO members (id) VALUES ('n')")
                _ = try? read(db)
            }
        }
        let members = try store.writer.read { try ($0.value("SELECT COUNT(*) FROM members") as Int?) }
        #expect(members == 0)
    }

    @Test("a cell that is as it should be is read, at the ends of the calendar too")
    func sound() throws {
        let store = try MemberStore.open(url: "sqlite:\(path)")
        for instant in [Instant.distantPast, .distantFuture, Instant(micros: 0)] {
            try store.writer.write { db in
                try db.run("UPDATE rule_sets SET loaded_at = ?", [instant.micros])
            }
            let read = try store.writer.read { try RuleVersion.fetch($0, "LIMIT 1")?.loadedAt }
            #expect(read == instant)
        }
    }
}
