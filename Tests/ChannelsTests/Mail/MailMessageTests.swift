import Foundation
import Kit
import Testing

@testable import Channels

@Suite("A mail as bytes")
struct MailMessageTests {
    private func mail(subject: String = "Hello", text: String = "Hi", html: String? = nil) throws -> MailMessage {
        MailMessage(
            from: .init(name: "星河百货", address: "promo@shop.example"), to: "anna@mail.example", subject: subject,
            text: text, html: html, id: "d1-1@shop.example", at: try #require(Instant(rfc3339: "2026-11-22T08:00:05Z")))
    }

    private func lines(_ mail: MailMessage) -> [String] {
        String(decoding: mail.bytes, as: UTF8.self).components(separatedBy: "\r\n")
    }

    @Test("headers in Chinese are the encoded words of RFC 2047", arguments: ChannelVectors.all.rfc2047_header)
    func headers(_ vector: ChannelVectors.Header) {
        #expect(MailHeader.encoded(vector.text) == vector.folded)
        #expect(MailHeader.words(vector.text) == vector.encoded_words)
        #expect(MailHeader.words(vector.text).allSatisfy { $0.utf8.count <= 75 })
    }

    @Test("the date is RFC 5322's, in UTC")
    func date() throws {
        for (text, expected) in [
            ("2026-11-22T08:00:05Z", "Sun, 22 Nov 2026 08:00:05 +0000"),
            ("1970-01-01T00:00:00Z", "Thu, 1 Jan 1970 00:00:00 +0000"),
            ("2028-02-29T23:59:59Z", "Tue, 29 Feb 2028 23:59:59 +0000"),
        ] {
            #expect(MailMessage.date(try #require(Instant(rfc3339: text))) == expected)
        }
    }

    @Test(
        "a line end in a value brings no header of its own",
        arguments: [
            "Hi\r\nBcc: x@evil.example", "Hi\nBcc: x@evil.example", "Hi\rBcc: x@evil.example", "您好\r\n\r\n<b>",
        ])
    func injection(_ value: String) throws {
        var mail = try mail(subject: value)
        mail.to = "anna@mail.example>\r\nBcc: <x@evil.example"
        mail.from.name = value
        mail.id = "d1\r\nBcc: x"
        mail.unsubscribe = "https://shop.example/u/1\r\nBcc: x"
        let head = lines(mail).prefix { !$0.isEmpty }
        #expect(!head.contains { $0.lowercased().hasPrefix("bcc") })
        #expect(head.filter { !$0.hasPrefix(" ") }.allSatisfy { $0.contains(": ") })
    }

    @Test("every line ends with CRLF and is short, whatever the text")
    func lineEnds() throws {
        let text = "第一行\n第二行\r\n.\r\n" + String(repeating: "很长", count: 2000)
        let mail = try mail(subject: String(repeating: "主题", count: 100), text: text, html: "<p>\(text)</p>")
        let whole = String(decoding: mail.bytes, as: UTF8.self)
        let bytes = Array(whole.utf8)
        for (index, byte) in bytes.enumerated() {
            if byte == 0x0A { #expect(index > 0 && bytes[index - 1] == 0x0D) }
        }
        #expect(lines(mail).allSatisfy { $0.utf8.count <= 76 && $0 != "." })
    }

    @Test("text and HTML are alternatives, and both come back")
    func alternatives() throws {
        let mail = try mail(text: "您好\n再见", html: "<p>您好</p>")
        let lines = lines(mail)
        let boundary = try #require(
            lines.first { $0.hasPrefix(" boundary=") }?.split(separator: "\"").last.map(
                String.init))
        let parts = lines.split(whereSeparator: { $0 == "--\(boundary)" || $0 == "--\(boundary)--" })
        #expect(parts.count == 4)
        let bodies = parts[1...2].map { part in
            part.drop { !$0.isEmpty }.joined()
        }
        let texts = bodies.map { Data(base64Encoded: $0).map { String(decoding: $0, as: UTF8.self) } }
        #expect(texts == ["您好\r\n再见", "<p>您好</p>"])
    }

    @Test("one-click unsubscribing is offered by both headers")
    func unsubscribe() throws {
        var mail = try mail()
        #expect(!lines(mail).contains { $0.hasPrefix("List-Unsubscribe") })
        mail.unsubscribe = "https://shop.example/u/abc"
        #expect(lines(mail).contains("List-Unsubscribe: <https://shop.example/u/abc>"))
        #expect(lines(mail).contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"))
        mail.isOneClick = false
        #expect(lines(mail).contains("List-Unsubscribe: <https://shop.example/u/abc>"))
        #expect(!lines(mail).contains { $0.hasPrefix("List-Unsubscribe-Post") })
    }
}
