import Kit
import Testing

@testable import Rules

/// Lines of the settings, the findings on them and the help of the first.
struct ShopDaysSlip: CustomTestStringConvertible, Sendable {
    var line: String
    var found: [String]
    var help: String?
    init(_ line: String, _ found: String..., help: String? = nil) {
        self.line = line
        self.found = found
        self.help = help
    }
    var testDescription: String { "\(found.joined(separator: ", ")): \(line)" }
}

@Suite("Festivals and holidays of a shop")
struct ShopDaysTests {
    private func read(_ line: String) -> (Settings, [Diagnostic]) {
        let text = "# yaml-language-server: $schema=../.nudged/settings.v1.schema.json\nversion: 1\n\(line)\n"
        let set = RuleSetReader.read(files: [YAMLReader.read(bytes: Array(text.utf8), path: "settings.yaml")])
        #expect(Untranslated.sentences(of: set.diagnostics) == [])
        return (set.sound.settings, set.diagnostics)
    }

    @Test(
        "a festival is on a day, a lunar day, a solar term, or an nth weekday",
        arguments: [
            (#"on: "06-18""#, "2026-06-18"), (#"lunar: "12-08""#, "2026-01-26"), ("solar_term: dongzhi", "2026-12-22"),
            ("solar_term: lichun", "2026-02-04"), ("month: 5, weekday: sunday, nth: 2", "2026-05-10"),
        ])
    func festivals(rule: String, day: String) throws {
        let (settings, findings) = read("festivals: [{name: shop_day, \(rule)}]")
        #expect(findings.isEmpty)
        #expect(try #require(settings.festivals["shop_day"]).dates(inGregorianYear: 2026).map(\.text) == [day])
    }

    @Test("a workday is no holiday and no weekend, and a day that was made up is one")
    func workdays() throws {
        let (settings, findings) = read(
            "holidays: [2026-01-01, {from: 2026-10-01, to: 2026-10-07}]\nworkdays: [2026-10-10, 2026-10-02]")
        #expect(findings.isEmpty)
        let cases = [
            ("2025-12-31", true), ("2026-01-01", false), ("2026-01-02", true), ("2026-01-03", false),
            ("2026-09-30", true), ("2026-10-01", false), ("2026-10-02", true), ("2026-10-07", false),
            ("2026-10-08", true), ("2026-10-10", true), ("2026-10-11", false),
        ]
        for (day, isWorked) in cases {
            #expect(settings.workCalendar.isWorkday(try #require(LocalDate(text: day))) == isWorked, "\(day)")
        }
    }

    @Test("quiet days are weekdays, one or several")
    func quietDays() {
        for (days, numbers) in [("saturday", [6]), ("[sunday, saturday]", [6, 7])] {
            let (settings, findings) = read("quiet_hours: {from: \"21:00\", to: \"09:00\", days: \(days)}")
            #expect(findings.isEmpty)
            #expect(settings.quietHours?.days == numbers)
        }
    }

    @Test(
        "a slip is one finding that says what to write",
        arguments: [
            ShopDaysSlip("festivals: [{name: x}]", "R102 3:14", help: "add  on: \"06-18\"  or  lunar: \"12-08\""),
            ShopDaysSlip("festivals: [{name: x, month: 5, weekday: sunday}]", "R102 3:14", help: "add  nth: 2"),
            ShopDaysSlip("festivals: [{name: x, on: \"06-18\", solar_term: dongzhi}]", "R106 3:36"),
            ShopDaysSlip("festivals: [{name: x, lunar: \"12-08\", nth: 2}]", "R106 3:39"),
            ShopDaysSlip("festivals: [{name: x, solar_term: 冬至}]", "R104 3:35", help: "did you mean `dongzhi`?"),
            ShopDaysSlip(
                "festivals: [{name: x, solar_term: winter_solstice}]", "R104 3:35", help: "did you mean `dongzhi`?"),
            ShopDaysSlip(
                "festivals: [{name: x, month: 5, weekday: 周日, nth: 2}]", "R104 3:42", help: "did you mean `sunday`?"),
            ShopDaysSlip("festivals: [{name: x, month: 5, weekday: sunday, nth: 6}]", "R104 3:55"),
            ShopDaysSlip(
                "festivals: [{name: x, month: 六月, weekday: sunday, nth: 3}]", "R103 3:30", help: "did you mean `6`?"),
            ShopDaysSlip(
                "festivals: [{name: x, month: 6, weekday: sunday, nth: third}]", "R103 3:55", help: "did you mean `3`?"),
            ShopDaysSlip(
                "festivals: [{name: x, lunar: \"12-8\"}]", "R116 3:30", help: "did you mean  lunar: \"12-08\"?"),
            ShopDaysSlip("festivals: [{name: x, lunar: 腊月初八}]", "R116 3:30", help: "did you mean  lunar: \"12-08\"?"),
            ShopDaysSlip("festivals: [{name: x, lunar: 冬月廿三}]", "R116 3:30", help: "did you mean  lunar: \"11-23\"?"),
            ShopDaysSlip("festivals: [{name: x, on: 9月9号}]", "R116 3:27", help: "did you mean  on: \"09-09\"?"),
            ShopDaysSlip("festivals: [{name: x, on: June 18}]", "R116 3:27", help: "did you mean  on: \"06-18\"?"),
            ShopDaysSlip(
                "festivals: [{name: x, on: 店庆}]", "R116 3:27", help: "write month and day, such as  on: \"06-18\""),
            ShopDaysSlip("holidays: [10/31/2026]", "R116 3:12", help: "did you mean  2026-10-31?"),
            ShopDaysSlip("holidays: [03/08/2026]", "R116 3:12", help: "did you mean  2026-03-08  or  2026-08-03?"),
            ShopDaysSlip("festivals: [{name: mothers_day, on: \"05-11\"}]", "R241 3:20"),
            ShopDaysSlip("holidays: 2026-10-01", "R103 3:11", help: "write  [2026-10-01]"),
            ShopDaysSlip(
                "holidays: [2026-10-01~2026-10-07]", "R116 3:12",
                help: "for several days write  {from: 2026-10-01, to: 2026-10-07}"),
            ShopDaysSlip("holidays: [国庆]", "R116 3:12", help: "write year, month and day, such as  2026-03-08"),
            ShopDaysSlip("holidays: [{from: 2026-10-07, to: 2026-10-01}]", "R104 3:31"),
            ShopDaysSlip("holidays: [{from: 2026-10-01}]", "R102 3:13", help: "add  to: 2026-10-07"),
            ShopDaysSlip(
                "quiet_hours: {from: \"21:00\", to: \"09:00\", days: [周末]}", "R104 3:50",
                help: "write  saturday, sunday"),
            ShopDaysSlip(
                "quiet_hours: {from: \"21:00\", to: \"09:00\", days: weekend}", "R104 3:49",
                help: "write  [saturday, sunday]"),
            ShopDaysSlip("if_late: {task: {send_within: 永远}}", "R115 3:31", help: "did you mean `forever`?"),
            ShopDaysSlip("frequency_cap: [{times: 1, per: 1d}]", "R101 3:28", help: "did you mean `in`?"),
            ShopDaysSlip("quiet_hours: {from: \"21:00\", to: \"09:00\", days: []}", "R104 3:49"),
            ShopDaysSlip(
                "quiet_hours: {from: \"21:00\", to: \"09:00\", days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]}",
                "R104 3:49"),
            ShopDaysSlip("workday: [2026-10-10]", "R101 3:1", help: "did you mean `workdays`?"),
        ])
    func slips(_ slip: ShopDaysSlip) {
        let found = read(slip.line).1
        #expect(found.map { "\($0.code) \($0.span.start.line):\($0.span.start.column)" } == slip.found)
        if let help = slip.help { #expect(found.first?.help.first == help) }
    }
}
