import Channels
import Kit
import Policies
import Review
import Rules

/// The HTML of the pages of `demo --serve`. All text goes through `HTMLText.escaped`.
struct PhoneMarkup {
    let language: Language
    var zone = Zone.utc
    /// Links that begin so are made clickable.
    var base = ""

    private func say(_ english: String, _ chinese: String) -> String { language == .chinese ? chinese : english }

    /// Where links to the offer lead.
    var offer: CallbackAnswer {
        page(
            say("Today's offer", "今日优惠"),
            "<p>\(say("A short link led here; the click was counted.", "短链接带您到这里，点击已计数。"))</p>")
    }

    func page(of phones: [PhoneShop.Phone], today: LocalDate) -> CallbackAnswer {
        let hint = say(
            "Reply R on a phone, or open its second link, then press for the next day.", "在手机上回复 R，或打开第二个链接退订，然后按“下一天”。"
        )
        let body = """
            <p>\(HTMLText.escaped(hint))</p>
            <form method="post" action="\(action)"><strong>\(today.text)</strong> \
            <button name="next_day" value="1">\(say("next day", "下一天"))</button></form>
            <main>\(phones.map(phone).joined())</main>
            """
        return page(say("Phones of three members", "三位会员的手机"), body)
    }

    private var action: String { "\(PhonePages.path)?lang=\(language.rawValue)" }

    private func phone(_ phone: PhoneShop.Phone) -> String {
        """
        <section><h2>\(HTMLText.escaped(phone.name)) <small>\(HTMLText.escaped(Mask.phone(phone.number)))</small></h2>
        <ol>\(phone.entries.map(entry).joined())</ol>
        <form method="post" action="\(action)"><input type="hidden" name="member" value="\(HTMLText.escaped(phone.member))">\
        <input name="text" maxlength="500" aria-label="\(say("reply", "回复"))" placeholder="R"> \
        <button>\(say("reply", "回复"))</button></form></section>

        """
    }

    private func entry(_ entry: PhoneShop.Entry) -> String {
        switch entry {
        case .message(let text, let at): "<li class=\"in\">\(linked(text))<time>\(time(at))</time></li>\n"
        case .reply(let text, let at): "<li class=\"out\">\(HTMLText.escaped(text))<time>\(time(at))</time></li>\n"
        case .decision(let line): "<li class=\"why\">\(time(line.at)) \(HTMLText.escaped(words(line)))</li>\n"
        }
    }

    /// The outcome and its reason: `suppressed: no channel works (sms: no_consent)`.
    private func words(_ line: Decision) -> String {
        let demo = DemoWording(language: language)
        let reason = demo.reason(line)
        return demo.outcome(line.outcome) + (reason.isEmpty ? "" : say(": ", "：") + reason)
    }

    private func time(_ instant: Instant) -> String {
        let minutes = zone.minutes(of: instant)
        return "\(zone.date(of: instant).text) \(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
    }

    /// The text with the demo's own links clickable: they end before anything that is not part of a token or a path.
    private func linked(_ text: String) -> String {
        guard !base.isEmpty else { return HTMLText.escaped(text) }
        var (html, rest) = ("", text[...])
        while let found = rest.firstRange(of: base + "/") {
            let tail = rest[found.upperBound...].prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-_/".contains($0))
            }
            let address = HTMLText.escaped(String(rest[found.lowerBound..<tail.endIndex]))
            html += HTMLText.escaped(String(rest[..<found.lowerBound]))
            html += "<a href=\"\(address)\" target=\"_blank\" rel=\"noopener\">\(address)</a>"
            rest = rest[tail.endIndex...]
        }
        return html + HTMLText.escaped(String(rest))
    }

    // MARK: frame

    private static let style =
        "body{font:1rem/1.5 system-ui,sans-serif;margin:1rem;color:#222;background:#fff}main{display:flex;flex-wrap:wrap;gap:1rem;margin-top:1rem}section{width:20rem;padding:1rem;border:2px solid #444;border-radius:1.5rem}h2{font-size:1.1rem;margin:0}small,time,.why{color:#555;font-size:.8rem}ol{list-style:none;padding:0}li{margin:.5rem 0;overflow-wrap:anywhere}time{display:block}.in,.out{padding:.5rem;border-radius:.5rem;background:#eee}.out{background:#d1e7dd;margin-left:3rem}button{font:inherit}"

    private func page(_ title: String, _ body: String) -> CallbackAnswer {
        let other = language == .chinese ? ("en", "English") : ("zh-CN", "中文")
        let html = """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)"><head><meta charset="utf-8">\
            <meta name="viewport" content="width=device-width, initial-scale=1">\
            <title>\(HTMLText.escaped(title))</title><style>\(PhoneMarkup.style)</style></head>
            <body><h1>\(HTMLText.escaped(title))</h1>
            \(body)
            <nav><a href="?lang=\(other.0)" hreflang="\(other.0)" lang="\(other.0)">\(other.1)</a></nav></body></html>

            """
        return CallbackAnswer(contentType: "text/html; charset=utf-8", body: html)
    }
}
