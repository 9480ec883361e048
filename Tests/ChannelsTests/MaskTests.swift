import Kit
import Rules
import Testing

@testable import Channels

@Suite("Mask")
struct MaskTests {
    @Test(
        "shows enough to recognise an address and too little to use it",
        arguments: [
            (Mask.Kind.phone, "13800000001", "138****0001"), (.phone, "+8613800000001", "138****0001"),
            (.phone, "+15550100001", "+15****0001"), (.phone, "12345", "****"), (.phone, "+861380000", "****"),
            (.email, "lin@example.com", "l***@example.com"), (.email, "@example.com", "***@example.com"),
            (.email, "林@例子.cn", "林***@例子.cn"), (.email, "no-mailbox", "no****ox"),
            (.id, "oLin12345678", "oL****78"), (.id, "12345678", "12****78"), (.id, "oLin", "****"), (.id, "", "****"),
        ])
    func kinds(kind: Mask.Kind, address: String, shown: String) {
        #expect(Mask.address(address, as: kind) == shown)
    }

    @Test(
        "tells the kind by the look",
        arguments: [
            ("13800000001", "138****0001"), ("+8613800000001", "138****0001"), ("l@example.com", "l***@example.com"),
            ("oLin12345678", "oL****78"), ("+", "****"), ("", "****"),
        ])
    func look(address: String, shown: String) {
        #expect(Mask.address(address) == shown)
    }

    @Test(
        "finds numbers and mail addresses in a text, and leaves numbers of orders, amounts and times alone",
        arguments: [
            ("请致电 13812345678。", "请致电 138****5678。"), ("d13912345678", "d139****5678"),
            ("138 1234 5678", "138****5678"), ("138-1234-5678", "138****5678"), ("138 123 45678", "138****5678"),
            ("+86 138-1234-5678", "138****5678"), ("8613812345678", "138****5678"),
            ("008613812345678", "138****5678"), ("0086 138 1234 5678", "138****5678"),
            ("１３８１２３４５６７８", "138****5678"), ("13812345678 13912345678", "138****5678 139****5678"),
            ("8 13812345678 199.00", "8 138****5678 199.00"), ("2026-11-28 13812345678", "2026-11-28 138****5678"),
            ("+852 9123 4567", "+85****4567"), ("+1 555-010-0001 2026-11-28", "+15****0001 2026-11-28"),
            ("x longname@corp.cn 13812345678", "x l***@corp.cn 138****5678"), ("138****5678", "138****5678"),
            ("订单20261128138123456789", "订单20261128138123456789"), ("1764297000123", "1764297000123"),
            ("points +100 2026-11-28 10:00", "points +100 2026-11-28 10:00"), ("12812345678", "12812345678"),
            ("充值 150 2026-11-28", "充值 150 2026-11-28"), ("2026-11-28T10:00:00+08:00", "2026-11-28T10:00:00+08:00"),
        ])
    func texts(text: String, shown: String) {
        #expect(Mask.text(text) == shown && Mask.text(shown) == shown)
    }

    @Test(
        "masks the value of a field by its name, and a list or an object by what is in it",
        arguments: [
            ("member.phone", .text("+8613812345678"), .text("138****5678")),
            ("trigger.data.openid", .text("oLin12345678"), .text("oL****78")),
            ("trigger.data.contact", .number(13_812_345_678), .text("138****5678")),
            ("trigger.data.contact", .int(42), .int(42)), ("order.id", .text("oLin12345678"), .text("oLin12345678")),
            ("trigger.data.all", .list([.text("a@b.cn"), .null]), .list([.text("a***@b.cn"), .null])),
            (
                "trigger.data", .object([.init("openid", .text("oLin12345678")), .init("n", .bool(true))]),
                .object([.init("openid", .text("oL****78")), .init("n", .bool(true))])
            ),
        ] as [(String, JSONText, JSONText)])
    func fields(field: String, value: JSONText, shown: JSONText) {
        #expect(value.masked(of: field) == shown)
    }

    @Test("a message and its settings print neither address nor text nor password")
    func description() {
        let message = sample(to: "13800000001", text: "secret words")
        let settings = KannelSettings(url: "http://127.0.0.1/", username: "tester", password: "foobar")
        let request = HTTPRequest(.post, "http://127.0.0.1/?to=13800000001", headers: [("X-Secret", "foobar")])
        var dumped = ""
        dump((message, settings, request), to: &dumped)
        for printed in ["\(message)", "\(settings)", "\(request)", "\([message])", dumped] {
            for secret in ["13800000001", "secret", "foobar"] { #expect(!printed.contains(secret)) }
        }
    }
}

/// A message with invented content.
func sample(
    to: String? = "13800000001", text: String = "您的8折券已到账", reference: String = "d1-1",
    at: Instant = Instant(seconds: 0)
) -> OutgoingMessage {
    OutgoingMessage(
        reference: reference, channel: "sms", to: to, text: text, rule: "birthday", member: "lin",
        occasion: "birthday:2026", at: at)
}
