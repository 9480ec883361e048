import Engine
import Kit
import Policies
import Rules
import Store

/// How much of a rule set its tests have shown (qa-tools §1.2.9).
package struct TestCoverage: Sendable {
    /// One thing that a test can show.
    package struct Goal: Sendable {
        package enum Kind: Sendable, Hashable {
            case sent, notSent
            /// The n-th condition, its field or event, and the result shown.
            case leaf(Int, String, Bool)
            case entry(channel: String, template: String)
            case variant(String)
            case unless(String)
        }
        package var kind: Kind
        /// `rules/lifecycle.yaml:19`
        package var place: String
        package var isCovered = false

        /// Says that this was not shown.
        func words(_ say: Phrases) -> String {
            switch kind {
            case .sent: say("never acts", "从未执行")
            case .notSent: say("never holds back", "从未不发")
            case .leaf(_, let name, true): say("\(name) never holds", "\(name) 从未成立")
            case .leaf(_, let name, false): say("\(name) never fails", "\(name) 从未不成立")
            case .entry(let channel, let template):
                say("never sent by \(channel), template \(template)", "从未用渠道 \(channel)、模板 \(template) 发送")
            case .variant(let name): say("variant \(name) never seen", "从未出现版本 \(name)")
            case .unless(let event): say("never cancelled by \(event)", "从未因 \(event) 取消")
            }
        }
    }

    package struct RuleCoverage: Sendable {
        package var rule: String
        package var place: String
        package var isTested = false
        package var goals: [Goal]
        fileprivate var leaves: [BoundCondition]
    }

    package private(set) var rules: [RuleCoverage] = []

    /// Every rule but retired ones; a rule that several sets hold counts once.
    package init(_ sets: [RuleSet]) {
        var seen: Set<String> = []
        for set in sets {
            for rule in set.rules where rule.status != .retired {
                guard seen.insert("\(rule.origin.file) \(rule.id)").inserted else { continue }
                rules.append(RuleCoverage(RulePlan(rule, in: set)))
            }
        }
    }

    package mutating func add(_ results: [TestResult]) {
        for line in results.flatMap({ $0.runs.flatMap(\.lines) }) {
            guard let index = rules.firstIndex(where: { $0.rule == line.line.rule && $0.isOf(line.plan.rule) }) else {
                continue
            }
            rules[index].add(line)
        }
    }

    package var goals: Int { rules.reduce(0) { $0 + $1.goals.count } }
    package var covered: Int { rules.reduce(0) { $0 + $1.covered } }
    package var rulesTested: Int { rules.count(where: \.isTested) }
    package var conditions: Int { rules.reduce(0) { $0 + $1.leaves.count } }
    package var conditionsSeenBothWays: Int { rules.reduce(0) { $0 + $1.leavesSeenBothWays } }

    /// Exact: 4 of 5 reach 80 %, 799 of 1000 do not.
    package func reaches(_ bar: CoverageBar) -> Bool { covered * 10_000 >= bar.basisPoints * goals }

    /// What is missing from the bar, in words; nil when it is reached.
    package func shortfall(of bar: CoverageBar, in language: Language) -> String? {
        shortfall(of: bar, Phrases(language: language))
    }

    func shortfall(of bar: CoverageBar, _ say: Phrases) -> String? {
        guard !reaches(bar) else { return nil }
        return say(
            "coverage is \(covered) of \(goals), below \(bar.written)",
            "覆盖 \(goals) 项中的 \(covered) 项，低于 \(bar.written)")
    }
}

/// The share of what tests can show that they must reach (`--coverage-at-least`).
package struct CoverageBar: Sendable {
    package var basisPoints: Int
    /// As the user wrote it: `80%`.
    package var written: String

    package init(basisPoints: Int, written: String) {
        (self.basisPoints, self.written) = (basisPoints, written)
    }
}

extension TestCoverage.RuleCoverage {
    fileprivate init(_ plan: RulePlan) {
        let origin = plan.rule.origin
        rule = plan.rule.id
        place = "\(origin.file):\(origin.line)"
        leaves = (plan.condition?.leaves ?? []) + plan.body.branchChecks.flatMap(\.leaves)
        func at(_ key: String) -> String { "\(origin.file):\(origin.keyLines[key] ?? origin.line)" }
        goals = [
            .init(kind: .sent, place: place), .init(kind: .notSent, place: place),
        ]
        for (index, leaf) in leaves.enumerated() {
            let leafPlace = "\(origin.file):\(leaf.leafLine)"
            let name = leaf.leafName ?? ""
            goals.append(.init(kind: .leaf(index, name, true), place: leafPlace))
            // A member who fails the conditions of a festival or schedule is not even looked at.
            if plan.rule.trigger.asksEveryone { continue }
            goals.append(.init(kind: .leaf(index, name, false), place: leafPlace))
        }
        let body = at(origin.keyLines["do"] == nil ? "experiment" : "do")
        var entries: Set<Send.Entry> = []
        for entry in RulePlan.sends(of: plan.rule).flatMap(\.entries) where entries.insert(entry).inserted {
            goals.append(.init(kind: .entry(channel: entry.channel, template: entry.template), place: body))
        }
        if case .experiment(let experiment) = plan.rule.body {
            goals += experiment.variants.map { .init(kind: .variant($0.name), place: body) }
        }
        goals += plan.rule.unless.names.map { .init(kind: .unless($0), place: at("unless")) }
    }

    /// The same rule in another file (after a reload) counts for the rule it stands in for.
    fileprivate func isOf(_ other: Rule) -> Bool { rule == other.id }

    fileprivate mutating func add(_ line: SimulatedLine) {
        let outcome = line.line.outcome
        guard outcome != .waiting else { return }
        isTested = true
        if line.leavesTheHouse { cover(.sent) } else if outcome != .held { cover(.notSent) }
        if let message = line.line.message { cover(.entry(channel: message.channel, template: message.template)) }
        if let variant = line.line.variant { cover(.variant(variant)) }
        if case .unless(let event) = line.line.because { cover(.unless(event)) }
        if let readings = line.readings {
            let own = (line.plan.condition?.leaves ?? []) + line.plan.body.branchChecks.flatMap(\.leaves)
            guard own.count == leaves.count else { return }
            for (index, leaf) in own.enumerated() { cover(.leaf(index, leaf.leafName ?? "", readings.holds(leaf))) }
        }
    }

    private mutating func cover(_ kind: TestCoverage.Goal.Kind) {
        if let index = goals.firstIndex(where: { $0.kind == kind }) { goals[index].isCovered = true }
    }

    package var covered: Int { goals.count(where: \.isCovered) }
    fileprivate var leavesSeenBothWays: Int {
        leaves.indices.count { index in
            goals.allSatisfy { goal in
                if case .leaf(index, _, _) = goal.kind { return goal.isCovered }
                return true
            }
        }
    }
}

extension RulePlan.Body {
    /// The conditions of every `choose`.
    var branchChecks: [BoundCondition] {
        func checks(_ steps: [RulePlan.Step]) -> [BoundCondition] {
            steps.flatMap { step -> [BoundCondition] in
                guard case .choose(let branches, let otherwise) = step else { return [] }
                return branches.flatMap { [$0.check] + checks($0.steps) } + checks(otherwise ?? [])
            }
        }
        switch self {
        case .steps(let steps): return checks(steps)
        case .experiment(_, _, _, let variants): return variants.flatMap { checks($0.steps) }
        }
    }
}
