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
