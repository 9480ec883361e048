import Config
import Daemon
import Foundation
import Glibc
import Logging
import Rules
import Testing

@Suite struct NotifierTests {
    @Test("systemd hears what it expects, each message on its own")
    func messages() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/notify"
        let socket = try Mailbox(path)
        let notifier = Notifier(environment: ["NOTIFY_SOCKET": path])
        notifier.ready("running 3 rules\nand more")
        notifier.alive()
        notifier.reloading()
        notifier.stopping()
        #expect(socket.next() == "READY=1\nSTATUS=running 3 rules and more")
        #expect(socket.next() == "WATCHDOG=1")
        #expect(socket.next().hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        #expect(socket.next().hasPrefix("STOPPING=1\n"))
    }

    @Test("Without a socket, or with nonsense for one, nothing happens")
    func silent() {
        for environment in [[:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "relative"], ["NOTIFY_SOCKET": "/nowhere/x"]]
        {
            Notifier(environment: environment).ready("x")
        }
    }

    @Test("The watchdog's interval is ours only when it names this process or nobody")
    func watchdog() {
        #expect(Notifier.watchdogInterval(environment: ["WATCHDOG_USEC": "2000000"]) == .seconds(2))
        #expect(Notifier.watchdogInterval(environment: ["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"]) == nil)
        #expect(Notifier.watchdogInterval(environment: ["WATCHDOG_USEC": "x"]) == nil)
        #expect(Notifier.watchdogInterval(environment: [:]) == nil)
    }
}

@Suite struct HeartbeatsTests {
    @Test("The watchdog is told that all is well only when every loop was heard since the last time")
    func all() {
        let heartbeats = Heartbeats(["a", "b"])
        heartbeats.beat("a")
        #expect(!heartbeats.takeAllAlive())
        heartbeats.beat("b")
        #expect(heartbeats.takeAllAlive())
        #expect(!heartbeats.takeAllAlive())
    }
}

@Suite struct LogLinesTests {
    private func line(_ format: Configuration.Log.Format, _ environment: [String: String] = [:]) -> String {
        let sink = LineSink()
        var logger = Logger(label: "x") { _ in
            LogLines(Configuration.Log(level: .info, format: format), environment: environment) { sink.add($0) }
        }
        logger[metadataKey: "rule"] = "birthday"
        logger.debug("not shown")
        logger.warning("channel keeps\nfailing", metadata: ["channel": "sms main"])
        return sink.text
    }

    @Test("JSON is one object a line")
    func json() throws {
        let text = line(.json)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String])
        #expect(object["message"] == "channel keeps\nfailing" && object["channel"] == "sms main")
        #expect(object["level"] == "warning" && object["rule"] == "birthday")
        #expect(text.hasSuffix("}\n") && text.count { $0 == "\n" } == 1)
    }

    @Test("Text is one line, with journald's priority where journald reads it")
    func text() {
        #expect(line(.text).hasSuffix(" warning: channel keeps failing channel=\"sms main\" rule=birthday\n"))
        #expect(
            line(.text, ["JOURNAL_STREAM": "8:1"]) == "<4>channel keeps failing channel=\"sms main\" rule=birthday\n")
    }
}

/// A datagram socket to be told things through.
private final class Mailbox {
    private let file: Int32

    init(_ path: String) throws {
        file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        try #require(file >= 0 && name.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }

    deinit { close(file) }

    /// Empty when nothing has come.
    func next() -> String {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = recv(file, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
    }
}
