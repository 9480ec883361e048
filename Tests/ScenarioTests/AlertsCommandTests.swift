import Foundation
import Testing

/// `nudged alerts`, and what `backup` leaves for `status`.
@Suite("Alerts", .serialized)
struct AlertsCommandTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        #expect(try scratch.run("nudged init .").status == 0)
        try scratch.write("id,phone,status\nm1,13800000001,active\n", to: "members.csv")
        #expect(try scratch.run("nudged import members members.csv").status == 0)
        try scratch.write("#!/bin/sh\ncat >> told; echo >> told; exit $(cat code)\n", to: "alert.sh")
        try scratch.write("0", to: "code")
        #expect(try scratch.run("chmod +x alert.sh").status == 0)
    }

    private func configure(_ alerts: String) throws {
        try scratch.write(try scratch.text("nudged.yaml") + "\nalerts: \(alerts)\n", to: "nudged.yaml")
    }

    private func told() throws -> [[String: Any]] {
        guard try scratch.files().contains("told") else { return [] }
        return try scratch.text("told").split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test("a test alert arrives by the program; one that fails makes the exit code 1 and says why")
    func test() throws {
        #expect(try scratch.run("nudged alerts test").status == 2)
        try configure("{command: alert.sh}")
        #expect(try scratch.run("nudged check --config nudged.yaml").status == 0)
        let run = try scratch.run("nudged alerts test")
        #expect(run.status == 0 && run.printed.count == 1 && run.printed[0].hasSuffix("alert.sh: told"), "\(run)")
        let alert = try #require(try told().first)
        #expect(alert["change"] as? String == "test" && alert["code"] as? String == "test")
        #expect((alert["words"] as? [String: String])?["zh-CN"] == "有人在测试通知能否收到")
        #expect((alert["store"] as? String)?.hasSuffix("/nudged.db") == true)
        try scratch.write("5", to: "code")
        let failed = try scratch.run("nudged alerts test --lang zh-CN")
        #expect(failed.status == 1 && failed.printed.last?.hasSuffix("alert.sh：以 5 结束") == true, "\(failed)")
        #expect(try scratch.run("chmod -x alert.sh; nudged check --config nudged.yaml").status == 1)
    }

    @Test("a tick at the present time tells once what needs a person, and one in the past tells nobody")
    func tick() throws {
        try configure("{command: alert.sh}")
        #expect(try scratch.run("nudged hold --all --reason 'wrong price'").status == 0)
        #expect(try scratch.run("nudged tick --at '2025-03-07 09:00'").status == 0)
        #expect(try told().isEmpty)
        let present = "nudged tick --at \"$(date -u +%FT%TZ)\""
        try scratch.write("5", to: "code")
        let refused = try scratch.run(present)
        #expect(refused.status == 0, "\(refused)")
        #expect(refused.printed.last?.hasPrefix("an alert did not arrive: ") == true, "\(refused)")
        #expect(refused.printed.last?.hasSuffix("alert.sh: it ended with 5") == true, "\(refused)")
        try scratch.write("0", to: "code")
        for _ in 0..<2 { #expect(try scratch.run(present).status == 0) }
        #expect(try told().map { $0["code"] as? String } == ["held", "held"])
        #expect(try told().map { $0["change"] as? String } == ["begun", "begun"])
        #expect(try scratch.run("nudged alerts list").printed.count == 1)
    }

    @Test("a tick whose rules are refused tells it once, and is refused as ever")
    func refusedTick() throws {
        try configure("{command: alert.sh}")
        let present = "nudged tick --at \"$(date -u +%FT%TZ)\""
        #expect(try scratch.run(present).status == 0)
        #expect(try told().isEmpty)
        try scratch.write("version: 1\nrules: [", to: "rules/broken.yaml")
        for _ in 0..<2 { #expect(try scratch.run(present).status == 78) }
        #expect(try told().map { $0["code"] as? String } == ["rules_refused"])
        let words = try #require(try told().first?["words"] as? [String: String])
        #expect(words["en"]?.contains("rules/broken.yaml:") == true, "\(words)")
    }

    @Test("a unit that failed is told with its meaning, and is on record until the daemon has run again")
    func failed() throws {
        try configure("{command: alert.sh}")
        let run = try scratch.run("MONITOR_EXIT_STATUS=78 nudged alerts failed nudged.service")
        #expect(run.status == 0, "\(run)")
        let alert = try #require(try told().first)
        #expect(alert["code"] as? String == "daemon_failed" && alert["subject"] as? String == "nudged.service")
        #expect(
            (alert["words"] as? [String: String])?["en"]
                == "nudged.service failed: nudged.yaml, the rules or the store are refused")
        let list = try scratch.run("nudged alerts list")
        #expect(list.printed.count == 1 && list.printed[0].hasPrefix("nudged.service failed: "), "\(list)")
        #expect(try scratch.run("nudged alerts list --json").printed[0].contains("\"code\":\"daemon_failed\""))
    }

    @Test("a daemon tells of a stop through the log channel of colleagues, and what it was told of by another process")
    func daemon() throws {
        try configure("{channel: staff}")
        let config = try scratch.text("nudged.yaml").replacing(
            "\nchannels:\n", with: "\nchannels:\n  staff: {type: log, address: none, path: staff.ndjson}\n")
        try scratch.write(config, to: "nudged.yaml")
        #expect(try scratch.run("nudged check --config nudged.yaml").status == 0)
        #expect(try scratch.run("nudged alerts test").printed == ["channel staff: told"])
        #expect(try scratch.text("staff.ndjson").contains("test: somebody tries out whether alerts arrive"))
    }

    @Test("a backup is on record for status, and an old one needs a person where nudged.yaml says how old it may be")
    func backup() throws {
        #expect(try scratch.run("nudged tick --at \"$(date -u +%FT%TZ)\"").status == 0)
        // As beside a daemon, which has the lock.
        let status = "flock nudged.db.lock nudged status"
        #expect(try scratch.run(status).status == 0)
        try configure("{backup_older_than: 2d}")
        let none = try scratch.run(status)
        #expect(
            none.status == 1 && none.printed.last?.hasPrefix("  no backup is on record → `nudged backup FILE`") == true)
        #expect(try scratch.run("nudged backup b.db").status == 0)
        let after = try scratch.run(status)
        #expect(after.status == 0 && after.printed.contains { $0.contains(", last backup 20") }, "\(after)")
        let audit = try scratch.run("nudged audit --action backup")
        #expect(audit.printed.count == 1 && audit.printed[0].contains("/b.db"), "\(audit)")
        // The record is not in the copy.
        #expect(try scratch.run("nudged verify --copy b.db").status == 0)
    }
}
