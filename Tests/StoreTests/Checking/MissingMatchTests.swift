import Rules
import Testing

@testable import Store

/// R211: a negated test also holds where there is no value, and only the store knows for how many.
@Suite("Tests that missing values pass")
struct MissingMatchTests {
    private static let shop = """
        bare: {}, lin: {region: east, city: 上海, attr: {shoe: 38}}, zhao: {region: overseas, city: 北京},
        feng: {city: 上海}, gone: {status: closed}
        """
    private static let fields = "fields: [{id: member.attr.shoe, type: number, description: 鞋码}]"
    private static let segments = "segments: [{id: home, name: 国内, if: {member.region: {is_not: overseas}}}]"

    private func desk(_ rules: String, others: [String: String] = [:]) throws -> CheckDesk {
        try CheckDesk(
            rules, members: MissingMatchTests.shop, others: ["fields": MissingMatchTests.fields].merging(others) { $1 })
    }

    @Test("the finding is the one of qa-tools, word for word")
    func example() throws {
        let padding = String(repeating: "# \n", count: 9)
        let rules = padding + CheckDesk.rule("if:\n      member.region: {none_of: [overseas]}")
        let desk = try CheckDesk(rules)
        try desk.store.writer.write { db in
            try db.script(
                """
                DELETE FROM members;
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 228900)
                INSERT INTO members (id, region) SELECT 'm' || i, CASE WHEN i > 41207 THEN 'east' END FROM n
                """)
        }
        let findings = try desk.findings()
        let sources = Dictionary(desk.files.map { ($0.path, $0.source) }, uniquingKeysWith: { a, _ in a })
        #expect(
            FindingsText.render(findings, sources: sources) == """
                warning[R211]: `none_of` also matches the 41,207 members whose region is empty
                  --> rules/rules.yaml:19:23
                   |
                19 |       member.region: {none_of: [overseas]}
                   |                       ^^^^^^^^^^^^^^^^^^^
                   = note: 18% of the members in the store have no region (counted 2026-03-01 08:00)
                   = help: to leave them out, add  member.region: {is_set: true, none_of: [overseas]}
                   = help: to keep them and silence this, add  # nudged: allow R211 missing regions are domestic

                """)
        #expect(
            FindingsText.render(findings, sources: sources, language: .chinese) == """
                警告[R211]: `none_of` 也会选中 41,207 位地区为空的会员
                  --> rules/rules.yaml:19:23
                   |
                19 |       member.region: {none_of: [overseas]}
                   |                       ^^^^^^^^^^^^^^^^^^^
                   = 说明: 会员库中 18%的会员没有地区（2026-03-01 08:00 统计）
                   = 建议: 如要排除他们，请写  member.region: {is_set: true, none_of: [overseas]}
                   = 建议: 如要保留他们并不再提示，请加上  # nudged: allow R211 missing regions are domestic

                """)
        #expect(findings.map(\.rule) == ["r"])
        #expect(findings.map(\.path) == [["rules", "0", "if", "member.region"]])
    }

    private static let noRegion = "also matches the 2 members whose region is empty"

    @Test(
        "what its writer did not think of is said",
        arguments: [
            ("if: {member.region: {is_not: overseas}}", "R211 9:26 `is_not` \(noRegion)"),
            ("if: {any: [{member.region: {none_of: [a]}}, {member.city: 上海}]}", "R211 9:33 `none_of` \(noRegion)"),
            ("if: {none: [{member.region: overseas}]}", "R211 9:33 `none` \(noRegion)"),
            ("if: {none: [{member.region: {is_set: true, any_of: [a]}}]}", "R211 9:33 `none` \(noRegion)"),
            ("if: {none: [{none: [{member.region: {is_not: a}}]}]}", "R211 9:42 `is_not` \(noRegion)"),
            ("if:\n      member.region:\n        is_not: overseas", "R211 11:9 `is_not` \(noRegion)"),
            ("if: {member.city: {is_not: 上海}}", "R211 9:24 `is_not` also matches the one member whose city is empty"),
            (
                "if: {member.attr.shoe: {is_not: 38}}",
                "R211 9:29 `is_not` also matches the 3 members whose `member.attr.shoe` is empty"
            ),
            (
                "if: {member.average_order_value: {is_not: 5}}",
                "R211 9:39 `is_not` also matches the 4 members whose `member.average_order_value` is empty"
            ),
            (
                "do: [{choose: [{if: {member.region: {none_of: [a]}}, do: [{add_tag: x}]}]}]",
                "R211 9:42 `none_of` \(noRegion)"
            ),
        ])
    func said(_ lines: String, _ finding: String) throws {
        #expect(try desk(CheckDesk.rule(lines)).lines() == [finding])
    }

    @Test(
        "what speaks of missing values, or cannot meet one, is not",
        arguments: [
            "if: {member.region: {is_set: true, none_of: [overseas]}}", "if: {member.region: {is_set: false}}",
            "if: {member.region: east}", "if: {none: [{member.region: {is_set: false}}]}",
            "if: {member.region: {is_set: true}, none: [{member.region: overseas}]}",
            "if: {all: [{member.region: {is_set: true}}, {member.region: {is_not: overseas}}]}",
            "if: {member.tags: {excludes: staff}}", "if: {member.id: {is_not: lin}}",
            "if: {member.region: east}\n    do: [{choose: [{if: {member.region: {is_not: a}}, do: [{add_tag: x}]}]}]",
        ])
    func silent(_ lines: String) throws {
        #expect(try desk(CheckDesk.rule(lines)).lines() == [])
    }

    @Test("nothing is said where every member has a value, or of what is no field of the member")
    func nobody() throws {
        let all = "lin: {region: east}, gone: {status: closed}"
        #expect(try CheckDesk(CheckDesk.rule("if: {member.region: {is_not: a}}"), members: all).lines() == [])
        let order = CheckDesk.rule("if: {order.source: {is_not: pos}}", when: "{event: {name: order.paid}}")
        #expect(try CheckDesk(order, members: all).lines() == [])
    }

    @Test("a segment is looked at where it is written; a retired rule is not")
    func segments() throws {
        let retired = CheckDesk.rule("if: {member.region: {is_not: a}}", status: "retired")
        let findings = try desk(retired, others: ["segments": MissingMatchTests.segments]).findings()
        #expect(findings.map(\.code) == ["R211"])
        #expect(findings.map(\.span.file) == ["rules/segments.yaml"])
        #expect(findings.map(\.path) == [["segments", "0", "if", "member.region"]])
    }
}
