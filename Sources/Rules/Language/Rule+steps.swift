extension Rule {
    /// Every step on any path, also those inside `choose`, which come after it.
    package var steps: [Action] {
        switch body {
        case .actions(let actions): actions.flatMap(\.withInner)
        case .experiment(let experiment): experiment.variants.flatMap { $0.actions.flatMap(\.withInner) }
        }
    }
}

extension Action {
    fileprivate var withInner: [Action] {
        guard case .choose(let branches, let otherwise) = self else { return [self] }
        return [self] + (branches.flatMap(\.actions) + (otherwise ?? [])).flatMap(\.withInner)
    }
}
