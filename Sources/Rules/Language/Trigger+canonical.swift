import Kit

/// The `when` of a rule as one line of YAML: keys in alphabetical order, defaults written out, nothing of Swift in it.
///
/// Stores keep its hash, and a rule with another one starts anew and drops who waits in it. So a word that is here stays
/// as it is: a new key is left out where it has its default, and `TriggerIdentityTests` has the hash of each kind.
extension Trigger {
    package var canonical: String {
        switch self {
        case .birthday(let offset, let calendar):
            line(["at": offset.at.text, "calendar": calendar.rawValue, "days_before": "\(offset.daysBefore)"])
        case .anniversary(let offset, let name):
            line(["at": offset.at.text, "days_before": "\(offset.daysBefore)", "of": Flow.quoted(name)])
        case .festival(let offset, let name, let rule):
            line([
                "at": offset.at.text, "date": rule.canonical, "days_before": "\(offset.daysBefore)",
                "name": Flow.quoted(name),
            ])
        case .schedule(let schedule, let at): line(["at": at.text, "every": schedule.canonical])
        case .couponExpires(let offset), .pointsExpire(let offset):
            line(["at": offset.at.text, "days_before": "\(offset.daysBefore)"])
        case .event(let event):
            line([
                "after": event.after.text, "at": event.at?.text, "name": Flow.quoted(event.name),
                "where": event.filter?.canonical,
            ])
        case .firstPurchase(let days, let at): line(["at": at?.text, "days_after": "\(days)"])
        case .cartIdle(let span): line(["for": span.text])
        case .browsed(let browsed):
            line(["at_least": "\(browsed.atLeast)", "idle_for": browsed.idleFor.text, "of": browsed.of.rawValue])
        case .inactive(let inactive):
            line([
                "activity": Flow.list(inactive.activity.map(Flow.quoted)), "at": inactive.at?.text,
                "for": inactive.for.text,
            ])
        }
    }

    private func line(_ entries: [String: String?]) -> String {
        "\(kind): \(Flow.map(entries.map { ($0.key, $0.value) }))"
    }
}

extension FestivalRule {
    fileprivate var canonical: String {
        switch self {
        case .solar(let month, let day): "solar \(padded(month, 2))-\(padded(day, 2))"
        case .lunar(let month, let day): "lunar \(padded(month, 2))-\(padded(day, 2))"
        case .qingming: "qingming"
        }
    }
}

extension Trigger.Schedule {
    fileprivate var canonical: String {
        switch self {
        case .daily: "day"
        case .weekly(let weekday): "week on \(weekday)"
        case .monthly(let day): "month on \(day)"
        case .once(let date): "once on \(date.text)"
        }
    }
}

extension EventFilter {
    package var canonical: String {
        Flow.map(tests.map { test in (test.key, Flow.list(test.tests.map(\.canonical))) })
    }
}

extension Comparison {
    package var canonical: String {
        switch self {
        case .anyOf(let values): "any_of: \(Flow.list(values.map(\.canonical)))"
        case .noneOf(let values): "none_of: \(Flow.list(values.map(\.canonical)))"
        case .startsWith(let text): "starts_with: \(Flow.quoted(text))"
        case .contains(let text): "contains: \(Flow.quoted(text))"
        case .atLeast(let value): "at_least: \(value.canonical)"
        case .moreThan(let value): "more_than: \(value.canonical)"
        case .atMost(let value): "at_most: \(value.canonical)"
        case .lessThan(let value): "less_than: \(value.canonical)"
        case .between(let low, let high): "between: \(Flow.list([low.canonical, high.canonical]))"
        case .before(let moment): "before: \(moment.canonical)"
        case .after(let moment): "after: \(moment.canonical)"
        case .betweenMoments(let low, let high): "between: \(Flow.list([low.canonical, high.canonical]))"
        case .atMoment(let moment): "is: \(moment.canonical)"
        case .withinLast(let span): "within_last: \(span.text)"
        case .moreThanAgo(let span): "more_than_ago: \(span.text)"
        case .withinNext(let span): "within_next: \(span.text)"
        case .includes(let text): "includes: \(Flow.quoted(text))"
        case .includesAny(let texts): "includes_any: \(Flow.list(texts.map(Flow.quoted)))"
        case .includesAll(let texts): "includes_all: \(Flow.list(texts.map(Flow.quoted)))"
        case .excludes(let text): "excludes: \(Flow.quoted(text))"
        case .isTrue(let wanted): "is: \(wanted)"
        case .isSet(let wanted): "is_set: \(wanted)"
        }
    }
}

extension Value {
    fileprivate var canonical: String {
        switch self {
        case .text(let text): Flow.quoted(text)
        case .number(let number): Int64(exactly: number).map(String.init) ?? "\(number)"
        case .money(let fen): "\(fen) fen"
        case .date(let date): date.text
        case .instant(let instant): "\(instant.micros)us"
        case .list(let texts): Flow.list(texts.map(Flow.quoted))
        case .bool(let flag): "\(flag)"
        }
    }
}

extension TimePoint {
    fileprivate var canonical: String {
        switch self {
        case .instant(let instant): "\(instant.micros)us"
        case .local(let date, let micros): "\(date.text)+\(micros)us"
        case .date(let date): date.text
        }
    }
}

/// YAML's flow style.
private enum Flow {
    static func list(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }

    /// By bytes of the key; a key without a value is left out.
    static func map(_ entries: [(String, String?)]) -> String {
        let present = entries.compactMap { key, value in value.map { "\(key): \($0)" } }
        return "{\(present.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: ", "))}"
    }

    /// So that no text can look like the end of itself.
    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
