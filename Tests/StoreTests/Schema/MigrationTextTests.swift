import Policies
import Testing

@testable import Store

/// The text of the schema is history: what stores have been through is not written anew.
@Suite("Text of the migrations")
struct MigrationTextTests {
    @Test("no migration that stores have been through was edited")
    func frozen() {
        let pinned = [
            "v1": "6159e2c35a931a93f90e9d404cca8136e8015243304bd63b9bf953f0f3fd042a",
            "v2-rule-sets": "ad1545dfdf7814550a0f1241583b5442016780d715b952ec091789912926dce9",
            "v3-traces": "b5c4dc30a659ad3233c0bc5a027a786322cef81ba585e70c4871ced7d280ef0a",
            "v2-order-lines": "8d26c51b9e4629ad069c0aacfe006bbe379d27ede096f4e1ac84cb62f324ad0c",
            "v2-event-ids": "d5f277203b04d17cd6744bc364322cd1102ed4230720fd621f1468130a30833f",
            "v2-handover-limits": "5d369e14ecd672570e07b3be22e4203337d6ef704b3281e42dfb82b28c71bec4",
            "v4-strict": "65dc6a9df812250399619a91fa25e3d590efc9157d2ab1208c2bf9994a697bf6",
            "v5-attribute-types": "2dd963bd2b320e1213604d9bffdf90d15d37304e0785c0af7373673e536eb187",
            "v6-outbox": "e4adbb007dc7c329b21182edf3f15e609f176f100200768ebe8ec0d287c4b927",
            "v6-addresses": "4a1ac66a5c06824cc60fda97e0405704a4d0b2af3b86f2d9c92fdc96e5362e0d",
            "v6-enrolments": "b3b9954f84cded64bf063276346c66396bbd684fe46a38c18247f47e5065a982",
            "v7-cap-segments": "7c55e647fbc349998667948a01d94ca3a71cd128f1642377852f68b255bc6db9",
            "v8-leases": "742b3546209bd116951e556c447ed9cb49b4b580a32968bda0715904ea452e0a",
            "v9-receipts": "ab0755119c42ea3fee9d9fc84f190f52ddcad144cc6b220218a613cb20612ffd",
            "v10-queries": "26ee3bb52ba264f2f9444deccf2024b7084b47f1d95103798f89fcc49594d81b",
            "v11-credits": "8f91e044afc367e025a00e1fdcdc0eed888e933caee37e7c71b918422a5953d8",
            "v12-links": "95d26e668fa2ed5e0255d037cdbf00ecadadcf5a7d7b4b8cdb385ad6e2f8b31d",
            "v13-spending": "e7ea7a5728d568fdeb77a5a8e607b9fbc232be8f8dae88140258cb1d053b206e",
            "v14-channel-states": "7f32608b12a2b52882c7c2143d09f1fcb63f44593c96148f0e2356eb6b8f6741",
            "v15-ledger": "6d806274d28acf01792b700ffa1c1eb219c5ac1864dd848134b12ad5a8ee1334",
            "v16-operations": "08b86e59cdd5559b1a67e3bc5822465d29c3fba8ff978e38da2d360d08afd5f8",
            "v17-attribute-values": "9062ba04bdbc1975b8ef2d367995bfae472b0cb75528d10bb39523a1080f7efc",
            "v15-own-messages": "1d176b29f08154ca3f66ade70ccb54d1b40c12e8e01ba66439050e966bfe6e7c",
            "v17-sources": "c2c6048dd88b296070ee380327834e310f6a1973ed9724975f47f52a09d266db",
            "v18-api-keys": "0567fc1013934514d4fff19c6d57fc240793347868763a97acc4689a64676f50",
            "v20-operations-2": "13a0d62a9a7ed1f508ceac2f5724597568235ec388d2e1b83082a78f10e0868c",
            "v21-consent-proofs": "3eaf62dd1824963d2a19b964c1530c052c17cbc27ace0173a1fccfd85b486961",
            "v22-merges": "9758926ae98c958373b8ee93190b34b4112600347e0092191019f28d3dd2bba5",
            "v23-birthday-seq": "7177f807247643d0a5f99304242da27969a8805e6cddc80f3d63009beaf53a86",
        ]
        for migration in Migrations.all {
            let now = Chance.fingerprint(migration.statements.joined(separator: ";\n"))
            if let hash = pinned[migration.name] {
                #expect(now == hash, "\(migration.name) is frozen: write a further migration")
            } else {
                Issue.record("pin the new migration: \(migration.name) is \(now)")
            }
        }
        #expect(Set(Migrations.all.map(\.name)) == Set(pinned.keys) && Migrations.all.count == pinned.count)
    }

    @Test("every table is STRICT, and keys of tables WITHOUT ROWID are their first columns in the order of the key")
    func strictAndInOrder() throws {
        try MemberStore.inMemory().writer.read { db in
            let tables = try db.all(
                """
                SELECT name, wr, strict FROM pragma_table_list
                WHERE schema = 'main' AND type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'grdb_*'
                """)
            #expect(tables.count >= 37)
            for table in tables {
                let name: String = try table["name"]
                #expect(try table["strict"] == 1, "\(name)")
                guard try table["wr"] == 1 else { continue }
                let places = try db.columns(in: name).map { $0.placeInKey }
                let size = places.count { $0 > 0 }
                #expect(Array(places.prefix(size)) == Array(1...size), "\(name)")
            }
        }
    }

    @Test("a store brought up from version 1 has the schema of a new one, and keeps its numbers, rows and references")
    func sameSchema() throws {
        func schema(_ queue: Connections) throws -> [String] {
            try queue.read { db in
                try
                    (db.values(
                        "SELECT type || ' ' || name || ' ' || ifnull(sql, tbl_name) FROM sqlite_schema ORDER BY 1")
                    as [String])
            }
        }
        let (old, new) = (try StrictStore.atVersionOne(), try Connections.one(nil))
        let before = try old.read { db in try (db.values(StrictStore.summary) as [String]) }
        try Migrations.migrate(old)
        try Migrations.migrate(new)
        #expect(try schema(old) == schema(new))
        try old.read { db in
            let after: [String] = try db.values(StrictStore.summary)
            #expect(after == before)
            let check: [String] = try db.values("PRAGMA quick_check")
            #expect(check == ["ok"])
            let orphans = try db.all("PRAGMA foreign_key_check")
            #expect(orphans.isEmpty)
        }
        try old.write { db in
            try db.run("INSERT INTO events (member, name, at, source) VALUES ('m', 'n', 1, 's')")
            #expect(db.lastRow == 42, "a number that was given is not given again")
        }
    }

    @Test("a store with a cell of another type is refused with table and key, and stays as it was")
    func misplaced() throws {
        let cells: [(damage: String, says: String)] = [
            ("UPDATE orders SET total = 'much' WHERE id = 'o2'", "`total` of member m2, id o2 in the table `orders`"),
            ("UPDATE orders SET total = 1.5 WHERE id = 'o1'", "`total` of member m1, id o1 in the table `orders`"),
            ("UPDATE members SET city = x'00' WHERE id = 'm1'", "the cell `city` of id m1 in the table `members`"),
            ("INSERT INTO members (id, city) VALUES ('13800000001', x'00')", "the cell `city` of id 138****0001"),
            ("UPDATE events SET at = 'soon'", "the cell `at` of seq 41 in the table `events`"),
        ]
        for cell in cells {
            let old = try StrictStore.atVersionOne()
            try old.write { try $0.run(cell.damage) }
            let text = "SELECT sql FROM sqlite_schema WHERE name = 'orders'"
            let before = try old.read { db in try (db.values(text) as [String]) }
            do {
                try Migrations.migrate(old)
                Issue.record("not refused: \(cell.damage)")
            } catch {
                #expect("\(error)".contains(cell.says), "\(cell.damage): \(error)")
            }
            let after = try old.read { db in try (db.values(text) as [String]) }
            #expect(after == before)
        }
    }
}

/// A store of version 1 with a few rows.
enum StrictStore {
    static let summary = """
        SELECT 'm' || id FROM members UNION ALL SELECT 'o' || member || id || total FROM orders
        UNION ALL SELECT 'p' || member || rule || occasion FROM picks UNION ALL SELECT 'e' || seq || name FROM events
        UNION ALL SELECT 't' || delivery || to_state FROM transitions ORDER BY 1
        """

    static func atVersionOne() throws -> Connections {
        let queue = try Connections.one(nil)
        try Migrations.migrate(queue, upTo: "v1")
        try queue.write { db in
            try db.script(
                """
                INSERT INTO rule_sets VALUES (1, 'h', 0, '{}');
                INSERT INTO members (id) VALUES ('m1'), ('m2');
                INSERT INTO orders (member, id, paid_at, total) VALUES ('m1', 'o1', 1, 100), ('m2', 'o2', 2, 200);
                INSERT INTO picks (rule, occasion, member)
                  VALUES ('draw', 'a', ''), ('draw', 'a', 'm2'), ('draw', 'a', 'm1');
                INSERT INTO events (seq, member, name, at, source) VALUES (41, 'm1', 'order.paid', 1, 'shop');
                INSERT INTO deliveries (member, rule, occasion, channel, template, purpose, state, created_at, not_before,
                  send_by, start) VALUES ('m1', 'r', 'o', 'sms', 't', 'service', 'pending', 1, 1, 1, 1);
                INSERT INTO transitions VALUES (1, 1, NULL, 'pending', 'decision');
                """)
        }
        return queue
    }
}
