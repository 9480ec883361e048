import Policies
import Rules

/// A condition in words: one row a leaf, with what it came to and what was read.
struct ConditionWording {
    enum Mark { case yes, no, unneeded }
    struct Row {
        var words: String
        var mark: Mark
        var actual: String
        var line: Int
    }

    let say: Phrases
    let readings: FieldValues
    private var values: ShownValues { ShownValues(zone: readings.zone) }

    func rows(_ check: BoundCondition) -> [Row] { rows(check, wanted: true, isSettled: false, lead: "") }

    /// - Parameters:
    ///   - wanted: false below `none`.
    ///   - isSettled: another branch decided already, so this one is not needed.
    private func rows(_ check: BoundCondition, wanted: Bool, isSettled: Bool, lead: String) -> [Row] {
        switch check {
        case .field(let test, let slot):
            let value = readings.value(of: test.field, slot: slot)
            let actual = value.map { values.text($0, of: test.field) } ?? missing(test.field)
            return [
                Row(
                    words: lead + negation(wanted) + words(test), mark: mark(check, wanted, isSettled), actual: actual,
                    line: test.line)
            ]
        case .history(let test, let slot):
            return [
                Row(
                    words: lead + negation(wanted) + words(test), mark: mark(check, wanted, isSettled),
                    actual: say.times(readings.counts[slot]), line: test.line)
            ]
        case .none(let children):
            return group(children, wanted: !wanted, isEach: wanted, isSettled, lead)
        case .all(let children):
            return group(children, wanted: wanted, isEach: wanted, isSettled, lead)
        case .any(let children):
            return group(children, wanted: wanted, isEach: !wanted, isSettled, lead)
        }
    }

    /// - Parameter isEach: every child must come out as wanted, not just one.
    private func group(
        _ children: [BoundCondition], wanted: Bool, isEach: Bool, _ isSettled: Bool, _ lead: String
    ) -> [Row] {
        let isMet = !isEach && children.contains { readings.holds($0) == wanted }
        return children.enumerated().flatMap { index, child in
            let own = isEach || children.count < 2 ? "" : index == 0 ? say("either ", "或者 ") : say("or ", "或者 ")
            let isOpen = !isMet || readings.holds(child) == wanted
            return rows(child, wanted: wanted, isSettled: isSettled || !isOpen, lead: index == 0 ? lead + own : own)
        }
    }

    private func mark(_ leaf: BoundCondition, _ wanted: Bool, _ isSettled: Bool) -> Mark {
        readings.holds(leaf) == wanted ? .yes : isSettled ? .unneeded : .no
    }

    private func negation(_ wanted: Bool) -> String { wanted ? "" : say("not: ", "不能: ") }

    private func missing(_ field: Field) -> String {
        let isStored = FieldCatalogue.member.contains { $0.name == field.name } || field.name.hasPrefix("member.attr.")
        return isStored ? say("missing, never filled in", "缺失,从未填写") : say("missing", "缺失")
    }

    // MARK: words

    func words(_ test: FieldTest) -> String {
        "\(test.field.name) " + test.tests.map { words($0, test.field) }.joined(separator: say(" and ", " 且 "))
    }

    func words(_ test: HistoryTest) -> String {
        var words = "\(test.event) " + test.times.map(words).joined(separator: say(" and ", " 且 "))
        if let span = test.withinLast { words += say(" within the last \(span.text)", ",最近 \(say.span(span.text))内") }
        for key in test.filter?.tests ?? [] {
            let field = Field(name: key.key, source: .trigger, type: .any, canBeMissing: true)
            words += " (\(key.key) \(key.tests.map { self.words($0, field) }.joined(separator: say(" and ", " 且 "))))"
        }
        return words
    }

    private func words(_ times: HistoryTest.Times) -> String {
        switch times {
        case .exactly(let n): say("exactly \(say.times(n))", "正好 \(n) 次")
        case .atLeast(let n): say("at least \(say.times(n))", "至少 \(n) 次")
        case .moreThan(let n): say("more than \(say.times(n))", "多于 \(n) 次")
        case .atMost(let n): say("at most \(say.times(n))", "至多 \(n) 次")
        case .lessThan(let n): say("less than \(say.times(n))", "少于 \(n) 次")
        case .between(let low, let high): say("between \(low) and \(high) times", "\(low) 到 \(high) 次")
        }
    }

    private func words(_ test: Comparison, _ field: Field) -> String {
        func shown(_ value: Value) -> String { values.text(value, of: field) }
        func masked(_ text: String) -> String { values.masked(text, field.name) }
        switch test {
        case .anyOf(let wanted): return say("is ", "是 ") + say.alternatives(wanted.map(shown))
        case .noneOf(let unwanted): return say("is not ", "不是 ") + say.alternatives(unwanted.map(shown))
        case .startsWith(let text): return say("starts with ", "开头是 ") + ShownValues.masked(text)
        case .contains(let text): return say("contains ", "含有 ") + ShownValues.masked(text)
        case .atLeast(let limit): return say("is at least ", "至少 ") + shown(limit)
        case .moreThan(let limit): return say("is more than ", "大于 ") + shown(limit)
        case .atMost(let limit): return say("is at most ", "至多 ") + shown(limit)
        case .lessThan(let limit): return say("is less than ", "小于 ") + shown(limit)
        case .between(let low, let high):
            return say("is between \(shown(low)) and \(shown(high))", "在 \(shown(low)) 到 \(shown(high)) 之间")
        case .before(let moment): return say("is before \(words(moment))", "早于 \(words(moment))")
        case .after(let moment): return say("is after \(words(moment))", "晚于 \(words(moment))")
        case .betweenMoments(let low, let high):
            return say("is between \(words(low)) and \(words(high))", "在 \(words(low)) 到 \(words(high)) 之间")
        case .atMoment(let moment): return say("is ", "是 ") + words(moment)
        case .withinLast(let span): return say("is within the last \(span.text)", "在最近 \(say.span(span.text))内")
        case .moreThanAgo(let span): return say("is more than \(span.text) ago", "早于 \(say.span(span.text)) 之前")
        case .withinNext(let span): return say("is within the next \(span.text)", "在未来 \(say.span(span.text))内")
        case .includes(let item): return say("includes ", "包含 ") + masked(item)
        case .includesAny(let items): return say("includes ", "包含 ") + say.alternatives(items.map(masked))
        case .includesAll(let items): return say("includes ", "包含 ") + say.sum(items.map(masked))
        case .excludes(let item): return say("does not include ", "不包含 ") + masked(item)
        case .isTrue(let wanted): return wanted ? say("is true", "为真") : say("is false", "为假")
        case .isSet(let wanted): return wanted ? say("is filled in", "已填写") : say("is not filled in", "未填写")
        }
    }

    private func words(_ moment: Moment) -> String {
        switch moment {
        case .date(let date): date.text
        case .local, .instant: TestWording.clock(moment.instant(in: readings.zone), readings.zone)
        }
    }
}
