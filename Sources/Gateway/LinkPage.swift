import Channels
import HTTPTypes
import Kit
import Policies
import Rules
import Store

/// The pages behind links. They hold no name, no script and nothing from elsewhere; addresses are masked.
enum LinkPage {
    /// The names of the form's fields.
    enum Field {
        static let oneClick = "List-Unsubscribe"
        static let oneClickValue = "One-Click"
        static let page = "page"
        static let shown = "shown"
        static let was = "was"
        static let want = "want"
        static let personal = "personal"
        static let personalShown = "personal-was"
        static let yes = "1"
        static let no = "0"
    }

    /// The language of a page. It is the reader's: by their own choice, else by what their browser says.
    struct Choice: Sendable {
        let language: Language

        init(_ head: HTTPTypes.HTTPRequest) {
            let query = (head.path ?? "").split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
            let chosen = (PercentEncoding.pairs(query) ?? []).first { $0.name == "lang" }?.value
            language =
                chosen.flatMap { Choice.language($0) } ?? Choice.preferred(head.headerFields[.acceptLanguage] ?? "")
        }

        private static func language(_ tag: some StringProtocol) -> Language? {
            switch tag.lowercased().prefix(2) {
            case "zh": .chinese
            case "en": .english
            default: nil
            }
        }

        /// The language with the greatest weight (RFC 9110 §12.5.4); Chinese where neither is named.
        private static func preferred(_ header: String) -> Language {
            var best: (language: Language, weight: Double) = (.chinese, 0)
            for item in header.prefix(500).split(separator: ",") {
                let parts = item.split(separator: ";").map { $0.trimmingPrefix { $0 == " " } }
                guard let tag = parts.first, let language = language(tag) else { continue }
                let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
                if weight > best.weight { best = (language, weight) }
            }
            return best.language
        }
    }

    // MARK: pages

    /// For every link that leads nowhere.
    static func nothing(_ choice: Choice) -> Answer {
        page(
            status: 404, choice, title: choice.say("This link leads nowhere", "这个链接无效"),
            "<p>\(choice.say("Please open it as it stands in the message.", "请直接打开消息里的链接。"))</p>")
    }

    /// The same for a link that would confirm a consent: what asked for it may be lost with a store.
    static func noRequest(_ choice: Choice) -> Answer {
        let words = choice.say(
            "Please open it as it stands in the message. If that changes nothing, please sign up again.",
            "请直接打开消息里的链接。如果仍然无效，请重新订阅。")
        return page(
            status: 404, choice, title: choice.say("This link leads nowhere", "这个链接无效"), "<p>\(words)</p>")
    }

    static func choices(
        _ choices: ContactChoices, of link: UnsubscribeLink, _ choice: Choice, isSaved: Bool = false
    ) -> Answer {
        var body = ""
        if isSaved { body += "<p class=\"saved\" role=\"status\">\(choice.say("Saved.", "已保存。"))</p>" }
        let own = choices.items.first { $0.channel == link.channel }
        if let own, own.wanted.contains(.marketing) {
            let words = choice.say(
                "Stop offers by \(name(own.channel, choice))", "不再接收\(name(own.channel, choice))优惠信息")
            body += """
                <form method="post"><input type="hidden" name="\(Field.oneClick)" value="\(Field.oneClickValue)">\
                <input type="hidden" name="\(Field.page)" value="1"><button class="stop">\(HTMLText.escaped(words))</button></form>
                """
        } else if let own {
            let words = choice.say(
                "You get no offers by \(name(own.channel, choice)).", "您不会再收到\(name(own.channel, choice))优惠信息。")
            body += "<p>\(HTMLText.escaped(words))</p>"
        }
        if choices.isCurrent { body += form(choices, choice) }
        return page(status: 200, choice, title: choice.say("Messages from us", "消息设置"), body)
    }

    /// The page of a link that confirms a consent.
    static func confirming(_ channel: String, _ standing: ConsentRequest.LinkStanding, _ choice: Choice) -> Answer {
        let name = name(channel, choice)
        let body: String
        switch standing {
        case .open:
            let words = choice.say("Yes, send me offers by \(name)", "同意接收\(name)优惠信息")
            body = "<form method=\"post\"><button>\(HTMLText.escaped(words))</button></form>"
        case .confirmed:
            let words = choice.say("Confirmed: you get offers by \(name).", "已确认：您将收到\(name)优惠信息。")
            body = "<p class=\"saved\" role=\"status\">\(HTMLText.escaped(words))</p>"
        case .over:
            let words = choice.say(
                "This link does nothing any more. Please sign up again.", "这个链接已经失效，请重新订阅。")
            body = "<p>\(HTMLText.escaped(words))</p>"
        }
        return page(status: 200, choice, title: choice.say("Messages from us", "消息设置"), body)
    }

    private static func form(_ choices: ContactChoices, _ choice: Choice) -> String {
        let shown = choices.items.flatMap { item in item.purposes.map { "\(item.channel).\($0.rawValue)" } }
        let was = choices.items.flatMap { item in
            item.purposes.filter(item.wanted.contains).map { "\(item.channel).\($0.rawValue)" }
        }
        var text = """
            <form method="post"><input type="hidden" name="\(Field.page)" value="1">\
            <input type="hidden" name="\(Field.shown)" value="\(HTMLText.escaped(shown.joined(separator: ",")))">\
            <input type="hidden" name="\(Field.was)" value="\(HTMLText.escaped(was.joined(separator: ",")))">
            """
        for item in choices.items {
            let address = item.address.map { " <span>\(HTMLText.escaped($0))</span>" } ?? ""
            text += "<fieldset><legend>\(HTMLText.escaped(name(item.channel, choice)))\(address)</legend>"
            for purpose in item.purposes {
                let isOn = item.wanted.contains(purpose) ? " checked" : ""
                let value = HTMLText.escaped("\(item.channel).\(purpose.rawValue)")
                text += """
                    <label><input type="checkbox" name="\(Field.want)" value="\(value)"\(isOn)> \(words(purpose, choice))</label>
                    """
            }
            text += "</fieldset>"
        }
        if let isPersonal = choices.isPersonal {
            let words = choice.say(
                "Choose offers for me by what I bought and looked at", "根据我的购买和浏览记录为我挑选优惠")
            text += """
                <fieldset><input type="hidden" name="\(Field.personalShown)" value="\(isPersonal ? Field.yes : Field.no)">\
                <label><input type="checkbox" name="\(Field.personal)" value="1"\(isPersonal ? " checked" : "")> \(words)</label>\
                </fieldset>
                """
        }
        return text + "<button>\(choice.say("Save", "保存"))</button></form>"
    }

    private static func words(_ purpose: Rule.Purpose, _ choice: Choice) -> String {
        switch purpose {
        case .marketing: choice.say("Offers and news", "优惠和活动")
        case .service: choice.say("Notices about orders, points and coupons", "订单、积分、卡券等服务通知")
        }
    }

    /// Channels that every shop has are named in words, others by their key.
    private static func name(_ channel: String, _ choice: Choice) -> String {
        switch channel {
        case "sms": choice.say("SMS", "短信")
        case "email": choice.say("mail", "邮件")
        case "wechat": choice.say("WeChat", "微信")
        case "wecom": choice.say("WeCom", "企业微信")
        case "push": choice.say("app notifications", "推送通知")
        default: channel
        }
    }

    // MARK: frame

    /// No script, no picture, no other page around it; the address of the page goes nowhere with a click.
    static let policy =
        "default-src 'none'; style-src '\(styleHash)'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    static let style =
        "body{font:1rem/1.6 system-ui,sans-serif;max-width:32rem;margin:0 auto;padding:1rem;color:#222;background:#fff}fieldset{margin:1rem 0;border:1px solid #bbb;border-radius:.5rem}label{display:block;padding:.5rem 0}input{width:1.2rem;height:1.2rem;vertical-align:middle}button{font:inherit;padding:.7rem 1.2rem;border:0;border-radius:.5rem;background:#0a58ca;color:#fff}.stop{width:100%;background:#b02a37}.saved{padding:.5rem 1rem;background:#d1e7dd;border-radius:.5rem}legend span,nav{color:#555}nav{margin-top:2rem}"
    /// Of `style`, as the policy names it.
    static let styleHash = "sha256-P/hkhmm7zCzgJniBQaJTZWx2Eh7mxEhPUBqKaCer5qc="

    private static func page(status: Int, _ choice: Choice, title: String, _ body: String) -> Answer {
        let other = choice.language == .chinese ? ("en", "English") : ("zh-CN", "中文")
        let html = """
            <!DOCTYPE html>
            <html lang="\(choice.language.rawValue)"><head><meta charset="utf-8">\
            <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">\
            <title>\(title)</title><style>\(style)</style></head>
            <body><h1>\(title)</h1>
            \(body)
            <nav><a href="?lang=\(other.0)" hreflang="\(other.0)" lang="\(other.0)">\(other.1)</a></nav></body></html>

            """
        var answer = Answer(CallbackAnswer(status: status, contentType: "text/html; charset=utf-8", body: html))
        answer.fields = [
            ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("Vary", "Accept-Language"),
            ("Content-Language", choice.language.rawValue),
        ]
        return answer
    }
}

extension LinkPage.Choice {
    fileprivate func say(_ english: String, _ chinese: String) -> String {
        language == .chinese ? chinese : english
    }
}

extension ContactChoices.Item {
    /// The purposes that may be chosen, in their order on the page.
    fileprivate var purposes: [Rule.Purpose] { [.marketing, .service].filter(offered.contains) }
}

extension Answer {
    static func redirect(to location: String) -> Answer {
        var answer = Answer(CallbackAnswer(status: 302))
        answer.fields = [("Location", location), ("Referrer-Policy", "no-referrer")]
        return answer
    }
}
