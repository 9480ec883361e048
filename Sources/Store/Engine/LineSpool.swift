import GRDB
import Policies

/// What is printed of outcomes, put into the order of semantics §7: a million lines are sorted on disk.
package final class LineSpool {
    private let queue: DatabaseQueue
    package private(set) var count = 0

    package init() throws {
        queue = try ScratchDatabase.workspace()
        try queue.inDatabase { db in
            try db.execute(
                sql: """
                    CREATE TABLE lines (n INTEGER PRIMARY KEY, at INTEGER, rule TEXT, member TEXT, occasion TEXT,
                      is_end INTEGER, text TEXT)
                    """)
        }
    }

    deinit { try? queue.close() }

    /// - Parameter text: the line as it is printed.
    package func add(_ line: DecisionLine, _ text: String) throws {
        count += 1
        try queue.inDatabase { db in
            try db.cachedStatement(sql: "INSERT INTO lines VALUES (NULL, ?, ?, ?, ?, ?, ?)").execute(arguments: [
                line.at.micros, line.rule, line.member, line.occasion, line.outcome == .waiting ? 0 : 1, text,
            ])
        }
    }

    /// In order; equal ones as they came, a wait before what became of it in the same instant.
    package func each(_ take: (String) throws -> Void) throws {
        try queue.inDatabase { db in
            let texts = try String.fetchCursor(
                db, sql: "SELECT text FROM lines ORDER BY at, rule, member, occasion, is_end, n")
            while let text = try texts.next() { try take(text) }
        }
    }
}
