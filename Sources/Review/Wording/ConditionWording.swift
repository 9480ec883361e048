import Policies
import Rules
import Store

/// A condition in words: one row per leaf, with its result and the value read.
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

    private func negation(_ wanted: Bool) -> String { wanted ? "" : say("not: ", "不能：") }

    private func missing(_ field: Field) -> String {
        let isStored = FieldCatalogue.member.contains { $0.name == field.name } || field.name.hasPrefix("member.attr.")
        return isStored ? say("missing, never filled in", "缺失，从未填写") : say("missing", "缺失")
    }

    // MARK: words

    func words(_ test: FieldTest) -> String {
        "\(test.field.name) " + test.tests.map { words($0, test.field) }.joined(separator: say(" and ", " 且 "))
    }

    /// A key of `where` with what it is to be, and the value that an event has for it.
    func words(_ unmet: UnmetTest) -> (words: String, actual: String) {
        let field = Field(name: unmet.key, source: .trigger, type: .any, canBeMissing: true)
        return (
            "\(unmet.key) \(words(unmet.test, field))",
            unmet.actual.map { values.text($0, of: field) } ?? missing(field)
        )
    }

    func words(_ test: HistoryTest) -> String {
        var words = "\(test.event) " + test.times.map(words).joined(separator: say(" and ", " 且 "))
        if let span = test.period { words += say(" within the last \(span.text)", "，最近 \(say.span(span.text))内") }
        for key in test.filter?.tests ?? [] {
            let field = Field(name: key.key, source: .trigger, type: .any, canBeMissing: true)
            words += " (\(key.key) \(key.tests.map { self.words($0, field) }.joined(separator: say(" and ", " 且 "))))"
        }
        return words
    }

    private func words(_ times: HistoryTest.Times) -> String {
        let counts = OperatorWording(say: say, form: .count)
        return switch times {
        case .exactly(let n): counts.words(.equals, say.times(n))
        case .atLeast(let n): counts.words(.atLeast, say.times(n))
        case .moreThan(let n): counts.words(.moreThan, say.times(n))
        case .atMost(let n): counts.words(.atMost, say.times(n))
        case .lessThan(let n): counts.words(.lessThan, say.times(n))
        case .between(let low, let high): counts.between("\(low)", "\(high)")
        }
    }

    private func words(_ test: Comparison, _ field: Field) -> String {
        let operators = OperatorWording(say: say, form: .condition)
        func shown(_ value: Value) -> String { values.text(value, of: field) }
        func masked(_ text: String) -> String { values.masked(text, field.name) }
        if case .isTrue(let wanted) = test { return wanted ? say("is true", "为真") : say("is false", "为假") }
        let (word, operand) = test.written
        return switch operand {
        case .values(let values): operators.words(word, say.alternatives(values.map(shown)))
        case .part(let text): operators.words(word, ShownValues.masked(text))
        case .bound(let limit): operators.words(word, shown(limit))
        case .bounds(let low, let high): operators.between(shown(low), shown(high))
        case .moment(let moment): operators.words(word, words(moment))
        case .moments(let low, let high): operators.between(words(low), words(high))
        case .span(let span): operators.words(word, say.span(span.text))
        case .item(let item): operators.words(word, masked(item))
        case .anyItem(let items): operators.words(word, say.alternatives(items.map(masked)))
        case .everyItem(let items): operators.words(word, say.sum(items.map(masked)))
        case .field(let other, let times):
            operators.words(word, times == .one ? other.name : "\(other.name) × \(times.text)")
        case .flag(let wanted): operators.words(word, "\(wanted)")
        }
    }

    private func words(_ moment: Moment) -> String {
        switch moment {
        case .date(let date): date.text
        case .local, .instant: Phrases.clock(moment.instant(in: readings.zone), readings.zone)
        }
    }
}
