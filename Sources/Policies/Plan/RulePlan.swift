import Rules

/// A checked rule with its names bound to slots: what the store fetches and the gates read.
package final class RulePlan: Sendable {
    package indirect enum Step: Sendable {
        case act(Action)
        case choose([Branch], otherwise: [Step]?)
    }
    package struct Branch: Sendable {
        package var check: BoundCondition
        package var steps: [Step]
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
        package var segment: BoundCondition?
    }

    package let rule: Rule
    package let slots: Slots
    package let condition: BoundCondition?
    package let audienceIn: [BoundCondition]
    package let audienceNotIn: [BoundCondition]
    package let body: Body
    package let caps: [Cap]
    /// Every channel that a `try` of this rule names.
    package let channels: [String]
    /// The field that `combine` sorts the coupons by.
    package let combineOrder: Field?

    package init(_ rule: Rule, in set: RuleSet) {
        self.rule = rule
        var slots = Slots()
        func segment(_ id: String) -> BoundCondition {
            set.segments[id].map { BoundCondition($0.condition, &slots) } ?? .any([])
        }

        condition = rule.condition.map { BoundCondition($0, &slots) }
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
        var channels: [String] = []
        for send in RulePlan.sends(of: rule) {
            for entry in send.entries where !channels.contains(entry.channel) { channels.append(entry.channel) }
        }
        self.channels = channels
        combineOrder = rule.combine?.orderBy
        if let order = combineOrder { _ = slots.add(order) }
        self.slots = slots
    }

    private static func steps(_ actions: [Action], _ slots: inout Slots) -> [Step] {
        actions.map { action in
            switch action {
            case .choose(let branches, let otherwise):
                return .choose(
                    branches.map {
                        Branch(check: BoundCondition($0.condition, &slots), steps: steps($0.actions, &slots))
                    },
                    otherwise: otherwise.map { steps($0, &slots) })
            case .send(let send):
                for fill in send.fill { _ = slots.add(ItemRecords.cells(of: fill.field) ?? fill.field) }
            case .createTask(let task):
                if let field = task.assignee.field { _ = slots.addRead(field) }
                for fill in task.fill { _ = slots.add(fill.field) }
            case .recommend(let recommend):
                _ = slots.addRead(recommend.basedOn)
            case .adjustPoints(let adjust):
                if let field = adjust.add.field { _ = slots.addRead(field) }
            case .giveCoupon, .addTag, .removeTag:
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
package final class PlannedSet: Sendable {
    package let set: RuleSet
    package let plans: [RulePlan]
    /// The channels whose entries need an address, by kind.
    package let channels: [String: ChannelDeclaration.Address]
    /// What links look like on each channel.
    package let links: [String: LinkForm]
    /// The channels whose marketing messages name an address to unsubscribe at beside their text.
    package let offeringUnsubscribe: Set<String>
    /// What needs a credit of the member, on the channels that count them.
    package let credited: [String: Set<ChannelDeclaration.MessageForm>]
    /// A rule asks for messages that arrived: only then are they events (docs/decisions/0115).
    package let hearsOfDeliveries: Bool
    private let declarations: [ChannelDeclaration]

    /// - Parameter declarations: of two with one name the first counts.
    package init(_ set: RuleSet, rules: [Rule], channels declarations: [ChannelDeclaration]) {
        self.set = set
        self.declarations = declarations
        hearsOfDeliveries = set.hears(of: EventName.delivered)
        channels = Dictionary(declarations.map { ($0.id, $0.address) }, uniquingKeysWith: { first, _ in first })
        links = Dictionary(declarations.map { ($0.id, $0.links ?? .standIn) }, uniquingKeysWith: { first, _ in first })
        credited = Dictionary(
            declarations.filter { !$0.credited.isEmpty }.map { ($0.id, $0.credited) },
            uniquingKeysWith: { first, _ in first })
        offeringUnsubscribe = Set(declarations.filter { $0.offersUnsubscribe && $0.links != nil }.map(\.id))
        plans = rules.map { RulePlan($0, in: set) }.sorted {
            $0.rule.priority != $1.rule.priority
                ? $0.rule.priority > $1.rule.priority : $0.rule.id.isBytewise(before: $1.rule.id)
        }
    }

    /// The same set with other rules, or with its own ones changed.
    package func with(rules: [Rule]) -> PlannedSet { PlannedSet(set, rules: rules, channels: declarations) }

    /// Whether a message needs a credit there; `code` is the provider's template.
    package func isCredited(_ channel: String, code: String?) -> Bool {
        credited[channel]?.contains(code == nil ? .text : .template) ?? false
    }
}
