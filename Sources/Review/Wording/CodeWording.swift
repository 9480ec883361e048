import Kit

/// The codes of attempts and channels in words. Those of a provider are explained on the page of its adapter.
package struct CodeWording {
    package let speech: Speech

    package init(speech: Speech) { self.speech = speech }

    /// - Parameter adapter: the `type` of the channel, where it is known.
    package func words(_ code: String, adapter: String? = nil) -> String {
        if let own = CodeWording.own[code] { return speech.say(own.english, own.chinese) }
        if code.hasPrefix("token_") {
            return speech.say("no access token could be fetched", "取不到访问令牌")
        }
        if let status = code.wholeMatch(of: /http_([0-9]{3})/)?.1 {
            return speech.say("the server answered \(status) without a code of its own", "服务器返回 \(status)，没有自己的代码")
        }
        let page = adapter.map { "docs/channels/\($0).md" } ?? "docs/channels/"
        return speech.say("the provider's code, see \(page)", "服务商的代码，见 \(page)")
    }

    /// `busy (words)`.
    package func code(_ code: String, adapter: String? = nil) -> String {
        "\(code) (\(words(code, adapter: adapter)))"
    }

    private typealias Words = (english: String, chinese: String)

    private static let own = ofRequests.merging(ofMessages) { first, _ in first }

    /// What a request met on its way.
    private static let ofRequests: [String: Words] = [
        "bad_request": ("no request could be made of the settings", "按现有配置拼不出请求"),
        "bad_response": ("the answer was no answer", "对方的应答无法识别"),
        "cancelled": ("withdrawn before it left", "发出之前已撤回"),
        "connect_failed": ("the connection could not be made", "连接失败"),
        "connect_timeout": ("the server did not answer in time when it was called", "连接超时"),
        "connection_lost": ("the connection broke before the answer was whole", "应答完成之前连接中断"),
        "dns": ("the server's name is not known", "服务器域名无法解析"),
        "first_byte_timeout": ("no answer came in time", "等不到应答"),
        "login_denied": ("the server refused the login", "服务器拒绝登录"),
        "missing_in_answer": ("the answer does not say what became of the number", "应答没有说明该号码的结果"),
        "no_slot": ("it waited too long for its turn", "排队时间过长"),
        "private_address": (
            "the address is one of a private network that is not listed", "地址属于内网，但不在允许的名单里"
        ),
        "redirect": ("the server sends on to another address", "服务器要求转到别的地址"),
        "refused": ("nothing listens at the address", "对方地址没有服务"),
        "response_too_large": ("the answer was too long", "应答过大"),
        "shut_down": ("the program was about to end", "程序正在退出"),
        "timeout": ("the answer took too long", "应答超时"),
        "tls": ("no trusted encrypted connection", "加密连接不可信"),
        "tls_or_login": ("no trusted encryption, or the login was refused", "加密连接不可信，或登录被拒绝"),
        "tls_required": ("a password would travel without encryption", "密码会以明文传输"),
        "transfer_failed": ("the exchange broke off", "传输中断"),
        "unlisted_reply": ("the answer is in no table", "应答不在对照表里"),
        "unreadable_reply": ("the answer could not be read", "应答无法解析"),
    ]

    /// What was wrong with a message, a channel or a file.
    private static let ofMessages: [String: Words] = [
        "authorization": ("the gateway refused the user or the password", "网关拒绝了用户名或密码"),
        "bad_address": ("the address is not of the channel's kind", "地址不是该渠道的种类"),
        "bad_dlr_url": ("the gateway refused the address for reports", "网关拒绝了回执地址"),
        "bad_secret": ("the secret is not base64", "密钥不是 base64"),
        "channel_closed": ("the channel closed before it left", "发出之前渠道已关闭"),
        "crash": ("the program ended while it was under way", "发送途中程序终止"),
        "denied": ("the gateway's lists forbid the number", "网关名单禁止该号码"),
        "empty_text": ("there is no text", "正文为空"),
        "mark": ("the store's mark could not be written", "数据库标记写不进去"),
        "no_address": ("there is no address", "没有地址"),
        "no_receiver": ("the gateway saw no receiver", "网关没有收到号码"),
        "no_sender": ("no sender is set", "没有配置发送号码"),
        "no_template_code": ("the template lacks the provider's number", "模板缺少平台模板号"),
        "not_a_message_log": ("the file holds something else", "文件里是别的内容"),
        "not_routable": ("the gateway has no way to the number", "网关没有通往该号码的路由"),
        "queue_full": ("the gateway's queue is full", "网关队列已满"),
        "sending_failed": ("the gateway could not send", "网关发送失败"),
        "stop": ("a stop came before it left", "发出之前被暂停"),
        "text_too_long": ("the text is too long", "正文过长"),
        "throttled": ("too many in this time", "发送过快"),
        "unlisted_code": ("the provider's code has no form that may be kept", "服务商的代码格式异常，未保留"),
        "write_failed": ("the line could not be written", "写入失败"),
        "write_unclear": ("the line is perhaps not on disk", "可能没有落盘"),
        "wrong_path": ("the gateway does not know the path", "网关没有这个路径"),
    ]
}
