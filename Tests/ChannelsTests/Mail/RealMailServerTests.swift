import Foundation
import Kit
import TestSupport
import Testing

@testable import Channels

/// A mail that a server of aiosmtpd took.
private struct TakenMail: Decodable {
    let from: String
    let to: [String]
    let isEncrypted, isLoggedIn: Bool
    let hello, data: String
    /// How it was logged in: `PLAIN`.
    let mechanism: String?
    let session: Int

    static func server() throws -> PeerProcess {
        try PeerProcess("mail_server.py", with: "aiosmtpd", ["promo", "s3cret"])
    }
}

@Suite(
    "A real mail server", .serialized,
    .enabled(if: PeerProcess.canStart(with: "aiosmtpd"), "aiosmtpd (python3-aiosmtpd) or openssl is not installed"))
struct RealMailServerTests {
    private func channel(
        _ port: Int, _ transport: HTTPTransport, trusted: String? = nil, password: String = "s3cret",
        encryption: MailRequest.Encryption = .starttls, mechanism: MailRequest.Mechanism? = nil
    ) -> SMTPChannel {
        SMTPChannel(
            SMTPSettings(
                host: "127.0.0.1", port: port, encryption: encryption,
                login: .init(username: "promo", password: password, mechanism: mechanism),
                from: .init("星河百货 <promo@shop.example>"), envelopeFrom: "bounce@shop.example", hello: "shop.example",
                trusted: trusted),
            transport: transport)
    }

    private func mail(to: String, reference: String = "d1-1", unsubscribe: String? = nil) -> OutgoingMessage {
        OutgoingMessage(
            reference: reference, channel: "email", to: to, text: "您好\n.\n再见", subject: "您的8折券", html: "<p>您好</p>",
            unsubscribe: unsubscribe, rule: "birthday", member: "m1", occasion: "birthday:2026",
            at: Instant(seconds: 1_795_334_400))
    }

    @Test("takes a mail over TLS after a login, byte for byte, and tells a mailbox that is not there")
    func takes() async throws {
        let server = try TakenMail.server()
        defer { server.stop() }
        let port: Int = try server.next()
        let transport = try #require(HTTPTransport())
        let smtp = channel(port, transport, trusted: server.certificate)
        var sessions: Set<Int> = []
        for number in 1...3 {
            let reference = "d\(number)-1"
            // A marketing mail offers to unsubscribe, a notice does not.
            let unsubscribe = number == 1 ? "https://s.example.com/u/xxxxxxxxxxxxxxxx" : nil
            #expect(
                await smtp.send(mail(to: "anna@mail.example", reference: reference, unsubscribe: unsubscribe))
                    == .accepted(providerID: nil))
            let taken: TakenMail = try server.next()
            #expect(taken.isEncrypted && taken.isLoggedIn && taken.hello == "shop.example")
            #expect(taken.from == "bounce@shop.example" && taken.to == ["anna@mail.example"])
            let data = try #require(Data(base64Encoded: taken.data))
            let expected = MailMessage(
                from: .init(name: "星河百货", address: "promo@shop.example"), to: "anna@mail.example", subject: "您的8折券",
                text: "您好\n.\n再见", html: "<p>您好</p>", id: "\(reference)@shop.example",
                at: Instant(seconds: 1_795_334_400), unsubscribe: unsubscribe)
            #expect(Array(data) == expected.bytes)
            sessions.insert(taken.session)
        }
        #expect(sessions.count == 1)
        #expect(await smtp.send(mail(to: "nobody@mail.example")) == .suppressed(code: "550_5.1.1", .bounced))
        #expect(await smtp.send(mail(to: "a@b.example>\r\nRCPT TO:<x@y.example")) == .rejected(code: "bad_address"))
    }

    @Test("is logged in to by the mechanism that the settings state", arguments: [MailRequest.Mechanism.plain, .login])
    func mechanism(_ mechanism: MailRequest.Mechanism) async throws {
        let server = try TakenMail.server()
        defer { server.stop() }
        let port: Int = try server.next()
        let transport = try #require(HTTPTransport())
        let smtp = channel(port, transport, trusted: server.certificate, mechanism: mechanism)
        #expect(await smtp.send(mail(to: "anna@mail.example")) == .accepted(providerID: nil))
        let taken: TakenMail = try server.next()
        #expect(taken.mechanism == mechanism.rawValue.uppercased())
    }

    @Test("has the addresses that the settings make of a mail's own token and reference")
    func ownAddresses() async throws {
        let server = try TakenMail.server()
        defer { server.stop() }
        let port: Int = try server.next()
        let transport = try #require(HTTPTransport())
        let settings = SMTPSettings(
            AdapterSettings([
                "host": .text("127.0.0.1"), "port": .int(port), "tls": .text("starttls"),
                "auth": .block(AdapterSettings(["username": .text("promo"), "password": .text("s3cret")])),
                "from": .text("promo@shop.example"), "envelope_from": .text("bounce+{token}@shop.example"),
                "ca_file": .text(server.certificate),
                "list_unsubscribe": .block(
                    AdapterSettings(["https": .text("https://u.shop.example/u/{token}"), "one_click": .bool(false)])),
            ]))
        let smtp = SMTPChannel(settings, transport: transport)
        _ = await smtp.send(mail(to: "anna@mail.example", unsubscribe: "https://s.example.com/u/abc123"))
        let taken: TakenMail = try server.next()
        #expect(taken.from == "bounce+d1-1@shop.example")
        let data = String(decoding: try #require(Data(base64Encoded: taken.data)), as: UTF8.self)
        #expect(data.contains("List-Unsubscribe: <https://u.shop.example/u/abc123>\r\n"))
        #expect(!data.contains("List-Unsubscribe-Post"))
    }

    @Test("gets no mail by a wrong password, an unknown certificate, or without TLS")
    func refuses() async throws {
        let server = try TakenMail.server()
        defer { server.stop() }
        let port: Int = try server.next()
        let transport = try #require(HTTPTransport())
        let wrong = channel(port, transport, trusted: server.certificate, password: "wrong")
        let refused = await wrong.send(mail(to: "anna@mail.example"))
        #expect(refused == .misconfigured(code: "tls_or_login"))
        #expect(
            await channel(port, transport).send(mail(to: "anna@mail.example")) == .misconfigured(code: "tls_or_login"))
        let plain = channel(port, transport, encryption: .none)
        guard case .misconfigured = await plain.send(mail(to: "anna@mail.example")) else {
            return #expect(Bool(false))
        }
    }
}
