import Kit

/// Values that are words or lists of words, and the kinds of time.
extension Findings {
    /// Reads one of `words`. Another spelling, or the word of another system, gets a fix; the help names a near miss.
    package mutating func word(_ node: YAMLNode, among words: [String]) -> String? {
        guard let text = node.text, !node.isNull else {
            wrongKind(node, wanted: "one word")
            return nil
        }
        if words.contains(text) { return text }
        let same = SameWord.exact(text, among: words) ?? ForeignWords.same(as: text, among: words)
        let meant = same ?? ForeignWords.guess(text, among: words) ?? Suggestion.nearest(to: text, among: words)
        let list = words.prefix(5).joined(separator: ", ") + (words.count > 5 ? ", …" : "")
        let several = ForeignWords.several(text, among: words).map { $0.joined(separator: ", ") }
        let inList = path.last.flatMap { Int($0) } != nil
        report(
            "R104", "`\(text)` is not a value of `\(place)`", at: node.span,
            help: several.map { ["write  " + (inList ? $0 : "[\($0)]")] } ?? meant.map { ["did you mean `\($0)`?"] }
                ?? ["allowed: \(list)"],
            fix: same.map { [edit(node, $0)] } ?? [])
        return nil
    }

    /// False after a finding for an entry whose key, the author's own name for it, is empty.
    /// - Parameter thing: with its article: `a channel`.
    package mutating func isNamed(_ entry: YAMLNode.Entry, _ thing: String) -> Bool {
        if !entry.key.isEmpty { return true }
        report("R104", "the name of \(thing) is empty", at: entry.keySpan, help: ["write its name"])
        return false
    }

    package mutating func texts(_ node: YAMLNode, orOne: Bool = false) -> [String]? {
        if orOne, node.text != nil { return text(node).map { [$0] } }
        guard let items = items(node) else { return nil }
        return each(items) { $0.text($1) }
    }

    package mutating func localTime(_ node: YAMLNode) -> LocalTime? {
        guard let text = node.text, !node.isNull else {
            wrongKind(node, wanted: "a time of day")
            return nil
        }
        if let time = LocalTime(text: text) { return time }
        let typed = TypedTime(text)
        var same: LocalTime?
        if case .same(let time)? = typed { same = time }
        report(
            "R110", "`\(text)` is not a time of day", at: node.span, label: timeLabel(text, isOne: same != nil),
            help: [timeHelp(typed)],
            notes: typed?.times.contains { $0.minutes == 0 } == true && same == nil
                ? ["a day begins at 00:00 and ends at 23:59: for the end of an evening, the day is the next one"] : [],
            fix: same.map { [edit(node, "\"\($0.text)\"")] } ?? [])
        return nil
    }

    private func timeHelp(_ typed: TypedTime?) -> String {
        switch typed {
        case .same(let time): "write  \(place): \"\(time.text)\""
        case .readings(let times) where !times.isEmpty:
            "did you mean  " + times.map { "\(place): \"\($0.text)\"" }.joined(separator: "  or  ") + "?"
        default: "write hours and minutes, such as  \(place): \"09:30\""
        }
    }

    private func timeLabel(_ text: String, isOne: Bool) -> String {
        guard isOne else { return "hours go from 00 to 23, minutes from 00 to 59" }
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return "hours and minutes need two digits" }
        return "two ASCII digits, an ASCII colon, two ASCII digits"
    }

    package mutating func duration(
        _ node: YAMLNode, units: Set<Span.Unit> = [.minutes, .hours, .days, .weeks]
    ) -> Span? {
        guard let text = node.text, !node.isNull else {
            wrongKind(node, wanted: "a duration")
            return nil
        }
        guard let span = Span(text: text) else {
            let bare = !text.isEmpty && text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
            let typed = TypedSpan(text)
            var same: Span?
            if case .same(let span)? = typed { same = span }
            report(
                "R115", bare ? "`\(text)` has no unit" : "`\(text)` is not a duration", at: node.span,
                help: bare ? ["write \(text)d for days, \(text)h for hours"] : durationHelp(text, typed),
                notes: ["a duration is one number and one unit: m, h, d or w"],
                fix: same.map { [edit(node, $0.text)] } ?? [])
            return nil
        }
        if units.contains(span.unit) { return span }
        let known = ["m", "h", "d", "w"].filter { unit in units.contains { $0.rawValue == unit } }
        report(
            "R115", "`\(text)` does not fit `\(place)`", at: node.span,
            help: ["the unit here is \(known.joined(separator: " or "))"])
        return nil
    }

    private func durationHelp(_ text: String, _ typed: TypedSpan?) -> [String] {
        switch typed {
        case .same(let span): return ["write  \(place): \(span.text)"]
        case .likely(let span): return ["did you mean  \(place): \(span.text)?"]
        case .months(let days, let minutes):
            return ["there are no months: say \(days?.text ?? "30d")"]
                + (minutes.map { ["if minutes are meant, say \($0.text)"] } ?? [])
        case nil: break
        }
        if TypedSpan.isForever(text) {
            return ["send_within", "keep"].contains(place) ? ["did you mean `forever`?"] : ["such as  24h  or  7d"]
        }
        if text.lowercased().contains("mo") || text.contains("月") { return ["there are no months: say 30d"] }
        if text.utf8.filter({ $0 >= 97 && $0 <= 122 }).count > 1 { return ["one unit only, such as 36h or 7d"] }
        if let unit = TypedSpan.unit(ofNothing: text) {
            return ["a duration is never 0; the shortest here is  1\(unit.rawValue)"]
        }
        return ["such as  24h  or  7d"]
    }

    package mutating func date(_ node: YAMLNode) -> LocalDate? {
        guard let text = node.text, !node.isNull else {
            wrongKind(node, wanted: "a date")
            return nil
        }
        if let date = LocalDate(text: text) { return date }
        let repaired = Repaired.date(text)
        report(
            "R116", "`\(text)` is not a date", at: node.span,
            help: [repaired.map { "write  \($0.date.text)" } ?? dateHelp(text)],
            fix: repaired.flatMap { $0.isSame ? [edit(node, $0.date.text)] : nil } ?? [])
        return nil
    }

    private func dateHelp(_ text: String) -> String {
        let readings = Repaired.dates(text).map(\.text)
        if readings.isEmpty { return "write year, month and day, such as  2026-03-08" }
        return "did you mean  \(readings.joined(separator: "  or  "))?"
    }
}
