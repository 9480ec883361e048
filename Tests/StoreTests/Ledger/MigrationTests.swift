import Kit
import Foundation
import Policies
import Rules
import TestSupport
import Testing

@testable import Store

/// Stores of earlier versions go on in this one.
@Suite("Migrations")
struct MigrationTests {
    /// A store file as version 1 wrote it: one decision, one message held.
    private func versionOne(_ path: String) throws {
        let queue = try Connections.one(path)
        try Migrations.migrate(queue, upTo: "v1")
        try queue.write { db in
            #expect(try db.columns(in: "decisions").map(\.name).last == "rules_version")
            try db.script(
                """
                INSERT INTO rule_sets VALUES (1, 'h', 0, '{}');
                INSERT INTO members (id, phone) VALUES ('lin', '13800000001');
                INSERT INTO consents VALUES ('lin', 'sms', 'marketing', 0, 'granted', NULL, 1);
                INSERT INTO decisions VALUES ('lin', 'visit', 'event:v0', 1, 1, 'skipped', '{"choose":"none"}', NULL, NULL,
                  NULL, NULL, NULL, 0, 1);
                INSERT INTO events (member, name, at, source, event_id) VALUES ('lin', 'store.visited', 5, 'shop', 'v1');
                INSERT INTO waits VALUES ('lin', 'visit', 'event:v1', 'held', 10, 5, 5, NULL, 1, NULL, NULL, 'Asia/Shanghai');
                """)
        }
    }

    @Test("a store of version 1 keeps its decisions and its held messages, and their release has a trace")
    func fromVersionOne() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "nudged-v1-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "shop.db").path
        try versionOne(path)
        let store = try MemberStore.open(url: "sqlite:\(path)")
        let world = try World(
            settings: "version: 1\nquiet_hours: none",
            rules: """
                  - id: visit
                    status: live
                    owner: crm-team
                    purpose: marketing
                    when: {event: {name: store.visited}}
                    do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]
                """, members: "  nobody: {}")
        try store.writer.write { db in
            try db.run(
                """
                INSERT INTO live_rules (rule, since, watermark, text_hash, trigger_hash, status)
                VALUES ('visit', 0, 0, ?, 'a hash of that version', 'live')
                """, [Chance.fingerprint(world.planned().plans[0].rule.origin.text)])
        }
        let prepared = try store.goLive(world.planned(), files: "{}", hash: "h", at: Instant(micros: 20))
        #expect(try store.tick(prepared, at: Instant(micros: 20)).lines.map(\.outcome) == [.sent])
        let decisions = try store.writer.read { db in
            try
                (db.values("SELECT occasion || ' ' || outcome || ' ' || (trace IS NOT NULL) FROM decisions ORDER BY 1")
                as [String])
        }
        #expect(decisions == ["event:v0 skipped 0", "event:v1 sent 1"])
    }
}
