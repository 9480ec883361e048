import Kit
import Rules
import Testing

@Suite("Values that somebody else wrote")
struct DataTextTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var value: String
        var message: String
        var sms: String
        var smsValue: String
        var testDescription: String { value.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() }

        init(_ value: String, message: String? = nil, sms: String? = nil, smsValue: String? = nil) {
            self.value = value
            self.message = message ?? value
            self.sms = sms ?? self.message
            self.smsValue = smsValue ?? self.sms
        }
    }

    /// What is nil is as in the column before it.
    static let cases = [
        Case("林小姐"), Case("Ann Lee"), Case("O'Brien-Ñandú"), Case("ประยุทธ์"), Case(""),
        Case("a+b=c <d> [e] {f} $5 ¥9 ★"),
        Case("【促】林", sms: "（促）林"), Case("】林【", sms: "）林（"), Case("〖促〗", sms: "（促）"), Case("︻促︼︗x︘", sms: "（促）（x）"),
        Case("林😀", smsValue: "林"), Case("😀", smsValue: ""), Case("👩‍👧", smsValue: ""), Case("1️⃣号", smsValue: "号"),
        Case("🇨🇳林", smsValue: "林"), Case("❤️林", smsValue: "林"), Case("3#*", smsValue: "3#*"), Case("©林™"),
        Case("林\u{202E}姐", message: "林姐"), Case("\u{2066}林\u{2069}", message: "林"),
        Case("\u{200E}\u{200F}\u{61C}林", message: "林"),
        Case("\u{FEFF}林\u{200B}\u{2060}姐\u{AD}", message: "林姐"), Case("\u{E0041}林", message: "林"),
        Case("\u{FFF9}林\u{FFFB}", message: "林"), Case("\u{200B}", message: ""),
        Case("可\u{200D}见", sms: "可\u{200D}见"), Case("葛\u{E0100}", sms: "葛\u{E0100}"),
        Case("\u{0}林\u{1B}[31m\u{7F}\u{85}", message: "林[31m"),
        Case("一\r\n二\n\n三\t四", sms: "一 二 三 四"), Case("一\u{2028}二\u{2029}三", sms: "一 二 三"),
        Case("\n【银行】您的验证码", sms: " （银行）您的验证码"),
        Case("{{ secret }}{% if x %}"),
    ]

    @Test("88, 89: a value is no signature, holds no control character, and in an SMS is one line", arguments: cases)
    func cleaned(_ one: Case) {
        #expect(DataText.message.cleaned(.text(one.value)) == .text(one.message))
        #expect(DataText.sms.cleaned(.text(one.value)) == .text(one.sms))
        #expect(DataText.smsValue.cleaned(.text(one.value)) == .text(one.smsValue))
        // What is clean stays, however often it is cleaned.
        #expect(DataText.sms.cleaned(.text(one.sms)) == .text(one.sms))
        let nested = TemplateValue.list([.record(["name": .text(one.value), "price": .money(1)])])
        #expect(DataText.sms.cleaned(nested) == .list([.record(["name": .text(one.sms), "price": .money(1)])]))
    }

    @Test(
        "88: a name with the address of a page is none",
        arguments: [
            ("http://evil.example", true), ("点击 HTTPS://a.b 领奖", true), ("ｈｔｔｐ：／／a.b", true),
            ("www.evil.example", true),
            ("ht\u{200B}tp:\u{200B}//a.b", true), ("J. R. Smith", false), ("林/王", false), ("www", false),
            ("中奖领取 bit.ly/x3", true), ("领取bit.ly", true), ("evil.com/win", true), ("evil.com", true),
            ("t.cn/AbC", true), ("evil.com.cn中奖", true), ("a-b.shop", true), ("evil.li/x", true), ("evil.li:80", true),
            ("hxxp evil。com", true), ("ｅｖｉｌ．ｃｏｍ", true), ("𝐞𝐯𝐢𝐥.𝐜𝐨𝐦", true), ("evil\u{200D}.com", true),
            ("xn--a.xn--b", true), (#"https:\\evil"#, true), ("http:∕∕evil.com", true), ("http：⁄⁄evil", true),
            ("1.2.3.4", true), ("1.2.3.400", false), ("2026.3.10", false), ("J.Smith", false), ("St. Clair", false),
            ("St.Clair", false), ("J.R.R.Tolkien", false), ("J.Link", false), ("Wang.Li", false), ("Dr.Me", false),
            ("еvil.соm", true), ("аррӏе.com", true), ("evil.сn中奖", true), ("ｅｖｉｌ．ｃｎ", true), ("evil。cn", true),
            ("evil.cn", true), ("һttр://x", true), ("wwԝ.x", true), ("εvil.cοm", true), ("evil\u{A4F8}cn", true),
            ("领奖.中国", true), ("领奖。网址", true), ("приз.рф", true), ("evil.ltd", true), ("prize.today", true),
            ("А.С.Пушкин", false), ("Иванов", false), ("Ν. Καζαντζάκης", false), ("Al.Today", false), ("中国。", false),
            ("林小姐。", false), ("约翰·史密斯", false), ("No.5", false), ("3/F", false), ("a:b", false),
        ])
    func links(name: String, isNone: Bool) {
        #expect((DataText.sms.cleaned(.text(name), of: .member) == .text("")) == isNone)
        #expect(DataText.sms.cleaned(.text(name)) != .text(""))
        // Of a product it is taken apart, so that nothing of it is a link; a mail may show it.
        guard case .text(let apart) = DataText.sms.cleaned(.text(name), of: .source) else { return }
        #expect((apart != name) == isNone)
        #expect(DataText.smsValue.cleaned(.text(apart), of: .member) == .text(apart))
        #expect(DataText.message.cleaned(.text(name), of: .source) == DataText.message.cleaned(.text(name)))
    }

    @Test(
        "88: whether it may be a link depends on who may have written it",
        arguments: [
            ("member.display_name", .member, ""), ("member.last_item", .member, "evil cn 壶"),
            ("cart.items", .cart, "evil cn 壶"), ("order.items.first.name", .order, "evil cn 壶"),
            ("browse.category", .browse, "evil cn 壶"), ("trigger.data.name", .trigger, "evil cn 壶"),
            ("trigger.data.url", .trigger, "evil.cn 壶"), ("member.attr.page", .member, "evil.cn 壶"),
            ("gift.code", .saved("gift"), "evil.cn 壶"),
        ] as [(String, Field.Source, String)])
    func writers(name: String, source: Field.Source, sms: String) {
        let field = Field(name: name, source: source, type: .text, canBeMissing: true)
        let value = TemplateValue.list([.record(["name": .text("evil.cn 壶")])])
        #expect(DataText.sms.cleaned(value, of: field.writer) == .list([.record(["name": .text(sms)])]))
    }

    @Test(
        "What looks like the brackets of a signature is plain in an SMS",
        arguments: ["［］", "〔〕", "﹝﹞", "⦗⦘", "〖〗", "【】"])
    func brackets(pair: String) {
        for kind in [DataText.sms, .smsValue] {
            #expect(kind.cleaned(.text(pair)) == .text("（）"))
        }
        #expect(DataText.message.cleaned(.text(pair)) == .text(pair))
    }

    @Test(
        "89: a terminal shows the code of what would set it otherwise; colours and line ends stay",
        arguments: [
            ("林小姐\n一\t二", "林小姐\n一\t二"), ("\u{1B}[31m红\u{1B}[0m", "\u{1B}[31m红\u{1B}[0m"),
            ("\u{1B}[1;38;5;9mx", "\u{1B}[1;38;5;9mx"), ("\u{1B}[2Jx", "\\u{1B}[2Jx"),
            ("\u{1B}]0;title\u{7}", "\\u{1B}]0;title\\u{7}"), ("\u{1B}", "\\u{1B}"), ("\u{1B}[3", "\\u{1B}[3"),
            ("a\u{202E}b", "a\\u{202E}b"), ("a\rb\u{8}", "a\\u{D}b\\u{8}"), ("\u{9B}31m", "\\u{9B}31m"),
            ("😀👩‍👧", "😀👩‍👧"),
        ])
    func terminal(text: String, shown: String) { #expect(PlainText.visible(text) == shown) }
}
