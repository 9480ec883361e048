/// Whether the daemon does its work. The question costs a commit, so that it is put at most once a second.
actor Readiness {
    private let ask: @Sendable () async -> Bool
    private var last: (at: ContinuousClock.Instant, answer: Task<Bool, Never>)?

    init(_ ask: @escaping @Sendable () async -> Bool) { self.ask = ask }

    func isReady() async -> Bool {
        if let last, ContinuousClock.now - last.at < .seconds(1) { return await last.answer.value }
        let answer = Task { [ask] in await ask() }
        last = (.now, answer)
        return await answer.value
    }
}
