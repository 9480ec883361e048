import Kit
import Policies
import Rules
import TestSupport
import Testing

@testable import Engine
@testable import Review
@testable import Store

@Suite("Dates of members in a store")
struct DatesOfMembersTests {
    private static let rules = """
          - {id: r, status: live, owner: crm, purpose: service, when: {date: {of: member.attr.due, days_before: 2}}, do: [{add_tag: x}]}
        """

    private func world() throws -> World {
        try World(
            settings: "version: 1\nservice_owners: [crm]\nblast_guard: off", rules: DatesOfMembersTests.rules,
            members: "  nobody: {status: closed}",
            more: [
                "fields.yaml":
                    "version: 1\nfields: [{id: member.attr.due, type: date, description: x, can_be_missing: true}]"
            ])
    }

    @Test("an attribute is found however it was stored, as conditions read it")
    func stored() throws {
        let world = try world()
        let store = try world.store()
        try store.writer.write { db in
            let values: [(String, String, String?)] = [
                ("a", "2026-03-10", "date"), ("b", "2026-03-10", nil), ("c", "2026/3/10", nil),
                ("d", "2026-03-10", "text"), ("e", "2026-03-11", "date"), ("f", "soon", nil), ("g", "38", "number"),
            ]
            for (member, value, type) in values {
                try db.run("INSERT INTO members (id, status) VALUES (?, 'active')", [member])
                try db.run(
                    "INSERT INTO member_attributes (member, name, value, type) VALUES (?, 'due', ?, ?)",
                    [member, value, type])
            }
        }
        let prepared = try store.goLive(
            world.planned(), files: "{}", hash: "h", at: try world.instant("2026-03-08 09:00"))
        let lines = try store.tick(prepared, at: try world.instant("2026-03-08 10:00")).lines
        #expect(lines.map(\.member) == ["a", "b", "c", "d"])
        #expect(Set(lines.map(\.occasion)) == ["date:member.attr.due:2026-03-10"])
    }

    @Test("each question about an attribute is a search of the index")
    func indexed() throws {
        let store = try world().store()
        try store.writer.read { db in
            for test in [
                "a.type = 'date' AND a.value = '2026-03-10'", "a.type IS NULL", "a.type < 'date'", "a.type > 'date'",
            ] {
                let plan = try db.all(
                    """
                    EXPLAIN QUERY PLAN SELECT a.member FROM member_attributes a JOIN members m ON m.id = a.member
                    WHERE a.name = 'due' AND \(test)
                    """
                ).map { try $0["detail"] as String }
                #expect(
                    plan.contains {
                        $0.contains("SEARCH a USING COVERING INDEX member_attributes_value (name=? AND type")
                    },
                    "\(plan)")
            }
        }
    }
}
