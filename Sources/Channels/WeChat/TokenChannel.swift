import Kit

/// A channel of WeChat or WeCom: each request carries an access token. A token that is over is fetched anew once, and the
/// message sent again once: the provider refused it before it looked at it.
protocol TokenChannel: Channel {
    var transport: HTTPTransport { get }
    var tokens: AccessTokens { get }
    var codes: CodeTable { get }

    /// The one request of a message.
    func request(for message: OutgoingMessage, token: String) throws(Unsendable) -> HTTPRequest
}

extension TokenChannel {
    package func send(_ message: OutgoingMessage) async -> SendOutcome {
        var refused: String?
        while true {
            let token: String
            switch await tokens.current(besides: refused) {
            case .outcome(let outcome): return outcome
            case .token(let text): token = text
            }
            let request: HTTPRequest
            do {
                request = try self.request(for: message, token: token)
            } catch {
                return error.outcome
            }
            let result = await transport.perform(request)
            if refused == nil, case .response(let response) = result, let code = WeChatAnswer.code(response),
                codes[code] == .token
            {
                refused = token
                continue
            }
            return WeChatAnswer.outcome(of: result, codes, at: message.at)
        }
    }
}

/// Replies of WeChat and WeCom: `errcode` decides, and nothing else.
enum WeChatAnswer {
    static func code(_ response: HTTPResponse) -> String? {
        guard (200...299).contains(response.status) else { return nil }
        return response.json?["errcode"]?.scalarText
    }

    static func outcome(of result: HTTPResult, _ codes: CodeTable, at now: Instant) -> SendOutcome {
        result.outcome { response in
            guard let code = code(response) else { return response.outcome(at: now) }
            // A number of 64 bits: kept as its digits.
            return codes.outcome(of: code, id: response.json?["msgid"]?.scalarText, at: now)
        }
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
