import Kit

/// The `when` of a rule as one line of YAML: keys in alphabetical order, defaults written out, no names of Swift in it.
///
/// Stores keep its hash; when the hash changes, the rule starts again and drops the members who wait in it. So no word
/// here may change: a new key is left out where it has its default, and `TriggerIdentityTests` has the hash of each
/// kind.
extension Trigger {
    package var canonical: String {
        switch self {
        case .birthday(let offset, let calendar):
            line(["at": offset.at.text, "calendar": calendar.rawValue, "days_before": "\(offset.daysBefore)"])
        case .anniversary(let offset, let name):
            line(["at": offset.at.text, "days_before": "\(offset.daysBefore)", "of": Flow.quoted(name)])
        case .date(let offset, let name):
            line([
                "at": offset.at.text, "of": Flow.quoted(name),
                offset.isAfter ? "days_after" : "days_before": "\(abs(offset.daysBefore))",
            ])
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
        case .newYearsEve: "new_years_eve"
        case .solarTerm(let term): term.rawValue
        case .nth(let n, let weekday, let month): "\(n). weekday \(weekday) of \(padded(month, 2))"
        }
    }
}

extension Trigger.Schedule {
    fileprivate var canonical: String {
        switch self {
        case .daily: "day"
        case .weekly(let days):
            days.count == 1 ? "week on \(days[0])" : "week on \(Flow.list(days.map { "\($0)" }))"
        case .monthly(let day): "month on \(day)"
        case .quarterly(let day): "quarter on \(day)"
        // Without the holidays: a new year's list must not drop the members who are held.
        case .workdays: "workday"
        case .once(let date): "once on \(date.text)"
        }
    }
}

extension EventFilter {
    package var canonical: String {
        Flow.map(tests.map { test in (test.key, Flow.list(test.tests.map(\.canonical))) })
    }
}

/// YAML's flow style.
enum Flow {
    static func list(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }

    /// A map sorted by the bytes of its keys; a key without a value is left out.
    static func map(_ entries: [(String, String?)]) -> String {
        let present = entries.compactMap { key, value in value.map { "\(key): \($0)" } }
        return "{\(present.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: ", "))}"
    }

    /// Quotes and escapes a text, so that nothing in it can look like its end.
    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
