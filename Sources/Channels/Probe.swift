import Kit

/// What a channel's provider says without any message: whether it takes the credentials.
package enum ProbeOutcome: Sendable, Equatable {
    /// It takes them. The words are the provider's own, by name, where it tells of the account.
    case works([String: String] = [:])
    /// It was reached and said no: the settings or the account are to be put right.
    case refused(code: String)
    /// It was not reached, or had no time.
    case unreachable(code: String)
    /// The provider shows only by a message whether it takes one.
    case needsMessage
}

extension Bilingual {
    static let askingForAccessToken = Bilingual("WeChat and WeCom for an access token", "微信和企业微信取访问令牌")
}

extension Channel {
    package func probe(at now: Instant) async -> ProbeOutcome { .needsMessage }
}

extension HTTPResult {
    /// What a question that can send nothing was answered.
    func probe(_ ofReply: (HTTPResponse) -> ProbeOutcome) -> ProbeOutcome {
        switch self {
        case .response(let response): ofReply(response)
        case .notSent(let fault) where HTTPResult.ofSettings.contains(fault): .refused(code: fault.rawValue)
        case .notSent(let fault), .unknown(let fault): .unreachable(code: fault.rawValue)
        }
    }

    private static let ofSettings: Set<HTTPFault> = [.badRequest, .privateAddress, .tls, .loginDenied]
}

extension ProbeOutcome {
    /// For a question whose answer is read as that of a message: what the provider would say to any message counts.
    init(_ outcome: SendOutcome) {
        switch outcome {
        case .accepted: self = .works()
        case .rejected(let code), .suppressed(let code, _), .misconfigured(let code): self = .refused(code: code)
        case .notSent(let code, _), .throttled(let code, _), .unknown(let code): self = .unreachable(code: code)
        }
    }
}
