import GRDB
import Glibc

/// A cell that cannot be what it is read as: nothing where something must be, another type, or a number beyond any that
/// the store writes. Values are not told: they may be somebody's address.
package struct DamagedCell: Error, Hashable, CustomStringConvertible {
    /// As the query names it.
    package let column: String
    /// Where it lies, once it was looked for.
    package var cell: MisplacedCell?
    package var description: String { cell?.description ?? "a damaged cell was read (`\(column)`)" }
}

/// Sees to it that nothing is taken from a damaged cell: whoever reads one may go on to the end of the block, but the
/// block fails, and what it wrote is not committed.
enum CellWatch {
    private final class Box {
        var damage: DamagedCell?
    }

    /// Blocks run on one thread from begin to end.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let made = pthread_key_create(&key) { box in
            if let box { Unmanaged<Box>.fromOpaque(box).release() }
        }
        precondition(made == 0, "no more keys for threads")
        return key
    }()

    private static var box: Box {
        if let pointer = pthread_getspecific(key) { return Unmanaged<Box>.fromOpaque(pointer).takeUnretainedValue() }
        let box = Box()
        pthread_setspecific(key, Unmanaged.passRetained(box).toOpaque())
        return box
    }

    static func note(_ damage: DamagedCell) { box.damage = box.damage ?? damage }

    /// Throws the damage that `body` met, with its place, instead of its result or its own error.
    static func run<T>(_ db: Database, _ body: (Database) throws -> T) throws -> T {
        let box = box
        let outer = box.damage
        box.damage = nil
        defer { box.damage = outer }
        let result = Result { try body(db) }
        if case .failure(let error) = result, "\(type(of: error))" == "RowDecodingError" {
            // What GRDB throws when a value that is fetched alone cannot be decoded; its text has the SQL.
            note(DamagedCell(column: "?"))
        }
        guard var damage = box.damage else { return try result.get() }
        damage.cell = try? MisplacedCell.first(in: db, suspecting: damage.column)
        throw damage
    }
}

/// The connections of a store. Every read and write goes through here, so that damaged cells are errors.
package struct StoreConnections: Sendable {
    private let base: any DatabaseWriter

    init(_ base: any DatabaseWriter) { self.base = base }

    package func read<T>(_ body: (Database) throws -> T) throws -> T {
        try base.read { db in try CellWatch.run(db, body) }
    }

    package func write<T>(_ body: (Database) throws -> T) throws -> T {
        try base.write { db in try CellWatch.run(db, body) }
    }

    /// On a reading connection outside a transaction, for what makes its own.
    func unsafeRead<T>(_ body: (Database) throws -> T) throws -> T {
        try base.unsafeRead { db in try CellWatch.run(db, body) }
    }

    /// For what cannot be in a transaction; a transaction that `body` makes itself is not guarded.
    package func writeWithoutTransaction<T>(_ body: (Database) throws -> T) throws -> T {
        try base.writeWithoutTransaction { db in try CellWatch.run(db, body) }
    }

    package func read<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
        try await base.read { db in try CellWatch.run(db, body) }
    }

    package func write<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws -> T {
        try await base.write { db in try CellWatch.run(db, body) }
    }

    package func backup(to other: any DatabaseWriter) throws { try base.backup(to: other) }
    package func backup(to other: StoreConnections) throws { try base.backup(to: other.base) }

    /// Puts a backup in the place of what is there.
    func restore(from backup: DatabaseQueue) throws { try backup.backup(to: base) }

    package func close() throws { try base.close() }
}
