import Foundation
import Testing

@Suite("Slips of operators")
struct OperatorSlipTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        #expect(try scratch.run("nudged init .").status == 0)
        try scratch.write("id,phone,status\nm1,13800000001,active\n", to: "members.csv")
        #expect(try scratch.run("nudged import members members.csv").status == 0)
    }

    @Test(
        "A name that nobody knows selects nothing in silence nowhere",
        arguments: [
            ("deliveries list --rule birthday-gifd", 64, "birthday-gift"),
            ("deliveries cancel --rule birthday-gifd --yes", 64, "birthday-gift"),
            ("deliveries retry --channel smss --yes", 64, "sms"),
            ("deliveries list --member m11", 2, "m1"),
            ("tasks escalate --to manager --rule vip-inactive-90", 64, "vip-inactive-90d"),
            ("report --since 2026-12-02 --until 2026-12-01", 64, "--until"),
        ])
    func names(command: String, status: Int32, near: String) throws {
        let run = try scratch.run("nudged \(command)")
        #expect(run.status == status && run.printed.joined().contains(near), "\(run.printed)")
    }

    @Test(
        "A result that cannot be written is an error in one sentence",
        arguments: ["status", "fields", "check", "--help"])
    func fullDisk(command: String) throws {
        let run = try scratch.run("nudged \(command) > /dev/full")
        #expect(run.status == 2 && run.printed.count == 1, "\(run.status) \(run.printed)")
        #expect(run.printed.first?.hasPrefix("nudged: the result could not be written: No space left") == true)
    }

    /// Runs it as a user whom permissions hold back, also where root runs the tests.
    private func asNobody(_ command: String) throws -> Scratch.Run {
        guard geteuid() == 0 else { return try scratch.run(command) }
        return try scratch.run("chown -R 65534 . && setpriv --reuid=65534 --clear-groups \(command)")
    }

    @Test(
        "A folder that cannot be read is named, and does not read as empty",
        arguments: [
            "check", "fmt --check", "test", "plan", "tick --at 2026-03-07",
            "dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-07",
        ], ["rules/cookbook", "rules"])
    func unreadableFolder(command: String, folder: String) throws {
        #expect(try scratch.run("chmod 000 \(folder)").status == 0)
        let run = try asNobody("nudged \(command)")
        #expect(try scratch.run("chmod 755 \(folder)").status == 0)
        #expect(run.status != 0, "\(run.printed)")
        #expect(run.printed.contains { $0.contains("\(folder)") && $0.contains("cannot be read") }, "\(run.printed)")
    }

    @Test("Whether a store may not be read, or not be written, is said as it is")
    func unreadableStore() throws {
        #expect(try scratch.run("chmod 000 nudged.db").status == 0)
        let read = try asNobody("nudged status")
        #expect(read.status == 2 && read.printed.last?.contains("may not read it") == true, "\(read.printed)")
        #expect(try scratch.run("chmod 400 nudged.db").status == 0)
        let write = try asNobody("nudged hold --all --reason x")
        #expect(write.status == 2 && write.printed.last?.contains("may not write it") == true, "\(write.printed)")
    }

    @Test("Nobody's number is quoted from a file of members that was put among the rules")
    func foreignFile() throws {
        try scratch.write("id,phone\nm1,13800000001\nm2,13900000002\n", to: "rules/oops.yaml")
        let run = try scratch.run("nudged check; nudged status; nudged run --config members.csv")
        let text = run.printed.joined(separator: "\n")
        #expect(text.contains("rules/oops.yaml:1:1"))
        #expect(!text.contains("13800000001") && !text.contains("13900000002"), "\(text)")
    }
}
