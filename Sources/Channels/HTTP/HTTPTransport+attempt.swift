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

extension HTTPTransport {
    /// The same of an adapter whose provider takes several messages in a call. Without `calls` each leaves in its own.
    /// - Parameter together: the request for several messages, at least two, and what a reply that came whole says of them.
    func attempt(
        _ message: OutgoingMessage, sharing calls: BatchCollector?,
        request: (OutgoingMessage) throws(Unsendable) -> HTTPRequest,
        outcome: (HTTPResponse, Instant) -> SendOutcome,
        together: (
            request: @Sendable ([BatchMessage]) -> HTTPRequest,
            answer: @Sendable (HTTPResponse, [BatchMessage], Instant) -> BatchAnswer
        )
    ) async -> SendOutcome {
        guard let calls else { return await attempt(message, request: request, outcome: outcome) }
        let own: BatchMessage
        do { own = try BatchMessage(message) } catch { return error.outcome }
        return await calls.send(own) {
            await attempt(message, request: request, outcome: outcome)
        } together: { [self] messages in
            let result = await perform(together.request(messages))
            guard case .response(let response) = result else {
                // How far the request got holds for all of them.
                return .whole(result.outcome { _ in .unknown(code: BatchAnswer.missing) })
            }
            return together.answer(response, messages, messages.at)
        }
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
