import Kit
import Policies

/// PullSmsSendStatusByPhoneNumber: what became of the messages to one number in a time, of the last seven days. It has
/// only what ended, so a message that is not in it may still be under way.
/// https://cloud.tencent.com/document/api/382/52073
extension TencentSMSChannel {
    var queries: QuerySchedule? { .standard }

    func query(_ sent: [SentReference], at now: Instant) async -> [QueryAnswer] {
        await each(sent) { message in
            guard let request = self.request(about: message, at: now) else { return .unanswered(code: "no_address") }
            return await transport.ask(request) { answer($0, to: message, now) }
        }
    }

    /// Nil where the message has no number.
    func request(about message: SentReference, at now: Instant) -> HTTPRequest? {
        guard let number = message.to.flatMap(E164Number.init) else { return nil }
        // The provider's clock may be a little behind ours.
        let from = message.sentAt.wholeSeconds - 60
        return signed(
            "PullSmsSendStatusByPhoneNumber",
            .object([
                .init("BeginTime", .int(Int(from))), .init("EndTime", .int(Int(max(from, now.wholeSeconds)))),
                .init("Offset", .int(0)), .init("Limit", .int(100)), .init("PhoneNumber", .text(number.e164)),
                .init("SmsSdkAppId", .text(settings.appID)),
            ]), at: now)
    }

    /// A message is known by its number of the send, else by our reference, which the provider returns to some accounts.
    func answer(_ response: HTTPResponse, to message: SentReference, _ now: Instant) -> QueryAnswer {
        guard let answer = response.json?["Response"] else { return response.unanswered }
        if let code = answer["Error"]?["Code"]?.scalarText { return .unanswered(code: ProviderCode.safe(code)) }
        guard case .array(let items)? = answer["PullSmsSendStatusSet"] else { return response.unanswered }
        let own = items.first { item in
            if let id = message.providerID { return item["SerialNo"]?.scalarText == id }
            return item["SessionContext"]?.scalarText == message.reference
        }
        guard let own else { return .unanswered(code: "no_status_yet") }
        guard let status = TencentSMSCallbacks.statuses[own["ReportStatus"]?.scalarText ?? ""] else {
            return .unanswered(code: "unreadable_reply")
        }
        // Reports that are pushed name the provider's id alone: a report and an answer of the same message are one.
        return .known(
            Receipt(
                reference: message.providerID == nil ? message.reference : nil, providerID: message.providerID,
                address: message.to, status: status,
                code: CallbackBody.code(own["Description"]?.scalarText, else: status),
                at: CallbackBody.unix(own["UserReceiveTime"]?.scalarText) ?? now))
    }
}
