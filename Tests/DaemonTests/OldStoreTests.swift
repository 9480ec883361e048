@testable import Review
import Kit
import Foundation
import Policies
import Rules
import Store
import TestSupport
import Testing

@testable import Daemon

/// A small store that the first version wrote, with rows in every table, is kept as text in Tests/Stores: whatever comes
/// later goes on with it.
@Suite struct OldStoreTests {
    private let scratch: Scratch
    private let path: String

    init() throws {
        scratch = try Scratch()
        path = scratch.path + "/nudged.db"
        let text = try String(
            contentsOf: ShippedRules.root.appending(path: "Tests/Stores/0.1.0.sql"), encoding: .utf8)
        let queue = try Connections.one(path)
        try queue.writeWithoutTransaction { try $0.script(text) }
        // The mark that lay beside it, as that version wrote it.
        let mark = try queue.read { db in
            try ["generation", "epoch", "seq"].map { key in
                try (db.value("SELECT value FROM meta WHERE key = ?", [key]) as Int64?) ?? 0
            }
        }
        try queue.close()
        let line = mark.map { String(repeating: "0", count: 19 - String($0).count) + String($0) }
        try scratch.write(line.joined(separator: " ") + "\n", to: "nudged.db.mark")
    }

    /// The rows of all tables that the old store has; what counts or marks a start is not compared.
    private func rows(_ db: Session) throws -> [String: [[String: SQLValue]]] {
        let tables: [String] = try db.values(
            """
            SELECT name FROM sqlite_schema WHERE (type = 'table' OR name = 'v_deliveries') AND name NOT GLOB 'sqlite_*'
              AND name NOT IN ('grdb_migrations', 'meta') ORDER BY name
            """)
        return try tables.reduce(into: [:]) { rows, table in
            rows[table] = try db.all("SELECT * FROM \(table)").map { row in
                Dictionary(uniqueKeysWithValues: zip(row.names, row.values))
            }
        }
    }

    @Test("has a row in each of its tables, and loses none of them by being brought up")
    func rowsStay() throws {
        let queue = try Connections.one(path)
        let before = try queue.read(rows)
        try queue.close()
        #expect(before.count == 36 && before.values.allSatisfy { !$0.isEmpty })
        let store = try MemberStore.open(url: "sqlite:\(path)")
        let after = try store.writer.read(rows)
        // Kept by another measure now (`reach`).
        for (table, kept) in before where table != "daily_reach" {
            // Columns may have been added since; deliveries have some of theirs from the decision now.
            let columns = Set(kept[0].keys)
            let rows = after[table == "deliveries" ? "v_deliveries" : table] ?? []
            let now = Set(rows.map { row in row.filter { columns.contains($0.key) } })
            // Messages of ours are their decisions now.
            let own = table == "events" ? kept.filter(isOwnMessage) : []
            #expect(now == Set(kept).subtracting(own), "\(table)")
        }
        let messages = try store.writer.read { try $0.all("SELECT member, name, at, source FROM own_messages") }
        let kept = (before["events"] ?? []).filter(isOwnMessage)
        #expect(
            !kept.isEmpty
                && Set(messages.map(\.values))
                    == Set(
                        kept.map { row in
                            ["member", "name", "at", "source"].map { row[$0] ?? .null }
                        })
        )
    }

    @Test("a copy of it as it was lies beside it, and the mark is what it was")
    func copied() throws {
        let queue = try Connections.one(path)
        let before = try queue.read(rows)
        try queue.close()
        let mark = try String(contentsOfFile: path + ".mark", encoding: .utf8)
        let store = try MemberStore.open(url: "sqlite:\(path)")
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        let copy = try #require(names.first { $0.hasPrefix("nudged.db.schema-v2-handover-limits.") })
        let kept = try Connections.one(scratch.path + "/" + copy, isReadOnly: true).read(rows)
        #expect(kept == before)
        #expect(try String(contentsOfFile: path + ".mark", encoding: .utf8) == mark)
        let generation = try store.writer.read { db in
            try db.value("SELECT value FROM meta WHERE key = 'generation'") as Int64?
        }
        #expect(generation.map { mark.contains(String($0)) } == true)
    }

    private func isOwnMessage(_ row: [String: SQLValue]) -> Bool {
        row["name"] == .text("message.sent") && row["source"] == .text("nudged")
    }

    @Test("keeps its promises, and who was held or due in it is answered as the version of then would have")
    func answers() throws {
        let store = try MemberStore.open(url: "sqlite:\(path)")
        let now = try #require(Instant(rfc3339: "2026-11-30T09:05:00+08:00"))
        #expect(try store.verify(Invariants(at: now, atRest: true)) == [])
        let kept = try #require(try store.rulesInForce())
        let loaded = RuleSetLoader.check(kept, channels: ChannelDeclaration.standard)
        let set = try #require(loaded.set, "\(loaded.diagnostics)")
        let live = set.rules.filter { $0.status == .live || $0.status == .shadow }
        let prepared = try store.goLive(
            PlannedSet(set, rules: live, channels: ChannelDeclaration.standard), files: loaded.filesJSON,
            hash: loaded.hash, source: kept.source, at: now)
        _ = try store.tick(prepared, at: now) { _ in }
        let decided = try store.writer.read { db in
            try
                (db.values(
                    "SELECT rule || ' ' || member || ' ' || outcome FROM decisions WHERE at = ? ORDER BY 1",
                    [now.micros]) as [String])
        }
        #expect(decided == ["cart-abandoned-24h m13 sent", "cart-abandoned-24h m19 sent", "pong m05 suppressed"])
        let waiting = try store.writer.read { try ($0.value("SELECT COUNT(*) FROM waits") as Int?) }
        #expect(waiting == 8)
        #expect(try store.verify(Invariants(at: now, atRest: true)) == [])
    }
}
