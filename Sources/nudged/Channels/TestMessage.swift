import Channels
import Config
import Kit
import Review
import Rules

/// A draft that is on its way to a tester: marked where a text can be, with a reference that no receipt and no report
/// finds again.
struct TestMessage: Sendable {
    let message: OutgoingMessage
    /// False where the provider holds the text: the tester sees the message as members would.
    let isMarked: Bool

    /// - Parameter to: nil for a channel with a place of its own.
    init(
        _ draft: MessageDraft, rule: String, member: String, through channel: ChannelConfig, to: String?,
        language: Language, at now: Instant
    ) {
        let isProviders = draft.templateCode != nil && channel.adapter.traits.sendsProviderTexts
        let mark = isProviders ? "" : language == .chinese ? "【测试】" : "[TEST] "
        let subject = draft.composed.subject.map { mark + $0 }
        isMarked = !isProviders
        message = OutgoingMessage(
            reference: "test-" + TestMessage.number(), channel: channel.id, to: to,
            text: subject == nil ? mark + draft.composed.text : draft.composed.text, subject: subject,
            html: draft.composed.html, templateCode: draft.templateCode,
            values: draft.composed.providerValues.map { ($0.name, $0.value) }, rule: rule, member: member,
            occasion: draft.occasion, at: now)
    }

    /// 64 random bits, in hexadecimal.
    private static func number() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
