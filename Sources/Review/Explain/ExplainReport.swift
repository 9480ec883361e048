import Engine
import Kit
import Policies
import Rules
import Store

/// Explanations of one rule and one member as text in the layout of qa-tools §2.1, or as JSON.
package struct ExplainReport {
    let explanations: [Explanation]
    let decided: [Recollection]
    let version: RulesVersion
    let say: Phrases

    /// - Parameter decided: the decisions on record in the live store; they are shown first, and they count.
    package init(
        _ explanations: [Explanation], decided: [Recollection] = [], version: RulesVersion = .none, language: Language
    ) {
        self.explanations = explanations
        self.decided = decided
        self.version = version
        say = Phrases(language: language)
    }

    /// Whether the rule decided to act: by the record where there is one.
    package var acts: Bool {
        let then = decided.filter { !$0.isNearest }
        let outcomes = then.isEmpty ? explanations.map(\.outcome) : then.map(\.decision.outcome)
        return outcomes.contains(where: \.acts)
    }

    // MARK: text

    package var text: String {
        let computed = explanations.map { block($0) }.joined(separator: "\n\n")
        guard !decided.isEmpty else { return computed }
        let then = decided.map(text).joined(separator: "\n\n")
        if isSame {
            return then + "\n\n"
                + say("computed again with the rules and data of now: the same", "按现在的规则和数据重新计算：结果相同")
        }
        return then + "\n\n" + say("computed again with the rules and data of now:", "按现在的规则和数据重新计算：") + "\n" + computed
    }

    /// Whether computing again, from the same values, gives the decision on record.
    private var isSame: Bool {
        guard case .explained(let then)? = decided.last?.basis, let now = explanations.first, explanations.count == 1
        else { return false }
        func shown(_ explanation: Explanation) -> [String] {
            let words = OutcomeWording(say: say, rule: explanation.plan.rule, zone: explanation.zone)
            return [words.verdict(explanation)]
                + rows(explanation).filter { !["reach", "recommend"].contains($0.key) }.map {
                    "\($0.words)|\($0.mark)|\($0.detail)"
                }
        }
        return then.at == now.at && shown(then) == shown(now)
    }

    private func text(_ past: Recollection) -> String {
        if case .explained(let explanation) = past.basis {
            let heading =
                past.isNearest
                ? say(
                    "nothing is on record of then; the nearest decision, on the values kept with it:",
                    "当时没有决定记录；最近的一次决定，依据当时留存的数据：")
                : say("decided then, on the values kept with the decision:", "当时的决定，依据当时留存的数据：")
            return heading + "\n" + block(explanation, message: past.decision.message)
        }
        let decision = past.decision
        guard let first = explanations.first else { return "" }
        let words = OutcomeWording(say: say, rule: first.plan.rule, zone: first.zone)
        let at = Phrases.clock(decision.at, first.zone)
        return
            (past.isNearest
            ? say("the nearest decision", "最近的一次决定") : say("decided then", "当时的决定"))
            + say(
                ": \(at)  \(words.verdict(decision))  by rules version \(decision.rulesVersion)",
                "：\(at)  \(words.verdict(decision))  规则版本 \(decision.rulesVersion)")
            + "\n  " + gap(past.basis)
    }

    /// Why there are no values.
    private func gap(_ basis: Recollection.Basis) -> String {
        switch basis {
        case .explained: ""
        case .removed:
            say(
                "the values it read are kept no longer (`traces` in settings.yaml)",
                "当时读到的数据已过保留期（settings.yaml 的 `traces`）")
        case .neverKept: say("the values it read were not kept", "当时读到的数据没有留存")
        case .unreadable:
            say("the rules of that version cannot be read any more", "那个版本的规则已无法读取")
        }
    }

    private func block(_ explanation: Explanation, message: DeliveryState? = nil) -> String {
        let rule = explanation.plan.rule
        let words = OutcomeWording(say: say, rule: rule, zone: explanation.zone)
        let head =
            "\(rule.id) × \(explanation.member), \(Phrases.clock(explanation.at, explanation.zone)) \(explanation.zone.name)"
            + "     \(version(of: explanation).words(say))\(rule.origin.file):\(rule.origin.line)"
        var lines = [head, words.verdict(explanation, message: message)]
        if explanation.status != .live {
            lines.append(
                say(
                    "(the rule is \(explanation.status.rawValue): the daemon sends nothing of it)",
                    "（规则状态是 \(StoredWords.status(explanation.status, .chinese))：系统不会发送）"))
        }
        lines.append("")
        lines += table(rows(explanation))
        if let text = notRead(explanation) { lines.append(row(say("not read", "未读"), text)) }
        if let text = nearest(explanation, words) { lines.append(row(say("nearest", "最近"), text)) }
        return lines.joined(separator: "\n")
    }

    private func version(of explanation: Explanation) -> RulesVersion {
        explanation.version.map { .inForce($0) } ?? version
    }

    private func row(_ label: String, _ text: String) -> String { "  " + Columns.padded(label, 10) + text }

    /// In columns, wider where a row needs it.
    private func table(_ rows: [ExplainRow]) -> [String] {
        let words = max(44, (rows.map { Columns.width($0.words) }.max() ?? 0) + 2)
        let details = max(27, (rows.map { $0.line == nil ? 0 : Columns.width($0.detail) }.max() ?? 0) + 2)
        var label = ""
        return rows.map { row in
            defer { label = row.label }
            let mark: String =
                switch row.mark {
                case .yes: say("yes", "是")
                case .no: say("NO", "否")
                case .unneeded: "–"
                case .due: say("due", "到时")
                }
            let start =
                "  " + Columns.padded(row.label == label ? "" : row.label, 10) + Columns.padded(row.words, words)
                + Columns.padded(mark, 6)
            guard let line = row.line else { return start + row.detail }
            return start + Columns.padded(row.detail, details) + "\(row.file ?? ""):\(line)"
        }
    }

    // MARK: rows

    func rows(_ explanation: Explanation) -> [ExplainRow] {
        [trigger(explanation)] + unmet(explanation) + unless(explanation) + conditions(explanation)
            + (explanation.judgement?.readings ?? []).flatMap(GateWording(say: say, explanation: explanation).rows)
            + explanation.recommended.map(GateWording(say: say, explanation: explanation).row)
    }

    private func trigger(_ explanation: Explanation) -> ExplainRow {
        let rule = explanation.plan.rule
        var (occurrence, cause) = (explanation.occurrence, explanation.cause)
        if case .waiting(let wait, let start) = explanation.standing?.state { (occurrence, cause) = (wait, start) }
        let words = TriggerWording(say: say, rule: rule).words(occurrence, cause, explanation.zone)
        return ExplainRow(
            key: "when", label: say("when", "何时"), words: words, mark: occurrence == nil ? .unneeded : .due,
            detail: occurrence.map { Phrases.clock($0.due, explanation.zone) } ?? say("nothing due", "没有到时"),
            line: rule.origin.keyLines["when"])
    }

    /// Why the last event began nothing.
    private func unmet(_ explanation: Explanation) -> [ExplainRow] {
        let wording = ConditionWording(
            say: say,
            readings: FieldValues(values: [], counts: [], now: explanation.at, zone: explanation.zone))
        return (explanation.standing?.unmet ?? []).map { unmet in
            let (words, actual) = wording.words(unmet)
            return ExplainRow(
                key: "where", label: say("where", "其中"), words: words, mark: .no, detail: actual,
                line: explanation.plan.rule.origin.keyLines["when"])
        }
    }

    private func unless(_ explanation: Explanation) -> [ExplainRow] {
        let rule = explanation.plan.rule
        guard explanation.occurrence != nil, !rule.unless.isEmpty else { return [] }
        var row = ExplainRow(
            key: "unless", label: say("unless", "除非"), words: say.alternatives(rule.unless.map(\.words)), mark: .yes,
            detail: say("none arrived", "都没有发生"), line: rule.origin.keyLines["unless"])
        if let ending = explanation.ending, case .unless = explanation.line?.because {
            row.mark = .no
            row.detail = say.list([ending.name + (ending.ref.map { " \($0)" } ?? "")])
        }
        return [row]
    }

    private func conditions(_ explanation: Explanation) -> [ExplainRow] {
        guard let readings = explanation.readings, let condition = explanation.plan.condition else { return [] }
        return ConditionWording(say: say, readings: readings).rows(condition).map { leaf in
            ExplainRow(
                key: "if", label: say("if", "条件"), words: leaf.words, mark: ExplainRow.Mark(leaf.mark),
                detail: leaf.actual, line: leaf.line)
        }
    }

    /// The gates after the one that decided, as far as the rule uses them. The holdout is drawn, not read.
    func unread(_ explanation: Explanation) -> [(key: String, words: String)] {
        guard explanation.line != nil else { return [] }
        let gates = Gates(plan: explanation.plan, in: explanation.planned)
        return GateWording.unread(say).filter { explanation.gate < $0.gate && gates.asks($0.gate) }
            .map { ($0.key, $0.words) }
    }

    private func notRead(_ explanation: Explanation) -> String? {
        let names = unread(explanation)
        guard !names.isEmpty else { return nil }
        return say.list(names.map(\.words)) + say(" (decided before)", "（之前已经决定）")
    }

    func nearest(_ explanation: Explanation, _ words: OutcomeWording) -> String? {
        if let nearest = explanation.nearest { return words.nearest(nearest) }
        guard let line = explanation.line else {
            guard let standing = explanation.standing, explanation.outcome == .notDue else { return nil }
            let parts = [
                standing.before.map { say("before: \(clock($0, explanation))", "之前：\(clock($0, explanation))") },
                standing.after.map { say("after: \(clock($0, explanation))", "之后：\(clock($0, explanation))") },
            ].compactMap(\.self)
            return parts.isEmpty ? nil : parts.joined(separator: say(", ", "，"))
        }
        guard !line.outcome.acts, explanation.gate > .trigger, explanation.liveSince == nil,
            !explanation.isPassedOver
        else { return nil }
        return say("no single change would make it act", "单独改一处不会让它执行")
    }

    private func clock(_ instant: Instant, _ explanation: Explanation) -> String {
        Phrases.clock(instant, explanation.zone)
    }
}

/// The rules that an explanation is based on.
package enum RulesVersion: Sendable {
    /// Fixtures: no daemon runs these rules.
    case none
    case inForce(Int)
    /// The files differ from the version that the store's daemon runs.
    case changed(since: Int)

    func isInForce(_ number: Int) -> Bool {
        if case .inForce(number) = self { true } else { false }
    }

    func words(_ say: Phrases) -> String {
        switch self {
        case .none: ""
        case .inForce(let version): say("rules version \(version), ", "规则版本 \(version)，")
        case .changed(let version):
            say("rules changed since version \(version), ", "规则在版本 \(version) 之后有改动，")
        }
    }

    var json: JSONText {
        switch self {
        case .none: .null
        case .inForce(let version), .changed(let version): .int(version)
        }
    }
}

extension Outcome {
    var acts: Bool { [.sent, .taskCreated, .done].contains(self) }
}

extension UnlessEvent {
    /// `order.paid`, or `order.paid {category: …}`.
    fileprivate var words: String {
        filter.map { "\(event) {\($0.tests.map(\.key).joined(separator: ", "))}" } ?? event
    }
}
