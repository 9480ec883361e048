import Kit
import Policies

/// What WeChat posts to the address of an official account or a mini program, and WeCom to that of an application: texts
/// of members, and events. Read alike whether they come as XML or JSON.
enum WeChatCallbacks {
    static func official(_ settings: AdapterSettings, _ request: CallbackRequest) -> CallbackResult {
        read(settings, request, receiver: settings[text: "app_id"]) { message, now in
            WeChatMessage(message, at: now)?.events(opensWindow: true) ?? []
        }
    }

    /// A mini program sends no texts of its own here, so what a member writes opens nothing.
    static func mini(_ settings: AdapterSettings, _ request: CallbackRequest) -> CallbackResult {
        read(settings, request, receiver: settings[text: "app_id"]) { message, now in
            WeChatMessage(message, at: now)?.events(opensWindow: false) ?? []
        }
    }

    /// Of colleagues only what they write is read; WeCom wants an empty answer.
    static func wecom(_ settings: AdapterSettings, _ request: CallbackRequest) -> CallbackResult {
        read(settings, request, receiver: settings[text: "corp_id"], thanks: "", encryptsEcho: true) { message, now in
            WeChatMessage(message, at: now)?.reply.map { [.reply($0)] } ?? []
        }
    }

    /// What becomes of customers. Of a tag WeCom says only that the customer was edited.
    static func wecomExternal(_ settings: AdapterSettings, _ request: CallbackRequest) -> CallbackResult {
        read(settings, request, receiver: settings[text: "corp_id"], thanks: "", encryptsEcho: true) { message, now in
            contact(message, at: now).map { [.contact($0)] } ?? []
        }
    }

    private static let contactKinds: [String: ContactChange.Kind] = [
        "add_external_contact": .added, "add_half_external_contact": .added, "edit_external_contact": .edited,
        "del_external_contact": .deleted, "del_follow_user": .left,
    ]

    private static func contact(_ node: CallbackNode, at now: Instant) -> ContactChange? {
        guard node["Event"] == "change_external_contact", let kind = node["ChangeType"].flatMap({ contactKinds[$0] }),
            let address = node["ExternalUserID"].flatMap(ProviderCode.id),
            let clerk = node["UserID"].flatMap(ProviderCode.id)
        else { return nil }
        let said = CallbackBody.unix(node["CreateTime"]) ?? now
        let at = said <= now.adding(micros: WeChatMessage.ahead) ? said : now
        return ContactChange(address: address, kind: kind, clerk: clerk, at: at)
    }

    private static func read(
        _ settings: AdapterSettings, _ request: CallbackRequest, receiver: String, thanks: String = "success",
        encryptsEcho: Bool = false, events: (CallbackNode, Instant) -> [CallbackEvent]
    ) -> CallbackResult {
        guard let door = WeChatDoor(settings.block("callbacks"), receiver: receiver, encryptsEcho: encryptsEcho) else {
            return .refused("settings")
        }
        switch door.answer(request) {
        case .refused(let reason): return .refused(reason)
        case .echo(let text): return CallbackResult(answer: CallbackAnswer(body: text))
        case .message(let message):
            return CallbackResult(events: events(message, request.at), answer: CallbackAnswer(body: thanks))
        }
    }
}

/// One message or event of one user (channels.md §5.4).
struct WeChatMessage {
    private let node: CallbackNode
    private let user: String
    private let at: Instant

    /// How many messages the account may answer with, and for how long
    /// (https://developers.weixin.qq.com/doc/offiaccount/Customer_Service/Customer_Service_Messages.html).
    private static let (afterText, afterTouch) = (
        (messages: 5, lasts: Duration.seconds(48 * 3600)), (messages: 3, lasts: Duration.seconds(60))
    )
    /// Menu items that report, scans, and a new follower.
    private static let touches: Set<String> = ["CLICK", "scancode_push", "scancode_waitmsg", "SCAN", "subscribe"]

    /// By how many microseconds WeChat's clock may be ahead of ours.
    fileprivate static let ahead: Int64 = 600_000_000

    /// Nil where the message names no user.
    init?(_ node: CallbackNode, at now: Instant) {
        guard let user = node["FromUserName"].flatMap(ProviderCode.id) else { return nil }
        self.node = node
        self.user = user
        // Not cut to our own clock, which may be behind: the same event again must have the same instant.
        let said = CallbackBody.unix(node["CreateTime"]) ?? now
        at = said <= now.adding(micros: WeChatMessage.ahead) ? said : now
    }

    /// - Parameter opensWindow: the account may answer in texts of its own, for a while.
    func events(opensWindow: Bool) -> [CallbackEvent] {
        guard node["MsgType"] == "event" else {
            let window = opensWindow ? [CallbackEvent.credit(window(WeChatMessage.afterText))] : []
            return (reply.map { [.reply($0)] } ?? []) + window
        }
        let event = node["Event"] ?? ""
        let isTouch = opensWindow && WeChatMessage.touches.contains(event)
        return told(event) + (isTouch ? [.credit(window(WeChatMessage.afterTouch))] : [])
    }

    /// What the user wrote; nil for a picture, a voice or an event.
    var reply: Reply? {
        guard node["MsgType"] == "text", let text = node["Content"] else { return nil }
        let id = node["MsgId"].flatMap(ProviderCode.id)
        return Reply(
            address: user, text: text, id: id ?? CallbackBody.id(ofReply: user, text, node["CreateTime"] ?? ""), at: at)
    }

    private func window(_ form: (messages: Int, lasts: Duration)) -> Credit {
        Credit(address: user, template: nil, messages: form.messages, lasts: form.lasts, at: at)
    }

    private func told(_ event: String) -> [CallbackEvent] {
        switch event {
        case "subscribe", "unsubscribe":
            [.following(Following(address: user, isFollowing: event == "subscribe", at: at))]
        // The platform itself is the sender; whoever it is about has a field of his own, whatever he took back
        // (https://developers.weixin.qq.com/doc/service/en/guide/h5/authorization_change.html).
        case "user_authorization_revoke", "user_authorization_cancellation":
            node["OpenID"].flatMap(ProviderCode.id).map { [.revoked(Revocation(address: $0, at: at))] } ?? []
        case "TEMPLATESENDJOBFINISH": templateReceipt.map { [.receipt($0)] } ?? []
        // One item for each template of the window that the member saw, settings that he changed, messages that were sent.
        case "subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event":
            node.owners(of: "TemplateId").flatMap { told(event, of: $0) }
        default: []
        }
    }

    private func told(_ event: String, of item: CallbackNode) -> [CallbackEvent] {
        guard let template = item["TemplateId"].flatMap(ProviderCode.id) else { return [] }
        let end = CallbackEvent.creditsEnded(CreditEnd(address: user, template: template, at: at))
        switch (event, item["SubscribeStatusString"]) {
        case ("subscribe_msg_popup_event", "accept"):
            return [.credit(Credit(address: user, template: template, messages: 1, lasts: nil, at: at))]
        case ("subscribe_msg_change_event", "reject"): return [end]
        case ("subscribe_msg_sent_event", _):
            guard let code = item["ErrorCode"], let id = item["MsgID"].flatMap(ProviderCode.id) else { return [] }
            let status: Receipt.Status = code == "0" ? .delivered : .undelivered
            let receipt = Receipt(
                providerID: id, address: user, template: template, status: status,
                code: code == "0" ? "success" : CallbackBody.code(code, else: status), at: at)
            // The member has taken his consent back.
            return [.receipt(receipt)] + (code == "43101" ? [end] : [])
        default: return []
        }
    }

    /// `success`, `failed:user block`, `failed: system failed`: written now with a space, now without.
    private var templateReceipt: Receipt? {
        guard let id = node["MsgID"].flatMap(ProviderCode.id), let status = node["Status"]?.lowercased() else {
            return nil
        }
        let words = status.split(whereSeparator: { " :".contains($0) }).joined(separator: "_")
        guard words == "success" || words.hasPrefix("failed") else { return nil }
        // Who blocks the account says no; nothing tells us when that ends, so it is no unfollowing.
        return Receipt(
            providerID: id, address: user, status: words == "success" ? .delivered : .undelivered,
            code: ProviderCode.safe(words), suppression: words == "failed_user_block" ? .optOut : nil, at: at)
    }
}
