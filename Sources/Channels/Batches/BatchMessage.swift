import Kit

/// What messages that share a call have in common, beside the signature of their channel.
struct BatchKey: Hashable, Sendable {
    let template: String
    /// The names and values of the text, in the template's order.
    let values: [String]
    /// Providers take numbers of the mainland and others in separate calls.
    let isMainland: Bool
}

/// A message that may share a call with others.
struct BatchMessage: Sendable {
    let number: E164Number
    let message: OutgoingMessage
    let key: BatchKey

    /// Throws for a message that no call can be made of.
    init(_ message: OutgoingMessage) throws(Unsendable) {
        number = try E164Number.of(message)
        guard let template = message.templateCode else { throw .noTemplateCode }
        self.message = message
        key = BatchKey(
            template: template, values: message.values.flatMap { [$0.0, $0.1] },
            isMainland: number.e164.hasPrefix("+86"))
    }
}

extension [BatchMessage] {
    /// The moment of their call, which its signature names.
    var at: Instant { map(\.message.at).max() ?? .distantPast }
}

/// What became of a call with several messages.
enum BatchAnswer: Sendable {
    /// The outcome of each, in their order.
    case each([SendOutcome])
    /// One outcome for the whole call: it was not taken, or nobody knows.
    case whole(SendOutcome)

    /// The code of a message that the answer to its call does not name.
    static let missing = "missing_in_answer"
}
