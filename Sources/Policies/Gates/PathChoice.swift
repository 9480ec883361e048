import Rules

/// The way through a rule's steps for one member, in the order of semantics §5: the variant, then the `recommend` steps
/// before a `choose`, then the branch.
extension Gates {
    /// Picks what a `recommend` step saves for the member of these facts.
    package typealias Picks = (Recommend, Facts) throws -> [[String: Value]]

    package struct Assignment {
        package var steps: [RulePlan.Step]
        package var variant: String?
        package var heldOutBy: String?
    }

    /// The member's steps and variant, for held-out members too.
    package func assign(_ member: String, _ facts: Facts) -> Assignment {
        switch plan.body {
        case .steps(let steps): return Assignment(steps: steps)
        case .experiment(let key, let holdout, let shares, let variants):
            let forced = facts.forcedVariants[key]
            let index =
                variants.firstIndex { $0.name == forced }
                ?? Chance.variant(key: key, member: member, shares: shares) ?? max(variants.count - 1, 0)
            guard variants.indices.contains(index) else { return Assignment(steps: []) }
            let isHeldOut =
                forced.map { $0 == "holdout" }
                ?? Chance.isHeldOut(key: key, member: member, basisPoints: holdout)
            return Assignment(
                steps: variants[index].steps, variant: variants[index].name, heldOutBy: isHeldOut ? key : nil)
        }
    }

    /// The steps with every `choose` decided; nil when a `choose` without `otherwise` has no branch that holds.
    package func choose(_ steps: [RulePlan.Step], _ facts: inout Facts, _ picks: Picks) rethrows -> [Action]? {
        var read = 0
        return try steps.path { before, branches, otherwise in
            for case .recommend(let recommend) in before[read...] where plan.slots.reads(savedAs: recommend.saveAs) {
                let picked = try picks(recommend, facts)
                facts.readings.note(.picks(picked), as: recommend.saveAs, plan.slots)
            }
            read = before.count
            return facts.readings.branch(of: branches) ?? otherwise
        }
    }
}

extension FieldValues {
    package func branch(of branches: [RulePlan.Branch]) -> [RulePlan.Step]? {
        branches.first { holds($0.check) }?.steps
    }
}

extension [RulePlan.Step] {
    /// The actions in order, with every `choose` decided by `branch`, which also gets the actions before it on the
    /// path; nil when `branch` takes none.
    package func path(
        after before: [Action] = [],
        _ branch: ([Action], [RulePlan.Branch], _ otherwise: [RulePlan.Step]?) throws -> [RulePlan.Step]?
    ) rethrows -> [Action]? {
        var actions: [Action] = []
        for step in self {
            switch step {
            case .act(let action): actions.append(action)
            case .choose(let branches, let otherwise):
                guard let taken = try branch(before + actions, branches, otherwise),
                    let chosen = try taken.path(after: before + actions, branch)
                else { return nil }
                actions += chosen
            }
        }
        return actions
    }
}
