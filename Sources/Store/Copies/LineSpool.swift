import Policies

/// Sorts the printed lines of decisions into the order of semantics §7; a million lines are sorted on disk.
package final class LineSpool {
    private let queue: Connections
    package private(set) var count = 0
    /// Lines that are not stored yet: together they cost one turn at the database.
    private var fresh: [(line: Decision, text: String)] = []
    private static let together = 500

    package init() throws {
        queue = try ScratchDatabase.workspace()
        try queue.writeWithoutTransaction { db in
            try db.script(
                """
                CREATE TABLE lines (n INTEGER PRIMARY KEY, at INTEGER, rule TEXT, member TEXT, occasion TEXT,
                  is_end INTEGER, text TEXT)
                """)
        }
    }

    deinit { try? queue.close() }

    /// - Parameter text: the line as it is printed.
    package func add(_ line: Decision, _ text: String) throws {
        count += 1
        fresh.append((line, text))
        if fresh.count == LineSpool.together { try store() }
    }

    private func store() throws {
        try queue.writeWithoutTransaction { db in
            for (line, text) in fresh {
                try db.run(
                    "INSERT INTO lines VALUES (NULL, ?, ?, ?, ?, ?, ?)",
                    [
                        line.at.micros, line.rule, line.member, line.occasion, line.outcome == .waiting ? 0 : 1, text,
                    ])
            }
        }
        fresh.removeAll(keepingCapacity: true)
    }

    /// Gives the lines in order: equal ones as they came, a wait before its outcome in the same instant.
    package func each(_ take: (String) throws -> Void) throws {
        try store()
        try queue.writeWithoutTransaction { db in
            let texts = try db.cursor("SELECT text FROM lines ORDER BY at, rule, member, occasion, is_end, n")
            while let row = try texts.next() { try take(row[0]) }
        }
    }
}
