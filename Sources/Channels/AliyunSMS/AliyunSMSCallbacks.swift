import Kit
import Policies
import Rules

/// What Aliyun pushes: SmsReport and SmsUp, each an array of items. Nothing of it is signed.
enum AliyunSMSCallbacks {
    /// The provider reads no more of it than that the code is a number.
    private static let answer = CallbackAnswer(
        contentType: "application/json; charset=utf-8", body: #"{"code":0,"msg":"接收成功"}"#)

    static func read(_ request: CallbackRequest) -> CallbackResult {
        guard request.method == "POST" else { return .refused("method") }
        guard let items = CallbackBody.items(request.body) else { return .refused("not_json") }
        return CallbackResult(events: items.compactMap { event($0, request.at) }, answer: answer)
    }

    /// Nil for an item that cannot be read; the others count.
    private static func event(_ item: StrictJSON, _ now: Instant) -> CallbackEvent? {
        let number = CallbackBody.number(item["phone_number"]?.scalarText)
        if let content = item["content"]?.scalarText {
            return reply(item, content, from: number, now).map(CallbackEvent.reply)
        }
        let status: Receipt.Status
        switch item["success"] {
        case .bool(let success): status = success ? .delivered : .undelivered
        case .string("true"): status = .delivered
        case .string("false"): status = .undelivered
        default: return nil
        }
        let reference = item["out_id"]?.scalarText.flatMap(ProviderCode.id)
        let id = item["biz_id"]?.scalarText.flatMap(ProviderCode.id)
        // Messages that left in one call have one id: without the number it says nothing.
        guard reference != nil || id != nil && number != nil else { return nil }
        let code = item["err_code"]?.scalarText
        return .receipt(
            Receipt(
                reference: reference, providerID: id, address: number, status: status,
                code: CallbackBody.code(code, else: status),
                suppression: status == .undelivered ? code.flatMap { suppressions[$0] } : nil,
                at: CallbackBody.beijing(item["report_time"]?.scalarText) ?? now))
    }

    /// Codes of receipts after which the number gets nothing more.
    static let suppressions: [String: SuppressionRow.Reason] = ["MOBILE_IN_BLACK": .optOut]

    private static func reply(_ item: StrictJSON, _ text: String, from number: String?, _ now: Instant) -> Reply? {
        guard let number else { return nil }
        let time = item["send_time"]?.scalarText ?? ""
        let id = item["sequence_id"]?.scalarText.flatMap(ProviderCode.id)
        return Reply(
            address: number, text: text, id: id ?? CallbackBody.id(ofReply: number, text, time),
            at: CallbackBody.beijing(time) ?? now)
    }
}
