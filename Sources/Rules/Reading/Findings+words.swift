/// Values that are words or lists of words, and the kinds of time.
extension Findings {
    /// One of `words`; a near miss is named.
    package mutating func word(_ node: YAMLNode, among words: [String]) -> String? {
        guard let text = node.text, !node.isNull else {
            wrongKind(node, wanted: "one word")
            return nil
        }
        if words.contains(text) { return text }
        let nearest = Suggestion.nearest(to: text, among: words)
        let list = words.prefix(5).joined(separator: ", ") + (words.count > 5 ? ", …" : "")
        report(
            "R104", "`\(text)` is not a value of `\(place)`", at: node.span,
            help: nearest.map { ["did you mean `\($0)`?"] } ?? ["allowed: \(list)"],
            fix: nearest.map { [edit(node, $0)] } ?? [])
        return nil
    }

    package mutating func texts(_ node: YAMLNode, orOne: Bool = false) -> [String]? {
        if orOne, node.text != nil { return text(node).map { [$0] } }
        guard let items = items(node, help: node.text.map { ["write  [\($0)]"] } ?? []) else { return nil }
        return each(items) { $0.text($1) }
    }

    package mutating func localTime(_ node: YAMLNode) -> LocalTime? {
        guard let text = node.text, !node.isNull else {
            wrongKind(node, wanted: "a time of day")
            return nil
        }
        if let time = LocalTime(text: text) { return time }
        let repaired = repairedTime(text)
        report(
            "R110", "`\(text)` is not a time of day", at: node.span,
            label: repaired == nil
                ? "hours go from 00 to 23, minutes from 00 to 59" : "hours and minutes need two digits",
            help: ["write  \(place): \"\(repaired ?? "09:30")\""],
            fix: repaired.map { [edit(node, "\"\($0)\"")] } ?? [])
        return nil
    }

    /// `9:30`, `9：30` and `9:5` say enough to be put right.
    private func repairedTime(_ text: String) -> String? {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "：" }
        guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]), parts[1].utf8.count == 2
        else { return nil }
        return LocalTime(hour, minute)?.text
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
            report(
                "R115", bare ? "`\(text)` has no unit" : "`\(text)` is not a duration", at: node.span,
                help: [bare ? "write \(text)d for days, \(text)h for hours" : durationHelp(text)],
                notes: ["a duration is one number and one unit: m, h, d or w"])
            return nil
        }
        if units.contains(span.unit) { return span }
        let known = ["m", "h", "d", "w"].filter { unit in units.contains { $0.rawValue == unit } }
        report(
            "R115", "`\(text)` does not fit `\(place)`", at: node.span,
            help: ["the unit here is \(known.joined(separator: " or "))"])
        return nil
    }

    private func durationHelp(_ text: String) -> String {
        let lowered = text.lowercased()
        if lowered.contains("mo") || text.contains("月") { return "there are no months: say 30d" }
        if text.utf8.filter({ $0 >= 97 && $0 <= 122 }).count > 1 { return "one unit only, such as 36h or 7d" }
        return "write  24h  or  7d"
    }

    package mutating func date(_ node: YAMLNode) -> LocalDate? {
        guard let text = node.text, !node.isNull else {
            wrongKind(node, wanted: "a date")
            return nil
        }
        if let date = LocalDate(text: text) { return date }
        report("R116", "`\(text)` is not a date", at: node.span, help: ["write year, month and day:  2026-03-08"])
        return nil
    }
}
