import Kit
import Policies

/// QuerySendDetails: the messages of one day to one number, for 30 days. Each quotes the `OutId` that it was sent with, so
/// a message is found whose answer never arrived. One that left with others has none: it is found by their `BizId`, which is
/// once in a number's day, and not at all where its answer never arrived.
/// https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-querysenddetails
extension AliyunSMSChannel {
    var queries: QuerySchedule? { .standard }

    func query(_ sent: [SentReference], at now: Instant) async -> [QueryAnswer] {
        await each(sent) { await ask(about: $0, at: now) }
    }

    /// The most that the provider puts on a page. A number gets at most 50 messages of a template in a day.
    private static let pageSize = 50
    private static let mostPages = 4

    private func ask(about message: SentReference, at now: Instant) async -> QueryAnswer {
        guard let number = message.to.flatMap(E164Number.init) else { return .unanswered(code: "no_address") }
        for day in AliyunSMSChannel.days(of: message.sentAt) {
            for page in 1...AliyunSMSChannel.mostPages {
                let result = await transport.perform(
                    request(about: number, day, page: page, of: call(of: message), at: now))
                guard case .response(let response) = result else { return result.unanswered }
                let (answer, isLast) = answer(response, to: message, now)
                guard answer == .absent else { return answer }
                if isLast { break }
            }
        }
        // It may have left in a call that nothing is known of.
        return calls != nil && message.providerID == nil ? .unanswered(code: "no_id") : .absent
    }

    /// The call that is asked about; nil where every message has left in its own, which `OutId` names.
    private func call(of message: SentReference) -> String? { calls == nil ? nil : message.providerID }

    /// The provider's day of the message; by its clock a message from the last minutes before midnight may be the next
    /// day's.
    static func days(of sentAt: Instant) -> [LocalDate] {
        let (first, last) = (
            Zone.beijing.date(of: sentAt), Zone.beijing.date(of: sentAt.adding(micros: 10 * 60_000_000))
        )
        return first == last ? [first] : [first, last]
    }

    func request(
        about number: E164Number, _ day: LocalDate, page: Int, of call: String? = nil, at now: Instant
    ) -> HTTPRequest {
        // Numbers of the mainland go without their country, others without the plus sign.
        let digits = String(number.e164.dropFirst(number.e164.hasPrefix("+86") ? 3 : 1))
        return signed(
            "QuerySendDetails",
            [
                ("PhoneNumber", digits), ("SendDate", day.text.replacing("-", with: "")),
                ("PageSize", String(AliyunSMSChannel.pageSize)), ("CurrentPage", String(page)),
            ] + (call.map { [("BizId", $0)] } ?? []), at: now)
    }

    /// `isLast`: no further page could have the message.
    func answer(
        _ response: HTTPResponse, to message: SentReference, _ now: Instant
    ) -> (answer: QueryAnswer, isLast: Bool) {
        guard let json = response.json, let code = json["Code"]?.scalarText else { return (response.unanswered, true) }
        guard code == "OK" else { return (.unanswered(code: ProviderCode.safe(code)), true) }
        // Without messages the list may be missing.
        let list: [StrictJSON] =
            if case .array(let items)? = json["SmsSendDetailDTOs"]?["SmsSendDetailDTO"] { items } else { [] }
        let named = list.first { $0["OutId"]?.scalarText == message.reference }
        let own = named ?? (call(of: message) == nil ? nil : AliyunSMSChannel.nameless(list))
        guard let own else { return (.absent, list.count < AliyunSMSChannel.pageSize) }
        return (answer(own, message, isNamed: named != nil, now), true)
    }

    /// The message of a call with others: the only one to its number.
    private static func nameless(_ list: [StrictJSON]) -> StrictJSON? {
        guard list.count == 1, list[0]["OutId"]?.scalarText ?? "" == "" else { return nil }
        return list[0]
    }

    /// - Parameter isNamed: by our reference; else the answer is by the call and the number, as its receipt is.
    private func answer(
        _ item: StrictJSON, _ message: SentReference, isNamed: Bool, _ now: Instant
    ) -> QueryAnswer {
        let status: Receipt.Status
        switch item["SendStatus"]?.scalarText {
        case "1": status = .sent
        case "2": status = .undelivered
        case "3": status = .delivered
        default: return .unanswered(code: "unreadable_reply")
        }
        let code = item["ErrCode"]?.scalarText
        return .known(
            Receipt(
                reference: isNamed ? message.reference : nil, providerID: message.providerID, address: message.to,
                status: status,
                code: CallbackBody.code(code, else: status),
                suppression: status == .undelivered ? code.flatMap { AliyunSMSCallbacks.suppressions[$0] } : nil,
                at: CallbackBody.beijing(item["ReceiveDate"]?.scalarText) ?? now))
    }
}
