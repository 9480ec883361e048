import Kit
import Rules

extension Adapter {
    static let smtp = Adapter(
        type: "smtp", "mail through a server of yours", traits: Traits(address: .email, offersUnsubscribe: true),
        // Mail servers answer 421 to a client with many more.
        rate: .ofNetwork, connections: 10,
        foreign: ["server": "host", "username": "auth", "user": "auth", "ssl": "tls", "encryption": "tls"],
        asks: Bilingual("a mail server by login and NOOP", "邮件服务器登录并 NOOP"),
        keys: [
            .init("host", .text, required: true, "the mail server", chinese: "邮件服务器", examples: ["smtp.example.com"]),
            .init("port", .int(1...65_535), "default 587", chinese: "端口，默认 587", standard: "587", examples: ["587"]),
            .init(
                "tls",
                .choice([
                    .init("starttls", "encrypted from the greeting on"),
                    .init("implicit", "encrypted at once, port 465"),
                    .init("none", "for a server on this machine only"),
                    .init("none-loopback-only", "the same as none"),
                ]), "default starttls", chinese: "加密方式，默认 starttls", standard: "starttls"),
            .init("auth", .block { login }, "the login, if the server wants one", chinese: "登录"),
            .init(
                "from", .text, required: true, "the sender members see", chinese: "发件人",
                examples: ["\"星河百货 <promo@example.com>\""]),
            .init(
                "envelope_from", .text,
                "where bounces go, default the address of from; {token} is the message's reference",
                chinese: "退信地址，默认发件人地址；{token} 会换成消息编号",
                examples: ["bounce@example.com", "\"bounce+{token}@example.com\""]),
            .init(
                "list_unsubscribe", .block { listUnsubscribe },
                "where mail programs unsubscribe, default the page of `links`", chinese: "邮件程序退订的地址，默认 links 的页面"),
            .init(
                "bounces", .block { bounces }, "where mails that come back are read", chinese: "退信从哪里读",
                examples: ["{maildir: /var/mail/bounces}"]),
            .init("hello", .text, "our name to the server, default the domain of from", chinese: "EHLO 名称，默认发件人域名"),
            .init("ca_file", .text, "certificates to trust in place of the system's", chinese: "自有 CA 证书文件"),
        ],
        opening: .network { SMTPChannel(SMTPSettings($0), transport: $1) },
        reportBox: { settings in
            settings.block("bounces").map {
                ReportBox(
                    maildir: $0[text: "maildir"], reports: MailReports(sender: SMTPSettings(settings).envelopeFrom))
            }
        })

    private static let bounces = BlockDeclaration(
        "bounces",
        [
            .init(
                "maildir", .text, required: true, "the Maildir that the address of bounces is delivered to",
                chinese: "退信地址投递到的 Maildir", examples: ["/var/mail/bounces"])
        ])

    private static let login = BlockDeclaration(
        "auth",
        [
            .init("username", .text, required: true, "of the account", chinese: "用户名", examples: ["promo"]),
            .init(
                "password", .secret, required: true, "of the account", chinese: "密码",
                examples: ["{credential: smtp_password}"]),
            .init(
                "mechanism",
                .choice([
                    .init("plain", "name and password at once"), .init("login", "asked for one by one"),
                    .init("cram-md5", "the password itself does not leave"),
                ]), "default the best that the server offers",
                chinese: "认证方式，默认选服务器支持的最好一种"),
        ])

    private static let listUnsubscribe = BlockDeclaration(
        "list_unsubscribe",
        [
            .init(
                "https", .webAddress, required: true, "an address that a proxy passes on to our /u/{token}",
                chinese: "由反向代理转到我们 /u/{token} 的地址", examples: ["\"https://u.example.com/u/{token}\""]),
            .init(
                "one_click", .bool, "whether one click is enough (RFC 8058), default true",
                chinese: "是否一键退订（RFC 8058），默认 true", standard: "true"),
        ])
}

struct SMTPSettings: Sendable {
    var host: String
    var port: Int
    var encryption: MailRequest.Encryption
    var login: MailRequest.Login?
    var from: MailMessage.Mailbox
    var envelopeFrom: String
    var hello: String
    var trusted: String?
    /// The address in List-Unsubscribe with `{token}` in it; nil: the page's own.
    var unsubscribe: String?
    var isOneClick = true

    /// The part behind the `@`.
    var domain: String {
        from.address.utf8.split(separator: UInt8(ascii: "@")).last.map { String(decoding: $0, as: UTF8.self) }
            ?? "localhost"
    }

    /// Where a bounce of the message goes.
    func sender(of reference: String) -> String {
        // Searched for only where it can be: searching takes longer than the rest of the envelope.
        envelopeFrom.utf8.contains(UInt8(ascii: "{"))
            ? envelopeFrom.replacing("{token}", with: reference) : envelopeFrom
    }

    /// The address for the header, made of the page's own, which ends with the token.
    func unsubscribeAddress(_ page: String) -> String {
        guard let unsubscribe, let token = page.split(separator: "/").last else { return page }
        return unsubscribe.replacing("{token}", with: token)
    }

    /// A password and a member's address go over the network only encrypted.
    var isSafe: Bool { encryption != .none || ["127.0.0.1", "::1", "localhost"].contains(host) }
}

extension SMTPSettings {
    init(_ settings: AdapterSettings) {
        let from = MailMessage.Mailbox(settings[text: "from"])
        self.init(
            host: settings[text: "host"], port: settings[int: "port"],
            encryption: settings[text: "tls"] == "none-loopback-only"
                ? .none : MailRequest.Encryption(rawValue: settings[text: "tls"]) ?? .starttls,
            login: settings.block("auth").map {
                .init(
                    username: $0[text: "username"], password: $0[text: "password"],
                    mechanism: $0.text("mechanism").flatMap(MailRequest.Mechanism.init))
            },
            from: from, envelopeFrom: settings.text("envelope_from") ?? from.address,
            hello: settings.text("hello") ?? from.address.split(separator: "@").last.map(String.init) ?? "localhost",
            trusted: settings.text("ca_file"), unsubscribe: settings.block("list_unsubscribe")?[text: "https"],
            isOneClick: settings.block("list_unsubscribe")?.bool("one_click") ?? true)
    }
}

extension MailMessage.Mailbox {
    /// `Name <address>`, or the address alone.
    init(_ text: String) {
        guard let open = text.lastIndex(of: "<"), text.hasSuffix(">") else {
            self.init(name: nil, address: text)
            return
        }
        let name = text[..<open].trimmingPrefix { $0 == " " || $0 == "\"" }
        let end = name.lastIndex { $0 != " " && $0 != "\"" }
        self.init(
            name: end.map { String(name[...$0]) }, address: String(text[text.index(after: open)...].dropLast()))
    }
}
