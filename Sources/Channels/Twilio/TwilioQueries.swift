import Kit
import Policies

/// A message by its SID. One whose SID never arrived cannot be asked about.
/// https://www.twilio.com/docs/messaging/api/message-resource
extension TwilioChannel {
    var queries: QuerySchedule? { .standard }

    func query(_ sent: [SentReference], at now: Instant) async -> [QueryAnswer] {
        await each(sent) { message in
            guard let request = self.request(about: message) else { return .unanswered(code: "no_id") }
            return await transport.ask(request) { answer($0, to: message, now) }
        }
    }

    func request(about message: SentReference) -> HTTPRequest? {
        message.providerID.map { id in
            HTTPRequest(.get, "\(account)/Messages/\(PercentEncoding.encode(id)).json", headers: [login])
        }
    }

    func answer(_ response: HTTPResponse, to message: SentReference, _ now: Instant) -> QueryAnswer {
        guard let json = response.json else { return response.unanswered }
        guard response.status == 200, let id = json["sid"]?.scalarText, id == message.providerID,
            let word = json["status"]?.scalarText,
            let receipt = TwilioCallbacks.receipt(
                of: id, reference: message.reference, to: message.to, status: word,
                code: json["error_code"]?.scalarText ?? "", at: now)
        else {
            return json["code"]?.scalarText.map { .unanswered(code: ProviderCode.safe($0)) } ?? response.unanswered
        }
        return .known(receipt)
    }
}
