/// A row, independent of its statement. Reads throw a `DamagedCell` instead of ending the process: a store is a file,
/// and a file can be damaged.
package struct SQLRow: Sendable {
    /// The names of a statement's columns and the note of damage, in one object for all of its rows.
    final class Columns: Sendable {
        let names: [String]
        let damage: DamageNote
        init(_ names: [String], _ damage: DamageNote) { (self.names, self.damage) = (names, damage) }
    }

    let columns: Columns
    package let values: [SQLValue]

    package var names: [String] { columns.names }

    package subscript<Value: SQLReadable>(_ index: Int) -> Value {
        get throws {
            let cell = values[index]
            guard let value = Value.read(cell), !cell.isTooFar || !Value.isCounted else {
                throw columns.damage.note(DamagedCell(column: columns.names[index]))
            }
            return value
        }
    }

    /// The column must be one of the statement's.
    package subscript<Value: SQLReadable>(_ name: String) -> Value {
        get throws {
            // Most names differ in length, which is seen at once.
            let length = name.utf8.count
            guard let index = columns.names.firstIndex(where: { $0.utf8.count == length && $0 == name }) else {
                preconditionFailure("the statement has no column `\(name)`")
            }
            return try self[index]
        }
    }
}
