import Crypto
import Foundation
import Rules
import TestSupport
import Testing

@testable import Gateway
@testable import Store

@Suite("Links that say no")
struct LinkPageTests {
    private static let base = [
        "lin email marketing granted -", "lin sms marketing granted -", "zbo email marketing granted -",
        "zbo sms marketing granted -",
    ]

    @Test("change nothing when they are opened, a hundred times and by whoever fetches pages")
    func opened() async throws {
        let shelf = try await LinkShelf()
        let before = try await shelf.consents()
        #expect(before == Self.base)
        let token = try await shelf.no("lin")
        for count in 0..<100 {
            let method = count % 3 == 0 ? "HEAD" : "GET"
            let answer = try await shelf.ask(method, "/u/\(token)", ["Sec-Purpose": "prefetch"])
            #expect(answer.status == 200)
            #expect(answer.hasSuffix("\r\n\r\n") == (method == "HEAD"))
        }
        #expect(try await shelf.consents() == before)
        try await shelf.desk.stop()
    }

    @Test("act at once when a mail program posts, for everyone with the address, and once")
    func oneClick() async throws {
        let shelf = try await LinkShelf()
        let token = try await shelf.no("lin")
        for _ in 1...3 {
            let answer = try await shelf.ask("POST", "/u/\(token)", [:], body: "List-Unsubscribe=One-Click")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\nok\n"))
            #expect(!answer.lowercased().contains("set-cookie") && !answer.lowercased().contains("location:"))
        }
        #expect(
            try await shelf.consents() == [
                Self.base[0], Self.base[1], "lin sms marketing withdrawn link", "list sms marketing withdrawn link",
            ] + Self.base[2...])
        let page = try await shelf.ask("GET", "/u/\(try await shelf.no("zbo"))", ["Accept-Language": "en"])
        #expect(page.contains("You get no offers by SMS."))
        try await shelf.desk.stop()
    }

    @Test("act on a form of parts, too")
    func parts() async throws {
        let shelf = try await LinkShelf()
        let body = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"
        let type = ["Content-Type": "multipart/form-data; boundary=b"]
        let answer = try await shelf.ask("POST", "/u/\(try await shelf.no("lin"))", type, body: body)
        #expect(answer.status == 200)
        #expect(try await shelf.consents().contains("list sms marketing withdrawn link"))
        try await shelf.desk.stop()
    }

    @Test(
        "do nothing for a form that does not say what it wants",
        arguments: ["", "a=b", "List-Unsubscribe=one-click", "want=sms.marketing", "shown=&was=", "shown=sms&want=sms"])
    func vague(body: String) async throws {
        let shelf = try await LinkShelf()
        #expect(try await shelf.ask("POST", "/u/\(try await shelf.no("lin"))", body: body).status == 200)
        #expect(try await shelf.consents() == Self.base)
        try await shelf.desk.stop()
    }

    @Test("take a form of four kibibytes and sixty-four fields")
    func bounds() async throws {
        let shelf = try await LinkShelf()
        let token = try await shelf.no("lin")
        func status(_ body: String) async throws -> Int? {
            try await shelf.ask("POST", "/u/\(token)", body: body).status
        }
        #expect(try await status("a=" + String(repeating: "b", count: 4094)) == 200)
        #expect(try await status("a=" + String(repeating: "b", count: 4095)) == 413)
        #expect(try await status(String(repeating: "a=b&", count: 64)) == 200)
        #expect(try await status(String(repeating: "a=b&", count: 65)) == 400)
        #expect(try await status("a=%") == 400)
        #expect(try await shelf.consents() == Self.base)
        try await shelf.desk.stop()
    }

    @Test("show what can be chosen, in the reader's language, without a name, and the address masked")
    func page() async throws {
        let shelf = try await LinkShelf()
        let token = try await shelf.no("lin")
        let english = try await shelf.ask("GET", "/u/\(token)", ["Accept-Language": "fr, en;q=0.8, zh;q=0.7"])
        #expect(english.contains("<html lang=\"en\">") && english.contains("Stop offers by SMS"))
        #expect(english.contains("<a href=\"?lang=zh-CN\""))
        for languages in [["Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"], [:], ["Accept-Language": "fr"]] {
            let chinese = try await shelf.ask("GET", "/u/\(token)", languages)
            #expect(chinese.contains("<html lang=\"zh-CN\">") && chinese.contains("不再接收短信优惠信息"))
        }
        let chosen = try await shelf.ask("GET", "/u/\(token)?lang=en", ["Accept-Language": "zh"])
        #expect(chosen.contains("<html lang=\"en\">"))
        for page in [english, chosen] {
            for value in ["sms.marketing", "sms.service", "email.marketing", "email.service", "shop-2.marketing"] {
                #expect(page.contains("value=\"\(value)\""))
            }
            #expect(!page.contains("wechat"), "lin has no openid")
            #expect(page.contains("138****0001") && page.contains("l***@example.com"))
            for secret in ["13800000001", "lin@", "林秘密", "<script", "http:", "https:", "src=", token] {
                #expect(!page.contains(secret), "\(secret)")
            }
        }
        try await shelf.desk.stop()
    }

    @Test("are served with headers that keep the address of the page to itself")
    func headers() async throws {
        let shelf = try await LinkShelf()
        let page = try await shelf.ask("GET", "/u/\(try await shelf.no("lin"))")
        let hash = Data(SHA256.hash(data: Data(LinkPage.style.utf8))).base64EncodedString()
        for field in [
            "Content-Security-Policy: default-src 'none'; style-src 'sha256-\(hash)'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff", "Cache-Control: no-store",
            "Content-Type: text/html; charset=utf-8",
        ] {
            #expect(page.lowercased().contains(field.lowercased() + "\r\n"), "\(field)")
        }
        #expect(page.contains("<style>\(LinkPage.style)</style>"))
        try await shelf.desk.stop()
    }

    @Test("change what a form of the page changes, each as it was chosen")
    func form() async throws {
        let shelf = try await LinkShelf()
        let token = try await shelf.no("lin")
        let shown = "shown=sms.marketing%2Csms.service%2Cemail.marketing%2Cemail.service%2Cshop-2.marketing"
        let was = "was=sms.marketing%2Csms.service%2Cemail.marketing%2Cemail.service"
        let want = "want=sms.marketing&want=email.marketing&want=email.service&want=shop-2.marketing"
        let answer = try await shelf.ask("POST", "/u/\(token)?lang=en", body: "page=1&\(shown)&\(was)&\(want)")
        #expect(answer.status == 200 && answer.contains("Saved."))
        #expect(
            try await shelf.consents() == [
                Self.base[0], "lin shop-2 marketing granted link", Self.base[1], "lin sms service withdrawn link",
            ] + Self.base[2...])
        try await shelf.desk.stop()
    }

    @Test("do not give back what was taken away while the page stood open")
    func stale() async throws {
        let shelf = try await LinkShelf()
        let token = try await shelf.no("lin")
        _ = try await shelf.ask("POST", "/u/\(token)", body: "List-Unsubscribe=One-Click")
        let before = try await shelf.consents()
        let body = "page=1&shown=sms.marketing&was=sms.marketing&want=sms.marketing"
        #expect(try await shelf.ask("POST", "/u/\(token)", body: body).status == 200)
        #expect(try await shelf.consents() == before)
        try await shelf.desk.stop()
    }

    @Test("that are not ours have one answer, and do nothing")
    func wrong() async throws {
        let shelf = try await LinkShelf()
        let token = try await shelf.no("lin")
        let reference = try await shelf.ask("GET", "/u/xxxxxxxxxxxxxxxx")
        #expect(reference.status == 404 && reference.contains("这个链接无效"))
        var wrong = [
            String(token.dropLast()), token + "A", "", "%00", String(repeating: "a", count: 5000), "%E9%80%80",
        ]
        for index in token.indices {
            var changed = token
            changed.replaceSubrange(index...index, with: changed[index] == "A" ? "B" : "A")
            wrong.append(changed)
        }
        for text in wrong {
            #expect(try await shelf.ask("GET", "/u/\(text)") == reference, "\(text)")
            let posted = try await shelf.ask("POST", "/u/\(text)", body: "List-Unsubscribe=One-Click")
            #expect(posted == reference)
        }
        let short = try await shelf.short(to: "https://shop.example.com/")
        #expect(try await shelf.ask("GET", "/u/\(short)") == reference)
        #expect(try await shelf.ask("GET", "/u/\(token)/").status == 404)
        #expect(try await shelf.ask("PUT", "/u/\(token)").status == 405)
        #expect(try await shelf.consents() == Self.base)
        try await shelf.desk.stop()
    }

    @Test("leave nothing of anybody in the log")
    func log() async throws {
        let shelf = try await LinkShelf()
        let token = try await shelf.no("lin")
        _ = try await shelf.ask("GET", "/u/\(token)")
        _ = try await shelf.ask("POST", "/u/\(token)", body: "List-Unsubscribe=One-Click")
        let short = try await shelf.short(to: "https://shop.example.com/lin")
        _ = try await shelf.ask("GET", "/l/\(short)")
        // The line of a request is written after its answer.
        try await shelf.desk.stop()
        let lines = shelf.desk.log.lines.joined(separator: "\n")
        #expect(lines.contains("route=/u/TOKEN") && lines.contains("route=/l/TOKEN"))
        for secret in [token, short, "138", "=lin", "zbo", "example", "林"] {
            #expect(!lines.contains(secret), "\(secret)")
        }
    }

    @Test("are asked to be tried again while the store cannot be written, and nothing is said to be done")
    func full() async throws {
        let shelf = try await LinkShelf()
        let token = try await shelf.no("lin")
        try await shelf.store.writer.write {
            try $0.script(
                "CREATE TRIGGER full BEFORE INSERT ON list_consents BEGIN SELECT RAISE(ABORT, 'full'); END")
        }
        let answer = try await shelf.ask("POST", "/u/\(token)", body: "List-Unsubscribe=One-Click")
        #expect(answer.status == 503 && answer.lowercased().contains("retry-after: 30\r\n"))
        try await shelf.store.writer.write { try $0.script("DROP TRIGGER full") }
        #expect(try await shelf.consents() == Self.base)
        #expect(try await shelf.ask("POST", "/u/\(token)", body: "List-Unsubscribe=One-Click").status == 200)
        #expect(try await shelf.consents().contains("list sms marketing withdrawn link"))
        try await shelf.desk.stop()
    }
}

@Suite("Short links")
struct ShortLinkTests {
    @Test("lead on, and a person's click is counted")
    func click() async throws {
        let shelf = try await LinkShelf()
        let token = try await shelf.short(to: "https://shop.example.com/促销?a=1&b=%20#c")
        for _ in 1...2 {
            let answer = try await shelf.ask("GET", "/l/\(token)")
            #expect(answer.hasPrefix("HTTP/1.1 302 Found\r\n"))
            #expect(
                answer.lowercased().contains(
                    "location: https://shop.example.com/%e4%bf%83%e9%94%80?a=1&b=%20#c\r\n"))
        }
        #expect(try await shelf.clicks() == [2, 1])
        try await shelf.desk.stop()
    }

    @Test(
        "lead machines on, and do not count them",
        arguments: [
            ("HEAD", ["User-Agent": LinkShelf.browser]), ("GET", ["User-Agent": "Googlebot/2.1"]), ("GET", [:]),
            ("GET", ["User-Agent": "facebookexternalhit/1.1"]), ("GET", ["User-Agent": "curl/8.5.0"]),
            ("GET", ["User-Agent": LinkShelf.browser, "Sec-Purpose": "prefetch;prerender"]),
            ("GET", ["User-Agent": "Mozilla/5.0 (compatible; Barracuda Sentinel)"]),
            ("GET", ["User-Agent": "Mozilla/5.0 BingPreview/1.0b"]),
        ])
    func machines(method: String, fields: [String: String]) async throws {
        let shelf = try await LinkShelf()
        let token = try await shelf.short(to: "https://shop.example.com/")
        #expect(try await shelf.ask(method, "/l/\(token)", fields).status == 302)
        #expect(try await shelf.clicks() == [0, 0])
        try await shelf.desk.stop()
    }

    @Test("lead nowhere but to hosts that are allowed now")
    func hosts() async throws {
        let shelf = try await LinkShelf()
        let reference = try await shelf.ask("GET", "/l/xxxxxxxxxxxxxxxxxx")
        #expect(reference.status == 404)
        for url in ["https://evil.example.org/", "https://shop.example.com@evil.example.org/", "javascript:alert(1)"] {
            #expect(try await shelf.ask("GET", "/l/\(try await shelf.short(to: url))") == reference)
        }
        let token = try await shelf.short(to: "https://shop.example.com/")
        #expect(try await shelf.ask("POST", "/l/\(token)", body: "").status == 405)
        #expect(try await shelf.ask("GET", "/l/\(token.dropLast())B").status == 404)
        #expect(try await shelf.clicks() == [0, 0])
        try await shelf.desk.stop()
    }
}
