import Kit

extension Channel {
    /// Sends a text to colleagues that is about no member and no rule. Nil where the provider took it or may have, else the
    /// code of its refusal.
    package func notice(_ text: String, by name: String, reference: String, at now: Instant) async -> String? {
        let outcome = await send(
            OutgoingMessage(
                reference: reference, channel: name, to: nil, text: text, rule: "nudged-alert", member: "-",
                occasion: reference, at: now))
        switch outcome {
        case .accepted, .unknown: return nil
        case .rejected(let code), .suppressed(let code, _), .notSent(let code, _), .throttled(let code, _),
            .misconfigured(let code):
            return code
        }
    }
}
