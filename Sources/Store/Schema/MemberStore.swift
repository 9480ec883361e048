import Foundation
import Glibc
import Kit
import Policies
import Rules

/// The store: members, their history, the decisions about them and the deliveries owed to them, in one SQLite database.
///
/// One connection writes and checkpoints; readers never do. With the `full` durability a commit is on disk when it
/// returns (guarantees §1.2); with `normal` a power cut may lose the last commits, but leaves the store intact.
package struct MemberStore: Sendable {
    package let writer: Connections
    /// The path of the file itself, with links resolved; nil for a store in memory.
    package let path: String?
    /// Held for as long as the store is open to write, but for its daemon.
    private let writers: StoreWriters?

    init(writer: Connections, path: String?, writers: StoreWriters? = nil) {
        self.writer = writer
        self.path = path
        self.writers = writers
    }

    package struct OpenError: Error, CustomStringConvertible {
        package let words: Bilingual
        package var description: String { words.description }
        /// Nil where the store itself is sound, but cannot be used (for example, it is of another version).
        package let trouble: StoreTrouble?

        package init(_ words: Bilingual, trouble: StoreTrouble? = nil) {
            self.words = words
            self.trouble = trouble
        }

        init(_ english: String, _ chinese: String) { self.init(Bilingual(english, chinese)) }
    }

    /// Whether a missing store is created.
    package enum Absence: Sendable { case isCreated, isRefused }

    /// Opens the store at a `sqlite:` URL to write to it, and brings it up to this version.
    ///
    /// - Parameter ownsLock: the caller is the store's daemon. Its writes throw `OpenedStoreFile.Gone` once the file was
    ///   removed or replaced. Other callers migrate an older store only while it has no daemon: one of the older version
    ///   could not go on.
    package static func open(
        url: String, durability: Durability = .full, whenAbsent absence: Absence = .isCreated,
        ownsLock: Bool = false, copying: StoreUpgrade.Copying = .beside,
        upgrading tell: (StoreUpgrade.Step) -> Void = { _ in }
    ) throws -> MemberStore {
        let path = absence == .isRefused ? try existingPath(of: url) : try filePath(of: url)
        do {
            let writers = ownsLock ? nil : try StoreWriters.join(path)
            try StoreFile.make(path)
            // What a copy that was cut short has left beside the store may be a plain one of an encrypted store.
            if ownsLock { try StoreFile.removeDatabase(path + ".partial") }
            let pool = try Connections.file(path, patience: Turns.waiting) { db, isReader in
                let cache = isReader ? MemberStore.readingCache : MemberStore.writingCache
                try db.script("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -\(cache)")
                // What is deleted is overwritten, also where SQLite was not built to.
                try db.script("PRAGMA journal_size_limit = \(largestLog); PRAGMA secure_delete = ON")
                try SQLFunctions.register(on: db)
            } last: { db in
                // GRDB sets NORMAL after it has prepared a connection, so this comes last.
                try db.script("PRAGMA synchronous = \(durability.rawValue.uppercased())")
            }
            let store = MemberStore(writer: ownsLock ? pool.watching(path) : pool, path: path, writers: writers)
            let isOlder = try pool.read(Migrations.isOlder)
            if isOlder, !ownsLock, isLocked(path) {
                throw OpenError(
                    "the daemon that has this store is of an older version; stop it before using this one",
                    "正在使用这个数据库的守护进程版本较旧；请先停掉它，再使用本版本")
            }
            if isOlder {
                try pool.read(Migrations.refuseNewer)
                try withoutActuallyEscaping(tell) {
                    try StoreUpgrade(path: path, pool: pool, copying: copying, tell: $0).run(at: .now)
                }
            } else {
                try Migrations.migrate(pool)
            }
            return store
        } catch let error as OpenError {
            throw error
        } catch {
            throw OpenError.opening(path, failedWith: error)
        }
    }

    /// KiB of pages that the one writing connection, and each of the three that read, keep in memory: with all of them
    /// full a daemon stays under 256 MiB.
    static let writingCache = 65_536
    private static let readingCache = 16_384
    /// How many seconds a writer waits for another.
    static let busyFor = 30.0
    /// The size in bytes to which the write-ahead log is cut when it starts over.
    private static let largestLog = 64 << 20

    /// Whether a daemon or a tick has the store now.
    package var isInUse: Bool { path.map(MemberStore.isLocked) ?? false }

    /// Whether a daemon or a tick has the store; it then holds a kernel lock on `<database>.lock`.
    private static func isLocked(_ path: String) -> Bool {
        let file = Glibc.open(path + ".lock", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) != 0
    }

    /// A private store in memory, for fixtures and for copies of a live store.
    package static func inMemory() throws -> MemberStore {
        let queue = try emptyInMemory()
        try Migrations.migrate(queue)
        return MemberStore(writer: queue, path: nil)
    }

    /// Throws an `OpenError` unless the schema is this version's, for a connection that cannot migrate it.
    package func requireCurrentSchema() throws {
        do {
            try writer.read(Migrations.requireCurrent)
        } catch let error as OpenError {
            throw error
        } catch {
            throw path.map { OpenError.opening($0, failedWith: error) } ?? OpenError(error, path: nil)
        }
    }

    /// The name of the last step of this version's schema.
    package static var schema: String { Migrations.newest }

    /// False for a store that would have to be brought up, and for one of a newer version.
    package func hasCurrentSchema() throws -> Bool {
        try writer.read { try !$0.isBeyond(Migrations.all) && $0.hasCompleted(Migrations.all) }
    }

    /// The path of an existing store; throws an `OpenError` when there is none.
    static func existingPath(of url: String) throws -> String {
        let path = try filePath(of: url)
        guard StoreFile.exists(path) else {
            throw OpenError(
                "there is no store at \(path); create one with `nudged import` or `nudged run`",
                "\(path) 处没有数据库；用 `nudged import` 或 `nudged run` 创建")
        }
        return path
    }

    private static func emptyInMemory() throws -> Connections {
        try Connections.one(nil) { db in
            try db.script("PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY")
            try SQLFunctions.register(on: db)
        }
    }

    /// `sqlite:/var/lib/nudged/nudged.db` → the path of the file itself.
    package static func filePath(of url: String) throws -> String {
        guard url.hasPrefix("sqlite:") else {
            throw OpenError(
                "`\(url)` is not a store this version can open; write sqlite:/path/to/nudged.db",
                "本版本打不开 `\(url)`；请写成 sqlite:/path/to/nudged.db")
        }
        var path = String(url.dropFirst("sqlite:".count))
        if path.hasPrefix("//") { path = String(path.dropFirst(2)) }
        guard !path.isEmpty else {
            throw OpenError(
                "`\(url)` names no file; write sqlite:/path/to/nudged.db",
                "`\(url)` 没有写文件；请写成 sqlite:/path/to/nudged.db")
        }
        return try StoreFile.resolve(path)
    }
}
