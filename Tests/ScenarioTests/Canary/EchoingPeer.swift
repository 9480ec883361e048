import Foundation
import TestSupport

/// Providers on loopback that say back whatever they were told: each answer holds the number and the text of the message.
/// By the last digit of the receiver a message is taken (1), refused (2) or answered with nonsense (3).
final class EchoingPeer: @unchecked Sendable {
    let web: Int
    let mail: Int
    private let listeners: [Int32]

    init() throws {
        let (web, mail) = (try Loopback.listen(), try Loopback.listen())
        (self.web, self.mail) = (web.port, mail.port)
        listeners = [web.socket, mail.socket]
        EchoingPeer.serve(web.socket, EchoingPeer.answerWeb)
        EchoingPeer.serve(mail.socket, EchoingPeer.answerMail)
    }

    deinit { for listener in listeners { shutdown(listener, Int32(SHUT_RDWR)) } }

    static func serve(_ listener: Int32, _ answer: @escaping @Sendable (Int32) -> Void) {
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread {
                    answer(connection)
                    close(connection)
                }
            }
        }
    }

    /// One request a connection.
    @Sendable private static func answerWeb(_ connection: Int32) {
        var request = ""
        while !isWhole(request) {
            guard let more = Loopback.receive(connection) else { return }
            request += String(decoding: more, as: UTF8.self)
        }
        let (status, body) = reply(to: request)
        Loopback.send(
            "HTTP/1.1 \(status) x\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)",
            to: connection)
    }

    private static func isWhole(_ request: String) -> Bool {
        guard let end = request.range(of: "\r\n\r\n") else { return false }
        let length = request.firstMatch(of: /(?i)content-length: (\d+)/).flatMap { Int($0.1) } ?? 0
        return request[end.upperBound...].utf8.count >= length
    }

    private static func reply(to request: String) -> (status: Int, body: String) {
        let echo = String(request.map { $0.isNewline || $0 == "\\" ? " " : $0 == "\"" ? "'" : $0 })
        if request.contains("/stable_token") { return (200, #"{"access_token":"\#(CanaryWorld.token.value)"}"#) }
        if request.contains("/message/") {
            let openID = request.firstMatch(of: /"touser":"([^"]+)"/)?.1 ?? ""
            // A code and an id of the provider that are the member's address.
            return openID.hasSuffix("1")
                ? (200, #"{"errcode":0,"msgid":"\#(openID)","errmsg":"\#(echo)"}"#)
                : (200, #"{"errcode":"\#(openID)","errmsg":"\#(echo)"}"#)
        }
        switch request.firstMatch(of: /to=(?:%2B86)?\d{10}(\d)/)?.1 {
        case "1": return (202, "0: Accepted for delivery")
        case "2": return (400, "Number(s) denied: \(echo)")
        default: return (500, echo)
        }
    }

    @Sendable private static func answerMail(_ connection: Int32) {
        Loopback.send("220 mail.example ready\r\n", to: connection)
        var (buffer, isData, receiver) = ("", false, "")
        while let more = Loopback.receive(connection) {
            buffer += String(decoding: more, as: UTF8.self)
            while let end = buffer.range(of: "\r\n") {
                let line = String(buffer[..<end.lowerBound])
                buffer = String(buffer[end.upperBound...])
                if isData {
                    guard line == "." else { continue }
                    isData = false
                    Loopback.send(
                        receiver.contains("3@") ? "451 later, \(receiver)\r\n" : "250 taken\r\n", to: connection)
                    continue
                }
                isData = line.hasPrefix("DATA")
                if line.hasPrefix("RCPT") { receiver = line }
                let answer =
                    switch line.prefix(4) {
                    case "DATA": "354 go on"
                    case "QUIT": "221 bye"
                    case "RCPT" where line.contains("2@"): "550 5.1.1 nobody: \(line)"
                    default: "250 ok"
                    }
                Loopback.send("\(answer)\r\n", to: connection)
            }
        }
    }
}
