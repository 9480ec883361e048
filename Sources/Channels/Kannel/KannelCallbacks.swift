import Kit
import Policies

/// What Kannel fetches from us: delivery reports by the `dlr-url` of each message, and replies by the `get-url` of a
/// `sms-service` group (docs/channels/kannel.md has the lines for both). Nothing of it is signed.
enum KannelCallbacks {
    static func read(_ request: CallbackRequest) -> CallbackResult {
        guard request.method == "GET" else { return .refused("method") }
        if request.parameter("reference") != nil || request.parameter("status") != nil { return report(request) }
        return reply(request)
    }

    private static func report(_ request: CallbackRequest) -> CallbackResult {
        guard let reference = request.parameter("reference"), !reference.isEmpty, reference.utf8.count <= 200 else {
            return .refused("no_reference")
        }
        guard let number = request.parameter("status"), let status = statuses[number] else {
            return .refused("unlisted_status")
        }
        let receipt = Receipt(
            reference: reference, status: status, code: code(request.parameter("answer") ?? "", number), at: request.at)
        return CallbackResult(events: [.receipt(receipt)])
    }

    /// The values of `%d`: those of `dlr-mask`, and the two that Kannel makes of 2 by adding 32 (expired) or 64 (the
    /// centre does not know).
    private static let statuses: [String: Receipt.Status] = [
        "1": .delivered, "2": .undelivered, "4": .sent, "8": .sent, "16": .undelivered, "34": .undelivered, "66": .sent,
    ]

    /// The word of the SMS centre (`stat:DELIVRD`), or its reason of a refusal (`NACK/validity expired`). The rest of
    /// the answer may hold the text of the message.
    private static func code(_ answer: String, _ status: String) -> String {
        var word: Substring?
        if let stat = answer.range(of: "stat:") {
            word = answer[stat.upperBound...].prefix { $0 != " " }
        } else if answer.hasPrefix("NACK/") {
            word = answer.dropFirst("NACK/".count).prefix(60)
        }
        guard let word, !word.isEmpty else { return "status_\(status)" }
        let code = ProviderCode.safe(String(word.map { $0 == " " || $0 == "/" ? "_" : $0 }))
        return code == ProviderCode.unlisted ? "status_\(status)" : code
    }

    private static func reply(_ request: CallbackRequest) -> CallbackResult {
        guard let from = request.parameter("from"), let text = request.parameter("text") else {
            return .refused("neither_report_nor_reply")
        }
        guard let address = CallbackBody.number(from) else { return CallbackResult() }
        let time = request.parameter("ts") ?? ""
        let id = request.parameter("id").flatMap(ProviderCode.id) ?? CallbackBody.id(ofReply: address, text, time)
        let reply = Reply(address: address, text: text, id: id, at: CallbackBody.unix(time) ?? request.at)
        return CallbackResult(events: [.reply(reply)])
    }
}
