import Channels
import Rules
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
        case .suppressed(let code, let suppression): "rejected \(code) \(suppression.rawValue)"
        case .notSent(let code, _), .throttled(let code, _): "not_sent \(code)"
        case .misconfigured(let code): "misconfigured \(code)"
        case .unknown(let code): "unknown \(code)"
        }
    }
}

extension SendOutcome.Suppression {
    var reason: SuppressionRow.Reason {
        switch self {
        case .optedOut: .optOut
        case .bounced: .bounce
        }
    }
}
