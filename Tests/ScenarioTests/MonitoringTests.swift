import Foundation
import TestSupport
import Testing

/// Metrics, alerts and the dashboard, judged by Prometheus's own tool and held against what a daemon answers.
@Suite("Monitoring", .serialized)
struct MonitoringTests {
    private static let monitoring = ShippedRules.root.appending(path: "docs/monitoring")
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Writes what a daemon answers after a decision to `metrics.txt`: each metric has a sample by then.
    private func scrape() throws {
        let port = try Loopback.freePorts(1)[0]
        try scratch.write(
            """
            version: 1
            rules:
              - id: welcome
                name: 欢迎
                status: live
                owner: crm
                purpose: marketing
                when: {event: {name: store.visited}}
                do: [{send: {try: [{sms: {template: welcome}}]}}]
            """, to: "rules/rules.yaml")
        try scratch.write(
            "version: 1\ntemplates: [{id: welcome, channel: sms, text: \"【星河百货】欢迎光临。拒收请回复R\"}]\n",
            to: "rules/templates.yaml")
        try scratch.write("version: 1\ntimezone: Asia/Shanghai\nquiet_hours: none\n", to: "rules/settings.yaml")
        try scratch.write(
            """
            version: 1
            store: {url: "sqlite:nudged.db"}
            rules_dir: rules
            http: {listen: "127.0.0.1:\(port)", sources: [{id: shop, write_key: {env: SHOP_KEY}}]}
            sources: [{id: pos, folder: pos, kind: orders}]
            channels: {sms: {type: log}}
            """, to: "nudged.yaml")
        #expect(try scratch.run("mkdir pos").status == 0)
        let daemon = try DaemonProcess(scratch, environment: ["SHOP_KEY": "WKEY"])
        try daemon.wait(for: "READY=1")
        // A member without an address, so that the decision is not to send.
        let events = """
            {"batch":[{"type":"identify","messageId":"m0","userId":"u1"},
            {"type":"track","messageId":"m1","userId":"u1","event":"store.visited"}]}
            """
        try scratch.write(events, to: "events.json")
        let base = "http://127.0.0.1:\(port)"
        #expect(try scratch.run("curl -sf -u WKEY: \(base)/v1/batch -d @events.json").status == 0)
        let look = "curl -sf \(base)/metrics > metrics.txt && grep -q '^nudged_messages_skipped_total{' metrics.txt"
        var looks = 0
        while try scratch.run(look).status != 0, looks < 1000 { looks += 1 }
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
    }

    @Test("alerts, their tests, the dashboard and the page name metrics, labels and values that the daemon has")
    func names() throws {
        try scrape()
        let run = try scratch.run(
            """
            python3 \(ShippedRules.root.path)/Tests/Tools/monitoring.py metrics.txt \
            \(MonitoringTests.monitoring.path) \(ShippedRules.root.path)/docs/metrics.md
            """)
        #expect(run.status == 0, "\(run.printed.joined(separator: "\n"))")
    }

    @Test("an alert on a value that no metric has is found, and one that is not tested")
    func slips() throws {
        try scrape()
        #expect(try scratch.run("cp -r \(MonitoringTests.monitoring.path) monitoring").status == 0)
        let alerts = try scratch.text("monitoring/nudged.rules.yml")
        try scratch.write(
            alerts.replacing("outcome=\"sent\"", with: "outcome=\"send\"").replacing(
                "NudgedHeld", with: "NudgedStopped"),
            to: "monitoring/nudged.rules.yml")
        let run = try scratch.run(
            """
            python3 \(ShippedRules.root.path)/Tests/Tools/monitoring.py metrics.txt monitoring \
            \(ShippedRules.root.path)/docs/metrics.md
            """)
        #expect(
            run.status == 1
                && Set(run.printed) == [
                    "NudgedRuleVolumeAnomaly: outcome of nudged_messages_total is never send",
                    "nudged.rules.test.yml: there is no alert NudgedHeld",
                    "nudged.rules.test.yml: NudgedStopped is not tested to be quiet, to fire and to end",
                ], "\(run.printed.joined(separator: "\n"))")
    }

    @Test(
        "promtool finds nothing to say about the metrics of the daemon",
        .enabled(if: Promtool.isInstalled, "Debian's prometheus could not be had"))
    func metrics() throws {
        try scrape()
        let run = try scratch.run("\(Promtool.path) check metrics < metrics.txt")
        #expect(run.status == 0 && run.printed.isEmpty, "\(run.printed.joined(separator: "\n"))")
        // It does look: a counter has another name.
        try scratch.write("# HELP nudged_x Things.\n# TYPE nudged_x counter\nnudged_x 1\n", to: "metrics.txt")
        #expect(try scratch.run("\(Promtool.path) check metrics < metrics.txt").status != 0)
    }

    @Test(
        "promtool reads the alerts, and each of them fires, is quiet and ends as its test says",
        .enabled(if: Promtool.isInstalled, "Debian's prometheus could not be had"))
    func alerts() throws {
        let checked = try scratch.run(
            "cd \(MonitoringTests.monitoring.path) && \(Promtool.path) check rules nudged.rules.yml")
        #expect(checked.status == 0, "\(checked.printed.joined(separator: "\n"))")
        let tested = try scratch.run(
            "cd \(MonitoringTests.monitoring.path) && \(Promtool.path) test rules nudged.rules.test.yml")
        #expect(tested.status == 0, "\(tested.printed.joined(separator: "\n"))")
    }
}

/// The tool of Prometheus: `make test` takes it out of Debian's package.
enum Promtool {
    static let path = ShippedRules.root.appending(path: ".build/tools/promtool").path
    static let isInstalled = FileManager.default.isExecutableFile(atPath: path)
}
