import Foundation
import TestSupport
import Testing

@testable import Store

/// The door to the database: what goes in is bound, what comes out is read with a `try`.
@Suite("The door to the database")
struct SessionTests {
    private let database: Connections

    init() throws {
        database = try Connections.one(nil) { try SQLFunctions.register(on: $0) }
        try database.write { (db: Session) throws in
            try db.script(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, score REAL, data BLOB); CREATE TABLE u (n)")
        }
    }

    // MARK: values

    @Test("a value comes back as it was given, at the ends of its type and with every sign in it")
    func roundTrip() throws {
        let texts = ["", "'", "a\u{0}b", "你好\n", "👩‍👩‍👧", String(repeating: "x", count: 70_000)]
        try database.write { (db: Session) throws in
            for text in texts {
                let (whole, back): (Int64, String) = try pair(db, "SELECT ?, ?", [Int64.max, text])
                #expect(whole == .max && back == text)
            }
            let bytes: [Data] = [Data(), Data([0, 255, 0])]
            for data in bytes { #expect(try db.value("SELECT ?", [data]) == data) }
            #expect(try db.value("SELECT ?", [Int64.min]) == Int64.min)
            #expect(try db.value("SELECT ?", [1.5]) == 1.5)
            #expect(try db.value("SELECT ?", [true]) == 1)
            #expect(try db.value("SELECT typeof(?)", [Optional<String>.none]) == "null")
            #expect(try db.value("SELECT ?", [Optional<String>.none]) as String? == nil)
        }
    }

    @Test("a table that is bound is read cell by cell, each of its own type, and a missing cell is NULL")
    func tables() throws {
        let rows: [[SQLValue]] = [
            ["你好".sql, "".sql, Int64.min.sql, 1.5.sql, Data([0, 255]).sql, Data().sql], ["a\u{0}b".sql, .null, 7.sql],
            [],
        ]
        try database.write { (db: Session) throws in
            let read = try db.all(
                "SELECT i, c0, c1, c2, c3, c4, c5 FROM {rows :t} ORDER BY i",
                SQLArguments([:], tables: ["t": SQLTable(rows)]))
            let padded = rows.map { $0 + Array(repeating: SQLValue.null, count: 6 - $0.count) }
            #expect(read.map(\.values) == padded.enumerated().map { [.int(Int64($0))] + $1 })
            let none: Int? = try db.value(
                "SELECT COUNT(*) FROM {rows :t}", SQLArguments([:], tables: ["t": SQLTable([])]))
            #expect(none == 0)
            // Joined with itself and with a real table, each with a cursor of its own.
            try db.script("INSERT INTO u VALUES ('x'), ('y'); ")
            let pairs: Int? = try db.value(
                "SELECT COUNT(*) FROM {rows :t} a JOIN {rows :t} b ON b.i >= a.i JOIN u",
                SQLArguments([:], tables: ["t": SQLTable(rows)]))
            #expect(pairs == 12)
        }
    }

    @Test("a text that is put together anew finds its own statement, whatever was at its place before")
    func places() throws {
        try database.write { (db: Session) throws in
            for number in 1000..<3000 {
                #expect(try db.value("SELECT \(number) + 0 + 0 + 0") == number)
                #expect(try db.value("SELECT 0 + 0 + 0 + 5000") == 5000)
            }
        }
    }

    private func pair<A: SQLReadable, B: SQLReadable>(
        _ db: Session, _ sql: String, _ arguments: SQLArguments
    ) throws -> (A, B) {
        let row = try #require(try db.first(sql, arguments))
        // Rows are counted with, so a number at the end of its type is asked for by itself.
        return (try #require(A.read(row.values[0])), try row[1])
    }

    @Test("parameters have their values by order, by number and by name; one without a value is an error")
    func parameters() throws {
        try database.read { (db: Session) throws in
            #expect(try db.value("SELECT ? || ?", ["a", "b"]) == "ab")
            #expect(try db.value("SELECT ?2 || ?1 || ?2", ["a", "b"]) == "bab")
            #expect(try db.value("SELECT :x || :y || :x", ["x": "a", "y": "b", "unused": 1]) == "aba")
            #expect(throws: SQLFault.self) { try db.all("SELECT ?, ?", ["a"]) }
            #expect(throws: SQLFault.self) { try db.all("SELECT ?", ["a", "b"]) }
            #expect(throws: SQLFault.self) { try db.all("SELECT :x", ["y": 1]) }
            // The statement that failed can be run again, and has forgotten what it was given.
            #expect(try db.value("SELECT ? || ?", ["c", "d"]) == "cd")
        }
    }

    // MARK: reading

    @Test(
        "a cell that is not what it is read as is damaged, and the block that met it fails whoever caught that",
        arguments: ["NULL", "'x'", "1.5", "x'00'", "576460752303423489", "-9223372036854775808"])
    func damage(cell: String) throws {
        try database.write { try $0.script("INSERT INTO u VALUES (\(cell))") }
        #expect(throws: DamagedCell.self) {
            try database.write { (db: Session) throws in
                try db.run("INSERT INTO t (id) VALUES (1)")
                let row = try #require(try db.first("SELECT n FROM u"))
                let read = try? row["n"] as Int
                #expect(read == nil)
            }
        }
        #expect(try database.read { try $0.value("SELECT COUNT(*) FROM t") } == 0)
    }

    @Test("a whole number is read as a text, a text never as a number; nothing is nil")
    func readings() throws {
        try database.read { (db: Session) throws in
            let row = try #require(try db.first("SELECT 7 AS n, '7' AS t, NULL AS none, 2.0 AS d, 1 AS yes"))
            #expect(try row["n"] == "7" && row["n"] == 7 && row["yes"] == true && row["n"] == 7.0)
            #expect(try row["none"] as Int? == nil && row["d"] == 2.0)
        }
        #expect(throws: DamagedCell(column: "t")) { try database.read { try $0.first("SELECT '7' AS t")?[0] as Int? } }
    }

    // MARK: transactions

    @Test("a savepoint takes back its own writes alone; an error within it is thrown on")
    func savepoints() throws {
        struct Stop: Error {}
        try database.write { (db: Session) throws in
            try db.run("INSERT INTO u VALUES (1)")
            try db.savepoint {
                try db.run("INSERT INTO u VALUES (2)")
                return .takeBack
            }
            #expect(throws: Stop.self) {
                try db.savepoint {
                    try db.run("INSERT INTO u VALUES (3)")
                    throw Stop()
                }
            }
            try db.savepoint {
                try db.run("INSERT INTO u VALUES (4)")
                return .keep
            }
        }
        #expect(try database.read { try $0.values("SELECT n FROM u ORDER BY n") } == [1, 4])
    }

    @Test("rows come one by one, and a cursor that is left behind blocks nothing")
    func cursors() throws {
        try database.write { (db: Session) throws in
            for n in 0..<5 { #expect(try db.run("INSERT INTO u VALUES (?)", [n]) == 1) }
            let cursor = try db.cursor("SELECT n FROM u ORDER BY n")
            #expect(try cursor.next()?[0] == 0)
        }
        try database.write { (db: Session) throws in
            #expect(try db.run("DELETE FROM u WHERE n > 1") == 3)
            var seen: [Int] = []
            try db.each("SELECT n FROM u ORDER BY n") { seen.append(try $0["n"]) }
            #expect(seen == [0, 1])
        }
    }

    // MARK: errors

    @Test("an error says what the database says, and neither the statement nor a value")
    func faults() throws {
        let fault = #expect(throws: SQLFault.self) {
            try database.write { try $0.run("INSERT INTO t (id, name) VALUES (1, ?), (1, ?)", ["13800000001", "x"]) }
        }
        #expect(fault?.kind == .text && fault?.message == "UNIQUE constraint failed: t.id")
        #expect(throws: SQLFault.self) { try database.read { try $0.all("SELECT secret FROM nowhere") } }
        let written = #expect(throws: SQLFault.self) { try database.read { try $0.run("DELETE FROM t") } }
        #expect(written?.isReadOnly == true)
    }
}
