import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Store

/// A derived field is SQL of the shop's own. Where it fails on one member's row, that member's occurrence alone is
/// `failed`; where it cannot be run at all, its rule alone stops, and loses nothing.
@Suite("A faulty rule and a bad row")
struct FaultyRuleTests {
    /// Fails on every city that is not JSON.
    private static let score = "json_extract(m.city, '$.score')"
    private static let broken = "json_extract('{', '$')"

    private static func fields(_ sql: String) -> [String: String] {
        [
            "fields.yaml":
                "version: 1\nfields: [{id: member.score, type: number, description: 分, can_be_missing: true, sql: {sqlite: \"\(sql)\", postgresql: \"0\"}}]"
        ]
    }

    private static let members = [
        "m1": "'{\"score\": 9}'", "m2": "北京", "m3": "'{\"score\": 8}'", "m4": "'{\"score\": 1}'",
    ]
    .sorted { $0.key < $1.key }.map { id, city in
        """
          \(id): {city: \(city), birthday: "1990-03-10", registered_at: "2025-01-01 09:00", orders: [{id: o-\(id), paid_at: "2025-11-27 09:00", total: 5}],
            carts: [{id: c-\(id), updated_at: "2026-03-06 10:00", total: 9, state: open}],
            points: [{id: p-\(id), points: 5, expires_at: "2026-03-08"}],
            coupons: [{id: k-\(id), template: C30, face_value: 30, expires_at: "2026-03-08", state: unused}]}
        """
    }.joined(separator: "\n")

    private static func rule(_ id: String, _ when: String, _ more: String = "") -> String {
        """
          - {id: \(id), name: 分, status: live, owner: crm, purpose: service, when: {\(when)},
             if: {member.score: {at_least: 5}}\(more), do: [{add_tag: \(id)}]}

        """
    }

    private static let sound = """
          - {id: sound, name: 好, status: live, owner: crm, purpose: service, when: {schedule: {every: day, at: "10:00"}}, do: [{add_tag: sound}]}

        """

    /// Each kind of trigger, with whom it decides at 2026-03-07 10:00.
    struct Kind: CustomTestStringConvertible, Sendable {
        var when: String
        var more = ""
        var occasion: String
        var testDescription: String { when + more }
    }

    static let kinds = [
        Kind(when: "birthday: {days_before: 3, at: \"10:00\"}", occasion: "birthday:solar:2026"),
        Kind(when: "schedule: {every: day, at: \"10:00\"}", occasion: "schedule:2026-03-07"),
        Kind(
            when: "schedule: {every: day, at: \"10:00\"}", more: ", audience: {pick: {random: 20}}",
            occasion: "schedule:2026-03-07"),
        Kind(when: "cart_idle: {for: 24h}", occasion: "cart:c-m2@2026-03-06T02:00:00Z"),
        Kind(when: "points_expire: {days_before: 1, at: \"10:00\"}", occasion: "points:2026-03-08"),
        Kind(when: "coupon_expires: {days_before: 1, at: \"10:00\"}", occasion: "coupon:k-m2"),
        Kind(
            when: "coupon_expires: {days_before: 1, at: \"10:00\"}",
            more: ", combine: {into: one_per_member, save_as: gifts}", occasion: "coupons:2026-03-08"),
        Kind(
            when: "inactive: {for: 90d, at: \"10:00\"}", more: ", existing_members: all",
            occasion: "inactive@2025-11-27T01:00:00Z"),
    ]

    private static let settings = "version: 1\nservice_owners: [crm]"

    @Test("One bad row fails alone, and the others of its rule and the other rules are decided", arguments: kinds)
    func oneRow(kind: Kind) throws {
        let world = try World(
            settings: FaultyRuleTests.settings,
            rules: FaultyRuleTests.rule("scored", kind.when, kind.more) + FaultyRuleTests.sound,
            members: FaultyRuleTests.members, more: FaultyRuleTests.fields(FaultyRuleTests.score))
        let store = try world.store()
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-07 08:00"))
        let report = try store.tick(prepared, at: try world.instant("2026-03-07 10:00"))
        #expect(report.rules.allSatisfy { $0.fault == nil })
        let lines = report.lines
        let failed = lines.filter { $0.outcome == .failed }
        #expect(failed.map { "\($0.rule) \($0.member) \($0.occasion)" } == ["scored m2 \(kind.occasion)"])
        #expect(failed.first?.because?.json(in: .utc).rendered == #"{"field":"member.score"}"#)
        #expect(Set(lines.filter { $0.rule == "scored" && $0.outcome == .done }.map(\.member)) == ["m1", "m3"])
        #expect(lines.filter { $0.rule == "sound" }.count == 4)
        // It is decided: nobody looks at it again.
        #expect(try store.tick(prepared, at: try world.instant("2026-03-07 11:00")).lines.isEmpty)
        let dry = try world.dryRun(at: "2026-03-07 08:00", until: "2026-03-07 12:00")
        #expect(dry.sorted() == lines.map(World.short).sorted())
    }

    @Test("A rule that cannot be run stops alone, on every tick and when it goes live", arguments: kinds)
    func oneRule(kind: Kind) throws {
        let rules = FaultyRuleTests.rule("scored", kind.when, kind.more) + FaultyRuleTests.sound
        let world = try World(
            settings: FaultyRuleTests.settings, rules: rules, members: FaultyRuleTests.members,
            more: FaultyRuleTests.fields(FaultyRuleTests.broken))
        let store = try world.store()
        let live = try world.instant("2026-03-07 08:00")
        var prepared = try store.goLive(world.planned(), files: "{}", hash: "broken", at: live)
        for time in ["2026-03-07 09:00", "2026-03-07 10:00", "2026-03-07 10:01"] {
            let report = try store.tick(prepared, at: try world.instant(time))
            #expect(report.rules.first { $0.rule == "scored" }?.fault?.contains("JSON") == true)
            #expect(report.lines.allSatisfy { $0.rule == "sound" })
            #expect(report.lines.count == (time.hasSuffix("10:00") ? 4 : 0))
        }
        // Mended, it looks back over what it missed, and those past the limit are taken in.
        let mended = try World(
            settings: FaultyRuleTests.settings, rules: rules, members: FaultyRuleTests.members,
            more: FaultyRuleTests.fields("5"))
        prepared = try store.goLive(
            mended.planned(), files: "{}", hash: "mended", at: try world.instant("2026-03-07 10:30"))
        var lines: [Decision] = []
        for time in ["2026-03-07 10:31", "2026-03-08 10:00"] {
            lines += try store.tick(prepared, at: try world.instant(time)).lines.filter { $0.rule == "scored" }
        }
        let first = lines.filter { $0.occasion == kind.occasion || !$0.occasion.hasPrefix("schedule") }
        #expect(Set(first.filter { $0.outcome == .done }.map(\.member)) == ["m1", "m2", "m3", "m4"])
    }

    @Test("What comes late while a rule is faulty is decided when it runs again")
    func lateRows() throws {
        let rules =
            FaultyRuleTests.rule("scored", "event: {name: store.visited, after: 1h}") + FaultyRuleTests.sound
        func world(_ sql: String) throws -> World {
            try World(
                settings: FaultyRuleTests.settings, rules: rules, members: FaultyRuleTests.members,
                more: FaultyRuleTests.fields(sql))
        }
        let (broken, mended) = (try world(FaultyRuleTests.broken), try world("5"))
        let store = try broken.store()
        var prepared = try store.goLive(
            broken.planned(), files: "{}", hash: "broken", at: try broken.instant("2026-03-07 08:00"))
        _ = try store.tick(prepared, at: try broken.instant("2026-03-07 12:00"))
        // It happened at nine, and is told at noon.
        try store.writer.write { db in
            var rows = RowWriter(db, origin: .world(now: try broken.instant("2026-03-07 12:00")))
            let visit = EventRow(
                id: "late", memberID: "m1", name: "store.visited", at: try broken.instant("2026-03-07 09:00"))
            _ = try rows.write(event: visit, source: "pos")
        }
        for time in ["2026-03-07 12:01", "2026-03-07 12:02", "2026-03-07 12:03"] {
            _ = try store.tick(prepared, at: try broken.instant(time))
        }
        prepared = try store.goLive(
            mended.planned(), files: "{}", hash: "mended", at: try broken.instant("2026-03-07 12:30"))
        let lines = try store.tick(prepared, at: try broken.instant("2026-03-07 12:31")).lines
        #expect(lines.map(World.short) == ["2026-03-07 12:31 scored m1 done"])
    }

    @Test("An action that the database refuses takes back its own occurrence and stops its own rule")
    func action() throws {
        let world = try World(
            settings: FaultyRuleTests.settings,
            rules: """
                  - {id: gift, name: 券, status: live, owner: crm, purpose: service, priority: 5, when: {schedule: {every: day, at: "10:00"}},
                     do: [{add_tag: asked}, {give_coupon: {template: C30, valid_until: {days_after_send: 3}, save_as: gift}}]}

                """ + FaultyRuleTests.sound, members: FaultyRuleTests.members)
        let store = try world.store()
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-07 08:00"))
        try store.writer.write {
            try $0.script(
                """
                CREATE TRIGGER no_coupon BEFORE INSERT ON coupons BEGIN SELECT RAISE(ABORT, 'no coupon for 13800000001'); END
                """)
        }
        let report = try store.tick(prepared, at: try world.instant("2026-03-07 10:00"))
        #expect(report.rules.first { $0.rule == "gift" }?.fault == "no coupon for ****")
        #expect(report.lines.map(\.rule) == ["sound", "sound", "sound", "sound"])
        let (tags, decisions) = try store.writer.read { db in
            (
                try (db.value("SELECT COUNT(*) FROM member_tags WHERE tag = 'asked'") as Int?),
                try (db.value("SELECT COUNT(*) FROM decisions WHERE rule = 'gift'") as Int?)
            )
        }
        #expect(tags == 0 && decisions == 0)
        // Once the database takes it, everybody gets it, once.
        try store.writer.write { try $0.script("DROP TRIGGER no_coupon") }
        let after = try store.tick(prepared, at: try world.instant("2026-03-07 10:01"))
        #expect(after.lines.filter { $0.rule == "gift" && $0.outcome == .done }.count == 4)
    }

    @Test("A fault in a later slice takes back that slice; what was on disk before stays, and each line is told once")
    func laterSlice() throws {
        let world = try World(
            settings: FaultyRuleTests.settings,
            rules: """
                  - {id: gift, name: 券, status: live, owner: crm, purpose: service, priority: 5, when: {schedule: {every: day, at: "10:00"}},
                     do: [{give_coupon: {template: C30, valid_until: {days_after_send: 3}, save_as: gift}}]}

                """ + FaultyRuleTests.sound, members: FaultyRuleTests.members)
        let store = try world.store()
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-07 08:00"))
        try store.writer.write {
            try $0.script(
                """
                CREATE TRIGGER no_coupon BEFORE INSERT ON coupons WHEN (SELECT COUNT(*) FROM coupons WHERE rule = 'gift') = 2
                BEGIN SELECT RAISE(ABORT, 'the third is refused'); END
                """)
        }
        var told: [String] = []
        let report = try store.tick(
            prepared, at: try world.instant("2026-03-07 10:00"), slices: TickSlices(items: 1),
            lines: { told += $0.map { "\($0.rule) \($0.member)" } })
        #expect(report.rules.first { $0.rule == "gift" }?.fault == "the third is refused")
        #expect(told.count { $0.hasPrefix("gift ") } == 2 && told.count { $0.hasPrefix("sound ") } == 4)
        #expect(Set(told).count == told.count)
        #expect(report.rules.map(\.due).sorted() == [2, 4])
        try store.writer.write { try $0.script("DROP TRIGGER no_coupon") }
        let after = try store.tick(prepared, at: try world.instant("2026-03-07 10:01"))
        #expect(after.lines.filter { $0.rule == "gift" && $0.outcome == .done }.count == 2)
    }

    @Test("A statement that fails is told apart from a machine that fails")
    func kindsOfErrors() {
        let text: [ResultCode] = [.SQLITE_ERROR, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_CONSTRAINT]
        let machine: [ResultCode] = [
            .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_BUSY, .SQLITE_CORRUPT, .SQLITE_NOMEM, .SQLITE_READONLY, .SQLITE_NOTADB,
        ]
        for code in text { #expect(StatementFault.reason(SQLFault(code)) != nil, "\(code)") }
        for code in machine { #expect(StatementFault.reason(SQLFault(code)) == nil, "\(code)") }
        let told = StatementFault.reason(
            SQLFault(.SQLITE_ERROR, message: "bad path: 'a@b.cn' 13800000001"))
        #expect(told == "bad path: **** ****")
    }
}
