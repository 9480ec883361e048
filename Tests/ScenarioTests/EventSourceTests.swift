import Foundation
import TestSupport
import Testing

@testable import Store

/// The client that shops use, against the built daemon: what it was thanked for is there, once.
@Suite(
    "Events of the real Segment client", .serialized,
    .enabled(if: EventClient.isInstalled, "pip could not get the client"))
struct EventSourceTests {
    private let scratch: Scratch
    private let port: Int

    init() throws {
        scratch = try Scratch()
        port = try Loopback.freePorts(1)[0]
        #expect(try scratch.run("nudged init . && mkdir pos").status == 0)
        try scratch.write(
            """
            version: 1
            store: {url: "sqlite:nudged.db"}
            rules_dir: rules
            http: {listen: "127.0.0.1:\(port)", sources: [{id: shop, write_key: {env: SHOP_KEY}}]}
            sources: [{id: pos, folder: \(scratch.directory.path)/pos, kind: orders}]
            channels: {sms: {type: log}, wechat: {type: log}, email: {type: log}, wecom: {type: log}, push: {type: log}}
            """, to: "nudged.yaml")
    }

    private func daemon() throws -> DaemonProcess {
        let daemon = try DaemonProcess(scratch, environment: ["SHOP_KEY": "WKEY"])
        try daemon.wait(for: "READY=1")
        return daemon
    }

    /// What the store has of the source, and what the client says that it sent.
    private func check(_ client: EventClient.Report, quarantined: Int = 0) throws {
        let store = try MemberStore.reading("sqlite:\(scratch.directory.path)/nudged.db")
        let stored: [String] = try store.writer.read {
            try $0.values("SELECT event_id FROM v_events WHERE source = 'shop' ORDER BY event_id")
        }
        let kept = try store.quarantine(atMost: 10_000).map(\.eventID)
        #expect(client.failed == 0 && kept.count == quarantined)
        #expect((stored + kept).sorted() == client.ids.sorted(), "each is there once")
        let orders: Int? = try store.writer.read { try $0.value("SELECT COUNT(*) FROM orders") }
        #expect(orders == stored.count)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var plan: [String: String]
        var options: [String] = []
        var quarantined = 0
    }

    @Test(
        "nothing is lost and nothing doubled",
        arguments: [
            Case(testDescription: "plain", plan: [:]), Case(testDescription: "gzip", plan: [:], options: ["--gzip"]),
            Case(testDescription: "503, then 200", plan: ["1": "refuse", "2": "refuse"]),
            Case(testDescription: "taken, and the answer lost", plan: ["1": "lose", "3": "lose"]),
            Case(testDescription: "429 with Retry-After", plan: ["1": "slow down"]),
            Case(testDescription: "one poisoned among 99", plan: [:], options: ["--poison"], quarantined: 1),
        ])
    func whole(one: Case) throws {
        let daemon = try daemon()
        let client = try EventClient(port: port, count: one.quarantined > 0 ? 100 : 250, plan: one.plan, one.options)
        let report = try client.end()
        #expect(report.requests >= one.plan.count)
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        try check(report, quarantined: one.quarantined)
    }

    @Test(
        "the page on sources shows what is printed, in its language",
        arguments: [("docs/sources.md", "C.UTF-8"), ("docs/sources.zh-CN.md", "zh_CN.UTF-8")])
    func page(path: String, locale: String) throws {
        let steps = ConsoleStep.all(
            in: try String(contentsOf: ShippedRules.root.appending(path: path), encoding: .utf8))
        #expect(steps.count > 5)
        let daemon = try daemon()
        for step in steps {
            let command = step.command.replacing("127.0.0.1:8080", with: "127.0.0.1:\(port)")
            let run = try scratch.run("SHOP_KEY=WKEY; \(command)", locale: locale)
            #expect(step.matches(run.printed), "\(step.command): \(run.printed)")
        }
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        let kept = try scratch.run("nudged quarantine list").printed
        #expect(kept.count == 2 && kept[0].contains("conflict") && kept[1].contains("neither userId nor anonymousId"))
        let shown = try scratch.run("nudged quarantine show 2").printed
        #expect(shown.last == #"{"type":"track","event":"store.visited"}"#, "\(shown)")
        #expect(try scratch.run("nudged quarantine show 9").status == 2)
        let again = try scratch.run("nudged quarantine retry --all --json")
        #expect(again.status == 1 && again.printed == [#"{"taken":0,"left":1}"#])
    }

    @Test("metrics are what Prometheus reads: every family has its type and its help, and counts what happened")
    func metrics() throws {
        let daemon = try daemon()
        let event = #"{"messageId":"m1","userId":"u1","event":"x"}"#
        for _ in 0..<2 {
            #expect(try scratch.run("curl -sf -u WKEY: http://127.0.0.1:\(port)/v1/track -d '\(event)'").status == 0)
        }
        let head = try scratch.run("curl -s -D - -o metrics.txt http://127.0.0.1:\(port)/metrics").printed
        #expect(head.joined().lowercased().contains("content-type: text/plain; version=0.0.4; charset=utf-8"))
        let read = try scratch.run(
            "\(EventClient.python) \(ShippedRules.root.path)/Tests/Tools/metrics_peer.py metrics.txt")
        #expect(read.status == 0, "\(read.printed)")
        for line in [
            #"nudged_ingest_events_total{outcome="accepted",source="shop"} 1"#,
            #"nudged_ingest_events_total{outcome="duplicate",source="shop"} 1"#,
            #"nudged_ingest_events_total{outcome="conflict",source="shop"} 0"#,
            #"nudged_suppressed_addresses_total{channel="sms",reason="bounce"} 0"#,
            #"nudged_outbox_messages{channel="sms",state="due"} 0"#, #"nudged_holds{scope="all"} 0"#,
            #"nudged_channel_up{channel="sms"} 1"#, "nudged_store_up 1", "nudged_rules_last_reload_successful 1",
            #"nudged_decisions_total{outcome="sent",rule="birthday-gift"} 0"#,
            #"nudged_messages_total{channel="sms",outcome="sent",rule="birthday-gift"} 0"#,
            #"nudged_http_request_duration_seconds_count{code="200",method="POST",route="/v1/track"} 2"#,
        ] {
            #expect(read.printed.contains(line), "\(line)")
        }
        #expect(!read.printed.contains { $0.contains("u1") })
        // The alerts name only what is there.
        let rules = try scratch.run(
            "\(EventClient.python) \(ShippedRules.root.path)/Tests/Tools/metrics_peer.py metrics.txt --uses \(ShippedRules.root.path)/docs/monitoring/* \(ShippedRules.root.path)/docs/metrics.md"
        )
        #expect(rules.status == 0, "\(rules.printed)")
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
    }

    @Test("the client of Sensors Analytics can post to us beside its own server")
    func sensors() throws {
        let daemon = try daemon()
        let tool = ShippedRules.root.appending(path: "Tests/Tools/sensors_peer.py").path
        let run = try scratch.run("\(EventClient.python) \(tool) \(port) WKEY")
        #expect(run.status == 0, "\(run.printed)")
        let wrong = try scratch.run("\(EventClient.python) \(tool) \(port) OTHER")
        #expect(wrong.status != 0)
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        let store = try MemberStore.reading("sqlite:\(scratch.directory.path)/nudged.db")
        let (events, member, kept) = try store.writer.read { db in
            (
                try db.values("SELECT DISTINCT name || ' ' || member FROM events ORDER BY 1") as [String],
                try db.value("SELECT id || ' ' || display_name FROM members") as String?,
                try db.value("SELECT COUNT(*) FROM quarantine") as Int?
            )
        }
        #expect(
            events == ["member.aliased m1", "member.identified m1", "order.paid m1", "product.viewed m1"], "\(events)")
        #expect(member == "m1 林小姐" && kept == 0)
    }

    @Test("a daemon that is killed amid a batch and starts again has lost nothing and doubles nothing")
    func killed() throws {
        let first = try daemon()
        let client = try EventClient(
            port: port, count: 1000, plan: ["4": "kill"], ["--pid", String(first.processID)])
        #expect(try client.line() == "killed")
        #expect(first.end() == -SIGKILL)
        let second = try daemon()
        let report = try client.end()
        second.signal(SIGTERM)
        #expect(second.end() == 0)
        try check(report)
    }
}

/// `Tests/Tools/segment_peer.py` as a process.
final class EventClient {
    struct Report: Decodable {
        var ids: [String]
        var failed: Int
        var requests: Int
    }

    private let process = Process()
    private let output = Pipe()
    private var read = Data()

    static let python = ShippedRules.root.appending(path: ".build/python/bin/python3").path

    /// `make test` installs it beside the judge of the schemas.
    static let isInstalled: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", "import segment.analytics, prometheus_client, sensorsanalytics"]
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    init(port: Int, count: Int, plan: [String: String], _ options: [String]) throws {
        process.executableURL = URL(filePath: EventClient.python)
        let plan = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        process.arguments =
            [
                ShippedRules.root.appending(path: "Tests/Tools/segment_peer.py").path, "\(port)", "WKEY", "\(count)",
                plan,
            ] + options
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit { if process.isRunning { process.terminate() } }

    /// The next line that it prints.
    func line() throws -> String {
        while true {
            if let end = read.firstIndex(of: 0x0A) {
                let line = String(decoding: read[..<end], as: UTF8.self)
                read = Data(read[(end + 1)...])
                return line
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { return String(decoding: read, as: UTF8.self) }
            read += more
        }
    }

    func end() throws -> Report {
        let report = try JSONDecoder().decode(Report.self, from: Data(try line().utf8))
        process.waitUntilExit()
        return report
    }
}
