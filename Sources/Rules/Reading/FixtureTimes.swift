import Kit

/// The clock of a fixture file: times that have no zone of their own are read in its `timezone`.
struct FixtureTimes: Sendable {
    let zone: Zone

    /// A bare date is its 00:00.
    func instant(_ findings: inout Findings, _ node: YAMLNode) -> Instant? {
        findings.timePoint(node)?.instant(in: zone)
    }

    /// The first instant at which it has expired: a bare date is its 24:00 (semantics §10).
    func expiry(_ findings: inout Findings, _ node: YAMLNode) -> Instant? {
        guard let point = findings.timePoint(node) else { return nil }
        guard case .date(let date) = point else { return point.instant(in: zone) }
        return date.year == 9999 ? .distantFuture : zone.startOfDay(date.adding(days: 1))
    }
}

extension Findings {
    package mutating func timePoint(_ node: YAMLNode) -> TimePoint? {
        guard let text = node.text, !node.isNull else {
            wrongKind(node, wanted: "a date and time")
            return nil
        }
        if let point = TimePoint(text: text) { return point }
        if let repaired = Repaired.dateAndTime(text) {
            report("R116", "`\(text)` is not a date and time", at: node.span, help: ["write  \"\(repaired)\""])
            return nil
        }
        report(
            "R116", "`\(text)` is not a date and time", at: node.span,
            help: ["write  \"2026-03-01 10:00\",  or with an offset  \"2026-03-01T10:00:00+08:00\""])
        return nil
    }

    /// R249: `Etc/GMT+8` is eight hours behind Greenwich, as POSIX has it, and hardly anybody means that.
    mutating func warnOfSign(_ name: String, at node: YAMLNode) {
        let sign = name.hasPrefix("Etc/GMT") ? name.dropFirst(7).first : nil
        guard let sign, sign == "+" || sign == "-", let hours = Int(name.dropFirst(8)), hours > 0 else { return }
        let (actual, meant) = sign == "+" ? ("behind", "ahead of") : ("ahead of", "behind")
        let other = hours == 8 && sign == "+" ? "Asia/Shanghai" : "Etc/GMT\(sign == "+" ? "-" : "+")\(hours)"
        report(
            "R249", .warning, "`\(name)` is \(hours) hours \(actual) Greenwich: its sign is the other way round",
            at: node.span, help: ["for \(hours) hours \(meant) Greenwich write  timezone: \(other)"])
    }

    package mutating func zone(_ node: YAMLNode) -> Zone? {
        guard let name = text(node) else { return nil }
        if let zone = Zone(named: name) {
            warnOfSign(name, at: node)
            return zone
        }
        report(
            "R104", "there is no time zone `\(name)`", at: node.span,
            help: ["write a name such as  Asia/Shanghai  or  Europe/Paris"])
        return nil
    }

    /// An amount that is neither negative nor absurd, as in an import: fen, at most 10 million yuan.
    package mutating func amount(_ node: YAMLNode) -> Int64? {
        guard let fen = money(node) else { return nil }
        if (0...1_000_000_000).contains(fen) { return fen }
        report(
            "R104", "`\(node.text ?? "")` is out of range for `\(place)`", at: node.span,
            help: ["allowed is 0 to 10000000"])
        return nil
    }

    package mutating func rowID(_ node: YAMLNode) -> String? {
        guard let text = text(node) else { return nil }
        let id = RowID.canonical(text)
        if id.isEmpty { report("R104", "an id cannot be empty", at: node.span) }
        return id.isEmpty ? nil : id
    }
}

/// A yearly date as a fixture writes it: `1990-03-10`, `--03-10`, or a block of calendar, year, month, day, leap_month.
struct RecurringDateReader {
    var calendar: RecurringCalendar = .solar
    var leapMonth = false

    func read(_ findings: inout Findings, _ node: YAMLNode) -> RecurringDate? {
        guard node.entries == nil else { return readBlock(&findings, node) }
        guard let text = node.text, !node.isNull else {
            findings.wrongKind(node, wanted: "a date")
            return nil
        }
        guard let (year, month, day) = RecurringDateReader.parts(of: text) else {
            findings.report(
                "R116", "`\(text)` is not a date", at: node.span,
                help: [
                    RecurringDateReader.meant(text, calendar).map { "write  \"\($0)\"" } ?? RecurringDateReader.forms
                ])
            return nil
        }
        return checked(
            year, month, day, calendar: calendar, leapMonth: leapMonth, text: text, node: node, findings: &findings)
    }

    private static let forms = "write  \"1990-03-10\",  or without the year  \"--03-10\""

    /// The author's own date, where it is one: `03-10` and `3月10日` are `--03-10`.
    private static func meant(_ text: String, _ calendar: RecurringCalendar) -> String? {
        let dates = Repaired.dates(text)
        if dates.count == 1 { return dates[0].text }
        return Repaired.monthAndDay(text, isLunar: calendar == .lunar).map { "--\($0)" }
    }

    private func readBlock(_ findings: inout Findings, _ node: YAMLNode) -> RecurringDate? {
        let count = findings.all.count
        guard let block = BlockReader(node, FixtureDeclarations.recurringDate, &findings) else { return nil }
        let calendar = block.choice("calendar", as: RecurringCalendar.self, &findings) ?? calendar
        let year = block.int("year", &findings)
        let month = block.int("month", &findings)
        let day = block.int("day", &findings)
        let leap = block.bool("leap_month", &findings) ?? leapMonth
        guard !findings.hasError(since: count), let month, let day else { return nil }
        let text = (year.map { padded($0, 4) } ?? "-") + "-\(padded(month, 2))-\(padded(day, 2))"
        return checked(
            year, month, day, calendar: calendar, leapMonth: leap, text: text, node: node, findings: &findings)
    }

    private func checked(
        _ year: Int?, _ month: Int, _ day: Int, calendar: RecurringCalendar, leapMonth: Bool, text: String,
        node: YAMLNode, findings: inout Findings
    ) -> RecurringDate? {
        if calendar == .solar, leapMonth {
            findings.report("R116", "only lunar dates have a leap month", at: node.span, help: ["add  calendar: lunar"])
            return nil
        }
        guard let date = RecurringDate(calendar: calendar, year: year, month: month, day: day, leapMonth: leapMonth)
        else {
            let limits = calendar == .lunar ? "12 months, and at most 30 days" : "no such day"
            findings.report(
                "R116", "`\(text)` does not exist in the \(calendar.rawValue) calendar", at: node.span, label: limits)
            return nil
        }
        guard calendar == .lunar, let year else { return date }
        if !ChineseCalendar.supportedYears.contains(year) {
            findings.report(
                "R301", "the lunar year \(year) is outside the table", at: node.span,
                help: ["lunar years from 1901 to 2100 are known; without a year any month and day will do"])
            return nil
        }
        if leapMonth, ChineseCalendar.leapMonth(in: year) != month {
            let known = ChineseCalendar.leapMonth(in: year).map { "its leap month is \($0)" } ?? "it has no leap month"
            findings.report("R116", "the lunar year \(year) has no leap month \(month)", at: node.span, label: known)
            return nil
        }
        return date
    }

    /// The year (nil for `--03-10`), month and day, written with four, two and two ASCII digits.
    private static func parts(of text: String) -> (year: Int?, month: Int, day: Int)? {
        let hasYear = !text.hasPrefix("--")
        let parts = text.dropFirst(hasYear ? 0 : 2).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == (hasYear ? 3 : 2), parts.map(\.utf8.count) == (hasYear ? [4, 2, 2] : [2, 2]),
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count else { return nil }
        return hasYear ? (numbers[0], numbers[1], numbers[2]) : (nil, numbers[0], numbers[1])
    }
}
