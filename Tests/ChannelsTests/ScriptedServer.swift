import Foundation
import TestSupport
import Synchronization

/// A web server on a free loopback port that answers by script and remembers what it read.
/// Each request takes the next answer; the last one repeats.
final class ScriptedServer: Sendable {
    enum Answer: Sendable {
        /// Raw bytes, then keep the connection.
        case reply(String)
        case replyAndClose(String)
        /// Read the request, then nothing until the client leaves or `letGo`.
        case hang
        case closeAfterRequest
        case resetAfterRequest
        case resetBeforeReading
        /// Before reading: for a client that expects TLS.
        case greetAndClose(String)
        /// The head, then a byte of body whenever 20 ms go by without the client leaving.
        case drip(head: String)
        case huge(bytes: Int)

        var actsBeforeReading: Bool {
            switch self {
            case .resetBeforeReading, .greetAndClose: true
            default: false
            }
        }
    }

    struct Seen: Sendable {
        let connection: Int
        let head: String
        let body: [UInt8]
    }

    private struct State: Sendable {
        var script: [Answer]
        var seen: [Seen] = []
        var connections = 0
        var hanging: Set<Int32> = []
    }

    let port: Int
    private let listener: Int32
    private let state: Mutex<State>

    init(_ script: [Answer]) throws {
        let bound = try Loopback.listen()
        listener = bound.socket
        port = bound.port
        state = Mutex(State(script: script))
        Thread.detachNewThread { [self] in acceptAll() }
    }

    var url: String { "http://127.0.0.1:\(port)/cgi-bin/sendsms" }
    var seen: [Seen] { state.withLock { $0.seen } }

    /// Every request so far, once there are `count`; what there is after about a minute.
    func seen(atLeast count: Int) -> [Seen] {
        for _ in 0..<2400 where seen.count < count { poll(nil, 0, 25) }
        return seen
    }

    /// Closes the connections that hang, without an answer.
    func letGo() {
        state.withLock { state in
            for connection in state.hanging { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    /// Wakes the accepting thread and ends it.
    func stop() {
        letGo()
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func acceptAll() {
        while true {
            let connection = accept(listener, nil, nil)
            if connection < 0 { break }
            let number = state.withLock { state in
                state.connections += 1
                return state.connections
            }
            Thread.detachNewThread { [self] in
                serve(connection, number)
                close(connection)
            }
        }
        close(listener)
    }

    private func serve(_ connection: Int32, _ number: Int) {
        if let early = state.withLock({ $0.script.first }), early.actsBeforeReading {
            _ = nextAnswer()
            if case .greetAndClose(let text) = early { Loopback.send(text, to: connection) }
            if case .resetBeforeReading = early { Loopback.resetOnClose(connection) }
            return
        }
        var buffer: [UInt8] = []
        while let request = readRequest(connection, number, &buffer) {
            let answer = nextAnswer()
            if case .hang = answer {
                // Before it is seen, so that a test which has seen it may let it go.
                state.withLock { _ = $0.hanging.insert(connection) }
            }
            state.withLock { $0.seen.append(request) }
            guard let answer, act(answer, connection) else { return }
        }
    }

    private func nextAnswer() -> Answer? {
        state.withLock { $0.script.count > 1 ? $0.script.removeFirst() : $0.script.first }
    }

    /// True: keep the connection.
    private func act(_ answer: Answer, _ connection: Int32) -> Bool {
        switch answer {
        case .reply(let text):
            Loopback.send(text, to: connection)
            return true
        case .replyAndClose(let text): Loopback.send(text, to: connection)
        case .hang: hang(connection)
        case .closeAfterRequest, .resetBeforeReading, .greetAndClose: break
        case .resetAfterRequest: Loopback.resetOnClose(connection)
        case .drip(let head):
            Loopback.send(head, to: connection)
            while !Loopback.waitForInput(connection, milliseconds: 20), Loopback.send("x", to: connection) {}
        case .huge(let bytes):
            Loopback.send("HTTP/1.1 202 Accepted\r\nContent-Length: \(bytes)\r\n\r\n", to: connection)
            let block = String(repeating: "x", count: 65_536)
            var left = bytes
            while left > 0, Loopback.send(block, to: connection) { left -= block.utf8.count }
        }
        return false
    }

    private func hang(_ connection: Int32) {
        _ = Loopback.waitForInput(connection, milliseconds: 60_000)
        state.withLock { _ = $0.hanging.remove(connection) }
    }

    private func readRequest(_ connection: Int32, _ number: Int, _ buffer: inout [UInt8]) -> Seen? {
        let blank = Array("\r\n\r\n".utf8)
        while true {
            if let end = buffer.firstRange(of: blank) {
                let head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                let lengthLine = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                let length = lengthLine.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
                if buffer.count >= end.upperBound + length {
                    let body = Array(buffer[end.upperBound..<end.upperBound + length])
                    buffer.removeFirst(end.upperBound + length)
                    return Seen(connection: number, head: head, body: body)
                }
            }
            guard let more = Loopback.receive(connection) else { return nil }
            buffer += more
        }
    }
}
