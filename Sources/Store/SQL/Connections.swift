import GRDB
import Kit
import Synchronization

/// A cell that cannot be read as expected: NULL where a value is required, another type, or a number beyond any that
/// the store writes. The error does not contain the value, which may be somebody's address.
package struct DamagedCell: Error, Hashable, CustomStringConvertible {
    /// The column's name in the query.
    package let column: String
    /// The place of the cell, once it was searched for.
    package var cell: MisplacedCell?
    package var words: Bilingual {
        cell?.words ?? Bilingual("a damaged cell was read (`\(column)`)", "读到损坏的单元格（`\(column)`）")
    }
    package var description: String { words.description }
}

/// The first damage met within one block. The block may run to its end, but fails and commits nothing.
final class DamageNote: Sendable {
    private let first = Mutex<DamagedCell?>(nil)

    func note(_ damage: DamagedCell) -> DamagedCell {
        first.withLock {
            let first = $0 ?? damage
            $0 = first
            return first
        }
    }

    func check() throws {
        if let damage = first.withLock({ $0 }) { throw damage }
    }
}

/// The connections to one database: one that writes, and some that read committed rows. Errors of the database are
/// thrown as `SQLFault`, and a damaged cell with its place.
package struct Connections: Sendable {
    private let base: any DatabaseWriter
    /// The file that must be in its place after every write; nil: nobody looks.
    private(set) var file: OpenedStoreFile?

    init(_ base: any DatabaseWriter) { self.base = base }

    /// The same connections, whose writes throw once that path names another file than now, or none.
    func watching(_ path: String) -> Connections {
        var connections = self
        connections.file = OpenedStoreFile(at: path)
        return connections
    }

    /// Runs `body` on a read-only snapshot.
    package func read<T>(_ body: (Session) throws -> T) throws -> T {
        try Connections.translating { try base.read { db in try Connections.locating(db, body) } }
    }

    /// Runs `body` in one transaction, which an error rolls back.
    @discardableResult
    package func write<T>(_ body: (Session) throws -> T) throws -> T {
        let result = try Connections.translating { try base.write { db in try Connections.locating(db, body) } }
        try file?.requireInPlace()
        return result
    }

    /// Runs `body` on a reading connection outside a transaction, for a body that makes its own.
    func unsafeRead<T>(_ body: (Session) throws -> T) throws -> T {
        try Connections.translating { try base.unsafeRead { db in try Connections.locating(db, body) } }
    }

    /// Runs `body` outside a transaction, for statements that cannot be in one.
    @discardableResult
    package func writeWithoutTransaction<T>(_ body: (Session) throws -> T) throws -> T {
        let result = try Connections.translating {
            try base.writeWithoutTransaction { db in try Connections.locating(db, body) }
        }
        try file?.requireInPlace()
        return result
    }

    package func read<T: Sendable>(_ body: @Sendable @escaping (Session) throws -> T) async throws -> T {
        do { return try await base.read { db in try Connections.locating(db, body) } } catch let error as DatabaseError
        {
            throw SQLFault(error)
        }
    }

    @discardableResult
    package func write<T: Sendable>(_ body: @Sendable @escaping (Session) throws -> T) async throws -> T {
        let result: T
        do { result = try await base.write { db in try Connections.locating(db, body) } } catch let error
            as DatabaseError
        {
            throw SQLFault(error)
        }
        try file?.requireInPlace()
        return result
    }

    /// Runs `body` outside a transaction, for several of its own one after the other.
    func transactions<T: Sendable>(_ body: @Sendable @escaping (TransactionSeries) throws -> T) async throws -> T {
        let result: T
        do {
            result = try await base.writeWithoutTransaction { db in try body(TransactionSeries(db: db)) }
        } catch let error as DatabaseError { throw SQLFault(error) }
        try file?.requireInPlace()
        return result
    }

    /// Runs `body` on a reading connection outside a transaction: each statement sees what is committed when it runs.
    func unsafeRead<T: Sendable>(_ body: @Sendable @escaping (Session) throws -> T) async throws -> T {
        do {
            return try await base.unsafeRead { db in try Connections.locating(db, body) }
        } catch let error as DatabaseError { throw SQLFault(error) }
    }

    /// Replaces the contents of `other` with what is committed here, page by page; a daemon may go on writing.
    package func copy(to other: Connections) throws { try Connections.translating { try base.backup(to: other.base) } }

    /// The same from one snapshot and in pieces, so that it can say how far it is.
    /// - Parameter progress: called with the share that is copied.
    package func copy(to other: Connections, _ progress: (Double) -> Void) throws {
        try Connections.translating {
            try base.read { source in
                // What is read first fixes the snapshot; the pieces then are of one instant.
                _ = try Int.fetchOne(source, sql: "SELECT COUNT(*) FROM sqlite_schema")
                try other.base.writeWithoutTransaction { target in
                    try withoutActuallyEscaping(progress) { progress in
                        try source.backup(to: target, pagesPerStep: 4096) { step in
                            progress(1 - Double(step.remainingPageCount) / Double(max(step.totalPageCount, 1)))
                        }
                    }
                }
            }
        }
    }

    package func migrate(_ migrations: [Migration]) throws {
        try Connections.translating { try Connections.migrator(migrations).migrate(base) }
    }

    /// Interrupts the statement that is running.
    package func interrupt() { base.interrupt() }

    package func close() throws { try Connections.translating { try base.close() } }

    static func translating<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as DatabaseError { throw SQLFault(error) }
    }

    fileprivate static func locating<T>(_ db: Database, _ body: (Session) throws -> T) throws -> T {
        let session = Session(db)
        do {
            let result = try body(session)
            try session.damage.check()
            return result
        } catch var damage as DamagedCell {
            if damage.cell == nil { damage.cell = try? MisplacedCell.first(in: session, suspecting: damage.column) }
            throw damage
        }
    }
}

/// Transactions of the connection that writes. What is damaged fails the one that reads it, and none of the others.
package struct TransactionSeries {
    fileprivate let db: Database

    package func commit<T>(_ body: (Session) throws -> T) throws -> T {
        try Connections.translating {
            try Connections.locating(db) { session in
                var result: T?
                try session.transaction(immediate: true) { result = try body(session) }
                guard let result else { preconditionFailure("a transaction that committed has a result") }
                return result
            }
        }
    }

    /// The commit is on disk only once a later one is. The end of the process takes nothing back; a power cut may take back
    /// all of it.
    package func commitUnsynced<T>(_ body: (Session) throws -> T) throws -> T {
        // 2 is FULL, with which each commit is synced; the others need no change.
        let level = try Connections.translating { try Int.fetchOne(db, sql: "PRAGMA synchronous") }
        guard level == 2 else { return try commit(body) }
        // SQLite acts on this one when it is prepared, so it is prepared each time.
        try Connections.translating { try db.execute(sql: "PRAGMA synchronous = NORMAL") }
        let result = Result { try commit(body) }
        try Connections.translating { try db.execute(sql: "PRAGMA synchronous = FULL") }
        return try result.get()
    }
}

// MARK: the steps of the schema

extension Connections {
    fileprivate static func migrator(_ migrations: [Migration]) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for migration in migrations {
            migrator.registerMigration(migration.name) { db in
                try migration.requirement?(Session(db))
                for statement in migration.statements { try db.execute(sql: statement) }
            }
        }
        return migrator
    }
}

extension Session {
    /// Whether the database has been through steps that are not among these.
    func isBeyond(_ migrations: [Migration]) throws -> Bool {
        try Connections.migrator(migrations).hasBeenSuperseded(db)
    }
    func hasCompleted(_ migrations: [Migration]) throws -> Bool {
        try Connections.migrator(migrations).hasCompletedMigrations(db)
    }
    func hasTable(_ name: String) throws -> Bool { try db.tableExists(name) }

    /// The columns of a table, as the database has them.
    func columns(in table: String) throws -> [TableColumn] {
        try db.columns(in: table).map {
            TableColumn(name: $0.name, type: $0.type, isRequired: $0.isNotNull, placeInKey: $0.primaryKeyIndex)
        }
    }
}

struct TableColumn {
    let name: String
    let type: String
    let isRequired: Bool
    /// From 1; 0 for a column that is not in the primary key.
    let placeInKey: Int
}
