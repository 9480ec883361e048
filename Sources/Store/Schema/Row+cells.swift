import GRDB

/// GRDB's own subscripts end the process when a cell is not of the type asked for, or make a 0 of a text. Lookup in this
/// module finds these in their stead: a damaged cell is nothing, and the read or the transaction that met it fails as a
/// whole (`CellWatch`).
///
/// Disfavoured, so that modules that see both (tests) keep GRDB's.
extension Row {
    @_disfavoredOverload
    subscript<Value: DatabaseValueConvertible>(_ index: Int) -> Value {
        StoreCell.read(try? decode(DatabaseValue.self, atIndex: index)) ?? damaged(Array(columnNames)[index])
    }

    @_disfavoredOverload
    subscript<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ index: Int) -> Value {
        StoreCell.read(try? decode(DatabaseValue.self, atIndex: index)) ?? damaged(Array(columnNames)[index])
    }

    @_disfavoredOverload
    subscript<Value: DatabaseValueConvertible>(_ column: String) -> Value {
        StoreCell.read(try? decode(DatabaseValue.self, forColumn: column)) ?? damaged(column)
    }

    @_disfavoredOverload
    subscript<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ column: String) -> Value {
        StoreCell.read(try? decode(DatabaseValue.self, forColumn: column)) ?? damaged(column)
    }

    private func damaged<Value: DatabaseValueConvertible>(_ column: String) -> Value {
        CellWatch.note(DamagedCell(column: column))
        let nothings: [DatabaseValue] = [.null, 0.databaseValue, "".databaseValue]
        guard let nothing = nothings.lazy.compactMap({ Value.fromDatabaseValue($0) }).first else {
            preconditionFailure("`\(Value.self)` is read from no cell")
        }
        return nothing
    }
}

enum StoreCell {
    /// Of numbers further out, sums would overflow; no instant, amount or count that is written comes near. The year
    /// 9999 is at 2 to the power of 57.8.
    static let furthest: Int64 = 1 << 59

    /// Nil when the cell is not what it is to be read as.
    static func read<Value: DatabaseValueConvertible>(_ cell: DatabaseValue?) -> Value? {
        guard let cell else { return nil }
        if Value.self == DatabaseValue.self { return cell as? Value }
        switch cell.storage {
        case .null, .string: return Value.fromDatabaseValue(cell)
        case .int64(let number):
            // Texts may come from somebody's JSON, in which a name can be a number.
            if isText(Value.self) { return Value.fromDatabaseValue(String(number).databaseValue) }
            return number >= -furthest && number <= furthest ? Value.fromDatabaseValue(cell) : nil
        case .double(let number):
            if isText(Value.self) { return Value.fromDatabaseValue(String(number).databaseValue) }
            return isWhole(Value.self) ? nil : Value.fromDatabaseValue(cell)
        case .blob: return isText(Value.self) || isWhole(Value.self) ? nil : Value.fromDatabaseValue(cell)
        }
    }

    private static func isText(_ type: Any.Type) -> Bool { type == String.self || type == String?.self }

    private static func isWhole(_ type: Any.Type) -> Bool {
        type == Int64.self || type == Int64?.self || type == Int.self || type == Int?.self || type == Bool.self
            || type == Bool?.self
    }
}
