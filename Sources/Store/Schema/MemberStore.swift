import Foundation
import GRDB
import Glibc
import Rules

/// The members, what they did, what was decided and what is owed to them: one SQLite database.
///
/// One connection writes and checkpoints; readers never do. With the `full` durability a commit is on disk when it
/// returns (guarantees §1.2); with `normal` a power cut may take the last ones back, and leaves the store whole.
package struct MemberStore: Sendable {
    package let writer: any DatabaseWriter
    /// The file, nil for a store in memory.
    package let path: String?

    package struct OpenError: Error, CustomStringConvertible {
        package let description: String
    }

    /// Opens (and creates, and migrates) the store at a `sqlite:` URL.
    ///
    /// - Parameter ownsLock: the caller is the store's daemon. Others bring an older store up only while it has none: a
    ///   daemon of the older version could not go on.
    package static func open(
        url: String, durability: Config.Durability = .full, migrating: Bool = true, ownsLock: Bool = false
    ) throws -> MemberStore {
        let path = try filePath(of: url)
        var configuration = Configuration()
        configuration.busyMode = .callback { awaitTurn($0) }
        configuration.maximumReaderCount = 3
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536")
            SQLFunctions.register(on: db)
        }
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // DatabasePool sets NORMAL after `prepareDatabase`, so it has to be set here (swift-stack: durability trap).
            try pool.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA synchronous = \(durability.rawValue.uppercased())")
            }
            let store = MemberStore(writer: pool, path: path)
            guard migrating else { return store }
            if try !ownsLock && pool.read(Migrations.isOlder) && isLocked(path) {
                throw OpenError(
                    description: "the daemon that has this store is of an older version; stop it before using this one")
            }
            try Migrations.migrate(pool)
            return store
        } catch let error as OpenError {
            throw error
        } catch {
            throw OpenError(description: "cannot open the store \(path): \(error)")
        }
    }

    /// Asks for its turn every two milliseconds, for half a minute. SQLite's own pauses grow to a tenth of a second: an
    /// emergency stop would hardly ever meet the gap between two transactions of a busy daemon.
    private static func awaitTurn(_ tries: Int) -> Bool {
        usleep(2000)
        return tries < 15_000
    }

    /// Whether a daemon or a tick has the store: its lock is the kernel's, on `<database>.lock`.
    private static func isLocked(_ path: String) -> Bool {
        let file = Glibc.open(path + ".lock", O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) != 0
    }

    /// Throws when the file's structure is damaged.
    package func quickCheck() throws {
        let answer = try writer.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard answer == "ok" else {
            throw OpenError(description: "the store is damaged (\(answer ?? "no answer")); restore a backup")
        }
    }

    /// A private store in memory, for fixtures and for copies of a live store.
    package static func inMemory() throws -> MemberStore {
        let queue = try emptyInMemory()
        try Migrations.migrate(queue)
        return MemberStore(writer: queue, path: nil)
    }

    /// An in-memory copy of a live store, read through a connection that cannot write. The live store is not locked
    /// against its daemon: SQLite's backup reads a WAL snapshot.
    package static func inMemoryCopy(of url: String) throws -> MemberStore {
        let live = try reading(url)
        do {
            let copy = try emptyInMemory()
            try live.writer.backup(to: copy)
            try copy.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = MEMORY") }
            try Migrations.migrate(copy)
            return MemberStore(writer: copy, path: nil)
        } catch {
            throw OpenError(description: "cannot read the store \(live.path ?? url): \(error)")
        }
    }

    /// Throws an `OpenError` unless the schema is this version's, for a connection that cannot bring it up.
    package func requireCurrentSchema() throws {
        do {
            try writer.read(Migrations.requireCurrent)
        } catch let error as OpenError {
            throw error
        } catch {
            throw OpenError(description: "cannot read the store \(path ?? "in memory"): \(error)")
        }
    }

    /// The path of a store that is there.
    static func existingPath(of url: String) throws -> String {
        let path = try filePath(of: url)
        guard FileManager.default.fileExists(atPath: path) else {
            throw OpenError(
                description: "there is no store at \(path); create one with `nudged import` or `nudged run`")
        }
        return path
    }

    private static func emptyInMemory() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY")
            SQLFunctions.register(on: db)
        }
        return try DatabaseQueue(configuration: configuration)
    }

    /// `sqlite:/var/lib/nudged/nudged.db` → the path.
    package static func filePath(of url: String) throws -> String {
        guard url.hasPrefix("sqlite:") else {
            throw OpenError(
                description: "`\(url)` is not a store this version can open; write sqlite:/path/to/nudged.db")
        }
        var path = String(url.dropFirst("sqlite:".count))
        if path.hasPrefix("//") { path = String(path.dropFirst(2)) }
        guard !path.isEmpty else {
            throw OpenError(description: "`\(url)` names no file; write sqlite:/path/to/nudged.db")
        }
        return path
    }
}
