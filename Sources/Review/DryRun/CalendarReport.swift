import Kit
import Policies
import Rules

/// The calendar as tables: days and rules, then the outcomes, then channels and cost.
package struct CalendarReport {
    private let calendar: OutcomeCalendar
    /// Columns of a terminal; a wider table numbers its rules.
    private let width: Int
    private let say: Phrases
    private static let nothing = "·"

    package init(_ calendar: OutcomeCalendar, width: Int = 120, language: Language = .english) {
        self.calendar = calendar
        self.width = width
        say = Phrases(language: language)
    }

    package var text: String {
        let total = calendar.total
        guard !total.isEmpty, let first = calendar.days.first, let last = calendar.days.last else {
            return say("nothing is due in this window", "这段时间里什么也没有")
        }
        var blocks = [
            say(
                "\(first.text) to \(last.text), days in \(calendar.zone.name); messages, tasks and silent acts a day",
                "\(first.text) 到 \(last.text)，按 \(calendar.zone.name) 的日期；每天的消息、任务和静默动作") + weekends
        ]
        blocks += days(total)
        blocks += outcomes(total)
        blocks += channels(total)
        blocks.append(sentence(total))
        return blocks.joined(separator: "\n\n")
    }

    private var active: [String] { calendar.rules.filter { calendar.total(of: $0).acts > 0 } }

    // MARK: days and rules

    private func days(_ total: CalendarTally) -> [String] {
        guard !active.isEmpty else { return [say("nobody gets anything", "没有人收到任何东西")] }
        let named = dayTable(total, heads: active)
        guard named.width > width else { return [named.lines.joined(separator: "\n")] }
        let numbered = dayTable(total, heads: active.indices.map { "(\($0 + 1))" })
        let legend = active.enumerated().map { "(\($0 + 1)) \($1)" }.joined(separator: "\n")
        return [numbered.lines.joined(separator: "\n"), legend]
    }

    private func dayTable(_ total: CalendarTally, heads: [String]) -> TextTable {
        var table = TextTable(
            [say("day", "日期"), ""] + heads + [say("total", "合计")] + segmentHeads(total), textColumns: 2)
        for run in runs {
            let tallies = active.map { rule in calendar.tally(run.first, rule).acts }
            let day = calendar.total(of: run.first)
            let name = run.first == run.last ? run.first.text : "\(run.first.text) …"
            let weekday = run.first == run.last ? weekday(run.first) : run.last.text
            table.add([name, weekday] + tallies.map(count) + [count(day.acts)] + segmentCells(day, total))
            if run.last.weekday == 7 { table.addGap() }
        }
        table.addGap()
        let sums = active.map { count(calendar.total(of: $0).acts) }
        table.add([say("total", "合计"), ""] + sums + [count(total.acts)] + segmentCells(total, total))
        return table
    }

    /// Days one by one; in a window longer than two months, seven or more days in a row with nothing due share one row.
    private var runs: [(first: LocalDate, last: LocalDate)] {
        guard calendar.days.count > 62 else { return calendar.days.map { (first: $0, last: $0) } }
        var runs: [(first: LocalDate, last: LocalDate)] = []
        for day in calendar.days {
            let isEmpty = calendar.total(of: day).acts == 0
            if isEmpty, let run = runs.last, calendar.total(of: run.last).acts == 0 {
                runs[runs.count - 1].last = day
            } else {
                runs.append((first: day, last: day))
            }
        }
        return runs.flatMap { run -> [(first: LocalDate, last: LocalDate)] in
            let days = run.first.days...run.last.days
            return days.count >= 7 ? [run] : days.map { (first: LocalDate(days: $0), last: LocalDate(days: $0)) }
        }
    }

    /// What the star of `Sat *` is, where one stands in the table.
    private var weekends: String {
        let hasStar = !active.isEmpty && runs.contains { $0.first == $0.last && $0.first.weekday >= 6 }
        return hasStar ? say("; * is a weekend", "；* 为周末") : ""
    }

    private func weekday(_ day: LocalDate) -> String {
        let english = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat *", "Sun *"][day.weekday - 1]
        return say(english, ["周一", "周二", "周三", "周四", "周五", "周六 *", "周日 *"][day.weekday - 1])
    }

    // MARK: outcomes and channels

    private func outcomes(_ total: CalendarTally) -> [String] {
        let kinds = Outcome.allCases.filter { total.outcomes[$0] != nil }
        var table = TextTable([say("rule", "规则")] + kinds.map { $0.word(say) } + [say("people", "人数")])
        for rule in calendar.rules {
            let tally = calendar.total(of: rule)
            guard !tally.isEmpty else { continue }
            table.add([rule] + kinds.map { count(tally.outcomes[$0] ?? 0) } + [count(tally.people)])
        }
        table.addGap()
        table.add([say("total", "合计")] + kinds.map { count(total.outcomes[$0] ?? 0) } + [count(total.people)])
        let idle = calendar.rules.filter { calendar.total(of: $0).isEmpty }
        let rest = idle.isEmpty ? [] : [say("nothing is due for: ", "这段时间没有结果的规则：") + say.list(idle)]
        return [table.lines.joined(separator: "\n")] + rest
    }

    private func channels(_ total: CalendarTally) -> [String] {
        guard !total.channels.isEmpty else { return [] }
        var table = TextTable([say("channel", "渠道"), say("messages", "消息")] + segmentHeads(total))
        for (channel, messages) in total.channels.sorted(by: { $0.key < $1.key }) {
            let segments = total.segmentsByChannel[channel] ?? 0
            table.add([channel, count(messages)] + segmentCells(segments, total))
        }
        return [table.lines.joined(separator: "\n")]
    }

    private func segmentHeads(_ total: CalendarTally) -> [String] {
        total.segments == 0 ? [] : [say("sms segments", "短信条数")] + (calendar.price == nil ? [] : [say("yuan", "元")])
    }

    private func segmentCells(_ tally: CalendarTally, _ total: CalendarTally) -> [String] {
        segmentCells(tally.segments, total)
    }

    private func segmentCells(_ segments: Int, _ total: CalendarTally) -> [String] {
        guard total.segments > 0 else { return [] }
        let cost =
            segments == 0 ? CalendarReport.nothing : calendar.cost(ofSegments: segments) ?? CalendarReport.nothing
        return [count(segments)] + (calendar.price == nil ? [] : [cost])
    }

    private func count(_ number: Int) -> String { number == 0 ? CalendarReport.nothing : String(number) }

    // MARK: in a sentence

    private func sentence(_ total: CalendarTally) -> String {
        func counted(_ number: Int, _ noun: String, _ chinese: String) -> String {
            say("\(number) \(noun)\(number == 1 ? "" : "s")", "\(number) \(chinese)")
        }
        var parts = [counted(total.messages, "message", "条消息")]
        if total.tasks > 0 { parts.append(counted(total.tasks, "task", "个任务")) }
        let sum = say.sum(parts)
        let people = "\(total.people) \(total.people == 1 ? "person" : "people")"
        var words = say("\(sum) for \(people)", "\(sum)，涉及 \(total.people) 人")
        if total.segments > 0 { words += say("; ", "；") + counted(total.segments, "SMS segment", "条短信计费") }
        if total.segments > 0, let cost = calendar.cost(ofSegments: total.segments) {
            words += say(", \(cost) yuan", "，\(cost) 元")
        }
        return words
    }
}

extension OutcomeCalendar {
    /// One object for each day and rule with something in it, then one for each day, each rule, and all: `day` or
    /// `rule` is null where the object sums over them.
    package var ndjson: [JSONText] {
        var objects: [JSONText] = []
        for day in days {
            for rule in rules where !tally(day, rule).isEmpty {
                objects.append(json(tally(day, rule), day: day, rule: rule))
            }
        }
        for day in days { objects.append(json(total(of: day), day: day, rule: nil)) }
        for rule in rules { objects.append(json(total(of: rule), day: nil, rule: rule)) }
        return objects + [json(total, day: nil, rule: nil)]
    }

    private func json(_ tally: CalendarTally, day: LocalDate?, rule: String?) -> JSONText {
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        let outcomes = Outcome.allCases.compactMap { outcome in
            tally.outcomes[outcome].map { JSONText.Member(outcome.rawValue, .int($0)) }
        }
        return .object([
            "day": day.map { .text($0.text) } ?? .null, "weekday": day.map { .text(names[$0.weekday - 1]) } ?? .null,
            "rule": rule.map { .text($0) } ?? .null, "outcomes": .object(outcomes),
            "channels": .object(tally.channels.sorted { $0.key < $1.key }.map { .init($0.key, .int($0.value)) }),
            "people": .int(tally.people), "segments_billed": .int(tally.segments),
            "cost": cost(ofSegments: tally.segments).map { .text($0) } ?? .null,
        ])
    }
}
