import Kit
import Foundation
import Rules
import TestSupport
import Testing

/// The whole walk with real peers: import, the daemon as a process, Kannel, and what happens when it is killed.
@Suite("The walk through the daemon", .serialized)
struct DaemonWalkTests {
    private let scratch: Scratch

    private static let rules = """
        # yaml-language-server: $schema=../.nudged/rules.v1.schema.json
        version: 1
        rules:
          - id: welcome
            name: 到店问候
            status: live
            owner: crm-team
            purpose: service
            when: {event: {name: store.visited}}
            do: [{send: {try: [{sms: {template: hello}}], fill: {name: member.display_name}}}]
            if_late: {send_within: 6h}
        """

    init() throws {
        scratch = try Scratch()
        try write("rules/rules.yaml", DaemonWalkTests.rules)
        try write("rules/settings.yaml", "version: 1\nservice_owners: [crm-team]\nblast_guard: off\n")
        try write(
            "rules/templates.yaml",
            """
            version: 1
            templates:
              - {id: hello, channel: sms, text: "【星河百货】{{ name | default: '您好' }}，欢迎光临！", values: {name: text}}
            """)
        let members = (1...40).map { "m\($0),林小姐\($0),138000\(padded($0, 5)),active" }
        try write("members.csv", "id,display_name,phone,status\n" + members.joined(separator: "\n") + "\n")
    }

    private func write(_ path: String, _ text: String) throws {
        let url = scratch.directory.appending(path: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    private func configure(_ sms: String, _ more: String = "") throws {
        try write(
            "nudged.yaml",
            """
            version: 1
            store: {url: "sqlite:nudged.db"}
            rules_dir: rules
            channels:
              sms: \(sms)
            \(more)
            """)
        let imported = try scratch.run("nudged import members members.csv --config nudged.yaml --json")
        #expect(imported.status == 0, "\(imported.printed)")
    }

    /// Uploads a visit of each member, at an instant `secondsAgo`.
    private func visit(_ members: [String], id: String, secondsAgo: Double = 0) throws {
        let at = Zone.utc.rfc3339(Instant(micros: Int64((Date().timeIntervalSince1970 - secondsAgo) * 1_000_000)))
        let rows = members.map { "\(id)-\($0),\($0),store.visited,\(at)" }
        try write("events-\(id).csv", "id,member_id,name,at\n" + rows.joined(separator: "\n") + "\n")
        let imported = try scratch.run("nudged import events events-\(id).csv --config nudged.yaml --json")
        #expect(imported.status == 0, "\(imported.printed)")
    }

    private func states() throws -> [String: Int] {
        let listed = try scratch.run("nudged deliveries list --config nudged.yaml")
        return listed.printed.reduce(into: [:]) { $0[String($1.split(separator: " ")[3]), default: 0] += 1 }
    }

    @Test(
        "a visit becomes a Chinese text at the SMS centre, once, through kill -9, restart and a broken reload",
        .enabled(if: KannelGateway.isInstalled, "Kannel (bearerbox, smsbox) is not installed"))
    func kannel() throws {
        let gateway = try KannelGateway()
        defer { gateway.stop() }
        try configure(
            "{type: kannel, url: \"\(gateway.url)\", username: tester, password: {env: KANNEL_PASSWORD}, from: \"10690000\"}"
        )
        let secret = ["KANNEL_PASSWORD": "foo bar"]
        var daemon = try DaemonProcess(scratch, environment: secret)
        try daemon.wait(for: "READY=1")
        try visit(["m1"], id: "a")
        let first = try gateway.nextMessage()
        #expect(first.receiver == "13800000001" && first.text == "【星河百货】林小姐1，欢迎光临！")

        daemon.signal(SIGKILL)
        #expect(daemon.end() == -SIGKILL)
        // Two hours before now would be before the rule went live; what came while nobody ran is still sent.
        try visit(["m2"], id: "b")
        daemon = try DaemonProcess(scratch, environment: secret)
        try daemon.wait(for: "READY=1")
        let second = try gateway.nextMessage()
        #expect(second.receiver == "13800000002")

        try write("rules/rules.yaml", DaemonWalkTests.rules.replacing("status: live", with: "status: lvie"))
        daemon.signal(SIGHUP)
        try daemon.wait(for: "RELOADING=1")
        try daemon.wait(for: "READY=1")
        try visit(["m3"], id: "c")
        #expect(try gateway.nextMessage().receiver == "13800000003")

        daemon.signal(SIGTERM)
        try daemon.wait(for: "STOPPING=1")
        #expect(daemon.end() == 0)
        #expect(try states() == ["accepted": 3] || (try states()) == ["accepted": 2, "unknown": 1])
        #expect(try scratch.run("nudged verify --config nudged.yaml").status == 0)
    }

    @Test(
        "a message ends delivered by Kannel's own report, and the log knows neither the number nor the token",
        .enabled(if: KannelGateway.isInstalled, "Kannel (bearerbox, smsbox) is not installed"))
    func report() throws {
        let gateway = try KannelGateway()
        defer { gateway.stop() }
        let port = try Loopback.freePorts(1)[0]
        let token = "0123456789abcdef"
        try configure(
            "{type: kannel, url: \"\(gateway.url)\", username: tester, password: {env: KANNEL_PASSWORD}, "
                + "dlr: {base_url: \"http://127.0.0.1:\(port)/callbacks/sms\", path_token: {env: KANNEL_TOKEN}}}",
            "http: {listen: \"127.0.0.1:\(port)\"}\nlog: {level: debug}")
        let daemon = try DaemonProcess(
            scratch, environment: ["KANNEL_PASSWORD": "foo bar", "KANNEL_TOKEN": token])
        try daemon.wait(for: "READY=1")
        try visit(["m1"], id: "a")
        #expect(try gateway.nextMessage().receiver == "13800000001")
        // Each look is a process of its own, which takes its time.
        for _ in 0..<200 { if try states() == ["delivered": 1] { break } }
        #expect(try states() == ["delivered": 1])
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        let log = try scratch.text("daemon.log")
        #expect(log.contains("/callbacks/CHANNEL/TOKEN"))
        #expect(!log.contains("13800000001") && !log.contains(token))
        #expect(try scratch.run("nudged verify --config nudged.yaml").status == 0)
    }

    @Test("a port that is taken ends the start with 75, before READY")
    func takenPort() throws {
        let taken = try Loopback.listen()
        defer { close(taken.socket) }
        try configure("{type: log}", "http: {listen: \"127.0.0.1:\(taken.port)\"}")
        let daemon = try DaemonProcess(scratch)
        #expect(throws: DaemonProcess.Failure.self) { try daemon.wait(for: "READY=1") }
        #expect(daemon.end() == 75)
        #expect(try scratch.text("daemon.log").contains("another process listens on 127.0.0.1:\(taken.port) already"))
    }

    @Test("the daemon says over HTTP that it is ready, and goes on until it is told to stop")
    func ready() throws {
        let port = try Loopback.freePorts(1)[0]
        try configure("{type: log}", "http: {listen: \"127.0.0.1:\(port)\"}")
        let daemon = try DaemonProcess(scratch)
        try daemon.wait(for: "READY=1")
        let connection = try #require(Loopback.connect(port))
        defer { close(connection) }
        Loopback.send("GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n", to: connection)
        let answer = String(decoding: try #require(Loopback.receive(connection)), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        // A kept connection does not hold up the stop.
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        #expect(try scratch.run("nudged verify --config nudged.yaml").status == 0)
    }

    @Test("kill -9 at random moments: each visit is decided once, no reference leaves twice, nothing accepted is lost")
    func kills() throws {
        try configure("{type: log, path: sent.ndjson}")
        print("kill rounds, seed \(Seed.first)")
        var random = SeededGenerator(seed: UInt64(Seed.first))
        for round in 0..<8 {
            let daemon = try DaemonProcess(scratch)
            try daemon.wait(for: "READY=1")
            try visit((1...40).map { "m\($0)" }, id: "r\(round)")
            // Not a wait for anything: only where the blow falls.
            poll(nil, 0, Int32(random.next() % 700))
            daemon.signal(SIGKILL)
            #expect(daemon.end() == -SIGKILL)
        }
        let last = try DaemonProcess(scratch)
        try last.wait(for: "READY=1")
        try settle()
        last.signal(SIGTERM)
        #expect(last.end() == 0)

        let counts = try states()
        #expect(counts.values.reduce(0, +) == 8 * 40, "\(counts)")
        #expect(Set(counts.keys).isSubset(of: ["accepted", "unknown"]), "\(counts)")
        let sent = try scratch.text("sent.ndjson").split(separator: "\n")
        let references = sent.compactMap { $0.firstMatch(of: /"reference":"([^"]*)"/)?.1 }
        #expect(references.count == sent.count && Set(references).count == references.count)
        #expect(sent.count >= counts["accepted", default: 0] && sent.count <= 8 * 40)
        let verified = try scratch.run("nudged verify --config nudged.yaml")
        #expect(verified.status == 0, "\(verified.printed)")
    }

    /// Until nothing is pending; each look is a process of its own, which takes its time.
    private func settle() throws {
        for _ in 0..<2000 {
            let counts = try states()
            if counts.values.reduce(0, +) == 8 * 40, Set(counts.keys).isSubset(of: ["accepted", "unknown"]) { return }
        }
    }
}
