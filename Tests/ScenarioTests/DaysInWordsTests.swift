import Kit
import Rules
import Testing

@testable import Review

/// Days as people read them: of the lunar calendar, of every year, and of a window.
@Suite("Days in words")
struct DaysInWordsTests {
    @Test(
        "a lunar day has the words of the almanac",
        arguments: [
            (1, 1, false, "正月初一", "month 1 day 1"), (6, 30, false, "六月三十", "month 6 day 30"),
            (4, 10, true, "闰四月初十", "leap month 4 day 10"), (8, 15, false, "八月十五", "month 8 day 15"),
            (11, 20, false, "冬月二十", "month 11 day 20"), (12, 29, false, "腊月廿九", "month 12 day 29"),
        ])
    func lunar(month: Int, day: Int, isLeap: Bool, chinese: String, english: String) {
        #expect(Phrases(language: .chinese).lunarDay(month, day, isLeap: isLeap) == chinese)
        #expect(Phrases(language: .english).lunarDay(month, day, isLeap: isLeap) == english)
    }

    @Test("explain says a lunar birthday in both calendars")
    func explained() throws {
        let desk = try RuleTestDesk(
            rules: RuleTestDesk.rules(
                RuleTestDesk.rule("bd", #"birthday: {calendar: lunar, days_before: 0, at: "09:30"}"#)),
            files: [
                "fixtures/members.yaml": RuleTestDesk.members.replacing(
                    "lin: {", with: "lin: {birthday: {calendar: lunar, month: 8, day: 15}, ")
            ])
        let command =
            "nudged explain --rule bd --member lin --fixtures rules/fixtures/members.yaml --at '2026-09-25 09:30'"
        let english = try desk.scratch.run(command).printed.joined(separator: "\n")
        #expect(english.contains("lunar birthday month 8 day 15 (25 September), on the day"), "\(english)")
        let chinese = try desk.scratch.run(command + " --lang zh-CN").printed.joined(separator: "\n")
        #expect(chinese.contains("农历生日 八月十五（9月25日），当天"), "\(chinese)")
    }

    @Test("a member's page shows yearly dates as dates, and the export their keys")
    func members() throws {
        let scratch = try Scratch()
        #expect(try scratch.run("nudged init .").status == 0)
        try scratch.write(
            "id,birthday,birthday_calendar\nlin,1990-03-10,\nluna,1990-06-30,lunar\n", to: "members.csv")
        try scratch.write("member_id,name,date\nlin,wedding,2015-05-20\n", to: "dates.csv")
        #expect(try scratch.run("nudged import members members.csv && nudged import dates dates.csv").status == 0)
        let lin = try scratch.run("nudged members show lin").printed
        #expect(lin.contains("  birthday: 03-10") && lin.contains { $0.contains("wedding  05-20") }, "\(lin)")
        let luna = try scratch.run("nudged members show luna").printed
        #expect(luna.contains("  birthday: lunar month 6 day 30"), "\(luna)")
        let chinese = try scratch.run("nudged members show luna --lang zh-CN").printed
        #expect(chinese.contains("  生日：农历六月三十"), "\(chinese)")
        let export = try scratch.run("nudged members export lin").printed.joined()
        #expect(export.contains(#""birthday_key":"s0310""#), "\(export)")
    }

    @Test(
        "a window that ends where it begins is refused as what it is",
        arguments: [
            ("dry-run --at", "--at"), ("explain --rule visit --member lin --since", "--since"),
        ])
    func empty(command: String, option: String) throws {
        let desk = try RuleTestDesk()
        let run = try desk.scratch.run(
            "nudged \(command) 2026-03-02 --until 2026-03-02 --fixtures rules/fixtures/members.yaml")
        #expect(
            run.status == 64 && run.printed.first?.contains("--until must be after \(option)") == true, "\(run.printed)"
        )
    }
}
