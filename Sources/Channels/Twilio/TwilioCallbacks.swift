import Kit
import Policies
import Rules

/// What Twilio posts, signed with the account's token: the status of a message, or a message of a member.
enum TwilioCallbacks {
    /// Instructions to do nothing: anything else would be sent to the member.
    private static let answer = CallbackAnswer(contentType: "text/xml; charset=utf-8", body: "<Response></Response>")

    static func read(_ settings: AdapterSettings, _ request: CallbackRequest) -> CallbackResult {
        guard request.method == "POST" else { return .refused("method") }
        guard let form = CallbackBody.form(request.body) else { return .refused("not_a_form") }
        let usesSHA256 = TwilioSignature.usesSHA256(request.header("x-twilio-webhooks-signature-settings"))
        guard let key = settings.text(usesSHA256 ? "signature_key" : "auth_token"),
            let signature = request.header("x-twilio-signature"),
            TwilioSignature.isValid(
                signature, url: request.url, form: form, authToken: key, usesSHA256: usesSHA256)
        else { return .refused("signature") }
        let fields = Dictionary(form.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        return CallbackResult(
            events: event(fields, request.parameter("reference"), request.at).map { [$0] } ?? [], answer: answer)
    }

    /// Nil for what says nothing of a message.
    /// - Parameter reference: ours, which the address of the report holds; Twilio signs it along.
    private static func event(_ fields: [String: String], _ reference: String?, _ now: Instant) -> CallbackEvent? {
        guard let id = (fields["MessageSid"] ?? fields["SmsSid"]).flatMap(ProviderCode.id) else { return nil }
        guard let word = fields["MessageStatus"] else {
            guard let text = fields["Body"], let number = CallbackBody.number(fields["From"]) else { return nil }
            // The account's own words of refusal may be others than ours.
            let isRefusal = fields["OptOutType"] == "STOP"
            return .reply(Reply(address: number, text: isRefusal ? "STOP" : text, id: id, at: now))
        }
        return receipt(
            of: id, reference: reference, to: CallbackBody.number(fields["To"]), status: word,
            code: fields["ErrorCode"] ?? "", at: now
        ).map(CallbackEvent.receipt)
    }

    /// - Parameters:
    ///   - word: the status of the message, in Twilio's words.
    ///   - code: the error that it ended with; empty for none.
    static func receipt(
        of id: String, reference: String?, to address: String?, status word: String, code: String, at now: Instant
    ) -> Receipt? {
        guard let status = statuses[word] else { return nil }
        let isRefused = TwilioChannel.codes[code] == .suppressed(.optedOut)
        return Receipt(
            reference: reference, providerID: id, address: address, status: status,
            code: CallbackBody.code(code.isEmpty ? word : code, else: status),
            suppression: status == .undelivered && isRefused ? .optOut : nil, at: now)
    }

    private static let statuses: [String: Receipt.Status] = [
        "accepted": .sent, "scheduled": .sent, "queued": .sent, "sending": .sent, "sent": .sent,
        "delivered": .delivered,
        "read": .delivered, "undelivered": .undelivered, "failed": .undelivered, "canceled": .undelivered,
    ]
}
