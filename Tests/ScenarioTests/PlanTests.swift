import Foundation
import Testing

/// `nudged plan` and `nudged apply` on a shop of 400 invented members, through the built program.
@Suite("Plan and apply")
struct PlanTests {
    static let at = "2026-06-15 08:00"
    private let scratch: Scratch

    /// Invented once; each test works on a copy.
    private static let shop: Result<Scratch, any Error> = Result { try Scratch.shop() }

    init() throws {
        scratch = try Scratch()
        _ = try scratch.run("cp -r '\(try PlanTests.shop.get().directory.path)/.' .")
    }

    static func rules(spend: Int = 5000, quiet: Int = 90, withWelcome: Bool = true) -> String {
        """
        version: 1
        rules:
          - id: good-customers
            status: live
            owner: crm
            purpose: service
            when: {schedule: {every: week, on: monday, at: "10:00"}}
            if: {member.lifetime_spend: {at_least: \(spend)}, member.tier: [gold, platinum]}
            do: [{add_tag: good}]
          - id: silent
            status: live
            owner: crm
            purpose: service
            when: {inactive: {for: \(quiet)d, at: "10:00"}}
            if: {member.lifetime_spend: {at_least: \(spend)}}
            existing_members: {drip: 20, every: 1d}
            do: [{create_task: {assign_to: member.advisor, or_else: desk, title: call, script: task_call}}]
        """
            + (withWelcome
                ? """

                  - id: welcome
                    status: live
                    owner: crm
                    purpose: marketing
                    when: {event: {name: order.paid, after: 5d}}
                    do: [{send: {try: [{sms: {template: sms_hello}}], fill: {name: member.display_name}}}]
                """ : "")
    }

    private func write(_ path: String, _ text: String) throws { try scratch.write(path, text) }

    private func nudged(_ arguments: String) throws -> Scratch.Run { try scratch.run("nudged \(arguments)") }

    private func plan(_ more: String = "") throws -> [String: Any] {
        let run = try nudged("plan --at '\(PlanTests.at)' --format json \(more)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(run.printed.joined().utf8)) as? [String: Any],
            "\(run.printed)")
    }

    private func change(_ rule: String, in plan: [String: Any]) throws -> [String: Any] {
        try #require((plan["changes"] as? [[String: Any]])?.first { $0["rule"] as? String == rule })
    }

    private struct Line: Decodable {
        var rule: String
        var member: String
        var outcome: String
    }

    private func dryRun(_ rules: String, _ window: String) throws -> [Line] {
        let run = try nudged("dry-run \(rules) --store sqlite:shop.db \(window) --format ndjson")
        #expect(run.status == 0)
        return try run.printed.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    @Test("a day that would cost more than the budget of its channel is named, with both amounts")
    func overBudget() throws {
        func budget(_ yuan: String) throws -> [String] {
            try write(
                "rules/settings.yaml",
                """
                version: 1
                blast_guard: off
                prices: {sms_segment: 0.045}
                budget: {sms: {per_day: \(yuan)}}
                service_owners: [crm]
                """)
            return try nudged("plan --at '\(PlanTests.at)'").printed
        }
        let over = try #require(try budget("0.05").first { $0.contains("its budget is 0.05") })
        let cost = try #require(
            over.firstMatch(of: /On 2026-0[67]-[0-9]{2} sms would cost (?:about )?([0-9]+\.[0-9]{2}) yuan/))
        #expect(try #require(Double(cost.1)) >= 0.09)
        #expect(try !budget("100000").contains { $0.contains("its budget is") })
    }

    @Test("the people of an edited threshold are those of two full dry-runs, and so are the next thirty days")
    func threshold() throws {
        _ = try scratch.run("cp -r rules old")
        try write("rules/crm.yaml", PlanTests.rules(spend: 3000))
        let plan = try plan()
        let day = "--at '\(PlanTests.at)' --until '2026-06-16 08:00' --only good-customers"
        let before = Set(try dryRun("old", day).map(\.member))
        let after = Set(try dryRun("rules", day).map(\.member))
        let people = try #require(try change("good-customers", in: plan)["people"] as? [String: Int])
        #expect(
            people == [
                "before": before.count, "after": after.count, "joined": after.subtracting(before).count,
                "left": before.subtracting(after).count,
            ])
        #expect(before.count > 20 && after.count > before.count)
        for (side, rules) in [("before", "old"), ("after", "rules")] {
            let month = try dryRun(rules, "--at '\(PlanTests.at)' --until '2026-07-15 08:00'")
            for rule in ["good-customers", "silent"] {
                let forecast = try #require(try change(rule, in: plan)["forecast"] as? [String: Any])
                let outcomes = (forecast[side] as? [String: Any])?["outcomes"] as? [String: Int]
                let expected = Dictionary(grouping: month.filter { $0.rule == rule }, by: \.outcome).mapValues(\.count)
                #expect(outcomes == expected, "\(rule) \(side)")
            }
        }
    }

    @Test("the words name what was edited, what goes, and what that means")
    func words() throws {
        try write("rules/crm.yaml", PlanTests.rules(spend: 3000, withWelcome: false))
        _ = try scratch.run("sed -i 's/来看看/欢迎再来/' rules/templates.yaml")
        let run = try nudged("plan --at '\(PlanTests.at)' --exit-code")
        #expect(run.status == 4)
        let text = run.printed.joined(separator: "\n")
        #expect(text.hasPrefix("against live rules version 1 (loaded 2026-06-15 08:00, hash "))
        #expect(text.contains("  ~ silent                                                        rules/crm.yaml:"))
        #expect(text.contains("      if member.lifetime_spend   at least 5000 → at least 3000"))
        #expect(text.contains("      first day                  20 tasks a day for "))
        #expect(text.contains("people are waiting in it: released without a message"))
        #expect(text.contains("0 to add, 2 to change, 1 to remove.   Messages per day: "))
        let chinese = try nudged("plan --at '\(PlanTests.at)' --lang zh-CN").printed.joined(separator: "\n")
        #expect(chinese.contains("      if member.lifetime_spend   至少 5000 → 至少 3000"))
        #expect(chinese.contains("新增 0 条，修改 2 条，删除 1 条。"))
    }

    @Test("a comment, a quote or another order of keys is no change")
    func layout() throws {
        let text = PlanTests.rules()
            .replacing("owner: crm\n    purpose: marketing", with: "purpose: \"marketing\"   # mail\n    owner: crm")
            .replacing("[gold, platinum]", with: "{any_of: [platinum, gold]}")
        #expect(text != PlanTests.rules())
        try write("rules/crm.yaml", text)
        let run = try nudged("plan --at '\(PlanTests.at)' --exit-code")
        #expect(run.status == 0 && run.printed.last == "no change.")
    }

    @Test("another text under an unchanged rule is told, with its version")
    func template() throws {
        _ = try scratch.run("sed -i 's/来看看/欢迎再来/' rules/templates.yaml")
        let run = try nudged("plan --at '\(PlanTests.at)'")
        #expect(
            run.printed.contains(
                "  ! welcome                   rule unchanged, but template sms_hello v1 → v2"), "\(run.printed)")
    }

    @Test("a changed trigger moves those who wait, never into the past")
    func trigger() throws {
        try write("rules/crm.yaml", PlanTests.rules().replacing("after: 5d", with: "after: 2d"))
        let waiting = try #require(
            try change("welcome", in: try plan())["waiting"] as? [String: Int])
        let recent = try scratch.run(
            """
            awk -F, 'NR > 1 && $3 > "2026-06-13T00:00:00Z"' orders.csv | wc -l; \
            awk -F, 'NR > 1 && $3 > "2026-06-10T00:00:00Z"' orders.csv | wc -l
            """
        ).printed.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        #expect(
            waiting == [
                "continuing": 0, "recomputed": recent[0], "released": recent[1] - recent[0], "paused": 0, "shadowed": 0,
            ])
        #expect(recent[0] > 0 && recent[1] > recent[0])
    }

    @Test("a saved plan is put in force exactly as it was seen, once")
    func apply() throws {
        try write("rules/crm.yaml", PlanTests.rules(spend: 3000))
        #expect(try nudged("plan --at '\(PlanTests.at)' -o plan.json").status == 0)
        try write("rules/crm.yaml", PlanTests.rules(spend: 1))
        let applied = try nudged("apply plan.json")
        #expect(applied.status == 0 && applied.printed == ["rules version 2 is in force"])
        let again = try nudged("apply plan.json")
        #expect(again.status == 0 && again.printed == ["rules version 2 is in force already"])
        let live = try nudged("plan --at '\(PlanTests.at)'").printed
        #expect(live.contains("      if member.lifetime_spend   at least 3000 → at least 1"))
    }

    @Test("a plan against rules that have moved since, or an edited one, is refused")
    func refused() throws {
        try write("rules/crm.yaml", PlanTests.rules(spend: 3000))
        _ = try nudged("plan --at '\(PlanTests.at)' -o first.json")
        _ = try scratch.run("sed 's/at_least: 3000/at_least: 1/' first.json > edited.json")
        let edited = try nudged("apply edited.json")
        #expect(edited.status == 1)
        #expect(edited.printed == ["edited.json: the rules in this plan were edited after it was made; plan again"])
        try write("rules/crm.yaml", PlanTests.rules(spend: 2000))
        _ = try nudged("plan --at '\(PlanTests.at)' -o second.json && nudged apply second.json")
        let moved = try nudged("apply first.json")
        #expect(moved.status == 1)
        #expect(
            moved.printed == [
                "refused: the plan was made against version 1, and the live rules are version 2 now; "
                    + "run `nudged plan` again"
            ])
        #expect(try nudged("apply nowhere.json").status == 2)
    }

    @Test("a running daemon takes an applied set over, and keeps it over a restart while the directory is as it was")
    func daemon() throws {
        let daemon = try DaemonProcess(scratch)
        try daemon.wait(for: "READY=1")
        _ = try scratch.run("cp -r rules mine")
        try write("mine/crm.yaml", PlanTests.rules(spend: 3000))
        #expect(try nudged("plan mine -o plan.json").status == 0)
        #expect(try nudged("apply plan.json --json").printed == [#"{"version":2,"taken":true}"#])
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        let restarted = try DaemonProcess(scratch)
        try restarted.wait(for: "READY=1")
        #expect(try nudged("plan mine").printed.last == "no change.")
        try write("rules/crm.yaml", PlanTests.rules(spend: 4000))
        restarted.signal(SIGHUP)
        try restarted.wait(for: "READY=1")
        // READY says that the set is read; the next evaluation puts it in force.
        let isTaken = try (0..<50).contains { _ in try nudged("plan rules").printed.last == "no change." }
        #expect(isTaken)
        restarted.signal(SIGTERM)
        #expect(restarted.end() == 0)
    }

    @Test("a directory that is what it was does not take an applied set back, at a reload or a tick")
    func unchangedDirectory() throws {
        _ = try scratch.run("cp -r rules mine")
        try write("mine/crm.yaml", PlanTests.rules(spend: 3000))
        #expect(try nudged("plan mine --at '\(PlanTests.at)' -o plan.json && nudged apply plan.json").status == 0)
        #expect(try nudged("tick --at '2026-06-15 08:01'").printed.first?.hasPrefix("note: the applied rules") ?? false)
        let daemon = try DaemonProcess(scratch)
        try daemon.wait(for: "READY=1")
        daemon.signal(SIGHUP)
        try daemon.wait(for: "READY=1")
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        #expect(try nudged("plan mine").printed.last == "no change.")
    }

    @Test("a pause is told as one: who waits stays, and what is on its way waits")
    func paused() throws {
        try write(
            "rules/crm.yaml",
            PlanTests.rules().replacing(
                "id: welcome\n    status: live", with: "id: welcome\n    status: paused"))
        let text = try nudged("plan --at '\(PlanTests.at)'").printed.joined(separator: "\n")
        #expect(text.contains("      status                     live → paused"), "\(text)")
        #expect(text.contains(" stay, and get nothing while it is paused"), "\(text)")
    }

    @Test("the blast guard's hold is foretold")
    func blast() throws {
        try write(
            "rules/crm.yaml",
            PlanTests.rules()
                + """

                  - id: mid-autumn
                    status: live
                    owner: brand
                    purpose: marketing
                    when: {festival: {name: mid_autumn, days_before: 2, at: "10:00"}}
                    do: [{send: {try: [{sms: {template: sms_hello}}], fill: {name: member.display_name}}}]
                """)
        let text = try nudged("plan --at '\(PlanTests.at)'").printed.joined(separator: "\n")
        #expect(text.contains("  + mid-autumn                first 2026-09-23 10:00, 3"), "\(text)")
        #expect(
            text.contains(
                "people at once, and this rule has never run before; nudged release --rule mid-autumn"), "\(text)")
    }

    @Test("of many members a fair part is run, and the numbers say so")
    func sampled() throws {
        try write("rules/crm.yaml", PlanTests.rules(spend: 3000))
        let run = try nudged("plan --at '\(PlanTests.at)' --sample 150")
        #expect(run.printed.last?.hasSuffix("of 400 members (--sample).") ?? false, "\(run.printed)")
        func tasks(_ plan: [String: Any]) throws -> Int {
            let forecast = try change("silent", in: plan)["forecast"] as? [String: Any]
            let after = forecast?["after"] as? [String: Any]
            return (after?["outcomes"] as? [String: Int])?["task_created"] ?? 0
        }
        let (whole, part) = (try tasks(plan()), try tasks(plan("--sample 150")))
        #expect(whole > 50 && abs(whole - part) < whole / 3, "\(whole) and \(part)")
    }

    @Test("rules with errors are shown, and nothing is planned")
    func errors() throws {
        _ = try scratch.run("sed -i 's/member.tier/member.teir/' rules/crm.yaml")
        let run = try nudged("plan -o plan.json")
        #expect(run.status == 1)
        #expect(run.printed.first == "error[R201]: there is no field `member.teir`")
        #expect(!FileManager.default.fileExists(atPath: scratch.directory.appending(path: "plan.json").path))
    }
}

extension Scratch {
    fileprivate func write(_ path: String, _ text: String) throws {
        let file = directory.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data((text + "\n").utf8).write(to: file)
    }

    /// A shop whose rules have been live since this instant.
    static func shop() throws -> Scratch {
        let shop = try Scratch()
        try shop.write(
            "nudged.yaml",
            """
            version: 1
            store: {url: "sqlite:shop.db"}
            rules_dir: rules
            channels: {sms: {type: log}, wecom: {type: log}}
            """)
        try shop.write(
            "rules/settings.yaml",
            """
            version: 1
            blast_guard: {usual_times: 20, share: 10%, from: 30}
            prices: {sms_segment: 0.05}
            service_owners: [crm]
            """)
        try shop.write(
            "rules/templates.yaml",
            """
            version: 1
            templates:
              - {id: sms_hello, channel: sms, text: "【店】{{ name | default: '您好' }}，来看看。拒收请回复R", values: {name: text}}
              - {id: task_call, channel: wecom, text: "请回访"}
            """)
        try shop.write("rules/crm.yaml", PlanTests.rules())
        try shop.invent(400)
        #expect(try shop.run("nudged tick --at '\(PlanTests.at)'").status == 0)
        return shop
    }

    /// The same shop every time; orders at every age up to 300 days.
    private func invent(_ count: Int) throws {
        var random: UInt64 = 7
        func draw(_ below: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((random >> 33) % UInt64(below))
        }
        var members = "id,tier,phone\n"
        var orders = "id,member_id,paid_at,total\n"
        var consents = "member_id,channel,state\n"
        let now = ISO8601DateFormatter().date(from: "2026-06-14T23:00:00Z") ?? Date()
        for number in 0..<count {
            let id = "M\(number)"
            members += "\(id),\(["silver", "gold", "platinum"][draw(3)]),\(13_900_000_000 + number)\n"
            if draw(10) > 0 { consents += "\(id),sms,granted\n" }
            for order in 0..<draw(4) {
                let paid = now.addingTimeInterval(-Double(draw(300 * 1440)) * 60)
                orders += "O\(number)-\(order),\(id),\(ISO8601DateFormatter().string(from: paid)),\(100 + draw(6000))\n"
            }
        }
        for (kind, text) in [("members", members), ("orders", orders), ("consents", consents)] {
            try write("\(kind).csv", text)
            #expect(try run("nudged import \(kind) \(kind).csv").status == 0)
        }
    }
}
