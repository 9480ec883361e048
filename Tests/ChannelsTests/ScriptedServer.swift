import Foundation
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

    /// Every request so far, once there are `count`; what there is after about ten seconds.
    func seen(atLeast count: Int) -> [Seen] {
        for _ in 0..<400 where seen.count < count { poll(nil, 0, 25) }
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

/// Sockets on 127.0.0.1, for the servers and clients of these tests.
enum Loopback {
    struct Failure: Error { let step: String }

    static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func withAddress<R>(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        withUnsafePointer(to: address(port)) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    static func listen(backlog: Int32 = 64) throws -> (socket: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0, withAddress(0, { bind(listener, $0, $1) }) == 0, Foundation.listen(listener, backlog) == 0
        else { throw Failure(step: "listen") }
        var bound = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        guard named == 0 else { throw Failure(step: "getsockname") }
        return (listener, Int(in_port_t(bigEndian: bound.sin_port)))
    }

    /// Nil when refused. `nonblocking`: returns while the connection is still being made.
    static func connect(_ port: Int, nonblocking: Bool = false) -> Int32? {
        let flags = Int32(SOCK_CLOEXEC.rawValue) | (nonblocking ? Int32(SOCK_NONBLOCK.rawValue) : 0)
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | flags, 0)
        guard client >= 0 else { return nil }
        if withAddress(port, { Foundation.connect(client, $0, $1) }) == 0 || errno == EINPROGRESS { return client }
        close(client)
        return nil
    }

    @discardableResult static func send(_ text: String, to connection: Int32) -> Bool {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// Nil at the end of the connection.
    static func receive(_ connection: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(connection, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    /// True when there is something to read or the other side has left.
    static func waitForInput(_ connection: Int32, milliseconds: Int32) -> Bool {
        var wanted = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, milliseconds) > 0
    }

    static func resetOnClose(_ connection: Int32) {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }
}
