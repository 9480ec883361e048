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
                INSERT INTO events (member, name, at, source, event_id) VALUES ('lin', 'store.visited', 5, 'import', 'v1');
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

    @Test("what names the event of a message names its decision, whose data say the same; a delivery has a decision")
    func ownMessages() throws {
        let queue = try Connections.one(nil)
        try Migrations.migrate(queue, upTo: "v14-channel-states")
        try queue.write { db in
            try db.script(
                """
                INSERT INTO members (id) VALUES ('lin');
                INSERT INTO decisions (member, rule, occasion, due, at, outcome, channel, template, rules_version, trace)
                  VALUES ('lin', 'visit', 'event:v', 5, 5, 'sent', 'sms', 'hello', 1, NULL),
                  ('lin', 'follow', 'message:visit:event:v', 6, 6, 'sent', 'sms', 'hello', 1, 1),
                  ('lin', 'later', 'x', 6, 6, 'skipped', NULL, NULL, 1, NULL);
                INSERT INTO events (seq, member, name, at, source, data) VALUES
                  (7, 'lin', 'message.sent', 5, 'nudged', '{"rule":"visit","occasion":"event:v","purpose":"service"}'),
                  (8, 'lin', 'message.sent', 6, 'nudged', '{"rule":"follow","occasion":"message:visit:event:v","chain":"visit"}'),
                  (9, 'lin', 'message.sent', 6, 'shop', '{"rule":"visit","occasion":"event:v"}');
                INSERT INTO traces (id, at, read) VALUES (1, 6, '{"v":[],"e":7,"z":"Asia/Tokyo"}'), (2, 6, '{"e":9}');
                INSERT INTO waits VALUES ('lin', 'third', 'message:follow:x', 'held', 10, 5, 6, NULL, 8, NULL, NULL,
                  'Asia/Shanghai', NULL);
                INSERT INTO deliveries (id, member, rule, occasion, step, channel, template, purpose, state, created_at,
                  not_before, send_by, start, event) VALUES
                  (3, 'lin', 'visit', 'event:v', 1, 'sms', 'hello', 'service', 'rejected', 5, 5, 9, 5, NULL),
                  (4, 'lin', 'visit', 'event:v', 2, 'sms', 'hello', 'service', 'accepted', 5, 5, 9, 5, NULL),
                  (6, 'lin', 'follow', 'message:visit:event:v', 1, 'sms', 'hello', 'marketing', 'pending', 6, 6, 9, 6, 7),
                  (7, 'lin', 'lost', 'o', 1, 'sms', 'hello', 'marketing', 'pending', 6, 6, 9, 6, 9);
                INSERT INTO attempts (delivery, n, reference, epoch, intent_seq, intent_at) VALUES (4, 1, 'r', 1, 1, 5);
                INSERT INTO address_sends VALUES (x'01', 'sms', 6, 8, 'lin');
                """)
        }
        try Migrations.migrate(queue)
        func texts(_ sql: String) throws -> [String] { try queue.read { try $0.values(sql) as [String] } }
        #expect(
            try texts("SELECT id || ' ' || rule FROM decisions ORDER BY id") == [
                "1 follow", "2 later", "3 lost", "4 visit",
            ])
        #expect(
            try texts(
                "SELECT id || ' ' || decision || ' ' || step || ' ' || member || ' ' || COALESCE(event, '') FROM v_deliveries"
            )
                == ["3 4 1 lin ", "4 4 2 lin ", "6 1 1 lin -4", "7 3 1 lin 9"])
        #expect(try texts("SELECT seq || ' ' || source FROM events") == ["9 shop"])
        #expect(
            try texts("SELECT seq || ' ' || at || data FROM own_messages ORDER BY at, seq DESC") == [
                #"-4 5{"rule":"visit","occasion":"event:v","channel":"sms","template":"hello","purpose":"service","chain":null}"#,
                #"-1 6{"rule":"follow","occasion":"message:visit:event:v","channel":"sms","template":"hello","purpose":"marketing","chain":"visit"}"#,
                #"-3 6{"rule":"lost","occasion":"o","channel":"sms","template":"hello","purpose":"marketing","chain":null}"#,
            ])
        #expect(try texts("SELECT decision || '' FROM sends ORDER BY at, decision") == ["4", "1", "3"])
        #expect(
            try texts("SELECT event || '' FROM waits UNION ALL SELECT event || '' FROM address_sends") == ["-1", "-1"])
        #expect(
            try texts("SELECT read FROM traces ORDER BY id") == [
                #"{"v":[],"e":-4,"z":"Asia/Tokyo"}"#, #"{"e":9}"#,
            ])
        #expect(try queue.read { try $0.all("PRAGMA foreign_key_check").isEmpty })
        // Numbers of deliveries go on where they were.
        try queue.write { db in
            #expect(throws: SQLFault.self) { try db.run("DELETE FROM decisions WHERE rule = 'visit'") }
            try db.run(
                """
                INSERT INTO deliveries (decision, step, rule, channel, template, purpose, state, created_at, not_before,
                  send_by, start) VALUES (4, 3, 'visit', 'sms', 't', 'service', 'pending', 0, 0, 0, 0)
                """)
            #expect(db.lastRow == 8)
        }
    }
}
