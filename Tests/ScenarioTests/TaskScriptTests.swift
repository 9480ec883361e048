@testable import Review
import Foundation
import Policies
import Rules
import Store
import TestSupport
import Testing

@testable import Engine

/// What a colleague is to say, with the member's own values in it.
@Suite("The script of a task")
struct TaskScriptTests {
    private func tasks(_ action: String, member: String = "display_name: 林小姐") throws -> [TaskListing] {
        let world = try World(
            rules: """
                  - id: call
                    status: live
                    owner: crm-team
                    purpose: marketing
                    when: {event: {name: store.visited}}
                    do: [{give_coupon: {template: C30, save_as: gift}}, {create_task: {assign_to: member.advisor, or_else: store_manager, title: 回访, \(action)}}]
                """,
            members: """
                  lin: {\(member), events: [{id: e1, name: store.visited, at: "2026-03-02 12:00"}]}
                """)
        let store = try world.store()
        let prepared = try PreparedRules(world.planned(), rulesVersion: 0, in: store)
        let (from, until) = (try world.instant("2026-03-01"), try world.instant("2026-03-04"))
        _ = try Simulation(store: store, prepared: prepared, from: from, until: until).run()
        return try store.tasks(all: true)
    }

    @Test(
        "says what `fill` names, else the default of the template",
        arguments: [
            ("script: hello, fill: {name: member.display_name}", "display_name: 林小姐", "【星河百货】林小姐 拒收请回复R"),
            ("script: hello, fill: {name: gift.template}", "display_name: 林小姐", "【星河百货】C30 拒收请回复R"),
            ("script: hello, fill: {name: member.display_name}", "tier: gold", "【星河百货】您好 拒收请回复R"),
            ("script: hello", "display_name: 林小姐", "【星河百货】您好 拒收请回复R"),
            (
                "script: hello, fill: {name: member.display_name}", "display_name: 林小姐, personalisation: generic",
                "【星河百货】您好 拒收请回复R"
            ),
        ])
    func text(_ action: String, _ member: String, _ text: String) throws {
        #expect(try tasks(action, member: member).map(\.text) == [text])
    }

    @Test("is left out where a value is missing, and the call is owed all the same")
    func missing() throws {
        let tasks = try tasks("script: strict")
        #expect(tasks.map(\.title) == ["回访"] && tasks.map(\.text) == [nil])
        #expect(try self.tasks("due_in: 3d").map(\.text) == [nil])
    }

    @Test("stands below its task in the list and in a dry-run")
    func listed() throws {
        let shop = try Scratch()
        #expect(try shop.run("nudged init .").status == 0)
        let run = try shop.run(
            "nudged dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-21 --only vip-inactive-90d --member chen"
        )
        #expect(
            run.printed[0].hasPrefix("2026-03-21 10:00  vip-inactive-90d  chen  task_created, script task_vip_winback"))
        #expect(run.printed[1].hasPrefix("    请回访 陈"), "\(run.printed)")
        let members = "id,display_name,tier\\nchen,陈女士,gold\\n"
        let orders = "id,member_id,paid_at,total\\no1,chen,2024-01-05 10:00,6000\\n"
        #expect(try shop.run("printf '\(members)' > m.csv; printf '\(orders)' > o.csv").status == 0)
        for command in [
            "import members m.csv", "import orders o.csv", "tick --at '2024-03-21 09:00'",
            "tick --at '2024-04-04 10:01'",
        ] {
            let printed = try shop.run("nudged \(command) --store sqlite:shop.db")
            #expect(printed.status == 0, "\(command): \(printed.printed)")
        }
        let list = try shop.run("nudged tasks --store sqlite:shop.db").printed
        #expect(list.count == 2 && list[0].contains("回访高价值会员  vip-inactive-90d  chen"), "\(list)")
        #expect(list.last?.hasPrefix("    请回访 陈女士：") == true, "\(list)")
        let json = try shop.run("nudged tasks --json --store sqlite:shop.db").printed
        #expect(json.count == 1 && json[0].contains(#""text":"请回访 陈女士："#))
    }
}
