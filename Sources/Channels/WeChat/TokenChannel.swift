import Kit

/// A channel of WeChat or WeCom: each request carries an access token. A token that is over is fetched anew once, and the
/// message sent again once: the provider refused it before it looked at it.
protocol TokenChannel: Channel {
    var transport: HTTPTransport { get }
    var tokens: AccessTokens { get }
    var codes: CodeTable { get }

    /// The one request of a message.
    func request(for message: OutgoingMessage, token: String) throws(Unsendable) -> HTTPRequest

    /// The outcome of a reply that came whole.
    func outcome(of response: HTTPResponse, at now: Instant) -> SendOutcome
}

/// What came of one request with a token.
enum TokenExchange: Sendable {
    /// Nothing left: there was no token, or nothing to send.
    case withheld(SendOutcome)
    case result(HTTPResult)
}

extension TokenChannel {
    package func send(_ message: OutgoingMessage) async -> SendOutcome {
        let exchanged = await exchange { (token) throws(Unsendable) in try request(for: message, token: token) }
        return switch exchanged {
        case .withheld(let outcome): outcome
        case .result(let result): result.outcome { outcome(of: $0, at: message.at) }
        }
    }

    func outcome(of response: HTTPResponse, at now: Instant) -> SendOutcome {
        WeChatAnswer.outcome(of: response, codes, at: now)
    }

    func exchange(_ request: (String) throws(Unsendable) -> HTTPRequest) async -> TokenExchange {
        var refused: String?
        while true {
            let token: String
            switch await tokens.current(besides: refused) {
            case .outcome(let outcome): return .withheld(outcome)
            case .token(let text): token = text
            }
            let made: HTTPRequest
            do { made = try request(token) } catch { return .withheld(error.outcome) }
            let result = await transport.perform(made)
            if refused == nil, case .response(let response) = result, let code = WeChatAnswer.code(response),
                codes[code] == .token
            {
                refused = token
                continue
            }
            return .result(result)
        }
    }
}

/// Replies of WeChat and WeCom: `errcode` decides, and nothing else.
enum WeChatAnswer {
    static func code(_ response: HTTPResponse) -> String? {
        guard (200...299).contains(response.status) else { return nil }
        return response.json?["errcode"]?.scalarText
    }

    static func outcome(of response: HTTPResponse, _ codes: CodeTable, at now: Instant) -> SendOutcome {
        guard let code = code(response) else { return response.outcome(at: now) }
        // A number of 64 bits: kept as its digits.
        return codes.outcome(of: code, id: response.json?["msgid"]?.scalarText, at: now)
    }

    /// What came of asking for a token. Nothing of a message has left then.
    static func token(_ result: HTTPResult, _ codes: CodeTable) -> AccessTokens.Fetched {
        switch result {
        case .response(let response):
            if let answer = response.json, let text = answer["access_token"]?.scalarText, !text.isEmpty {
                let seconds = answer["expires_in"]?.scalarText.flatMap { Int($0) } ?? 7200
                return .token(.init(text: text, expiresIn: .seconds(min(max(seconds, 60), 7200))))
            }
            guard let code = code(response) else {
                return .outcome(.notSent(code: "token_http_\(response.status)", retryAfter: nil))
            }
            switch codes[code] {
            case .busy, .wait: return .outcome(.notSent(code: ProviderCode.safe(code), retryAfter: nil))
            case .quota: return .outcome(.throttled(code: ProviderCode.safe(code), retryAfter: .seconds(60)))
            // Wrong secret, wrong account, an address that is not on the list.
            default: return .outcome(.misconfigured(code: ProviderCode.safe(code)))
            }
        case .notSent(let fault), .unknown(let fault):
            return .outcome(.notSent(code: "token_" + fault.rawValue, retryAfter: nil))
        }
    }
}
