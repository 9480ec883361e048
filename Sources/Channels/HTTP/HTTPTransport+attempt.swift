import Kit

/// A message that no attempt could bring to its member, found before anything is sent.
package struct Unsendable: Error {
    package let code: String
    package init(_ code: String) { self.code = code }
}

extension HTTPTransport {
    /// One attempt of an adapter, which is two pure functions: the request for a message, and the outcome of a reply
    /// that came whole.
    package func attempt(
        _ message: OutgoingMessage, request: (OutgoingMessage) throws(Unsendable) -> HTTPRequest,
        outcome: (HTTPResponse, Instant) -> SendOutcome
    ) async -> SendOutcome {
        let made: HTTPRequest
        do { made = try request(message) } catch { return .rejected(code: error.code) }
        switch await perform(made) {
        case .response(let response): return outcome(response, message.at)
        // An adapter encodes what comes from a message, so the settings did this.
        case .notSent(.badRequest): return .misconfigured(code: HTTPFault.badRequest.rawValue)
        case .notSent(let fault): return .notSent(code: fault.rawValue, retryAfter: nil)
        case .unknown(let fault): return .unknown(code: fault.rawValue)
        }
    }
}
