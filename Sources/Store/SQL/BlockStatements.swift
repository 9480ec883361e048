import GRDB

/// The statements that one block has used, by the place of their texts in memory. A text that the program has for good
/// is at the same place each time, so it is neither hashed nor compared by its characters again: a batch of decisions
/// runs the same few statements thousands of times, and some of them are long.
final class BlockStatements {
    typealias Prepared = (statement: PreparedStatement, columns: SQLRow.Columns)

    private struct Place: Hashable {
        let address: Int
        let count: Int
    }

    private let damage: DamageNote
    /// The text is kept, so that nothing else can come to its place.
    private var known: [Place: (text: String, prepared: Prepared)] = [:]
    /// Texts that were put together for one run have a place of their own each time.
    private static let most = 512

    init(_ damage: DamageNote) { self.damage = damage }

    /// - Parameter keeps: false for a text that is unlikely to be run again: it is not kept prepared.
    func prepared(_ db: Database, _ sql: String, keeps: Bool = true, from source: StaticString) throws -> Prepared {
        #if DEBUG
            StatementRecorder.record(sql, source)
        #endif
        let place = BlockStatements.place(of: sql)
        if keeps, let place, let found = known[place], found.text == sql { return found.prepared }
        let statement = try PreparedStatement(db, sql, keeps: keeps)
        let prepared = (statement, statement.columns(damage))
        if keeps, let place {
            if known.count >= BlockStatements.most { known.removeAll() }
            known[place] = (sql, prepared)
        }
        return prepared
    }

    func forgetAll() { known.removeAll() }

    /// Nil for a short text: it is stored where the variable is, not in a place of its own.
    private static func place(of sql: String) -> Place? {
        guard sql.utf8.count > 15 else { return nil }
        return sql.utf8.withContiguousStorageIfAvailable { bytes in
            Place(address: Int(bitPattern: bytes.baseAddress), count: bytes.count)
        }
    }
}
