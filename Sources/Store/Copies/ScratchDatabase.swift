import Foundation
import Glibc

/// Databases that nobody else sees and that disappear with their connection, however the process ends. Beyond a bounded
/// cache their contents are on disk: memory does not grow with the store.
enum ScratchDatabase {
    private static let cache = "PRAGMA temp_store = FILE; PRAGMA cache_size = -16384"

    /// A temporary database for rows that are written once and read in order; nothing can be rolled back.
    static func workspace() throws -> Connections {
        let workspace = try Connections.one("") { db in
            try db.script("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \(cache)")
        }
        // It is one transaction for its whole life.
        try workspace.writeWithoutTransaction { try $0.script("BEGIN") }
        return workspace
    }

    /// A temporary database for a copy of a store. SQLite unlinks its file as soon as it is open.
    /// - Parameter bytes: the least size that it will have.
    /// - Throws: `MemberStore.OpenError` when there is too little room.
    static func copy(of bytes: Int64) throws -> Connections {
        try requireRoom(for: bytes)
        return try Connections.one("") { db in
            try db.script(
                "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; \(cache)")
            try SQLFunctions.register(on: db)
        }
    }

    /// Where SQLite puts its temporary files: the first of these that can be written.
    private static var directory: String? {
        let environment = ProcessInfo.processInfo.environment
        return [environment["SQLITE_TMPDIR"], environment["TMPDIR"], "/var/tmp", "/usr/tmp", "/tmp"]
            .compactMap(\.self).first { access($0, W_OK | X_OK) == 0 }
    }

    private static func requireRoom(for bytes: Int64) throws {
        guard let directory else {
            throw MemberStore.OpenError(
                "no directory for temporary files can be written; set TMPDIR to one that can",
                "没有可写的临时目录；请用 TMPDIR 指定一个")
        }
        // A quarter more is enough: a run adds little to a copy.
        let needed = bytes + bytes / 4
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: directory)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value, free < needed else { return }
        throw MemberStore.OpenError(
            """
            no room for a private copy of the store: it takes \(needed / 1_048_576) MiB, and \(directory) has \
            \(free / 1_048_576); set TMPDIR to a directory that has as much
            """,
            """
            放不下数据库的副本：需要 \(needed / 1_048_576) MiB，\(directory) 只剩 \(free / 1_048_576) MiB；\
            请用 TMPDIR 指定空间足够的目录
            """)
    }
}

extension MemberStore {
    /// The size of the database in bytes, including free pages.
    var size: Int64 {
        get throws {
            try writer.read { db in
                let pages: Int64 = try db.value("PRAGMA page_count") ?? 0
                return pages * (try db.value("PRAGMA page_size") ?? 0)
            }
        }
    }

    /// A private copy of a live store on disk, read through a connection that cannot write. The live store is not locked
    /// against its daemon: SQLite's backup reads a WAL snapshot.
    package static func privateCopy(of url: String) throws -> MemberStore {
        let live = try reading(url)
        do {
            let copy = try ScratchDatabase.copy(of: try live.size)
            try live.writer.copy(to: copy)
            try copy.writeWithoutTransaction { try $0.script("PRAGMA journal_mode = MEMORY") }
            try Migrations.migrate(copy)
            return MemberStore(writer: copy, path: nil)
        } catch let error as OpenError {
            throw error
        } catch {
            throw OpenError(
                "cannot read the store \(live.path ?? url): \(error)", "读不了数据库 \(live.path ?? url)：\(error)")
        }
    }
}
