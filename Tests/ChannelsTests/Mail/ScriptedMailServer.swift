import Foundation
import Synchronization
import TestSupport

/// An SMTP server on a free loopback port that answers by script and keeps what it took.
final class ScriptedMailServer: Sendable {
    /// What it answers at one step of the dialogue; the steps that are not named are 250, 354 and 235. At `text` it says
    /// something only where it is named: once the text begins, of which it takes nothing then before `readOn()`.
    enum Step: String, Sendable { case greeting, hello, login, reset, from, to, data, text, end }
    enum Answer: Sendable {
        case line(String)
        /// Closes the connection after it.
        case lineAndClose(String)
        /// Closes the connection instead.
        case close
        /// Says nothing until the client leaves.
        case silence
    }

    struct Mail: Sendable {
        var connection: Int
        var from = ""
        var to: [String] = []
        var data = ""
    }

    private struct State: Sendable {
        var mails: [Mail] = []
        var lines: [String] = []
        var connections = 0
    }

    let port: Int
    private let listener: Int32
    private let script: [Step: Answer]
    private let hello: String
    private let state = Mutex(State())
    private let reading = DispatchSemaphore(value: 0)

    /// An answer to EHLO that offers more.
    static let pipelining = "250-mail.test\r\n250-PIPELINING\r\n250 SIZE 1000000"

    init(_ script: [Step: Answer] = [:], hello: String = "250-mail.test\r\n250-AUTH PLAIN\r\n250 8BITMIME") throws {
        let bound = try Loopback.listen()
        (listener, port, self.script, self.hello) = (bound.socket, bound.port, script, hello)
        Thread.detachNewThread { [self] in acceptAll() }
    }

    var mails: [Mail] { state.withLock { $0.mails } }
    /// Every line of the dialogues but those of mails.
    var lines: [String] { state.withLock { $0.lines } }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Lets one connection on that said something amid a text.
    func readOn() { reading.signal() }

    private func acceptAll() {
        while true {
            let connection = accept(listener, nil, nil)
            if connection < 0 { break }
            let number = state.withLock { state in
                state.connections += 1
                return state.connections
            }
            Thread.detachNewThread { [self] in
                var dialogue = Dialogue(connection: connection, number: number)
                serve(&dialogue)
                close(connection)
            }
        }
        close(listener)
    }

    private struct Dialogue {
        let connection: Int32
        let number: Int
        var buffer: [UInt8] = []
        var mail = Mail(connection: 0)

        mutating func line() -> String? {
            while true {
                if let end = buffer.firstRange(of: [0x0D, 0x0A]) {
                    defer { buffer.removeFirst(end.upperBound) }
                    return String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                }
                guard let more = Loopback.receive(connection) else { return nil }
                buffer += more
            }
        }
    }

    private func serve(_ dialogue: inout Dialogue) {
        guard answer(.greeting, "220 mail.test", dialogue) else { return }
        while let line = dialogue.line() {
            state.withLock { $0.lines.append(line) }
            let word = line.prefix { $0 != " " && $0 != ":" }.uppercased()
            let goesOn: Bool
            switch word {
            case "EHLO": goesOn = answer(.hello, hello, dialogue)
            case "AUTH":
                // Without an initial response the credentials come on a line of their own.
                if line.split(separator: " ").count < 3 {
                    Loopback.send("334 \r\n", to: dialogue.connection)
                    guard let secret = dialogue.line() else { return }
                    state.withLock { $0.lines.append(secret) }
                }
                goesOn = answer(.login, "235 2.7.0 welcome", dialogue)
            case "MAIL":
                dialogue.mail = Mail(connection: dialogue.number, from: line)
                goesOn = answer(.from, "250 2.1.0 ok", dialogue)
            case "RCPT":
                dialogue.mail.to.append(line)
                goesOn = answer(.to, "250 2.1.5 ok", dialogue)
            case "DATA": goesOn = answer(.data, "354 go ahead", dialogue) && take(&dialogue)
            case "RSET": goesOn = answer(.reset, "250 2.0.0 ok", dialogue)
            case "NOOP": goesOn = answer(nil, "250 2.0.0 ok", dialogue)
            case "QUIT":
                Loopback.send("221 bye\r\n", to: dialogue.connection)
                goesOn = false
            default: goesOn = answer(nil, "500 5.5.1 what", dialogue)
            }
            guard goesOn else { return }
        }
    }

    private func take(_ dialogue: inout Dialogue) -> Bool {
        if case .line(let text) = script[.data], !text.hasPrefix("354") { return true }
        if script[.text] != nil {
            _ = Loopback.waitForInput(dialogue.connection, milliseconds: 60_000)
            guard answer(.text, "", dialogue) else { return false }
            reading.wait()
            while Loopback.receive(dialogue.connection) != nil {}
            return false
        }
        var lines: [String] = []
        while true {
            // A text without its end is no mail.
            guard let line = dialogue.line() else { return false }
            if line == "." { break }
            lines.append(line.hasPrefix("..") ? String(line.dropFirst()) : line)
        }
        dialogue.mail.data = lines.joined(separator: "\r\n")
        let mail = dialogue.mail
        state.withLock { $0.mails.append(mail) }
        return answer(.end, "250 2.0.0 queued as 4XyZ", dialogue)
    }

    private func answer(_ step: Step?, _ standard: String, _ dialogue: Dialogue) -> Bool {
        switch step.flatMap({ script[$0] }) ?? .line(standard) {
        case .line(let text):
            return Loopback.send(text + "\r\n", to: dialogue.connection)
        case .lineAndClose(let text):
            Loopback.send(text + "\r\n", to: dialogue.connection)
            return false
        case .close: return false
        case .silence:
            _ = Loopback.waitForInput(dialogue.connection, milliseconds: 60_000)
            return false
        }
    }
}
