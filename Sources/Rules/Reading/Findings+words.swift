/// Values that are words or lists of words, and the kinds of time.
extension Findings {
    /// One of `words`; a near miss is named.
    package mutating func word(_ node: YAMLNode, among words: [String]) -> String? {
        guard let text = node.text, !node.isNull else {
            wrongKind(node, wanted: "one word")
            return nil
        }
        if words.contains(text) { return text }
        let foreign = Findings.foreignWords[Repaired.ascii(text).lowercased()] ?? []
        let nearest =
            foreign.first { words.contains($0) } ?? Suggestion.nearest(to: Repaired.ascii(text), among: words)
        let list = words.prefix(5).joined(separator: ", ") + (words.count > 5 ? ", …" : "")
        report(
            "R104", "`\(text)` is not a value of `\(place)`", at: node.span,
            help: nearest.map { ["did you mean `\($0)`?"] } ?? ["allowed: \(list)"],
            fix: nearest.map { [edit(node, $0)] } ?? [])
        return nil
    }

    /// What people write for a word of ours; the first that the place knows is meant.
    private static let foreignWords: [String: [String]] = [
        "草稿": ["draft"], "上线": ["live"], "启用": ["live"], "生效": ["live"], "开启": ["live"], "运行": ["live"],
        "active": ["live"], "enabled": ["live"], "on": ["live"], "试运行": ["shadow"], "影子": ["shadow"], "暂停": ["paused"],
        "停用": ["paused"], "disabled": ["paused"], "off": ["paused"], "下线": ["retired"], "营销": ["marketing"],
        "promotion": ["marketing"], "服务": ["service"], "通知": ["service"], "transactional": ["service"], "男": ["male"],
        "女": ["female"], "未知": ["unknown"], "农历": ["lunar"], "阴历": ["lunar"], "公历": ["solar"], "阳历": ["solar"],
        "已付款": ["paid"], "已退款": ["refunded"], "已取消": ["cancelled"], "未使用": ["unused"], "已使用": ["used"],
        "已过期": ["expired"], "正常": ["active"], "已注销": ["closed"], "每天": ["day"], "每周": ["week"], "每月": ["month"],
        "daily": ["day"], "weekly": ["week"], "monthly": ["month"],
    ]

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
        let repaired = Repaired.time(text)
        report(
            "R110", "`\(text)` is not a time of day", at: node.span,
            label: timeLabel(text, isRepaired: repaired != nil),
            help: ["write  \(place): \"\(repaired ?? "09:30")\""],
            fix: repaired.map { [edit(node, "\"\($0)\"")] } ?? [])
        return nil
    }

    private func timeLabel(_ text: String, isRepaired: Bool) -> String {
        guard isRepaired else { return "hours go from 00 to 23, minutes from 00 to 59" }
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
            let repaired = Repaired.span(text)
            report(
                "R115", bare ? "`\(text)` has no unit" : "`\(text)` is not a duration", at: node.span,
                help: [
                    bare
                        ? "write \(text)d for days, \(text)h for hours"
                        : repaired.map { "write  \(place): \($0.text)" } ?? durationHelp(text)
                ],
                notes: ["a duration is one number and one unit: m, h, d or w"],
                fix: repaired.map { [edit(node, $0.text)] } ?? [])
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
        let repaired = Repaired.date(text)
        report(
            "R116", "`\(text)` is not a date", at: node.span,
            help: [repaired.map { "write  \($0.text)" } ?? "write year, month and day:  2026-03-08"],
            fix: repaired.map { [edit(node, $0.text)] } ?? [])
        return nil
    }
}
