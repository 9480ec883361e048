import Foundation
import Testing

/// `nudged dry-run --by day`: a month at a glance.
@Suite("Dry-run by day")
struct DryRunByDayTests {
    private let desk: RuleTestDesk

    init() throws {
        let members =
            RuleTestDesk.members.replacing(
                "lin: {",
                with:
                    "lin: {events: [{id: e1, name: store.visited, at: \"2026-03-02 12:00\"}, {id: e2, name: store.visited, at: \"2026-03-07 22:00\"}], "
            ).replacing(
                "zhao: {",
                with: "zhao: {events: [{id: e3, name: store.visited, at: \"2026-03-02 12:30\"}], "
            )
            + "  wu: {tier: gold, wechat_openid: wx_wu_0001, consent: {wechat: granted}, events: [{id: e4, name: store.visited, at: \"2026-03-07 10:00\"}]}\n"
        desk = try RuleTestDesk(
            rules: RuleTestDesk.rules(
                RuleTestDesk.visit, RuleTestDesk.rule("birthday", "birthday: {at: \"10:00\"}")),
            files: [
                "fixtures/members.yaml": members,
                "settings.yaml": RuleTestDesk.settings + "prices: {sms_segment: 0.05}\n",
            ])
    }

    private func run(_ more: String) throws -> [String] {
        let run = try desk.scratch.run(
            "nudged dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-02 --by day \(more)")
        #expect(run.status == 0)
        return run.printed
    }

    @Test("shows days and rules, what became of everyone, and channels with their cost")
    func tables() throws {
        #expect(
            try run("--until 2026-03-10") == [
                "2026-03-02 to 2026-03-09, days in Asia/Shanghai; messages, tasks and silent acts a day; * is a weekend",
                "",
                "day                visit  total  sms segments  yuan",
                "2026-03-02  Mon        1      1             1  0.05",
                "2026-03-03  Tue        ·      ·             ·     ·",
                "2026-03-04  Wed        ·      ·             ·     ·",
                "2026-03-05  Thu        ·      ·             ·     ·",
                "2026-03-06  Fri        ·      ·             ·     ·",
                "2026-03-07  Sat *      1      1             ·     ·",
                "2026-03-08  Sun *      1      1             1  0.05",
                "",
                "2026-03-09  Mon        ·      ·             ·     ·",
                "",
                "total                  3      3             2  0.10",
                "",
                "rule   sent  held  skipped  people",
                "visit     3     1        1       2",
                "",
                "total     3     1        1       2",
                "",
                "nothing is due for: birthday",
                "",
                "channel  messages  sms segments  yuan",
                "sms             2             2  0.10",
                "wechat          1             ·     ·",
                "",
                "3 messages for 2 people; 2 SMS segments, 0.10 yuan",
            ])
    }

    @Test("speaks Chinese, and so does the list of outcomes")
    func chinese() throws {
        let printed = try run("--until 2026-03-10 --lang zh-CN")
        #expect(printed.first == "2026-03-02 到 2026-03-09，按 Asia/Shanghai 的日期；每天的消息、任务和静默动作；* 为周末")
        #expect(printed.last == "3 条消息，涉及 2 人；2 条短信计费，0.10 元")
        let list = try desk.scratch.run(
            "nudged dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-02 --member zhao --lang zh-CN")
        #expect(
            list.printed.suffix(3) == [
                "2026-03-02 13:30  visit  zhao  跳过，因为 member.tier 是 silver", "", "共 1 个结果：跳过 1",
            ])
    }

    @Test("of more than two months, empty weeks are one row; many rules are numbered")
    func wide() throws {
        let year = try run("--until 2027-03-02")
        #expect(year.contains("2026-03-09 …  2027-03-01      ·      ·             ·     ·"), "\(year)")
        let long = String(repeating: "a-long-name-", count: 12)
        try desk.write(
            RuleTestDesk.rules(RuleTestDesk.visit.replacing("id: visit", with: "id: \(long)")), to: "rules.yaml")
        let printed = try run("--until 2026-03-10")
        #expect(printed[2] == "day                (1)  total  sms segments  yuan" && printed.contains("(1) \(long)"))
    }

    @Test("says so when nothing is due, and when nobody gets anything")
    func empty() throws {
        #expect(try run("--until 2026-03-02T01:00:00+08:00") == ["nothing is due in this window"])
        #expect(try run("--member zhao").contains("nobody gets anything"))
    }

    @Test("as objects, sums over days and rules have null in their place")
    func objects() throws {
        let lines = try run("--until 2026-03-04 --format ndjson")
        let objects = try lines.map { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
        }
        #expect(objects.map { $0["day"] as? String } == ["2026-03-02", "2026-03-02", "2026-03-03", nil, nil, nil])
        #expect(objects.map { $0["rule"] as? String } == ["visit", nil, nil, "visit", "birthday", nil])
        #expect(objects.map { $0["weekday"] as? String } == ["mon", "mon", "tue", nil, nil, nil])
        #expect(
            lines.last
                == #"{"day":null,"weekday":null,"rule":null,"outcomes":{"sent":1,"skipped":1},"channels":{"sms":1},"people":1,"segments_billed":1,"cost":"0.05"}"#
        )
    }

    @Test("over a store, which stays as it was")
    func store() throws {
        let events = (1...28).map { day in
            let date = "2024-02-\(day < 10 ? "0" : "")\(day)"
            return "e\(day),lin,store.visited,\(date) 12:00"
        }
        try Data("id,display_name,tier,phone\nlin,林小姐,gold,13800000001\n".utf8)
            .write(to: desk.scratch.directory.appending(path: "m.csv"))
        try Data(("id,member_id,name,at\n" + events.joined(separator: "\n") + "\n").utf8)
            .write(to: desk.scratch.directory.appending(path: "e.csv"))
        try Data("member_id,channel,state,at\nlin,sms,granted,2024-01-01 00:00\n".utf8)
            .write(to: desk.scratch.directory.appending(path: "c.csv"))
        for kind in ["members m.csv", "events e.csv", "consents c.csv"] {
            #expect(try desk.scratch.run("nudged import \(kind) --store sqlite:shop.db").status == 0)
        }
        let file = desk.scratch.directory.appending(path: "shop.db")
        let before = try Data(contentsOf: file)
        let printed = try desk.scratch.run(
            "nudged dry-run --store sqlite:shop.db --at 2024-02-01 --until 2024-02-29 --by day"
        ).printed
        #expect(printed.last == "28 messages for 1 person; 28 SMS segments, 1.40 yuan", "\(printed)")
        #expect(printed.count { $0.contains("Sun *") } == 4)
        #expect(try Data(contentsOf: file) == before)
    }
}
