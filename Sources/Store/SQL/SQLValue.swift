import Foundation

/// The value of a cell or of a parameter.
package enum SQLValue: Sendable, Hashable, CustomStringConvertible {
    case null
    case int(Int64)
    case real(Double)
    case text(String)
    case blob(Data)

    package var isNull: Bool { self == .null }

    package var description: String {
        switch self {
        case .null: "NULL"
        case .int(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): String(reflecting: text)
        case .blob(let bytes): "\(bytes.count) bytes"
        }
    }

    /// Sums of numbers further out could overflow; no instant, amount or count that is written comes near. The year
    /// 9999 is at 2 to the power of 57.8.
    package static let furthest: Int64 = 1 << 59
    var isTooFar: Bool {
        if case .int(let number) = self { number.magnitude > SQLValue.furthest.magnitude } else { false }
    }
}

/// A type whose values can be given to a statement.
package protocol SQLBindable {
    var sql: SQLValue { get }
}

/// A type that a cell can be read as.
package protocol SQLReadable {
    /// Nil when the cell is not of this type.
    static func read(_ cell: SQLValue) -> Self?
    /// Whether the type is used for arithmetic, so that no number may be further out than `SQLValue.furthest`.
    static var isCounted: Bool { get }
}

extension SQLValue: SQLBindable, SQLReadable {
    package var sql: SQLValue { self }
    package static func read(_ cell: SQLValue) -> SQLValue? { cell }
    package static var isCounted: Bool { false }
}

extension Int64: SQLBindable, SQLReadable {
    package var sql: SQLValue { .int(self) }
    package static func read(_ cell: SQLValue) -> Int64? {
        guard case .int(let number) = cell else { return nil }
        return number
    }
}

extension Int: SQLBindable, SQLReadable {
    package var sql: SQLValue { .int(Int64(self)) }
    package static func read(_ cell: SQLValue) -> Int? { Int64.read(cell).map { Int($0) } }
}

extension Bool: SQLBindable, SQLReadable {
    package var sql: SQLValue { .int(self ? 1 : 0) }
    package static func read(_ cell: SQLValue) -> Bool? { Int64.read(cell).map { $0 != 0 } }
}

extension Double: SQLBindable, SQLReadable {
    package var sql: SQLValue { .real(self) }
    package static func read(_ cell: SQLValue) -> Double? {
        switch cell {
        case .real(let number): number
        case .int: Int64.read(cell).map { Double($0) }
        default: nil
        }
    }
}

extension String: SQLBindable, SQLReadable {
    package var sql: SQLValue { .text(self) }
    package static var isCounted: Bool { false }
    /// Texts may come from somebody's JSON, in which a name can be a number.
    package static func read(_ cell: SQLValue) -> String? {
        switch cell {
        case .text(let text): text
        case .int(let number): String(number)
        case .real(let number): String(number)
        case .null, .blob: nil
        }
    }
}

extension Data: SQLBindable, SQLReadable {
    package var sql: SQLValue { .blob(self) }
    package static func read(_ cell: SQLValue) -> Data? {
        switch cell {
        case .blob(let bytes): bytes
        case .text(let text): Data(text.utf8)
        default: nil
        }
    }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    package var sql: SQLValue { self?.sql ?? .null }
}

extension SQLReadable {
    package static var isCounted: Bool { true }
}

extension Optional: SQLReadable where Wrapped: SQLReadable {
    package static var isCounted: Bool { Wrapped.isCounted }
    package static func read(_ cell: SQLValue) -> Wrapped?? {
        guard !cell.isNull else { return .some(nil) }
        return Wrapped.read(cell).map { .some($0) }
    }
}

/// The values for a statement, in the order of its question marks or by the names of its parameters, without the colon.
/// Names that the statement does not use are allowed; a parameter without a value is an error.
package struct SQLArguments: Sendable {
    package private(set) var positional: [SQLValue] = []
    package private(set) var named: [String: SQLValue] = [:]
    /// Parameters that are tables, also by name.
    package private(set) var tables: [String: SQLTable] = [:]

    package init(_ positional: some Swift.Sequence<SQLValue>) { self.positional = Array(positional) }
    package init(_ named: [String: SQLValue], tables: [String: SQLTable] = [:]) {
        self.named = named
        self.tables = tables
    }
}

extension SQLArguments: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// By index: a closure over the elements would copy each of them once more, and every statement passes here.
    package init(arrayLiteral values: (any SQLBindable)?...) {
        positional.reserveCapacity(values.count)
        for index in values.indices { positional.append(values[index]?.sql ?? .null) }
    }

    package init(dictionaryLiteral values: (String, (any SQLBindable)?)...) {
        for (name, value) in values { named[name] = value?.sql ?? .null }
    }
}

extension SQLArguments {
    package static func + (arguments: SQLArguments, more: SQLArguments) -> SQLArguments {
        var both = arguments
        both += more
        return both
    }

    /// Appends the positional values of `more` and merges its named values, which win.
    package static func += (arguments: inout SQLArguments, more: SQLArguments) {
        arguments.positional += more.positional
        arguments.named.merge(more.named) { $1 }
        arguments.tables.merge(more.tables) { $1 }
    }
}
