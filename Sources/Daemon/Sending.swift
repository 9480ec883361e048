import Channels
import Store

extension Dispatcher.Sending {
    var message: OutgoingMessage {
        OutgoingMessage(
            reference: intent.reference, channel: intent.channel, to: intent.address, text: intent.text,
            subject: intent.subject, html: intent.html, templateCode: intent.templateCode, values: intent.values,
            rule: intent.rule, member: intent.member, occasion: intent.occasion, at: at)
    }
}

extension SendOutcome {
    /// The class and the code, for logs.
    var word: String {
        switch self {
        case .accepted: "accepted"
        case .rejected(let code): "rejected \(code)"
        case .notSent(let code, _): "not_sent \(code)"
        case .misconfigured(let code): "misconfigured \(code)"
        case .unknown(let code): "unknown \(code)"
        }
    }
}
