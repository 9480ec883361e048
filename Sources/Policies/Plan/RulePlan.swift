import Rules

/// A checked rule with its names bound to slots: what the store fetches and the gates read.
package struct RulePlan: Sendable {
    package indirect enum Step: Sendable {
        case act(Action)
        case choose([(check: Check, steps: [Step])], otherwise: [Step]?)
    }
    package struct Variant: Sendable {
        package var name: String
        package var steps: [Step]
    }
    package enum Body: Sendable {
        case steps([Step])
        case experiment(key: String, holdout: Int, shares: [Int], variants: [Variant])
    }
    package struct Cap: Sendable {
        package var limit: CountLimit
        /// The cap holds only for members in this segment now.
        package var segment: Check?
    }

    package var rule: Rule
    package var slots: Slots
    package var condition: Check?
    package var audienceIn: [Check]
    package var audienceNotIn: [Check]
    package var body: Body
    package var caps: [Cap]
    /// Every channel that a `try` of this rule names.
    package var channels: [String]
    /// Every field a `combine` sorts by or `fill` shows of a combined coupon.
    package var combineOrder: Field?

    package init(_ rule: Rule, in set: RuleSet) {
        self.rule = rule
        var slots = Slots()
        func segment(_ id: String) -> Check { set.segments[id].map { Check($0.condition, &slots) } ?? .any([]) }

        condition = rule.condition.map { Check($0, &slots) }
        audienceIn = rule.audience?.inSegments.map(segment) ?? []
        audienceNotIn = rule.audience?.notInSegments.map(segment) ?? []
        switch rule.body {
        case .actions(let actions):
            body = .steps(RulePlan.steps(actions, &slots))
        case .experiment(let experiment):
            body = .experiment(
                key: experiment.key, holdout: experiment.holdout, shares: experiment.variants.map(\.share),
                variants: experiment.variants.map { Variant(name: $0.name, steps: RulePlan.steps($0.actions, &slots)) })
        }
        caps =
            rule.purpose == .marketing
            ? set.settings.frequencyCap.map { Cap(limit: $0, segment: $0.segment.map(segment)) } : []
        channels = []
        for send in RulePlan.sends(of: rule) {
            for entry in send.entries where !channels.contains(entry.channel) { channels.append(entry.channel) }
        }
        combineOrder = rule.combine?.orderBy
        if let order = combineOrder { _ = slots.add(order) }
        self.slots = slots
    }

    private static func steps(_ actions: [Action], _ slots: inout Slots) -> [Step] {
        actions.map { action in
            switch action {
            case .choose(let branches, let otherwise):
                return .choose(
                    branches.map { (Check($0.condition, &slots), steps($0.actions, &slots)) },
                    otherwise: otherwise.map { steps($0, &slots) })
            case .send(let send):
                for fill in send.fill { _ = slots.add(ItemRecords.cells(of: fill.field) ?? fill.field) }
            case .createTask(let task):
                _ = slots.add(task.assignTo)
                for fill in task.fill { _ = slots.add(fill.field) }
            case .recommend(let recommend):
                _ = slots.add(recommend.basedOn)
            case .giveCoupon, .addTag, .removeTag, .adjustPoints:
                break
            }
            return .act(action)
        }
    }

    /// Every `send` of a rule, on any path.
    package static func sends(of rule: Rule) -> [Send] {
        rule.steps.compactMap { if case .send(let send) = $0 { send } else { nil } }
    }
}

/// The plans of a rule set in the order in which rules act at one instant: higher priority first, then rule id (T14).
package struct PlannedSet: Sendable {
    package var set: RuleSet
    package var plans: [RulePlan]
    /// The channels whose entries need an address, by kind.
    package var channels: [String: ChannelDeclaration.Address]

    package init(_ set: RuleSet, rules: [Rule], channels: [ChannelDeclaration]) {
        self.set = set
        plans = rules.map { RulePlan($0, in: set) }.sorted {
            $0.rule.priority != $1.rule.priority
                ? $0.rule.priority > $1.rule.priority : $0.rule.id.isBytewise(before: $1.rule.id)
        }
        self.channels = Dictionary(channels.map { ($0.id, $0.address) }, uniquingKeysWith: { first, _ in first })
    }
}

extension String {
    /// Strings are sorted by their UTF-8 bytes (semantics), not by Unicode collation.
    package func isBytewise(before other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
