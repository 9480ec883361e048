extension Rule {
    /// Every step on any path, also those inside `choose`, which come after it.
    package var steps: [Action] {
        switch body {
        case .actions(let actions): actions.flatMap(\.withInner)
        case .experiment(let experiment): experiment.variants.flatMap { $0.actions.flatMap(\.withInner) }
        }
    }

    /// The longest time by which any of its paths may be late.
    package var longestLateness: Lateness {
        let lists: [[Action]] =
            switch body {
            case .actions(let actions): [actions]
            case .experiment(let experiment): experiment.variants.map(\.actions)
            }
        guard !lists.allSatisfy(\.alwaysSends) else { return ifLate }
        switch (ifLate, ifLateWithoutSend) {
        case (.within(let a), .within(let b)): return .within(a.roughMicros < b.roughMicros ? b : a)
        default: return .forever
        }
    }
}

extension [Action] {
    /// True when every path through these steps holds a `send`.
    fileprivate var alwaysSends: Bool {
        contains { action in
            switch action {
            case .send: true
            case .choose(let branches, let otherwise):
                branches.allSatisfy { $0.actions.alwaysSends } && otherwise?.alwaysSends ?? true
            default: false
            }
        }
    }
}

extension Action {
    fileprivate var withInner: [Action] {
        guard case .choose(let branches, let otherwise) = self else { return [self] }
        return [self] + (branches.flatMap(\.actions) + (otherwise ?? [])).flatMap(\.withInner)
    }
}
