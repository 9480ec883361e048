import Engine
import Kit
import Policies
import Rules
import Store

/// The place that decided a line, with its own text and its result: `rules/a.yaml:19  member.tier: gold  → …`.
struct TestReason {
    private let line: SimulatedLine
    private let sources: [String: SourceText]
    private let say: Phrases

    init(_ line: SimulatedLine, _ sources: [String: SourceText], _ say: Phrases) {
        self.line = line
        self.sources = sources
        self.say = say
    }

    private var rule: Rule { line.plan.rule }

    /// - Parameter expected: what a test wanted instead; a condition that it names is shown first.
    func text(insteadOf expected: Expectation? = nil) -> String? {
        if let leaf = leaf(insteadOf: expected) { return leaf }
        let body = rule.bodyKey
        if let reason = line.line.because {
            let key = reason.key(body: body)
            if let words = ReasonWording(say: say, form: .place).words(reason.plainPairs(in: line.line.zone)) {
                return place(key ?? (reason.isOfExperiment ? "experiment" : "purpose"), words)
            }
            if key == body, reason.gate != .conditions { return place(body, TestWording(line).text(say)) }
        }
        let clock = Phrases.clock(line.line.due, line.line.zone)
        return place("when", say("due \(clock)", "\(clock) 到时间"))
    }

    /// Every condition with its result, for `--trace`.
    var conditions: [String] {
        guard let readings = line.readings, let condition = line.plan.condition else { return [] }
        return condition.leaves.map { words($0, readings) }
    }

    private func leaf(insteadOf expected: Expectation?) -> String? {
        guard let readings = line.readings, let condition = line.plan.condition else { return nil }
        var name: String?
        switch line.line.because {
        case .condition(let field, _): name = field
        case .history(let event, _): name = event
        default:
            guard case .pairs(let entries) = expected?.reason else { return nil }
            name = entries.first { $0.key == "condition" || $0.key == "history" }?.value.text
        }
        let named = condition.leaves.filter { $0.leafName == name }
        return (named.first { !readings.holds($0) } ?? named.first).map { words($0, readings) }
    }

    private func words(_ leaf: BoundCondition, _ readings: FieldValues) -> String {
        let verdict = readings.holds(leaf) ? say("holds", "成立") : say("does not hold", "不成立")
        switch leaf {
        case .field(let test, let slot):
            let value = readings.value(of: test.field, slot: slot)
            let isOpposite =
                value == nil && readings.holds(leaf) && test.tests.contains { $0.isNegated && !$0.asksPresence }
            let why =
                isOpposite
                ? say("a missing value is none of these", "缺失的值不属于其中任何一个")
                : value.map { $0.json(in: readings.zone).masked(of: test.field.name).rendered.trimmingQuotes }
                    .map { say("it is \($0)", "值是 \($0)") } ?? say("it is missing", "值缺失")
            return "\(excerpt(test.line))  → \(verdict)\(say(", ", "，"))\(why)"
        case .history(let test, let slot):
            let count = readings.counts[slot]
            return "\(excerpt(test.line))  → \(verdict)"
                + say(", \(test.event) happened \(count) times", "，\(test.event) 发生过 \(count) 次")
        default: return verdict
        }
    }

    private func place(_ key: String, _ words: String) -> String {
        "\(excerpt(rule.origin.keyLines[key] ?? rule.origin.line))  → \(words)"
    }

    /// `rules/lifecycle.yaml:19  member.tier: gold`, without a comment; a key that opens a block with its first line.
    private func excerpt(_ number: Int) -> String {
        let file = rule.origin.file
        guard let source = sources[file], (1...source.lineCount).contains(number) else { return "\(file):\(number)" }
        var words = TestReason.words(ofLine: number, source)
        var next = number + 1
        while words.hasSuffix(":"), next <= source.lineCount {
            words += " " + TestReason.words(ofLine: next, source)
            next += 1
        }
        return "\(file):\(number)  \(words)"
    }

    private static func words(ofLine number: Int, _ source: SourceText) -> String {
        var text = source.line(number)
        if let comment = text.firstRange(of: " #"), !text[comment.lowerBound...].contains("\"") {
            text = String(text[..<comment.lowerBound])
        }
        return text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}

extension BoundCondition {
    /// In file order.
    var leaves: [BoundCondition] {
        switch self {
        case .all(let children), .any(let children), .none(let children): children.flatMap(\.leaves)
        case .field, .history: [self]
        }
    }

    var leafName: String? {
        switch self {
        case .field(let test, _): test.field.key
        case .history(let test, _): test.event
        default: nil
        }
    }

    var leafLine: Int {
        switch self {
        case .field(let test, _): test.line
        case .history(let test, _): test.line
        default: 0
        }
    }
}

extension Comparison {
    fileprivate var asksPresence: Bool { if case .isSet = self { true } else { false } }
}

extension String {
    fileprivate var trimmingQuotes: String {
        count > 1 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self
    }
}
