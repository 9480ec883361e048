import Kit

/// The access token of one account: fetched once however many messages wait for it, kept until shortly before it ends.
actor AccessTokens {
    enum Answer: Sendable {
        case token(String)
        /// No token, and what that means for a message.
        case outcome(SendOutcome)
    }

    /// What the provider gave, and for how long.
    struct Token: Sendable {
        let text: String
        let expiresIn: Duration
    }

    typealias Moment = ContinuousClock.Instant
    enum Fetched: Sendable {
        case token(Token)
        case outcome(SendOutcome)
    }

    private let fetch: @Sendable () async -> Fetched
    private var token: (text: String, until: Moment)?
    private var fetching: Task<Fetched, Never>?

    init(_ fetch: @escaping @Sendable () async -> Fetched) { self.fetch = fetch }

    /// - Parameter refused: a token that the provider said is over; it is fetched anew unless that was done meanwhile.
    func current(at now: Moment = .now, besides refused: String? = nil) async -> Answer {
        if let token, token.until > now, token.text != refused { return .token(token.text) }
        let task = fetching ?? Task { await fetch() }
        fetching = task
        let fetched = await task.value
        if fetching == task { fetching = nil }
        switch fetched {
        case .outcome(let outcome): return .outcome(outcome)
        case .token(let new):
            // Five minutes early: the provider gives a new one then, and both hold for a while.
            let margin = min(.seconds(300), new.expiresIn / 10)
            token = (new.text, now.advanced(by: new.expiresIn - margin))
            return .token(new.text)
        }
    }
}
