import Kit
import Policies

/// What Tencent Cloud pushes: an array of statuses, or one reply. Nothing of it is signed, and a status does not quote
/// our reference.
enum TencentSMSCallbacks {
    private static let answer = CallbackAnswer(
        contentType: "application/json; charset=utf-8", body: #"{"result":0,"errmsg":"OK"}"#)

    static func read(_ request: CallbackRequest) -> CallbackResult {
        guard request.method == "POST" else { return .refused("method") }
        guard let items = CallbackBody.items(request.body) else { return .refused("not_json") }
        return CallbackResult(events: items.compactMap { event($0, request.at) }, answer: answer)
    }

    /// Nil for an item that cannot be read; the others count.
    private static func event(_ item: StrictJSON, _ now: Instant) -> CallbackEvent? {
        let country = item["nationcode"]?.scalarText
        let number = CallbackBody.number(item["mobile"]?.scalarText, country: country)
        if let text = item["text"]?.scalarText, item["report_status"] == nil {
            guard let number else { return nil }
            let time = item["time"]?.scalarText ?? ""
            return .reply(
                Reply(
                    address: number, text: text, id: CallbackBody.id(ofReply: number, text, time),
                    at: CallbackBody.unix(time) ?? CallbackBody.beijing(time) ?? now))
        }
        guard let status = statuses[item["report_status"]?.scalarText ?? ""],
            let id = item["sid"]?.scalarText.flatMap(ProviderCode.id)
        else { return nil }
        return .receipt(
            Receipt(
                providerID: id, address: number, status: status,
                code: CallbackBody.code(item["errmsg"]?.scalarText, else: status),
                at: CallbackBody.beijing(item["user_receive_time"]?.scalarText) ?? now))
    }

    static let statuses: [String: Receipt.Status] = ["SUCCESS": .delivered, "FAIL": .undelivered]
}
