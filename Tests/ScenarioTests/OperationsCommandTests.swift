import Foundation
import Testing

/// `nudged doctor`, `deliveries list --count-by`, `tasks` and `report` as operators type them.
@Suite("Operations", .serialized)
struct OperationsCommandTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        #expect(try scratch.run("nudged init .").status == 0)
        try scratch.write(
            "id,display_name,phone,status\n" + (1...3).map { "m\($0),林小姐,1380000000\($0),active\n" }.joined(),
            to: "members.csv")
        #expect(try scratch.run("nudged import members members.csv").status == 0)
    }

    @Test("a sound machine has nothing that keeps it from working; each line has a level and says what to do")
    func doctor() throws {
        let run = try scratch.run("nudged doctor --json")
        #expect(run.status == 0, "\(run.printed)")
        let codes = run.printed.compactMap { $0.firstMatch(of: /"code":"([a-z_]+)"/).map { String($0.1) } }
        #expect(
            Set(["versions", "clock", "zones", "calendar", "disk", "permissions", "config", "channel"]).isSubset(
                of: codes))
        #expect(run.printed.filter { $0.contains("\"level\":\"ok\"") }.allSatisfy { $0.contains("\"remedy\":null") })
        #expect(try scratch.run("nudged doctor --lang zh-CN").printed.contains("正常     只有属主能读数据库"))
    }

    @Test("what keeps it from working ends with 1 and a remedy: permissions, a secret, an error in the rules")
    func sick() throws {
        #expect(try scratch.run("chmod 644 nudged.db").status == 0)
        let open = try scratch.run("nudged doctor --offline")
        #expect(open.status == 1 && open.printed.contains { $0.hasPrefix("         → `chmod 600 ") }, "\(open.printed)")
        #expect(try scratch.run("chmod 600 nudged.db* && nudged doctor --offline").status == 0)
        let config = try scratch.text("nudged.yaml")
        try scratch.write(
            config.replacing(
                "  sms: {type: log}",
                with: "  sms: {type: kannel, url: \"http://127.0.0.1:1\", username: u, password: {env: NOT_SET}}"),
            to: "nudged.yaml")
        let secret = try scratch.run("nudged doctor")
        #expect(secret.status == 1 && secret.printed.contains { $0.contains("NOT_SET") }, "\(secret.printed)")
        try scratch.write("id,status\n13800000009,active\n", to: "phones.csv")
        #expect(try scratch.run("nudged import members phones.csv").status == 0)
        #expect(
            try scratch.run("nudged doctor --offline").printed.contains {
                $0.contains("mobile numbers are used as ids")
            })
    }

    @Test("a rule of workdays wants the holidays of the year")
    func holidays() throws {
        try scratch.write(
            """
            version: 1
            rules:
              - id: daily-brief
                name: 工作日提醒
                status: live
                owner: crm-team
                purpose: marketing
                when: {schedule: {every: workday, at: "10:00"}}
                do: [{add_tag: brief}]
            """, to: "rules/work.yaml")
        let without = try scratch.run("nudged doctor --offline")
        #expect(without.status == 0, "\(without.printed)")
        #expect(without.printed.contains { $0.hasPrefix("warning  settings.yaml has no holidays of 2") })
        let year = Calendar(identifier: .gregorian).component(.year, from: Date())
        let settings = try scratch.text("rules/settings.yaml")
        try scratch.write(
            settings + "\nholidays: [\(year)-01-01, \(year + 1)-01-01]\n", to: "rules/settings.yaml")
        let with = try scratch.run("nudged doctor --offline").printed
        #expect(with.contains("ok       settings.yaml has the holidays"), "\(with)")
    }

    @Test("deliveries are counted by what is asked; a slip in a key is told the nearest")
    func counted() throws {
        #expect(try scratch.run("nudged deliveries list --count-by state,rule").printed == [])
        let slip = try scratch.run("nudged deliveries list --count-by state,chanel")
        #expect(slip.status == 64 && slip.printed.first?.contains("did you mean `channel`?") == true, "\(slip.printed)")
        try scratch.write(
            """
            INSERT INTO decisions (member, rule, occasion, id, due, at, outcome, rules_version)
              VALUES ('m1', 'r', 'o', 1, 1, 1, 'sent', 1), ('m2', 'r', 'o', 2, 1, 1, 'sent', 1), ('m3', 'q', 'o', 3, 1, 1, 'sent', 1);
            INSERT INTO deliveries (decision, rule, channel, template, purpose, state, created_at, not_before, send_by, start)
              SELECT id, rule, 'sms', 't', 'service', 'pending', 1, 1, 1, 1 FROM decisions;
            """, to: "rows.sql")
        #expect(try scratch.run("sqlite3 nudged.db < rows.sql").status == 0)
        #expect(
            try scratch.run("nudged deliveries list --count-by state,rule,code").printed
                == ["2  pending  r  -", "1  pending  q  -"])
        #expect(
            try scratch.run("nudged deliveries list --rule q --count-by channel --json").printed
                == [#"{"count":1,"channel":"sms"}"#])
    }

    @Test("tasks say what is overdue, mask what stands in them, and change hands")
    func tasks() throws {
        let sql = """
            INSERT INTO tasks (member, rule, occasion, assignee, title, created_at, due_at)
            VALUES ('m1', 'r', 'o', 'chen', 'call 13800000001', 1, 1000000)
            """
        #expect(try scratch.run("sqlite3 nudged.db \"\(sql)\"").status == 0)
        let line = try scratch.run("nudged tasks").printed
        #expect(line == ["1970-01-01T08:00:01+08:00  chen  call 138****0001  r  m1  o  open (overdue)"], "\(line)")
        #expect(try scratch.run("nudged tasks escalate --to boss").printed == ["given to boss: 1"])
        #expect(try scratch.run("nudged tasks assign r m1 o --to li").status == 0)
        #expect(
            try scratch.run("nudged tasks list --assignee li --json").printed.first?.contains("\"overdue\":true")
                == true)
        #expect(try scratch.run("nudged tasks done r m1 o").status == 0)
        #expect(try scratch.run("nudged tasks assign r m1 o --to li").status == 2)
    }

    @Test("a report says what it counts; with too little it says so")
    func report() throws {
        let empty = try scratch.run("nudged report")
        #expect(empty.status == 0 && empty.printed.last == "nothing was decided", "\(empty.printed)")
        let now = Int64(Date().timeIntervalSince1970) * 1_000_000
        let sql = """
            INSERT INTO decisions (member, rule, occasion, id, due, at, outcome, because, rules_version)
            VALUES ('m1', 'birthday-gift', 'o', 1, 1, \(now - 9_000_000), 'skipped', '{\\"cap\\":\\"x\\"}', 1)
            """
        #expect(try scratch.run("sqlite3 nudged.db \"\(sql)\"").status == 0)
        let run = try scratch.run("nudged report")
        #expect(run.printed.contains { $0.hasPrefix("birthday-gift  uplift: not enough data yet") }, "\(run.printed)")
        #expect(run.printed.last == "  not sent: skipped cap 1")
        let chinese = try scratch.run("nudged report --lang zh-CN").printed
        #expect(chinese.contains { $0.hasPrefix("birthday-gift  提升：数据还不够") }, "\(chinese)")
        #expect(chinese.last?.hasPrefix("  未发送：") == true && chinese.first?.contains(" 天内的订单") == true, "\(chinese)")
        let json = try scratch.run("nudged report --json --rule birthday-gift").printed
        #expect(
            json.count == 1 && json[0].contains(#""skipped":{"skipped cap":1}"#) && json[0].contains(#""uplift":null"#))
        #expect(try scratch.run("nudged report --lang zh-CN").printed.contains { $0.contains("数据还不够") })
        #expect(try scratch.run("nudged report --rule birthday-gfit").status == 64)
    }
}
