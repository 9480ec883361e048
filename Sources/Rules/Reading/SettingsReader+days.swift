import Kit

/// The readers of the shop's own festivals, and of its holidays.
extension SettingsReader {
    func readFestivals(_ block: BlockReader, _ settings: inout Settings, _ findings: inout Findings) {
        var found: [String: FestivalRule] = [:]
        _ = block.list("festivals", &findings) { findings, node -> Bool? in
            guard let block = BlockReader(node, SettingsKeys.festival, &findings) else { return nil }
            let name = block.identifier("name", &findings)
            let rule = festivalRule(block, &findings)
            guard let name, let span = block["name"]?.span else { return nil }
            if FestivalRule.builtIn[name] != nil || found[name] != nil {
                let which = found[name] != nil ? "declared twice" : "one of the built-in ones"
                findings.report("R241", "the festival `\(name)` is \(which)", at: span, key: "name")
            } else if let rule {
                found[name] = rule
            }
            return true
        }
        settings.festivals = found
    }

    private func festivalRule(_ block: BlockReader, _ findings: inout Findings) -> FestivalRule? {
        let ofMonth = ["month", "weekday", "nth"].first(where: block.has)
        guard
            let key = block.atMostOne(of: "on", "lunar", "solar_term", ofMonth ?? "month", findings: &findings)?.key
        else {
            if block.misspelt.isEmpty {
                findings.report(
                    "R102", "`on` is missing in a festival", at: block.start,
                    help: [
                        "add  on: \"06-18\"  or  lunar: \"12-08\"",
                        "or  solar_term: dongzhi  or  month: 5, weekday: sunday, nth: 2",
                    ])
            }
            return nil
        }
        switch key {
        case "solar_term": return block.choice(key, as: SolarTerm.self, &findings).map { .solarTerm($0) }
        case "on", "lunar": return monthAndDay(key, block, &findings)
        default: return nthWeekday(block, &findings)
        }
    }

    private func nthWeekday(_ block: BlockReader, _ findings: inout Findings) -> FestivalRule? {
        for (key, example) in [("month", "5"), ("weekday", "sunday"), ("nth", "2")] where !block.has(key) {
            if block.mentions(key) { continue }
            findings.report(
                "R102", "`\(key)` is missing in a festival", at: block.start, help: ["add  \(key): \(example)"])
        }
        let month = block.int("month", &findings)
        let weekday = block.word("weekday", &findings).flatMap { TriggerKeys.weekdays.firstIndex(of: $0) }
        let nth = block.int("nth", &findings)
        guard let month, let weekday, let nth else { return nil }
        return .nth(nth, weekday: weekday + 1, month: month)
    }

    private func monthAndDay(_ key: String, _ block: BlockReader, _ findings: inout Findings) -> FestivalRule? {
        guard let text = block.text(key, &findings), let node = block[key] else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let month = Int(parts[0]),
            let day = Int(parts[1]),
            (1...12).contains(month), day >= 1,
            day <= (key == "lunar" ? 30 : LocalDate.length(ofMonth: month, year: 2000))
        {
            return key == "lunar" ? .lunar(month: month, day: day) : .solar(month: month, day: day)
        }
        let meant = Repaired.monthAndDay(text, isLunar: key == "lunar")
        findings.report(
            "R116", "`\(text)` is not a month and a day", at: node.span,
            help: [
                meant.map { "did you mean  \(key): \"\($0)\"?" } ?? "write month and day, such as  \(key): \"06-18\""
            ], key: key)
        return nil
    }

    func workCalendar(_ block: BlockReader, _ findings: inout Findings) -> WorkCalendar {
        WorkCalendar(
            holidays: block.list("holidays", &findings, days) ?? [],
            workdays: block.list("workdays", &findings, days) ?? [])
    }

    /// Reads one date, or `{from: …, to: …}`.
    private func days(_ findings: inout Findings, _ node: YAMLNode) -> ClosedRange<LocalDate>? {
        if let text = node.text {
            let ends = text.matches(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/).map { String($0.output) }
            if ends.count == 2 {
                findings.report(
                    "R116", "`\(text)` is not a date", at: node.span,
                    help: ["for several days write  {from: \(ends[0]), to: \(ends[1])}"])
                return nil
            }
            return findings.date(node).map { $0...$0 }
        }
        guard let block = BlockReader(node, SettingsKeys.dateRange, &findings) else { return nil }
        let from = block.date("from", &findings)
        let to = block.date("to", &findings)
        guard let from, let to else { return nil }
        if from <= to { return from...to }
        findings.report(
            "R104", "`\(to.text)` is before `\(from.text)`", at: block.span(of: "to"),
            help: ["the first day stands under `from`, the last under `to`"], key: "to")
        return nil
    }
}
