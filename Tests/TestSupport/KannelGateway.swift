import Foundation

/// A real Kannel in a directory of its own: bearerbox and smsbox on free loopback ports, with this process as the
/// SMS centre behind them. Everything is stopped with `stop()`, and by itself after five minutes.
package final class KannelGateway {
    package static let programs = ["/usr/sbin/bearerbox", "/usr/sbin/smsbox", "/usr/bin/timeout"]
    package static var isInstalled: Bool { programs.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) } }

    package struct Failure: Error {
        package let step: String
        package init(step: String) { self.step = step }
    }

    package let url: String
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kannel-\(UUID().uuidString)")
    private var boxes: [Process] = []
    private var centre: Int32 = -1
    private var buffer: [UInt8] = []

    package init() throws {
        let ports = try Loopback.freePorts(4)
        url = "http://127.0.0.1:\(ports[3])/cgi-bin/sendsms"
        do {
            try prepare(ports)
            try start("/usr/sbin/bearerbox")
            close(try connect(ports[1], "bearerbox"))
            centre = try connect(ports[2], "SMS centre")
            try start("/usr/sbin/smsbox")
            close(try connect(ports[3], "smsbox"))
        } catch {
            stop()
            throw error
        }
    }

    /// Kills each box together with the `timeout` that watches over it, which leads a process group of its own.
    package func stop() {
        for box in boxes.reversed() {
            kill(-box.processIdentifier, SIGKILL)
            kill(box.processIdentifier, SIGKILL)
            box.waitUntilExit()
        }
        boxes = []
        if centre >= 0 { close(centre) }
        centre = -1
        try? FileManager.default.removeItem(at: folder)
    }

    /// The next line that Kannel hands to the SMS centre.
    package func nextLine() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            guard Loopback.waitForInput(centre, milliseconds: 60_000), let more = Loopback.receive(centre) else {
                throw Failure(step: "no line from bearerbox")
            }
            buffer += more
        }
    }

    private func start(_ program: String) throws {
        let box = Process()
        box.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        box.arguments = ["--signal=KILL", "300", program, "-v", "4", "kannel.conf"]
        box.currentDirectoryURL = folder
        box.standardInput = FileHandle.nullDevice
        box.standardOutput = FileHandle.nullDevice
        box.standardError = FileHandle.nullDevice
        try box.run()
        boxes.append(box)
    }

    /// A refused attempt is repeated, at most 2,000 times with a pause of 25 ms.
    private func connect(_ port: Int, _ what: String) throws -> Int32 {
        for _ in 0..<2000 {
            if let connection = Loopback.connect(port) { return connection }
            poll(nil, 0, 25)
        }
        throw Failure(step: "\(what) does not listen")
    }

    private func prepare(_ ports: [Int]) throws {
        let spool = folder.appendingPathComponent("spool")
        try FileManager.default.createDirectory(at: spool, withIntermediateDirectories: true)
        let text = """
            group = core
            admin-port = \(ports[0])
            admin-interface = "127.0.0.1"
            admin-password = adm
            smsbox-port = \(ports[1])
            smsbox-interface = "127.0.0.1"
            box-deny-ip = "*.*.*.*"
            box-allow-ip = "127.0.0.1"
            store-type = spool
            store-location = "spool"
            dlr-storage = internal

            group = smsc
            smsc = fake
            smsc-id = FAKE
            our-host = "127.0.0.1"
            port = \(ports[2])
            connect-allow-ip = "127.0.0.1"
            denied-prefix = "199"

            group = smsbox
            bearerbox-host = 127.0.0.1
            bearerbox-port = \(ports[1])
            sendsms-interface = "127.0.0.1"
            sendsms-port = \(ports[3])
            global-sender = 10690000

            group = sendsms-user
            username = tester
            password = "foo bar"
            max-messages = 10
            concatenation = true
            user-deny-ip = "*.*.*.*"
            user-allow-ip = "127.0.0.1"

            """
        try text.write(to: folder.appendingPathComponent("kannel.conf"), atomically: true, encoding: .utf8)
    }
}
