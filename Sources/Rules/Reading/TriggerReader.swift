import Kit

/// Reads `when`: exactly one trigger.
struct TriggerReader {
    /// Reads `after: 0d`, which means at once; elsewhere a duration of nothing makes no sense.
    private static func atOnce(_ node: YAMLNode?) -> Span? {
        guard let text = node?.text, text.utf8.count == 2, text.first == "0", let unit = text.last else { return nil }
        return Span.Unit(rawValue: String(unit)).map { Span(0, $0) }
    }

    let vocabulary: Vocabulary

    /// The trigger, and the place of a time of day that could fall into the quiet hours.
    struct Reading {
        var trigger: Trigger
        var keySpan: SourceSpan
        var at: LocalTime?
        var atSpan: SourceSpan

        /// The trigger with the event whose name was nearly written, which has its own finding (R204).
        var meant: Trigger {
            guard case .event(var event) = trigger, let near = EventName.nearest(to: event.name) else { return trigger }
            event.name = near
            return .event(event)
        }
    }

    static let tenOClock = LocalTime(minutes: 600)

    /// `when` is a block reader over `TriggerKeys.when`.
    func read(_ when: BlockReader, _ findings: inout Findings) -> Reading? {
        guard let chosen = when.chosen else { return nil }
        return when.block(chosen.key, &findings) { block, findings in
            guard let trigger = trigger(chosen.key, block, &findings) else { return nil }
            return Reading(
                trigger: trigger, keySpan: chosen.keySpan, at: trigger.timeOfDay,
                atSpan: block.entry("at")?.span ?? chosen.keySpan)
        }
    }

    private func trigger(_ key: String, _ block: BlockReader, _ findings: inout Findings) -> Trigger? {
        switch key {
        case "birthday":
            let calendar = block.choice("calendar", as: Trigger.RecordedCalendar.self, &findings)
            return .birthday(offset(block, &findings), calendar: calendar ?? .asRecorded)
        case "anniversary":
            let offset = offset(block, &findings)
            return block.read("of", &findings) { findings, node in
                findings.identifier(node).flatMap { yearlyDate($0, node, &findings) }
            }.map { .anniversary(offset, of: $0) }
        case "date": return date(block, &findings)
        case "festival": return festival(block, &findings)
        case "schedule": return ScheduleReader(calendar: vocabulary.settings.workCalendar).read(block, &findings)
        case "coupon_expires": return .couponExpires(offset(block, &findings))
        case "points_expire": return .pointsExpire(offset(block, &findings))
        case "event": return event(block, &findings)
        case "first_purchase":
            let days = block.int("days_after", &findings)
            return .firstPurchase(daysAfter: days ?? 0, at: block.localTime("at", &findings))
        case "cart_idle": return block.duration("for", &findings).map { .cartIdle(for: $0) }
        case "browsed": return browsed(block, &findings)
        default: return inactive(block, &findings)
        }
    }

    private func offset(_ block: BlockReader, _ findings: inout Findings) -> Trigger.DateOffset {
        let days = block.int("days_before", &findings)
        let at = block.localTime("at", &findings)
        return Trigger.DateOffset(daysBefore: days ?? 0, at: at ?? TriggerReader.tenOClock)
    }

    private func date(_ block: BlockReader, _ findings: inout Findings) -> Trigger? {
        _ = block.atMostOne(of: "days_before", "days_after", findings: &findings)
        let after = block.int("days_after", &findings)
        let offset = offset(block, &findings)
        let name = block.read("of", &findings) { findings, node in
            findings.identifier(node).flatMap { nameOfDate($0, node, &findings) }
        }
        return name.map {
            .date(Trigger.DateOffset(daysBefore: after.map { -$0 } ?? offset.daysBefore, at: offset.at), of: $0)
        }
    }

    /// The birthday has a trigger of its own: it may be lunar, and is no row of `dates`.
    private func yearlyDate(_ name: String, _ node: YAMLNode, _ findings: inout Findings) -> String? {
        guard ["birthday", "member.birthday"].contains(name) else { return name }
        findings.report(
            "R104", "`\(name)` is no anniversary, but a trigger of its own", at: node.span,
            help: ["write  when: {birthday: {}}"])
        return nil
    }

    /// A name of `dates` is the shop's own; a field of the member must be a custom attribute of type date.
    private func nameOfDate(_ name: String, _ node: YAMLNode, _ findings: inout Findings) -> String? {
        if ["birthday", "member.birthday", "membership"].contains(name) {
            let yearly = name == "membership" ? "anniversary: {of: membership}" : "birthday: {}"
            findings.report(
                "R104", "`\(name)` comes every year, and `date` is for what comes once", at: node.span,
                help: ["write  when: {\(yearly)}"])
            return nil
        }
        let isField = name.hasPrefix("member.") || name.hasPrefix("attr.")
        guard isField else { return name }
        guard let field = vocabulary.customFields.first(where: { $0.id == name }), field.sqliteSQL == nil else {
            if !vocabulary.fieldsAreWhole { return nil }
            let dates = vocabulary.customFields.filter { $0.type == .date && $0.sqliteSQL == nil }.map(\.id)
            let meant = dates.first { $0 == "member." + name } ?? Suggestion.nearest(to: name, among: dates)
            findings.report(
                "R201", "there is no custom attribute `\(name)`", at: node.span,
                help: [
                    meant.map { "did you mean `\($0)`?" }
                        ?? "name one of type date in fields.yaml, such as member.attr.due_date, or a name of `dates`"
                ])
            return nil
        }
        if field.type == .date { return name }
        let dates = vocabulary.customFields.filter { $0.type == .date && $0.sqliteSQL == nil }.map(\.id)
        findings.report(
            "R104", "`\(name)` is \(field.type.words), and `date` counts from a date", at: node.span,
            help: (dates.count == 1 ? ["did you mean `\(dates[0])`?"] : []) + ["say  type: date  in fields.yaml"])
        return nil
    }

    private func festival(_ block: BlockReader, _ findings: inout Findings) -> Trigger? {
        let offset = offset(block, &findings)
        guard let name = block.identifier("name", &findings), let node = block["name"] else { return nil }
        if let rule = vocabulary.settings.festivals[name] ?? FestivalRule.builtIn[name] {
            return .festival(offset, name: name, rule: rule)
        }
        if !vocabulary.settingsAreWhole { return nil }
        let names = FestivalRule.builtIn.keys.sorted() + vocabulary.settings.festivals.keys.sorted()
        let same = SameWord.exact(name, among: names)
        let nearest =
            same ?? ForeignWords.festivals[SameWord.folded(name)].flatMap { names.contains($0) ? $0 : nil }
            ?? festival(namedBy: name, among: names) ?? Suggestion.nearest(to: name, among: names)
        findings.report(
            "R104", "there is no festival `\(name)`", at: node.span,
            help: nearest.map { ["did you mean `\($0)`?"] } ?? [
                "the shop's own are declared in the settings under `festivals`"
            ], fix: same.map { [findings.edit(node, $0)] } ?? [],
            key: "name")
        return nil
    }

    /// The festival of `mid_autumn_festival`, of `中秋佳节`, or of the lunar date `八月十五`.
    private func festival(namedBy typed: String, among names: [String]) -> String? {
        let word = SameWord.folded(typed)
        for ending in ["_festival", "_day", "_eve", "佳节", "节日", "节", "当天"] where word.hasSuffix(ending) {
            let short = String(word.dropLast(ending.count))
            if let name = names.first(where: { $0 == short }) ?? ForeignWords.festivals[short] { return name }
        }
        let day = Repaired.monthAndDay(typed, isLunar: true)
        return names.first { name in
            guard case .lunar(let month, let date)? = vocabulary.settings.festivals[name] ?? FestivalRule.builtIn[name]
            else { return false }
            return day == "\(padded(month, 2))-\(padded(date, 2))"
        }
    }

    private func event(_ block: BlockReader, _ findings: inout Findings) -> Trigger? {
        let name = block.read("name", &findings) { $0.event($1) }
        let filter = block.read("where", &findings) { HistoryReader.dataTests($1, &$0) }
        let after = TriggerReader.atOnce(block["after"]) ?? block.duration("after", &findings)
        let at = block.localTime("at", &findings)
        if at != nil, let after, !after.isNominal, let node = block["after"] {
            findings.report(
                "R115", "`\(after.text)` does not go with a time of day", at: node.span,
                help: ["with `at`, count in days or weeks:  after: 1d"], key: "after")
        }
        return name.map { .event(.init(name: $0, filter: filter, after: after ?? .zero, at: at)) }
    }

    private func browsed(_ block: BlockReader, _ findings: inout Findings) -> Trigger? {
        let atLeast = block.int("at_least", &findings)
        let of = block.choice("of", as: Trigger.Browsed.Unit.self, &findings)
        let idle = block.duration("idle_for", &findings)
        guard let atLeast, let of, let idle else { return nil }
        return .browsed(.init(atLeast: atLeast, of: of, idleFor: idle))
    }

    private func inactive(_ block: BlockReader, _ findings: inout Findings) -> Trigger? {
        let span = block.duration("for", &findings)
        let at = block.localTime("at", &findings)
        let activity = block.list("activity", &findings) { $0.event($1) }
        if block["activity"]?.items?.isEmpty == true {
            findings.report("R104", "`activity` has no items", at: block.span(of: "activity"), key: "activity")
        }
        return span.map { .inactive(.init(for: $0, at: at, activity: activity ?? ["order.paid"])) }
    }
}
