import Foundation

/// Sockets on 127.0.0.1, for the servers and clients of these tests.
package enum Loopback {
    package struct Failure: Error {
        package let step: String
        package init(step: String) { self.step = step }
    }

    package static func address(_ port: Int) -> sockaddr_in {
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

    /// Port 0: any free one.
    package static func listen(port: Int = 0, backlog: Int32 = 64) throws -> (socket: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0, withAddress(port, { bind(listener, $0, $1) }) == 0,
            Foundation.listen(listener, backlog) == 0
        else { throw Failure(step: "listen") }
        var bound = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        guard named == 0 else { throw Failure(step: "getsockname") }
        return (listener, Int(in_port_t(bigEndian: bound.sin_port)))
    }

    /// Free ports below the range that the kernel gives to clients: connecting again and again to a port of that range
    /// can end in a connection with itself, which then keeps the port from its server.
    package static func freePorts(_ count: Int) throws -> [Int] {
        var ports: [Int] = []
        for _ in 0..<1000 where ports.count < count {
            let port = Int.random(in: 12_000..<28_000)
            guard !ports.contains(port), let bound = try? listen(port: port) else { continue }
            close(bound.socket)
            ports.append(port)
        }
        guard ports.count == count else { throw Failure(step: "no free ports") }
        return ports
    }

    /// Nil when refused. `nonblocking`: returns while the connection is still being made.
    package static func connect(_ port: Int, nonblocking: Bool = false) -> Int32? {
        let flags = Int32(SOCK_CLOEXEC.rawValue) | (nonblocking ? Int32(SOCK_NONBLOCK.rawValue) : 0)
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | flags, 0)
        guard client >= 0 else { return nil }
        if withAddress(port, { Foundation.connect(client, $0, $1) }) == 0 || errno == EINPROGRESS { return client }
        close(client)
        return nil
    }

    @discardableResult package static func send(_ text: String, to connection: Int32) -> Bool {
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
    package static func receive(_ connection: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(connection, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    /// True when there is something to read or the other side has left.
    package static func waitForInput(_ connection: Int32, milliseconds: Int32) -> Bool {
        var wanted = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, milliseconds) > 0
    }

    package static func resetOnClose(_ connection: Int32) {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }
}
