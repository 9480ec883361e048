import Glibc

/// Tells systemd how the daemon is, by datagrams to `$NOTIFY_SOCKET`; without that, does nothing.
package struct Notifier: Sendable {
    private let path: String?

    package init(environment: [String: String]) {
        let path = environment["NOTIFY_SOCKET"] ?? ""
        self.path = path.hasPrefix("/") || path.hasPrefix("@") ? path : nil
    }

    package func ready(_ status: String) { send("READY=1\nSTATUS=\(oneLine(status))") }
    package func status(_ text: String) { send("STATUS=\(oneLine(text))") }
    /// The start takes longer than systemd waits for: a quarter of an hour more from now.
    package func startGoesOn(_ status: String) { send("EXTEND_TIMEOUT_USEC=900000000\nSTATUS=\(oneLine(status))") }
    package func stopping() { send("STOPPING=1\nSTATUS=waiting for sends under way") }
    package func alive() { send("WATCHDOG=1") }

    /// Sends the time that systemd 253 and later require; earlier versions ignore it.
    package func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        send("RELOADING=1\nMONOTONIC_USEC=\(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)")
    }

    /// The longest time the watchdog waits for a ping; nil when it is off, or meant for another process.
    package static func watchdogInterval(environment: [String: String]) -> Duration? {
        guard let micros = environment["WATCHDOG_USEC"].flatMap(Int64.init), micros > 0 else { return nil }
        if let pid = environment["WATCHDOG_PID"], pid != String(getpid()) { return nil }
        return .microseconds(micros)
    }

    private func oneLine(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }

    private func send(_ message: String) {
        guard let path else { return }
        let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { return }
        defer { close(file) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        let isAbstract = name[0] == UInt8(ascii: "@")
        if isAbstract { name[0] = 0 }
        guard name.count < MemoryLayout.size(ofValue: address.sun_path),
            let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)
        else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(offset + name.count + (isAbstract ? 0 : 1))
        let bytes = Array(message.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                // A socket that nobody reads must not stop us: what it cannot take is lost.
                _ = sendto(file, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, length)
            }
        }
    }
}
