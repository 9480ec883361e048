import Kit

/// A message that no request can be made of, with what that means for it.
package struct Unsendable: Error {
    package let outcome: SendOutcome
    package init(_ outcome: SendOutcome) { self.outcome = outcome }
    /// No attempt could bring it to its member.
    package init(_ code: String) { outcome = .rejected(code: code) }

    static let noAddress = Unsendable("no_address")
    static let badAddress = Unsendable("bad_address")
    static let emptyText = Unsendable("empty_text")
    static let tooLong = Unsendable("text_too_long")
    /// The template lacks the provider's `code`: it may be added while the message waits.
    static let noTemplateCode = Unsendable(.notSent(code: "no_template_code", retryAfter: .seconds(300)))
}

extension HTTPTransport {
    /// One attempt of an adapter, which is two pure functions: the request for a message, and the outcome of a reply
    /// that came whole.
    package func attempt(
        _ message: OutgoingMessage, request: (OutgoingMessage) throws(Unsendable) -> HTTPRequest,
        outcome: (HTTPResponse, Instant) -> SendOutcome
    ) async -> SendOutcome {
        let made: HTTPRequest
        do { made = try request(message) } catch { return error.outcome }
        return await perform(made).outcome { outcome($0, message.at) }
    }
}

extension HTTPResult {
    /// What became of a message: a reply that came whole says it, and otherwise how far the request got.
    func outcome(_ ofReply: (HTTPResponse) -> SendOutcome) -> SendOutcome {
        switch self {
        case .response(let response): ofReply(response)
        // An adapter encodes what comes from a message, so the settings did this.
        case .notSent(let fault) where fault == .badRequest || fault == .privateAddress:
            .misconfigured(code: fault.rawValue)
        case .notSent(let fault): .notSent(code: fault.rawValue, retryAfter: nil)
        case .unknown(let fault): .unknown(code: fault.rawValue)
        }
    }
}
