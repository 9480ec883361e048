import Foundation
import TestSupport
import Testing

/// A backup put back, with the daemon as a process and a log channel: what left is not sent again, and what did not
/// leave is not lost.
@Suite("A backup that is put back", .serialized)
struct RestoredBackupTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try write(
            "rules/rules.yaml",
            """
            version: 1
            rules:
              - id: welcome
                name: 到店问候
                status: live
                owner: crm-team
                purpose: service
                when: {event: {name: store.visited}}
                do: [{send: {try: [{sms: {template: hello}}]}}]
                if_late: {send_within: 24h}
            """)
        try write("rules/settings.yaml", "version: 1\nservice_owners: [crm-team]\nblast_guard: off\n")
        try write(
            "rules/templates.yaml",
            "version: 1\ntemplates:\n  - {id: hello, channel: sms, text: \"【星河百货】您好，欢迎光临！\"}\n")
        try write(
            "nudged.yaml",
            """
            version: 1
            store: {url: "sqlite:nudged.db"}
            rules_dir: rules
            channels: {sms: {type: log, path: sent.ndjson}}
            """)
        let members = (1...5).map { "m\($0),1380000000\($0),active" }
        try write("members.csv", "id,phone,status\n" + members.joined(separator: "\n") + "\n")
    }

    private func write(_ path: String, _ text: String) throws {
        let url = scratch.directory.appending(path: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    private func nudged(_ command: String, status: Int32 = 0) throws -> [String] {
        let run = try scratch.run("nudged \(command)")
        #expect(run.status == status, "\(command): \(run.printed)")
        return run.printed
    }

    /// Runs until its rules are in force and `done`, each look at which is a process of its own; then ends in order.
    private func daemon(until done: () throws -> Bool) throws {
        _ = try scratch.run(": > daemon.log")
        let daemon = try DaemonProcess(scratch)
        try daemon.wait(for: "READY=1")
        for _ in 0..<300 {
            if try scratch.run("grep -q 'rule set in force' daemon.log").status == 0, try done() { break }
        }
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
    }

    private func sent() throws -> [Substring] {
        ((try? scratch.text("sent.ndjson")) ?? "").split(separator: "\n")
    }

    /// With its fraction: what came before the rule went live, if only by that, is nobody's.
    private func now() throws -> String { try scratch.run("date -u +%Y-%m-%dT%H:%M:%S.%6NZ").printed[0] }

    private func count(_ state: String) throws -> Int { try nudged("deliveries list --state \(state)").count }

    /// Five decided and owed, a copy of the store, then all five sent.
    /// - Parameter copy: the command that makes the copy.
    private func sendFive(
        copy: String = "mkdir bak && cp nudged.db* bak/ && rm bak/*.mark bak/*.lock"
    ) throws {
        _ = try nudged("import members members.csv")
        try daemon(until: { true })
        let at = try now()
        try write(
            "visits.csv", "id,member_id,name,at\n" + (1...5).map { "v\($0),m\($0),store.visited,\(at)\n" }.joined())
        _ = try nudged("import events visits.csv")
        _ = try nudged("tick --at \(at)")
        #expect(try count("pending") == 5)
        #expect(try scratch.run(copy).status == 0)
        try daemon(until: { try count("accepted") == 5 })
        #expect(try sent().count == 5)
    }

    private func restore() throws { _ = try scratch.run("rm nudged.db nudged.db-*; cp bak/nudged.db* .") }

    @Test(
        "After imports into the restored store nothing goes out twice; settled, cancelled and released, the rest goes")
    func restored() throws {
        try sendFive()
        try restore()
        let rows = (1...3000).map { "x\($0),m\($0 % 5 + 1),page.viewed,2026-01-0\($0 % 9 + 1)T00:00:00Z\n" }
        try write("more.csv", "id,member_id,name,at\n" + rows.joined())
        _ = try nudged("import events more.csv")
        try daemon(until: { true })
        try daemon(until: { true })
        #expect(try sent().count == 5)
        #expect(try nudged("hold --list").first?.hasPrefix("rollback ") == true)
        #expect(try nudged("verify", status: 1).contains { $0.hasPrefix("I19 ") })
        // Nobody asked for this guard.
        _ = try nudged("hold --all --reason test")
        #expect(try nudged("release --all").contains { $0.hasPrefix("still held: rollback") })

        try write("taken.csv", "参考号\n" + sent()[..<3].joined(separator: "\n"))
        #expect(try nudged("deliveries settle taken.csv", status: 64).contains { $0.contains("--yes") })
        let unsettled = try scratch.run("echo n | nudged deliveries settle taken.csv")
        #expect(unsettled.status == 1 && unsettled.printed.last == "nothing was changed", "\(unsettled.printed)")
        #expect(try count("pending") == 5)
        let settled = try nudged("deliveries settle taken.csv --yes --json")
        #expect(settled.last == #"{"settled":3,"known":0,"left":0,"unmatched":[]}"#)
        let left = try nudged("deliveries list --state pending --json")
        #expect(left.count == 2)
        let member = try #require(left.first?.firstMatch(of: /"member":"(m\d)"/)?.1)
        #expect(
            try nudged("deliveries cancel --state pending --member \(member) --yes").last == "cancelled: 1 delivery")
        let refused = try scratch.run("echo n | nudged release --rollback")
        #expect(refused.status == 1 && refused.printed.last == "nothing was changed", "\(refused.printed)")
        let unheard = try nudged("release --rollback", status: 64)
        #expect(unheard.last?.contains("nobody to ask") == true, "\(unheard)")
        #expect(try nudged("hold --list").contains { $0.hasPrefix("rollback ") })
        let released = try nudged("release --rollback --yes")
        #expect(
            released.contains("goes out then: 1 deliveries") && released.contains { $0.hasPrefix("released: rollback") }
        )
        #expect(try nudged("verify").first == "every checked invariant holds")
        try daemon(until: { try count("accepted") == 4 })
        #expect(try sent().count == 6)
        #expect(try nudged("verify").first == "every checked invariant holds")
    }

    @Test(
        "A mark that is lost or empty holds a store that has sent, though nothing was put back",
        arguments: ["rm", ": >"])
    func lostMark(how: String) throws {
        try sendFive()
        _ = try scratch.run("\(how) nudged.db.mark")
        try daemon(until: { true })
        #expect(try nudged("hold --list").first?.hasPrefix("rollback ") == true)
    }

    @Test(
        "kill -9 between the intents and their mark, or just after it, raises no false hold",
        arguments: ["after_intent", "after_mark", "before_outcome"])
    func killed(place: String) throws {
        _ = try nudged("import members members.csv")
        try daemon(until: { true })
        let at = try now()
        try write("visits.csv", "id,member_id,name,at\nv1,m1,store.visited,\(at)\n")
        _ = try nudged("import events visits.csv")
        let killed = try DaemonProcess(scratch, environment: ["NUDGED_CRASH_AT": place])
        #expect(throws: DaemonProcess.Failure.self) { try killed.wait(for: "nothing: it ends") }
        killed.signal(SIGKILL)
        #expect(killed.end() == -SIGKILL)
        try daemon(until: { try count("unknown") == 1 })
        #expect(try nudged("hold --list") == ["nothing is held"])
        #expect(try sent().count == (place == "before_outcome" ? 1 : 0))
        #expect(try nudged("verify").first == "every checked invariant holds")
    }

    @Test("backup, five sent, restore, settle with what the replaced store handed over, release: nothing twice")
    func drill() throws {
        try sendFive(copy: "nudged backup copy.db && sha256sum -c copy.db.sha256 && nudged verify --copy copy.db")
        #expect(try nudged("verify --copy copy.db").first == "every checked invariant holds")
        let restored = try nudged("restore copy.db --yes --json")
        let answer = try #require(restored.last)
        #expect(answer.contains(#""held":true"#) && answer.contains(#""sent_since":""#), "\(answer)")
        #expect(answer.contains(#""sent_count":5"#))
        #expect(try count("pending") == 5)
        // Held from the restore on, not only from the next start.
        #expect(try nudged("hold --list").first?.hasPrefix("rollback ") == true)
        try daemon(until: { true })
        #expect(try sent().count == 5)
        let settled = try nudged("deliveries settle nudged.db.sent-since-backup --yes --json")
        #expect(settled.last == #"{"settled":5,"known":0,"left":0,"unmatched":[]}"#)
        #expect(try nudged("release --rollback --yes").contains { $0.hasPrefix("released: rollback") })
        try daemon(until: { true })
        #expect(try sent().count == 5)
        #expect(try nudged("verify").first == "every checked invariant holds")
    }

    @Test(
        "a store that is removed or replaced under its daemon ends it at once, and what stands there then is held",
        arguments: ["rm nudged.db", "mv bak/nudged.db nudged.db"])
    func takenAway(how: String) throws {
        try sendFive(copy: "mkdir bak && nudged backup bak/nudged.db")
        let running = try DaemonProcess(scratch)
        try running.wait(for: "READY=1")
        #expect(try scratch.run(how).status == 0)
        // Reads what it says until it ends.
        #expect(throws: DaemonProcess.Failure.self) { try running.wait(for: "nothing: it ends") }
        running.signal(SIGKILL)
        #expect(running.end() == 78)
        let words = "nudged.db was removed or replaced while the daemon ran; put its file back"
        let log = try scratch.text("daemon.log")
        #expect(running.told.contains(words) && log.contains(words), "\(running.told)")
        #expect(try scratch.files().contains { $0.hasPrefix("nudged.db-wal.removed-") })
        try daemon(until: { true })
        #expect(try nudged("hold --list").first?.hasPrefix("rollback ") == true)
        #expect(try sent().count == 5)
    }

    @Test("a backup of the same moment, put back, holds nothing: nothing has left since")
    func sameMoment() throws {
        try sendFive()
        _ = try nudged("backup copy.db")
        let restored = try nudged("restore copy.db --yes")
        #expect(restored.contains("nothing has left since the backup: the daemon may start"), "\(restored)")
        try daemon(until: { true })
        #expect(try nudged("hold --list") == ["nothing is held"])
        #expect(try sent().count == 5)
    }

    @Test("refusals since the backup are carried over, and said; without the store of before they are lost aloud")
    func refusals() throws {
        try sendFive(copy: "nudged backup copy.db")
        _ = try nudged("backup copy.db")
        _ = try nudged("consents withdraw m1 --channel '*' --reason never")
        try write("no.csv", "address,reason\n13800000002,opt_out\n13800000003,complaint\n")
        _ = try nudged("import suppressions no.csv")
        let restored = try nudged("restore copy.db --yes")
        #expect(restored.contains("4 refusals since the backup are carried over"), "\(restored)")
        #expect(restored.contains("nothing has left since the backup: the daemon may start"), "\(restored)")
        #expect(try nudged("consents list m1 --json").contains { $0.contains(#""state":"withdrawn""#) })
        #expect(try nudged("consents list m2 --json").contains { $0.contains(#""state":"withdrawn""#) })
        #expect(try nudged("consents list m3 --json").contains { $0.contains("complaint") })
        #expect(try nudged("verify").first == "every checked invariant holds")

        _ = try scratch.run("rm nudged.db nudged.db-*")
        let lost = try nudged("restore copy.db --yes")
        #expect(lost.contains { $0.hasPrefix("REFUSALS SINCE THE BACKUP ARE LOST: ") }, "\(lost)")
        #expect(lost.contains("all sending is held until then"), "\(lost)")
        #expect(try nudged("hold --list").first?.hasPrefix("rollback ") == true)
        #expect(try nudged("release --rollback --yes").contains { $0.hasPrefix("released: rollback") })
        #expect(try nudged("hold --list") == ["nothing is held"])
    }

    @Test("what is no sound backup is refused, and the store stays as it is")
    func refused() throws {
        _ = try nudged("import members members.csv")
        _ = try nudged("backup copy.db")
        #expect(try scratch.run("stat -c %a copy.db").printed == ["600"])
        _ = try scratch.run("cp copy.db changed.db && cp copy.db.sha256 changed.db.sha256 && printf x >> changed.db")
        #expect(try nudged("restore changed.db --yes", status: 2).first?.contains("is not what its checksum") == true)
        #expect(try nudged("verify --copy changed.db", status: 2).first?.contains("is not what its checksum") == true)
        _ = try scratch.run("head -c 9000 copy.db > half.db")
        #expect(try nudged("restore half.db --yes", status: 2).count == 1)
        // One of a newer version is refused before anything is replaced.
        try write(
            "later.py",
            """
            import sqlite3
            db = sqlite3.connect("later.db")
            db.execute("INSERT INTO grdb_migrations VALUES ('v99-later')")
            db.commit()
            """)
        #expect(try scratch.run("cp copy.db later.db && python3 later.py").status == 0)
        #expect(try nudged("restore later.db --yes", status: 2).first?.contains("newer nudged") == true)
        #expect(try nudged("verify").first == "every checked invariant holds")
        #expect(try nudged("restore nothing.db --yes", status: 2).first == "there is no file nothing.db")
        #expect(try nudged("restore nudged.db --yes", status: 2).first?.hasSuffix("is the store itself") == true)
        // Neither the store nor a file of somebody else is written over.
        #expect(try nudged("backup nudged.db", status: 2).first?.contains("is not a backup") == true)
        #expect(try nudged("backup members.csv", status: 2).first?.contains("is not a backup") == true)
        // Nor a device, reached by a name of the test's own; and what may never end is not read.
        _ = try scratch.run("mkfifo pipe && ln -s /dev/null null && mkdir folder")
        for name in ["pipe", "null", "folder"] {
            #expect(try nudged("backup \(name)", status: 2).first?.contains("is not a backup") == true)
            for command in ["restore \(name) --yes", "verify --copy \(name)", "ingest \(name)"] {
                #expect(
                    try nudged(command, status: 2).first?.hasPrefix("\(name) is a pipe, a device or a folder") == true)
            }
            let run = try nudged("dry-run --fixtures \(name) --at 2026-03-07", status: 2)
            #expect(run.last == "\(name): is a pipe, a device or a folder; name a file of fixtures")
        }
        #expect(try scratch.run("test -p pipe && test -L null && test -d folder").status == 0)
        #expect(try nudged("backup copy.db").first?.hasPrefix("copy.db: 5 members, 0 deliveries owed") == true)
        #expect(try scratch.run("ls").printed.filter { $0.contains("partial") || $0.contains("replaced") } == [])
    }

    @Test("a store that a daemon has is not replaced; one that is gone is made anew, and held")
    func inUse() throws {
        try sendFive(copy: "nudged backup copy.db")
        let daemon = try DaemonProcess(scratch)
        try daemon.wait(for: "READY=1")
        #expect(try nudged("restore copy.db --yes", status: 75).first?.contains("in use by another daemon") == true)
        // A backup is taken beside it.
        _ = try nudged("backup later.db")
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
        _ = try scratch.run("rm nudged.db nudged.db-*")
        let restored = try nudged("restore later.db --yes")
        #expect(!restored.contains { $0.hasPrefix("the store of before") })
        #expect(try nudged("verify").first == "every checked invariant holds")
    }
}
