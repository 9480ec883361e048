import Foundation
import Kit
import TestSupport
import Testing

@testable import Channels

/// A mail server of aiosmtpd in a process of its own, with a certificate that is made for it.
private final class RealMailServer {
    struct Mail: Decodable {
        let from: String
        let to: [String]
        let isEncrypted, isLoggedIn: Bool
        let hello, data: String
        let session: Int
    }

    static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first { path in
        FileManager.default.isExecutableFile(atPath: path) && (try? run(path, ["-c", "import aiosmtpd"])) == 0
    }
    static var isInstalled: Bool { python != nil && FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl") }

    let certificate: String
    private let folder: URL
    private let process = Process()
    private let output = Pipe()
    private let input = Pipe()
    private var buffer = Data()

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "mail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificate = folder.appending(path: "cert.pem").path
        let key = folder.appending(path: "key.pem").path
        let made = try RealMailServer.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
                "-subj",
                "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
            ])
        try #require(made == 0)
        process.executableURL = URL(filePath: try #require(RealMailServer.python))
        process.arguments = [
            "-W", "ignore", ShippedRules.root.appending(path: "Tests/Tools/mail_server.py").path, certificate, key,
            "promo",
            "s3cret",
        ]
        process.standardOutput = output
        process.standardInput = input
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The next line that the server prints.
    func next<Line: Decodable>(_ line: Line.Type = Line.self) throws -> Line {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = buffer[buffer.startIndex..<end]
                buffer = Data(buffer[buffer.index(after: end)...])
                return try JSONDecoder().decode(Line.self, from: line)
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Loopback.Failure(step: "the mail server ended") }
            buffer += more
        }
    }

    /// It ends with its input.
    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}

@Suite(
    "A real mail server", .serialized,
    .enabled(if: RealMailServer.isInstalled, "aiosmtpd (python3-aiosmtpd) or openssl is not installed"))
struct RealMailServerTests {
    private func channel(
        _ port: Int, _ transport: HTTPTransport, trusted: String? = nil, password: String = "s3cret",
        encryption: MailRequest.Encryption = .starttls
    ) -> SMTPChannel {
        SMTPChannel(
            SMTPSettings(
                host: "127.0.0.1", port: port, encryption: encryption,
                login: .init(username: "promo", password: password),
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
        let server = try RealMailServer()
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
                    == .accepted(providerID: "\(reference)@shop.example"))
            let taken: RealMailServer.Mail = try server.next()
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

    @Test("gets no mail by a wrong password, an unknown certificate, or without TLS")
    func refuses() async throws {
        let server = try RealMailServer()
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
