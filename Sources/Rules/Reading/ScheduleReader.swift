import Kit

/// Reads `schedule`: a cycle with its days, or one date.
struct ScheduleReader {
    let calendar: WorkCalendar

    func read(_ block: BlockReader, _ findings: inout Findings) -> Trigger? {
        let at = block.localTime("at", &findings) ?? TriggerReader.tenOClock
        let schedule = block.has("every") ? cycle(block, &findings) : once(block, &findings)
        return schedule.map { .schedule($0, at: at) }
    }

    private func once(_ block: BlockReader, _ findings: inout Findings) -> Trigger.Schedule? {
        guard let on = block["on"] else {
            if block.hasOnlyUnknownKeys || !block.misspelt.isEmpty { return nil }
            findings.report(
                "R102", "`every` is missing in `schedule`", at: block.start,
                help: ["write  every: day  or one date:  on: 2026-11-11"])
            return nil
        }
        if block.mentions("every") { return nil }
        if let items = on.items, items.contains(where: { isDate($0.text) }) {
            findings.inside("on") {
                $0.wrongKind(on, wanted: "a date", help: items.count > 1 ? [ruleForEach(items)] : [])
            }
            return nil
        }
        if on.items != nil || weekday(on.text) != nil || isDayOfMonth(on.text) {
            let cycle = (on.items ?? [on]).contains { isDayOfMonth($0.text) } ? "month" : "week"
            findings.report(
                "R102", "`every` is missing in `schedule`", at: block.start, help: ["add  every: \(cycle)"])
            return nil
        }
        return block.date("on", &findings).map { .once($0) }
    }

    private func cycle(_ block: BlockReader, _ findings: inout Findings) -> Trigger.Schedule? {
        if let every = block["every"], let day = weekday(every.text) {
            findings.report(
                "R104", "`\(every.text ?? "")` is not a value of `every`", at: every.span,
                help: ["write  every: week  and  on: \(day)"], key: "every")
            return nil
        }
        switch block.word("every", &findings) {
        case "day":
            refuseDay(of: "day", block, &findings)
            return .daily
        case "workday":
            refuseDay(of: "workday", block, &findings)
            return .workdays(calendar)
        case "week":
            return days(block, missing: "add  on: monday", &findings) { WeekdaysReader.read($0, &$1) }.map {
                .weekly($0)
            }
        case "month":
            return days(block, missing: "add the day of the month:  on: 1", &findings) { day($0, &$1) }
                .map { .monthly(day: $0) }
        case "quarter":
            guard block.mentions("on") else { return .quarterly(day: 1) }
            return block.read("on", &findings) { day($1, &$0) }.map { .quarterly(day: $0) }
        default: return nil
        }
    }

    private func refuseDay(of cycle: String, _ block: BlockReader, _ findings: inout Findings) {
        guard let on = block.entry("on"), let every = block.entry("every") else { return }
        let days = on.value.items ?? [on.value]
        let help =
            if !days.isEmpty, days.allSatisfy({ weekday($0.text) != nil }) {
                "write  every: week"
            } else if days.count == 1, isDayOfMonth(days[0].text) {
                "write  every: month"
            } else {
                days.count == 1 && isDate(days[0].text) ? "take `every` away" : "take `on` away"
            }
        findings.report(
            "R106", "`every: \(cycle)` and `on` exclude each other", at: on.keySpan,
            related: [.init(every.keySpan, "here `every: \(cycle)`")], help: [help], key: "on")
    }

    /// A list has the days of several rules.
    private func ruleForEach(_ days: [YAMLNode]) -> String {
        "write a rule for each of them, the first with  on: \(days.first?.text ?? "1")"
    }

    private func isDate(_ text: String?) -> Bool {
        text.flatMap { LocalDate(text: $0) ?? Repaired.date($0)?.date } != nil
    }

    private func isDayOfMonth(_ text: String?) -> Bool {
        text.flatMap { Int($0) }.map { (1...31).contains($0) } ?? false
    }

    private func days<Days>(
        _ block: BlockReader, missing: String, _ findings: inout Findings,
        _ read: (YAMLNode, inout Findings) -> Days?
    ) -> Days? {
        if block.mentions("on") { return block.read("on", &findings) { read($1, &$0) } }
        findings.report("R102", "`on` is missing in `schedule`", at: block.start, help: [missing])
        return nil
    }

    private func day(_ node: YAMLNode, _ findings: inout Findings) -> Int? {
        let isWeekday = weekday(node.text) != nil
        guard node.items != nil || isWeekday else { return findings.int(node, in: 1...31) }
        let list = node.items ?? []
        findings.wrongKind(
            node, wanted: "a whole number",
            help: [
                isWeekday
                    ? "a weekday goes with  every: week"
                    : list.count > 1 && list.allSatisfy({ isDayOfMonth($0.text) })
                        ? ruleForEach(list) : "a list of weekdays goes with  every: week"
            ])
        return nil
    }

    /// Our word for a weekday, in whatever words; nil for anything else.
    private func weekday(_ text: String?) -> String? {
        text.flatMap {
            SameWord.exact($0, among: TriggerKeys.weekdays) ?? ForeignWords.same(as: $0, among: TriggerKeys.weekdays)
        }
    }
}

/// Reads weekdays as their numbers in order; 1 is Monday.
enum WeekdaysReader {
    /// Reads one weekday, or a list of them.
    static func read(_ node: YAMLNode, _ findings: inout Findings) -> [Int]? {
        let isList = node.items != nil || (node.text ?? "").contains { ",，、；".contains($0) }
        guard isList else { return number(&findings, node).map { [$0] } }
        guard let items = findings.items(node) else { return nil }
        if items.isEmpty { findings.report("R104", "`\(findings.place)` has no items", at: node.span) }
        var found: [Int] = []
        let days = findings.each(items) { findings, item -> Int? in
            let day = number(&findings, item)
            if let day, found.contains(day) {
                findings.report("R104", "`\(item.text ?? "")` is there twice", at: item.span)
            }
            if let day { found.append(day) }
            return day
        }
        return days.isEmpty ? nil : days.sorted()
    }

    private static func number(_ findings: inout Findings, _ node: YAMLNode) -> Int? {
        findings.word(node, among: TriggerKeys.weekdays).flatMap { TriggerKeys.weekdays.firstIndex(of: $0) }
            .map { $0 + 1 }
    }
}
