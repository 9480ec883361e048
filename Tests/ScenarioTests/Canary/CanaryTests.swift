import Foundation
import Kit
import TestSupport
import Testing

@Suite("No output holds a number, a name, a text or a secret", .serialized)
struct CanaryTests {
    @Test(
        "through imports, sends, callbacks, commands and crashes, in both forms of the log; nor does an encrypted store",
        arguments: [("text", false), ("json", true)])
    func canaries(_ format: String, isEncrypted: Bool) throws {
        let world = try CanaryWorld(format: format, isEncrypted: isEncrypted)
        #expect(try world.run("nudged import members members.csv").status == 0)
        try rejected(world)
        var daemon = try world.daemon()
        try daemon.wait(for: "READY=1")
        try visit(world)
        try settle(world, ["accepted": 7, "rejected": 2, "retry_wait": 1, "unknown": 3])
        try call(world)
        try inspect(world)
        try broken(world, daemon, format)
        for signal in [SIGABRT, SIGSEGV, SIGKILL] {
            daemon.signal(signal)
            #expect(daemon.end() == -signal)
            world.gather("STATUS", Data(daemon.told.utf8))
            // With the log of the store as the daemon left it.
            try world.gatherFiles()
            daemon = try world.daemon()
            try daemon.wait(for: "READY=1")
        }
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        world.gather("STATUS", Data(daemon.told.utf8))
        #expect(try world.run("nudged verify").status == 0)
        #expect(try world.run("nudged backup nudged.db-backup && nudged verify --copy nudged.db-backup").status == 0)

        try world.gatherFiles()
        let sources = Set(world.outputs.map(\.source))
        #expect(sources.isSuperset(of: ["nudged.db", "nudged.db-wal", "nudged.db-backup"]) == isEncrypted)
        #expect(sources.isSuperset(of: ["daemon.log", "daemon.out", "STATUS", "the gateway"]))
        #expect(try world.scratch.text("daemon.log").contains("attempted"))
        #expect(world.leaks == [])
    }

    /// Files whose values stand in wrong columns, whose quotes are open, or that have no header.
    private func rejected(_ world: CanaryWorld) throws {
        let (phone, name, email) = (CanaryWorld.phone(1).value, CanaryWorld.person(1).value, CanaryWorld.email(1).value)
        try world.write("shifted.csv", "id,display_name,phone,status\nx1,\(phone),\(name),\(email)\n")
        #expect(try world.run("nudged import members shifted.csv").status == 1)
        try world.write("quotes.csv", "id,display_name,phone,status\nx1,\"\(name),\(phone),active\n")
        #expect(try world.run("nudged import members quotes.csv").status != 0)
        try world.write("headless.csv", "\(name),\(phone),\(email)\n")
        #expect(try world.run("nudged import members headless.csv").status != 0)
        try world.write("events.csv", "id,member_id,name,at,data\ne0,\(phone),store.visited,\(phone),{\"a\":\(phone)\n")
        #expect(try world.run("nudged import events events.csv --json").status != 0)
    }

    private func visit(_ world: CanaryWorld) throws {
        let at = Zone.utc.rfc3339(Instant.now)
        let members = CanaryWorld.digits.map { "m\($0)" } + [CanaryWorld.id.value]
        let rows = members.map {
            #"{"id":"e-\#(CanaryWorld.id.value)-\#($0)","member_id":"\#($0)","name":"store.visited","at":"\#(at)","#
                + #""data":{"note":"\#(CanaryWorld.body.value)"}}"#
        }
        try world.write("visits.ndjson", rows.joined(separator: "\n") + "\n")
        #expect(try world.run("nudged import events visits.ndjson").status == 0)
    }

    /// Each look is a process of its own, which takes its time.
    private func settle(_ world: CanaryWorld, _ wanted: [String: Int]) throws {
        var states: [String: Int] = [:]
        for _ in 0..<150 where states != wanted {
            states = try world.run("nudged deliveries list").printed.reduce(into: [:]) {
                $0[String($1.split(separator: " ")[3]), default: 0] += 1
            }
        }
        #expect(states == wanted)
    }

    /// Good, forged and broken calls of a provider.
    private func call(_ world: CanaryWorld) throws {
        let token = CanaryWorld.secrets["CANARY_PATH"]?.value ?? ""
        let (phone, text) = (CanaryWorld.phone(1).value, CanaryWorld.replied.value)
        let end = " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-From: \(phone)\r\n\r\n"
        let path = "GET /callbacks/sms/\(token)"
        #expect(try world.ask("\(path)?from=%2B86\(phone)&to=1069&text=\(text)&ts=1795334400\(end)").contains(" 200 "))
        for broken in [
            "\(path)?reference=\(phone)&status=99&answer=\(text)", "\(path)?from=\(phone)", "\(path)?from=%ZZ\(phone)",
            "\(path)?reference=\(text)&status=1&answer=stat:\(phone)", "\(path)x?from=\(phone)&text=\(text)",
            "GET /callbacks/\(phone)/\(token)?from=\(phone)", "GET /members/\(phone)", "DELETE /\(phone)",
            "\(phone) /healthz",
        ] {
            _ = try world.ask(broken + end)
        }
        _ = try world.ask("\(phone)\r\n\r\n")
        _ = try world.ask(
            "POST /callbacks/sms/\(token) HTTP/1.1\r\nHost: \(phone)\r\nContent-Length: x\(phone)\r\n\r\n")
    }

    private func inspect(_ world: CanaryWorld) throws {
        for command in [
            "deliveries list --json", "deliveries list --lang zh-CN", "verify", "verify --json", "hold --list", "tasks",
            "hold --channel sms --reason wrong", "release --channel sms", "check", "plan", "status", "status --json",
            "doctor --offline", "report", "deliveries list --count-by state,code", "consents list m1 --json",
            "consents withdraw m2 --channel sms --reason '\(CanaryWorld.phone(1).value)'", "audit", "audit --json",
            "deliveries list --member \(CanaryWorld.phone(1).value)",
        ] {
            _ = try world.run("nudged \(command)")
        }
        for delivery in 1...12 { #expect(try world.run("nudged deliveries show \(delivery)").status == 0) }
        #expect(try world.run("nudged deliveries show 1 --json").status == 0)
        for rule in ["visit-sms", "visit-email", "visit-wechat", "visit-wecom"] {
            for format in ["", "--json", "--lang zh-CN"] {
                let command = "nudged explain --rule \(rule) --member m1 --since 2026-01-01 \(format)"
                #expect(try world.run(command).status != 2)
                _ = try world.run("nudged explain --rule \(rule) --member m2 --since 2026-01-01 \(format)")
            }
        }
    }

    /// Rules and settings that are refused, whose wrong lines hold canaries.
    private func broken(_ world: CanaryWorld, _ daemon: DaemonProcess, _ format: String) throws {
        let password = CanaryWorld.secrets["CANARY_PASSWORD"]?.value ?? ""
        try world.write("inline.yaml", world.config(format: format, password: password))
        #expect(try world.run("nudged check --config inline.yaml").status != 0)
        #expect(try world.run("nudged run --config inline.yaml").status != 0)
        try world.write("unset.yaml", world.config(format: format, password: "{env: CANARY_UNSET}"))
        #expect(try world.run("nudged check --config unset.yaml").status != 0)
        let rules = try world.scratch.text("rules/rules.yaml")
        try world.write("rules/rules.yaml", rules.replacing("status: live", with: "status: lvie"))
        daemon.signal(SIGHUP)
        try daemon.wait(for: "RELOADING=1")
        try daemon.wait(for: "READY=1")
        try world.write("rules/rules.yaml", rules)
        daemon.signal(SIGHUP)
        try daemon.wait(for: "RELOADING=1")
        try daemon.wait(for: "READY=1")
    }

    @Test("the search finds every spelling, and nothing in what is masked")
    func finds() {
        let (phone, name) = (CanaryWorld.phone(1), CanaryWorld.person(1))
        for text in [
            phone.value, "+86\(phone.value)", "x86\(phone.value)y", "139 7531 8641", "139-7531-8641", "(139) 75318641",
            phone.value.utf8.map { String(format: "%%%02X", $0) }.joined(),
            name.value, "%E6%AC%A7%E9%98%B3%E9%87%91%E4%B8%9D%E9%9B%80",
            "%e6%ac%a7%e9%98%b3%e9%87%91%e4%b8%9d%e9%9b%80",
            #"\u6b27\u9633\u91d1\u4e1d\u96c0"#, #"\u6B27\u9633\u91D1\u4E1D\u96C0"#,
            CanaryWorld.email(1).value.uppercased(),
        ] {
            #expect(!CanaryWorld.search.found(in: Data("before \(text) after".utf8)).isEmpty, "\(text)")
        }
        for before in ["", "a", "ab", "abc"] {
            for after in ["", "z", "yz"] {
                let text = Data("\(before)\(phone.value)\(after)".utf8).base64EncodedString()
                #expect(CanaryWorld.search.found(in: Data("x \(text) y".utf8)).contains("phone 1 in base64"))
            }
        }
        #expect(CanaryWorld.search.found(in: Data("139****8641 n***@birds.example oN****_1 欧**".utf8)) == [])
    }
}
