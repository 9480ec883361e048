import Kit

/// R256, R257 and R258: values that are allowed and yet switch off what they belong to. Each is a warning that says what
/// no longer happens, and what is written by those who mean it.
extension BlockReader {
    /// Reports R256 for a list without items.
    /// - Parameter consequence: what the list no longer does, behind `frequency_cap` names …
    func warnOfEmptyList(
        _ key: String, _ consequence: String, help: [String]? = nil, _ findings: inout Findings
    ) {
        guard let node = self[key], node.items?.isEmpty == true else { return }
        let example = declaration[key]?.examples.first.map { ["such as  \(key): \($0)"] } ?? []
        findings.report(
            "R256", .warning, "`\(key)` names \(consequence)", at: node.span,
            help: help ?? example + ["or take `\(key)` away"], key: key)
    }

    /// Reports R258 for a holdout that nobody is outside of.
    func warnOfWholeHoldout(
        _ key: String, of points: Int?, _ consequence: String, help: [String], _ findings: inout Findings
    ) {
        guard points == 10_000, let node = self[key] else { return }
        findings.report(
            "R258", .warning, "`\(key)` holds everybody back: \(consequence)", at: node.span, help: help, key: key)
    }
}

extension Settings.QuietHours {
    /// True where they hold nothing of the night, 23:00 to 07:00, or noon and not three in the morning: the two ends are
    /// most likely the wrong way round, or a break of the day was meant.
    var leaveTheNight: Bool {
        guard from < to else { return false }
        let holdsNoNight = from.minutes >= 7 * 60 && to.minutes <= 23 * 60
        return holdsNoNight || contains(LocalTime(minutes: 12 * 60)) && !contains(LocalTime(minutes: 3 * 60))
    }

    /// The time they last, in minutes; those that leave the night never pass midnight.
    private var minutes: Int { to.minutes - from.minutes }

    /// R255. A break of the day is answered with a night, the working day with its two ends exchanged.
    func warnOfNight(in block: BlockReader, _ findings: inout Findings) {
        guard leaveTheNight, let begin = block["from"], let end = block["to"] else { return }
        let isBreak = minutes < 6 * 60 || from.minutes > 11 * 60
        let standard = Settings().quietHours ?? self
        let (evening, morning) = isBreak ? (standard.from, standard.to) : (to, from)
        let words = "from: \"\(evening.text)\"  and  to: \"\(morning.text)\""
        findings.report(
            "R255", .warning,
            "the quiet hours leave the night open: messages go out between `\(to.text)` and `\(from.text)`",
            at: begin.span, label: "they begin here", related: [.init(end.span, "they end here")],
            help: [isBreak ? "for a quiet night write  \(words)" : "did you mean  \(words)?"], key: "from")
    }
}

/// R261: a coupon that is over on the day on which it is given.
struct CouponDays {
    let trigger: Trigger?

    /// - Parameter rule: the block of the rule, whose steps may lie at any depth.
    func check(_ rule: YAMLNode, _ findings: inout Findings) {
        guard case .date(let offset, _)? = trigger, offset.isAfter else { return }
        for end in CouponDays.ends(in: rule) {
            guard let days = end.text.flatMap({ Decimal2.wholeNumber($0) }), days >= 0, days < -offset.daysBefore
            else { continue }
            findings.append([
                Diagnostic(
                    "R261", .warning,
                    "the coupon ends on day \(days) after the date, and is given on day \(-offset.daysBefore)",
                    at: end.span,
                    help: [
                        "did you mean  valid_until: {days_after_send: \(days)}?",
                        "or  valid_until: {days_after_occasion: \(days - offset.daysBefore)}",
                    ], rule: findings.rule, path: findings.path + rule.path(to: end.span))
            ])
        }
    }

    /// The values of `days_after_occasion` in any step.
    private static func ends(in node: YAMLNode) -> [YAMLNode] {
        (node.items ?? []).flatMap(ends)
            + (node.entries ?? []).flatMap { entry in
                entry.key == "days_after_occasion" ? [entry.value] : ends(in: entry.value)
            }
    }
}

/// Comparisons with what a count or a sum always is: R262 where everybody meets the test, R210 where nobody does.
enum NeverNegative {
    /// Fields that are 0 where there is nothing (semantics §8), so that a test of 0 or more leaves nobody out.
    private static let whole: Set<String> = [
        "member.lifetime_spend", "member.lifetime_orders", "member.orders_30d", "member.orders_90d",
        "member.spend_90d", "member.spend_365d",
    ]

    static func finding(_ placed: TestReader.Placed, on field: String, _ findings: Findings) -> Diagnostic? {
        guard whole.contains(field) else { return nil }
        return finding(placed, "`\(field)`", none: "did you mean  more_than: 0?", findings)
    }

    /// The same for the `times` of a `history`.
    static func finding(times placed: TestReader.Placed, _ findings: Findings) -> Diagnostic? {
        finding(placed, "`times`", none: "did you mean  at_least: 1?", findings)
    }

    private static func finding(
        _ placed: TestReader.Placed, _ name: String, none help: String, _ findings: Findings
    ) -> Diagnostic? {
        // Under `none` it is the other way round.
        guard let holds = everybody(placed.test), !findings.path.contains("none") else { return nil }
        return Diagnostic(
            holds ? "R262" : "R210", .warning,
            holds ? "every member meets this test of \(name)" : "no member can ever meet this test of \(name)",
            at: placed.span, label: "it is never below 0", help: [holds ? help : "did you mean  is: 0?"],
            rule: findings.rule,
            path: findings.path)
    }

    /// True where everybody meets the test, false where nobody does; nil where it depends on the member.
    private static func everybody(_ test: Comparison) -> Bool? {
        switch test {
        case .atLeast(let value): isAtMost(0, value) ? true : nil
        case .moreThan(let value): isBelow(0, value) ? true : nil
        case .lessThan(let value): isAtMost(0, value) ? false : nil
        case .atMost(let value): isBelow(0, value) ? false : nil
        default: nil
        }
    }

    private static func isAtMost(_ most: Double, _ value: Value) -> Bool { value.quantity.map { $0 <= most } ?? false }
    private static func isBelow(_ most: Double, _ value: Value) -> Bool { value.quantity.map { $0 < most } ?? false }
}
