import GRDB
import Foundation

/// A pure function that statements of a connection can call.
package struct SQLFunction: Sendable {
    fileprivate let function: DatabaseFunction

    package init(
        _ name: String, _ argumentCount: Int, _ body: @escaping @Sendable ([SQLValue]) throws -> (any SQLBindable)?
    ) {
        function = DatabaseFunction(name, argumentCount: argumentCount, pure: true) { cells in
            do { return try body(cells.map(SQLValue.init))?.sql.cell } catch let fault as SQLFault {
                throw DatabaseError(resultCode: ResultCode(rawValue: fault.code), message: fault.message)
            }
        }
    }
}

extension Session {
    package func add(_ function: SQLFunction) { db.add(function: function.function) }
}

extension SQLValue {
    fileprivate init(_ cell: DatabaseValue) {
        self =
            switch cell.storage {
            case .null: .null
            case .int64(let number): .int(number)
            case .double(let number): .real(number)
            case .string(let text): .text(text)
            case .blob(let bytes): .blob(bytes)
            }
    }

    fileprivate var cell: DatabaseValue {
        switch self {
        case .null: .null
        case .int(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): bytes.databaseValue
        }
    }
}
