import Kit
import Review
import Policies
import Rules

/// Reports what each rule did: who got what, and why the others did not. Columns are as
/// wide as a terminal shows them.
struct DemoReport {
    let lines: [Decision]
    let rules: [Rule]
    let words: DemoWording

    private static let mostReasons = 9
    private static let samples = 2

    var text: String {
        let byRule = Dictionary(grouping: lines, by: \.rule)
        let sections = rules.map { section($0, byRule[$0.id] ?? []) }
        return (sections + [words.total(reached: lines.count { $0.outcome.reachesSomeone }, others: silent)])
            .joined(separator: "\n\n")
    }

    /// Occasions that ended without a message or a task.
    private var silent: Int { lines.count { !$0.outcome.reachesSomeone && $0.outcome != .held } }

    private func section(_ rule: Rule, _ lines: [Decision]) -> String {
        let heading = "\(rule.id)  \(rule.name)"
        guard !lines.isEmpty else { return heading + "\n" + row(0, words.nothing, "") }
        return ([heading] + counts(lines) + examples(rule, lines)).joined(separator: "\n")
    }

    // MARK: counts

    private struct Group: Hashable {
        var outcome: Outcome
        var reason: String
    }

    private func counts(_ lines: [Decision]) -> [String] {
        let groups = Dictionary(grouping: lines) { Group(outcome: $0.outcome, reason: words.reason($0)) }
            .map { (group: $0.key, count: $0.value.count) }
            .sorted { a, b in
                if a.group.outcome.rank != b.group.outcome.rank { return a.group.outcome.rank < b.group.outcome.rank }
                return a.count != b.count ? a.count > b.count : a.group.reason < b.group.reason
            }
        let shown = groups.prefix(DemoReport.mostReasons)
        var rows = shown.map { row($0.count, words.outcome($0.group.outcome), $0.group.reason) }
        let rest = groups.dropFirst(DemoReport.mostReasons)
        if !rest.isEmpty { rows.append(row(rest.reduce(0) { $0 + $1.count }, "…", words.otherReasons(rest.count))) }
        return rows
    }

    private func row(_ count: Int, _ outcome: String, _ reason: String) -> String {
        let number = String(count)
        let left = String(repeating: " ", count: max(0, 6 - number.count)) + number
        guard !reason.isEmpty else { return "\(left)  \(outcome)" }
        return "\(left)  " + Columns.padded(outcome, 14) + reason
    }

    // MARK: samples

    /// The first message, and the first that differs from it in template.
    private func examples(_ rule: Rule, _ lines: [Decision]) -> [String] {
        let reached = lines.filter(\.outcome.reachesSomeone)
        guard let first = reached.first else { return [] }
        let other = reached.first { $0.message?.template != first.message?.template } ?? reached.dropFirst().first
        return [first, other].compactMap { $0 }.prefix(DemoReport.samples).map { example($0, rule) }
    }

    private func example(_ line: Decision, _ rule: Rule) -> String {
        let clock = line.zone.rfc3339(line.at).dropFirst(5).prefix(11).replacing("T", with: " ")
        var head = "        \(clock)  \(line.member)  "
        if let message = line.message {
            head += [message.channel, message.maskedAddress].compactMap { $0 }.joined(separator: " ")
            if let coupon = line.coupon { head += ", \(words.coupon) \(coupon)" }
            return head + "\n        \(message.maskedText)"
        }
        return head + words.task(title: rule.taskTitle ?? "") + (line.maskedScript.map { "\n        \($0)" } ?? "")
    }
}

extension Rule {
    /// The title of its first task; tasks within `choose` are not looked for.
    fileprivate var taskTitle: String? {
        guard case .actions(let actions) = body else { return nil }
        for case .createTask(let task) in actions { return task.title }
        return nil
    }
}

extension Outcome {
    fileprivate var reachesSomeone: Bool { self == .sent || self == .taskCreated }

    /// Acts first, then refusals; outcomes that are not final come last.
    fileprivate var rank: Int {
        switch self {
        case .sent, .taskCreated, .done: 0
        case .held, .waiting: 2
        default: 1
        }
    }
}
