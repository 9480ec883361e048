import Foundation
import Testing

/// Versions beside each other: what a program says of itself, and of stores that it is too old for.
@Suite("Upgrade and downgrade", .serialized)
struct UpgradeTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        #expect(try scratch.run("nudged init .").status == 0)
        try scratch.write("id,phone,status\nm1,13800000001,active\n", to: "members.csv")
        #expect(try scratch.run("nudged import members members.csv").status == 0)
    }

    private func sql(_ statement: String) throws {
        let code =
            "import sqlite3; d = sqlite3.connect('nudged.db'); d.execute(\"\(statement)\"); d.commit(); d.close()"
        try scratch.write(code, to: "sql.py")
        let run = try scratch.run("python3 sql.py")
        #expect(run.status == 0, "\(run)")
    }

    @Test("--version names the program, the schema of its store and the libraries")
    func version() throws {
        let run = try scratch.run("nudged --version")
        #expect(run.status == 0 && run.printed.count == 4)
        #expect(run.printed[0].firstMatch(of: /^nudged \d+\.\d+\.\d+( \([0-9A-Za-z-]+\))?$/) != nil, "\(run.printed)")
        let schema = try #require(run.printed[1].split(separator: " ").last)
        #expect(try scratch.run("nudged status --json").printed[0].contains("\"schema\":\"\(schema)\""))
        #expect(run.printed[2].hasPrefix("SQLite 3.") && run.printed[3].hasPrefix("libcurl "))
    }

    @Test(
        "a store of a newer version is refused with words, and stays as it was",
        arguments: [
            "run", "tick --at $(date -u +%FT%TZ)", "import members members.csv", "status", "verify", "backup b.db",
            "audit", "report", "deliveries list", "deliveries retry --rule x --yes", "tasks list",
            "hold --all --reason x",
            "release --all", "members show m1", "members erase m1 --reason x --yes", "members merge m1 m2 --yes",
            "consents grant m1 --channel sms --proof x",
            "quarantine list",
            "alerts list", "channels list", "plan", "dry-run --store sqlite:nudged.db --at 2026-03-07",
            "explain --rule birthday-gift --member m1 --at 2026-03-07",
            "ingest - < /dev/null", "check --config nudged.yaml",
        ])
    func downgrade(command: String) throws {
        try sql("INSERT INTO grdb_migrations VALUES ('v99-later')")
        let run = try scratch.run("nudged \(command)")
        let said = run.printed.joined(separator: "\n")
        #expect([2, 78].contains(run.status) || command.hasPrefix("check") && run.status == 1, "\(run)")
        #expect(
            said.contains("the store was written by a newer nudged; run that version, or restore a backup"), "\(run)")
        #expect(try scratch.files().filter { $0.contains(".schema-") || $0 == "b.db" } == [])
        try sql("DELETE FROM grdb_migrations WHERE identifier = 'v99-later'")
        #expect(try scratch.run("nudged members show m1").status == 0)
    }

    @Test("a command that is the first of a new version says what it did, and the way back is the copy")
    func upgrade() throws {
        // As it was before the last step.
        try sql("DROP TABLE alerts")
        try sql("DROP TABLE rule_faults")
        try sql("DROP INDEX deliveries_dead")
        try sql("DELETE FROM grdb_migrations WHERE identifier = 'v20-operations-2'")
        #expect(try scratch.run("nudged status").status == 2)
        let run = try scratch.run("nudged import members members.csv --lang zh-CN")
        #expect(run.status == 0 && run.printed.contains { $0.hasPrefix("升级前的数据库留有副本：") }, "\(run)")
        #expect(run.printed.contains { $0.hasPrefix("数据库已从 ") && $0.contains(" 升级到 ") }, "\(run)")
        let copies = try scratch.files().filter { $0.hasPrefix("nudged.db.schema-") }
        #expect(copies.count == 1)
        #expect(try scratch.run("nudged audit --action upgrade").printed.count == 1)
        // The same command again says nothing, and neither does one with the flag.
        #expect(try scratch.run("nudged import members members.csv --no-copy").printed.count == 1)
        #expect(try scratch.files().filter { $0.hasPrefix("nudged.db.schema-") } == copies)
    }
}
