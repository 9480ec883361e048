import Kit
import Foundation
import Rules
import TestSupport
import Testing

@testable import Store

/// What else a store shows of a rule set.
@Suite("A store asked about rules")
struct StoreSurveyTests {
    // MARK: derived fields

    private func fault(_ sql: String) throws -> [String] {
        let desk = try CheckDesk(
            CheckDesk.rule("if: {member.x: {at_least: 1}}"),
            others: ["fields": "fields: [{id: member.x, type: number, description: x, sql: {sqlite: \"\(sql)\"}}]"])
        return try desk.lines()
    }

    @Test(
        "SQL that cannot be run is an error at its place, in the database's own words",
        arguments: [
            ("m.nickname", "no such column: m.nickname"),
            ("no_such_function(m.id)", "no such function: no_such_function"),
            ("(SELECT 1, 2)", "sub-select returns 2 columns - expected 1"),
            ("(SELECT COUNT(*) FROM visits v WHERE v.member = m.id)", "no such table: visits"),
        ])
    func broken(_ sql: String, _ words: String) throws {
        #expect(try fault(sql) == ["R237 3:69 the SQL of `member.x` cannot be run: `\(words)`"])
    }

    @Test(
        "SQL that is no expression, or wants values that nobody gives, cannot be run",
        arguments: ["1); DELETE FROM members; --", "m.tier = :tier", "(SELECT 1"])
    func malformed(_ sql: String) throws {
        #expect(try fault(sql).map { $0.prefix(9) } == ["R237 3:69"])
    }

    @Test(
        "SQL that goes through a whole table for each member is a warning",
        arguments: [
            ("(SELECT COUNT(*) FROM orders)", "`orders`"),
            ("(SELECT COUNT(*) FROM orders AS x WHERE x.store_id = m.store_id)", "`orders`"),
            (
                "(SELECT COUNT(*) FROM coupons k JOIN carts c ON c.total = k.face_value WHERE k.rule = m.tier)",
                "`carts` and `coupons`"
            ),
        ])
    func scans(_ sql: String, _ tables: String) throws {
        let sentence = "its SQL goes through all of \(tables) for each member"
        #expect(try fault(sql) == ["R235 3:69 no index can serve a rule that reads `member.x`: \(sentence)"])
    }

    @Test(
        "SQL that an index serves, or that reads only what does not grow, is not",
        arguments: [
            "(SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at > :now - 1)", "m.birthday_year",
            "(SELECT s.manager FROM stores s WHERE s.name = m.city)",
            "(SELECT COUNT(*) FROM json_each('[1, 2]'))",
        ])
    func served(_ sql: String) throws { #expect(try fault(sql) == []) }

    @Test("SQL that fails on a row is an error once its values are counted")
    func failingRow() throws {
        let desk = try CheckDesk(
            CheckDesk.rule("if: {member.x: {is_not: a}}"), members: "lin: {city: 上海}",
            others: [
                "fields": "fields: [{id: member.x, type: text, description: x, sql: {sqlite: \"m.city ->> 'a'\"}}]"
            ])
        #expect(try desk.lines() == ["R237 3:67 the SQL of `member.x` cannot be run: `malformed JSON`"])
    }

    // MARK: pools

    private func pool(free: Int, given: Int, status: String = "live") throws -> [Diagnostic] {
        let desk = try CheckDesk(CheckDesk.rule("do: [{give_coupon: {template: BDAY-30OFF}}]", status: status))
        try desk.stock(free)
        try desk.store.writer.write { db in
            for number in 0..<given {
                try db.run(
                    """
                    INSERT INTO events (member, name, at, source, ref, data)
                    VALUES ('lin', 'coupon.given', ?, 'nudged', ?, '{"template":"BDAY-30OFF"}')
                    """, [desk.now.micros - 86_400_000_000, "k\(number)"])
            }
        }
        return try desk.findings()
    }

    @Test(
        "a pool that would not last another week, or is nearly gone, is a warning where it is given from",
        arguments: [
            (0, 0, "has no code left"), (9, 0, "is nearly empty: 9 codes are left"),
            (1, 3, "is nearly empty: one code is left"),
            (19, 20, "is nearly empty: 19 codes are left"),
        ])
    func emptyPool(_ free: Int, _ given: Int, _ words: String) throws {
        let finding = try #require(try pool(free: free, given: given).first)
        #expect(
            finding.short
                == "rules/rules.yaml:9:35: warning[R220] the pool of the coupon template `BDAY-30OFF` \(words)")
    }

    @Test("a pool with enough in it is not, nor is that of a rule that gives nothing yet")
    func fullPool() throws {
        #expect(try pool(free: 10, given: 0).isEmpty)
        #expect(try pool(free: 20, given: 20).isEmpty)
        #expect(try pool(free: 0, given: 0, status: "draft").isEmpty)
        #expect(try CheckDesk(CheckDesk.rule("do: [{give_coupon: {template: EVERGREEN}}]")).findings().isEmpty)
    }

    @Test("a coupon template that is over is said where it is given")
    func endedTemplate() throws {
        let desk = try CheckDesk(CheckDesk.rule("do: [{give_coupon: {template: SPRING}}]"))
        let finding = try #require(try desk.findings().first)
        #expect(
            finding.short
                == "rules/rules.yaml:9:35: warning[R220] the coupon template `SPRING` ended on 2026-02-28")
        #expect(finding.help == ["give another one, or move its `valid_until`"])
    }

    // MARK: names

    @Test("the coupon that was meant is named with what is left of it")
    func coupon() throws {
        let desk = try CheckDesk(CheckDesk.rule("do: [{give_coupon: {template: BDAY-30OF}}]"))
        try desk.stock(8400)
        let finding = try #require(try desk.findings().first)
        #expect(finding.message == "the coupon template `BDAY-30OF` does not exist")
        #expect(finding.help == ["did you mean `BDAY-30OFF`? (8,400 left, valid until 2026-12-31)"])
    }

    @Test("tiers are those of the settings, else those that members have")
    func tiers() throws {
        let members = "a: {tier: silver}, b: {tier: gold}, c: {tier: gold}"
        let typo = CheckDesk.rule("if: {member.teir: gold}")
        #expect(
            try CheckDesk(typo, members: members).findings().first?.help
                == ["did you mean `member.tier`? (text; gold, silver)"])
        let settings = ["settings": "tiers: [{id: basic, name: 普卡}, {id: gold, name: 金卡}]"]
        #expect(
            try CheckDesk(typo, members: members, others: settings).findings().first?.help
                == ["did you mean `member.tier`? (text; basic, gold)"])
        let comma = try CheckDesk(
            CheckDesk.rule("if: {member.tier: [金卡，银卡]}"), members: members, others: settings)
        #expect(
            try comma.findings().first?.notes == ["the tiers on file are basic, gold; `金卡` is the display name of gold"]
        )
    }

    @Test(
        "a name that nobody in the store has is a warning with the nearest that somebody has",
        arguments: [
            ("if: {member.tags: {includes: vip-glod}}", "no member in the store has the tag `vip-glod`", "vip-gold"),
            (
                "if: {none: [{member.tags: {includes_any: [vip-gold, VVIP]}}]}",
                "no member in the store has the tag `VVIP`", nil
            ),
            ("if: {any: [{member.city: [上海, 上海市区]}]}", "no member in the store has the city `上海市区`", nil),
            ("if: {member.attr.size: 36}", "no member in the store has `36` in `member.attr.size`", nil),
            (
                "when: {event: {name: shop.visited, after: 1d}}\n    unless: [shop.visit]",
                "no event in the store has the name `shop.visit`", "shop.visited"
            ),
            (
                "if: {all: [{history: [{event: shop.visti, times: 1}]}]}",
                "no event in the store has the name `shop.visti`", "shop.visited"
            ),
            (
                "when: {anniversary: {of: weding}}", "no member in the store has a date with the name `weding`",
                "wedding"
            ),
        ] as [(String, String, String?)])
    func unknownNames(_ lines: String, _ message: String, _ nearest: String?) throws {
        let member = """
            lin: {city: 上海, tags: [vip-gold], attr: {size: "37"}, dates: [{name: wedding, date: "2020-05-01"}],
              events: [{name: shop.visited, at: "2026-01-01 10:00"}]}
            """
        let fields = ["fields": "fields: [{id: member.attr.size, type: text, description: 码, can_be_missing: true}]"]
        let rule =
            lines.hasPrefix("when: ")
            ? CheckDesk.rule("note: x", when: String(lines.dropFirst(6))) : CheckDesk.rule(lines)
        let findings = try CheckDesk(rule, members: member, others: fields).findings()
        #expect(findings.map(\.message) == [message], "\(findings.map(\.short))")
        #expect(findings.first?.code == "R253" && findings.first?.rule == "r" && findings.first?.path.first == "rules")
        let help = nearest.map { "did you mean `\($0)`?" }
        #expect(
            findings.first?.help == [help ?? "if it is to come, this is right; otherwise write it as the data has it"])
        // A store without any such data says nothing: it is still to come.
        #expect(try CheckDesk(rule, others: fields).findings().isEmpty)
    }

    // MARK: existing members

    @Test("who is past the limit already is counted: active, and within `if` and `audience`")
    func pastLimit() throws {
        func member(_ id: String, _ last: String, _ more: String = "") -> String {
            "\(id): {\(more)orders: [{id: o-\(id), paid_at: \"\(last)\", total: 10}]}"
        }
        let members = [
            member("long", "2025-01-01", "region: east, "), member("abroad", "2025-01-01", "region: west, "),
            // Ninety days before eight o'clock on 1 March is eight o'clock on 1 December.
            member("edge", "2025-12-01 07:59:59", "region: east, "),
            member("after", "2025-12-01 08:00", "region: east, "),
            member("gone", "2025-01-01", "region: east, status: closed, "), "never: {region: east}",
        ].joined(separator: ", ")
        let rule = CheckDesk.rule(
            "audience: {not_in: [abroad]}\n    if: {member.lifetime_spend: {at_least: 10}}",
            when: "{inactive: {for: 90d}}")
        let segments = ["segments": "segments: [{id: abroad, name: 外地, if: {member.region: west}}]"]
        let finding = try #require(try CheckDesk(rule, members: members, others: segments).findings().first)
        #expect(finding.code == "R260")
        #expect(
            finding.notes
                == ["2 members who meet the conditions are past the limit already (counted 2026-03-01 08:00)"])
    }

    @Test("with a clock time the limit is that of the first strike after it")
    func pastStrike() throws {
        let rule = CheckDesk.rule("note: x", when: "{inactive: {for: 90d, at: \"07:00\"}}")
        let members = """
            due: {orders: [{id: a, paid_at: "2025-12-01 07:00", total: 1}]},
            late: {orders: [{id: b, paid_at: "2025-12-01 07:30", total: 1}]}
            """
        let finding = try #require(try CheckDesk(rule, members: members).findings().first)
        #expect(
            finding.notes == [
                "one member who meets the conditions is past the limit already (counted 2026-03-01 08:00)"
            ])
    }

    // MARK: the connection

    @Test("a store that its daemon is writing to is read as it was, and cannot be written")
    func readOnly() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "nudged-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = "sqlite:\(folder.path)/nudged.db"
        #expect(throws: MemberStore.OpenError.self) { try MemberStore.reading(url) }
        let live = try MemberStore.open(url: url)
        try live.writer.write { try $0.run("INSERT INTO members (id, tier) VALUES ('lin', 'gold')") }
        try live.writer.writeWithoutTransaction { db in
            try db.script("BEGIN IMMEDIATE; INSERT INTO members (id, tier) VALUES ('zhao', 'silver')")
            let asked = try MemberStore.reading(url)
            #expect(try StoreSurvey(asked, at: Instant(seconds: 0)).onFile().tiers == ["gold"])
            #expect(throws: SQLFault.self) {
                try asked.writer.write { try $0.run("DELETE FROM members") }
            }
            try db.script("COMMIT")
        }
        try Data("no database".utf8).write(to: folder.appending(path: "text.db"))
        #expect(throws: MemberStore.OpenError.self) {
            try MemberStore.reading("sqlite:\(folder.path)/text.db").requireCurrentSchema()
        }
    }

    @Test("the shipped rules have nothing to say about the shipped members")
    func shipped() throws {
        let files = try ShippedRules.files(
            ["settings", "lifecycle", "templates", "coupons", "segments"].map { "rules/\($0).yaml" })
        let set = try ShippedRules.ruleSet()
        let store = try MemberStore.inMemory(try ShippedRules.fixtures(), settings: set.settings, custom: set.fields)
        let names = UsedNames(set, files: files)
        let answers = try StoreSurvey(store, at: Instant(seconds: 1_772_323_200))
            .answers(to: StoreQuestions(set, names: names, counting: true), of: set)
        #expect(StoreFindings(set, names: names, answers, files: files).all.isEmpty)
        #expect(answers.faults.isEmpty && answers.pools.isEmpty)
    }
}

extension CheckDesk {
    /// Free codes of the pool.
    fileprivate func stock(_ count: Int) throws {
        try store.writer.write { db in
            try db.run(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
                INSERT INTO coupon_codes (template, code) SELECT 'BDAY-30OFF', i FROM n WHERE :count > 0
                """, ["count": count])
        }
    }
}
