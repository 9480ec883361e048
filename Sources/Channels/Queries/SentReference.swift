import Kit
import Policies

/// A message that a provider took or may have taken, as it is asked about. Its printed form shows no address.
package struct SentReference: Sendable, CustomStringConvertible, CustomReflectable {
    /// Ours, as it went along with the message.
    package let reference: String
    /// The provider's; nil where its answer did not arrive, or gave none.
    package let providerID: String?
    /// As the message had it; nil for channels without addresses.
    package let to: String?
    /// Of the attempt that is asked about.
    package let sentAt: Instant
    /// Until then a message that is not delivered falls back to the next entry of `try`; nil: it does not.
    package let fallsBackUntil: Instant?

    package init(
        reference: String, providerID: String?, to: String?, sentAt: Instant, fallsBackUntil: Instant? = nil
    ) {
        self.reference = reference
        self.providerID = providerID
        self.to = to
        self.sentAt = sentAt
        self.fallsBackUntil = fallsBackUntil
    }

    package var description: String { "sent message \(reference)" }
    package var customMirror: Mirror { Mirror(self, children: ["reference": reference]) }
}

/// What a provider says of one message that it is asked about.
package enum QueryAnswer: Sendable, Equatable {
    /// It has the message: `sent` where nothing final is known yet. It is noted as if the provider had reported it.
    case known(Receipt)
    /// It would know the message by now, and does not. That ends nothing by itself: its records may lag.
    case absent
    /// It did not say; the next slot asks again. The code is a word, as in `SendOutcome`.
    case unanswered(code: String)
}

extension Channel {
    /// Asks about each message in a request of its own, all at the same time; the answers are in their order.
    func each(_ sent: [SentReference], _ ask: @escaping @Sendable (SentReference) async -> QueryAnswer) async
        -> [QueryAnswer]
    {
        await withTaskGroup(of: (Int, QueryAnswer).self) { group in
            for (index, message) in sent.enumerated() { group.addTask { (index, await ask(message)) } }
            var answers = [QueryAnswer](repeating: .unanswered(code: "cancelled"), count: sent.count)
            for await (index, answer) in group { answers[index] = answer }
            return answers
        }
    }
}

extension HTTPTransport {
    /// One question of an adapter, which is two pure functions: the request, and the answer in a reply that came whole.
    func ask(_ request: HTTPRequest, answer: (HTTPResponse) -> QueryAnswer) async -> QueryAnswer {
        let result = await perform(request)
        guard case .response(let response) = result else { return result.unanswered }
        return answer(response)
    }
}

extension HTTPResult {
    /// For a result without an answer of the provider's own.
    var unanswered: QueryAnswer {
        switch self {
        case .response(let response): response.unanswered
        case .notSent(let fault), .unknown(let fault): .unanswered(code: fault.rawValue)
        }
    }
}

extension HTTPResponse {
    /// For a reply without a code of the provider's own.
    var unanswered: QueryAnswer { .unanswered(code: "http_\(status)") }
}
