import Foundation
import TestSupport
import Testing

/// The built program on stores that are damaged, old, or not ours.
@Suite struct DamagedStoreTests {
    @Test("no cell that is damaged ends a process by a trap, or has SQL printed")
    func cells() throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["NUDGED_SEED"] ?? "20261129"
        let count = environment["NUDGED_DAMAGES"] ?? "150"
        let scratch = try Scratch()
        let root = ShippedRules.root.path
        let run = try scratch.run(
            "python3 \(root)/Tests/Tools/damage_cells.py \(Scratch.binaries.path)/nudged \(root)/Tests/Stores/0.1.0.sql "
                + "\(seed) \(count)")
        #expect(run.status == 0, "\(run.printed.joined(separator: "\n"))")
        #expect(run.printed.last?.hasPrefix("\(count) damaged cells, 0 faults") == true)
    }

    @Test("a daemon starts on a store with rows in every table, and after the first draw")
    func everyTable() throws {
        let scratch = try Scratch()
        let root = ShippedRules.root.path
        let made = try scratch.run(
            """
            nudged init . && python3 \(root)/Tests/Tools/fill_tables.py nudged.db \(root)/Tests/Stores/0.1.0.sql && \
            printf 'id\\ns1\\n' > s.csv && nudged import stores s.csv && python3 \(root)/Tests/Tools/fill_tables.py nudged.db
            """)
        #expect(made.status == 0 && made.printed.last == "no empty table", "\(made.printed)")
        for round in 0..<2 {
            let daemon = try DaemonProcess(scratch)
            try daemon.wait(for: "READY=1")
            // The second start finds a daemon that was killed, and checks every table.
            daemon.signal(round == 0 ? SIGKILL : SIGTERM)
            #expect(daemon.end() == (round == 0 ? -SIGKILL : 0))
        }
    }

    @Test("a damaged store answers every command with 2 and one sentence, and the daemon with 78")
    func noStore() throws {
        let scratch = try Scratch()
        let made = try scratch.run(
            """
            nudged init . && printf 'id\\ns1\\n' > s.csv && nudged import stores s.csv
            head -c 20000 /dev/urandom | base64 > nudged.db && rm -f nudged.db-*
            """)
        #expect(made.status == 0)
        let commands = [
            "tick --at '2026-03-01 09:00'", "verify", "deliveries list", "tasks", "hold --list",
            "hold --all --reason x",
            "release --all", "import members members.csv", "check --store sqlite:nudged.db",
            "plan", "explain --rule birthday-gift --member lin --at 2026-03-07", "status", "status --json", "audit",
            "audit verify", "members show lin", "members export lin --reveal x", "members erase lin --reason x --yes",
            "members merge lin bo --yes", "consents list lin", "consents grant lin --channel sms --proof x", "report",
            "deliveries list --count-by state", "tasks escalate --to boss",
        ]
        try Data("id\nlin\n".utf8).write(to: scratch.directory.appending(path: "members.csv"))
        for command in commands {
            let run = try scratch.run("nudged \(command)")
            #expect(run.status == 2, "\(command): \(run)")
            #expect(run.printed.allSatisfy { !$0.contains("PRAGMA") && !$0.contains("SELECT") }, "\(command): \(run)")
        }
        let daemon = try scratch.run("nudged run")
        #expect(
            daemon.status == 78 && daemon.printed.last?.contains("is a text file, not a store") == true, "\(daemon)")
    }

    @Test("no command but those that make stores makes one")
    func mistyped() throws {
        let scratch = try Scratch()
        for command in [
            "verify", "deliveries list", "tasks", "hold --list", "hold --all --reason x", "release --all",
            "tasks done r lin o", "apply plan.json", "status", "audit", "members show lin",
            "members erase lin --reason x", "members merge lin bo",
            "consents withdraw lin --channel sms --reason x", "report",
        ] {
            let run = try scratch.run("nudged \(command) --store sqlite:nowhere.db")
            #expect(run.status == 2 || run.status == 64, "\(command): \(run)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.directory.path).isEmpty)
    }

    @Test("one store has one daemon, whatever name is used; a second name of the file is refused")
    func links() throws {
        let scratch = try Scratch()
        let made = try scratch.run(
            """
            nudged init . && printf 'id\\ns1\\n' > s.csv && nudged import stores s.csv
            mkdir l && ln -s ../nudged.db l/link.db
            """)
        #expect(made.status == 0)
        let daemon = try DaemonProcess(scratch)
        try daemon.wait(for: "READY=1")
        #expect(try scratch.run("nudged tick --at '2026-03-01 09:00' --store sqlite:l/link.db").status == 75)
        _ = try scratch.run("ln nudged.db hard.db")
        let second = try scratch.run("nudged tick --at '2026-03-01 09:00' --store sqlite:hard.db")
        #expect(second.status == 2 && second.printed.last?.contains("hard links") == true, "\(second)")
        daemon.signal(SIGTERM)
        #expect(daemon.end() == 0)
    }

    @Test("standard error and a notify socket that nobody reads stop nothing")
    func unread() throws {
        let scratch = try Scratch()
        let script = """
            import os, signal, socket, subprocess, sys
            reader, writer = os.pipe()
            os.set_blocking(writer, False)
            try:
                while True: os.write(writer, b"x" * 4096)
            except BlockingIOError: pass
            os.set_blocking(writer, True)
            notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            notify.bind("n")
            filler = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            told = {"NOTIFY_SOCKET": os.path.abspath("n"), "WATCHDOG_USEC": "4000000"}
            first = subprocess.Popen(["nudged", "run"], stderr=writer, env={**os.environ, **told})
            notify.settimeout(60)
            while not notify.recv(4096).startswith(b"READY=1"): pass
            while not notify.recv(4096).startswith(b"WATCHDOG=1"): pass
            filler.setblocking(False)
            try:
                while True: filler.sendto(b"x", "n")
            except BlockingIOError: pass
            first.send_signal(signal.SIGTERM)
            print(first.wait(60))
            """
        try Data(script.utf8).write(to: scratch.directory.appending(path: "unread.py"))
        let run = try scratch.run("nudged init . && python3 unread.py")
        #expect(run.printed.last == "0", "\(run)")
    }

    private static let canMount =
        (try? Scratch().run("mkdir d && unshare -m mount -t tmpfs tmpfs d").status) == 0

    @Test("a disk that is full at the start ends it with 75, store or not", .enabled(if: canMount, "needs to mount"))
    func fullDisk() throws {
        let scratch = try Scratch()
        let script = """
            mkdir disk && mount -t tmpfs -o size=2m tmpfs disk && cd disk && nudged init . >/dev/null || exit 77
            [ "$1" = old ] && printf 'id\\nlin\\n' > m.csv && nudged import members m.csv >/dev/null
            head -c 3000000 /dev/zero > fill 2>/dev/null
            nudged run; echo "exit $?"
            """
        try Data(script.utf8).write(to: scratch.directory.appending(path: "full.sh"))
        for store in ["new", "old"] {
            let run = try scratch.run("unshare -m sh full.sh \(store)")
            #expect(run.printed.last == "exit 75", "\(store): \(run)")
            #expect(run.printed.contains { $0.contains("disk") && !$0.contains("SQL") }, "\(store): \(run)")
            _ = try scratch.run("rm -rf disk")
        }
    }
}
