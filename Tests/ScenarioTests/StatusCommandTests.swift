import Foundation
import Testing

/// `nudged status`: one screen for operators, and an exit code for their monitoring.
@Suite("Status", .serialized)
struct StatusCommandTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        #expect(try scratch.run("nudged init .").status == 0)
        try scratch.write("id,phone,status\nm1,13800000001,active\n", to: "members.csv")
        #expect(try scratch.run("nudged import members members.csv").status == 0)
    }

    /// Holds the store's lock as a daemon does, while the command behind it runs.
    private static let daemon = "flock nudged.db.lock "

    /// The codes of what needs a person, and the rest of the object.
    private func status(
        beside daemon: String = StatusCommandTests.daemon
    ) throws -> (codes: [String], object: [String: Any], exit: Int32) {
        let run = try scratch.run("\(daemon)nudged status --json")
        let line = try #require(run.printed.first)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let attention = try #require(object["attention"] as? [[String: Any]])
        return (attention.compactMap { $0["code"] as? String }, object, run.status)
    }

    private func tick() throws { #expect(try scratch.run("nudged tick --at \"$(date -u +%FT%TZ)\"").status == 0) }

    @Test(
        "a store without a daemon needs a person, also right after its rules were evaluated; one with a daemon does not"
    )
    func running() throws {
        let before = try status(beside: "")
        #expect(before.codes == ["not_running"] && before.exit == 1)
        #expect(before.object["ok"] as? Bool == false)
        try tick()
        let after = try status()
        #expect(after.codes == [] && after.exit == 0, "\(after)")
        #expect((after.object["rules"] as? [String: Any])?["directory"] as? String == "same")
        #expect(try scratch.run("\(Self.daemon)nudged status").printed.last == "all is well")
        #expect(try scratch.run("\(Self.daemon)nudged status --lang zh-CN").printed.last == "一切正常")
        let gone = try status(beside: "")
        #expect(gone.codes == ["not_running"] && gone.exit == 1, "\(gone)")
        #expect((gone.object["daemon"] as? [String: Any])?["running"] as? Bool == false)
    }

    @Test("a stop says who and why, and how it ends; both languages make the exit code 1")
    func stops() throws {
        try tick()
        #expect(try scratch.run("nudged hold --channel sms --reason 'wrong price'").status == 0)
        let found = try status()
        #expect(found.codes == ["held"] && found.exit == 1)
        let english = try scratch.run("\(Self.daemon)nudged status")
        #expect(english.status == 1)
        #expect(
            english.printed.contains { $0.hasPrefix("stops      channel:sms  since ") && $0.hasSuffix(": wrong price") }
        )
        #expect(english.printed.last?.hasSuffix("→ `nudged release --channel sms` when it may go on") == true)
        let chinese = try scratch.run("\(Self.daemon)nudged status --lang zh-CN")
        #expect(chinese.status == 1 && chinese.printed.contains("需要处理：1 项"), "\(chinese.printed)")
    }

    @Test("the rules directory differs until it is taken, and a broken one is refused with its first finding")
    func directory() throws {
        try tick()
        let rules = try scratch.text("rules/lifecycle.yaml")
        try scratch.write(
            rules.replacing("10:00", with: "10:30").replacing("09:30", with: "09:40"), to: "rules/lifecycle.yaml")
        let edited = try status()
        #expect((edited.object["rules"] as? [String: Any])?["directory"] as? String == "differs")
        #expect(edited.codes == [])
        try scratch.write(rules + "  nonsense: [\n", to: "rules/lifecycle.yaml")
        let broken = try status()
        #expect(broken.codes == ["rules_refused"] && broken.exit == 1)
        #expect(
            try scratch.run("nudged status").printed.contains {
                $0.contains("the directory is refused: rules/lifecycle.yaml:")
            })
    }

    @Test("a file that goes missing with all that is live is refused, by a tick and by the test before a start, too")
    func missing() throws {
        try tick()
        #expect(try scratch.run("mv rules/lifecycle.yaml lifecycle.yaml").status == 0)
        let missing = try status()
        #expect(missing.codes == ["rules_refused"] && missing.exit == 1)
        for (command, exit) in [("tick --at \"$(date -u +%FT%TZ)\"", Int32(78)), ("check --config nudged.yaml", 1)] {
            let run = try scratch.run("nudged \(command)")
            #expect(run.status == exit, "\(run.printed)")
            #expect(run.printed.contains { $0.contains("no live rule is left") }, "\(run.printed)")
        }
        try scratch.write("version: 1\nrules: []\n", to: "rules/lifecycle.yaml")
        try tick()
        #expect(try status().codes == [])
    }

    @Test("it reads only: no store is made, and the file that is there stays as it was")
    func readsOnly() throws {
        #expect(try scratch.run("nudged status --store sqlite:other.db").status == 2)
        #expect(!FileManager.default.fileExists(atPath: scratch.directory.appending(path: "other.db").path))
        let before = try Data(contentsOf: scratch.directory.appending(path: "nudged.db"))
        _ = try status()
        #expect(try Data(contentsOf: scratch.directory.appending(path: "nudged.db")) == before)
    }

    @Test(
        "--watch prints again and again, until its reader leaves, whatever its parent does with signals",
        arguments: ["", "trap '' PIPE; ", "env --block-signal "])
    func watch(parent: String) throws {
        let run = try scratch.run(parent + "nudged status --watch --json | head -n 2")
        #expect(run.printed.count == 2 && run.printed.allSatisfy { $0.hasPrefix("{\"at\":") }, "\(run.printed)")
    }
}
