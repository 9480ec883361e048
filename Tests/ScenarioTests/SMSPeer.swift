import Foundation
import Synchronization
import TestSupport

/// A provider of SMS on loopback that takes every message, in the form of Kannel's `sendsms` by GET.
final class SMSPeer: Sendable {
    struct Message: Sendable, Hashable {
        var to, text: String
    }

    let port: Int
    private let listener: Int32
    private let taken = Inbox()

    private final class Inbox: Sendable {
        let messages = Mutex<[Message]>([])
    }

    init() throws {
        (listener, port) = try Loopback.listen()
        let inbox = taken
        EchoingPeer.serve(listener) { connection in
            var request = ""
            while !request.contains("\r\n\r\n") {
                guard let more = Loopback.receive(connection) else { return }
                request += String(decoding: more, as: UTF8.self)
            }
            let target = request.split(separator: " ").dropFirst().first ?? ""
            let query = URLComponents(string: "http://h\(target)")?.queryItems ?? []
            let value = { (name: String) in query.first { $0.name == name }?.value ?? "" }
            inbox.messages.withLock { $0.append(Message(to: value("to"), text: value("text"))) }
            let body = "0: Accepted for delivery"
            Loopback.send(
                "HTTP/1.1 202 x\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)",
                to: connection)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    var messages: [Message] { taken.messages.withLock { $0 } }
}
