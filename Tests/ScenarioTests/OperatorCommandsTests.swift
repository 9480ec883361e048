import Foundation
import TestSupport
import Testing

/// What operators type, with slips in it.
@Suite("Commands of operators", .serialized)
struct OperatorCommandsTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        #expect(try scratch.run("nudged init . && mkdir -p out").status == 0)
        try write("members.csv", "id,phone,status\nm1,13800000001,active\n")
        #expect(try scratch.run("nudged import members members.csv").status == 0)
    }

    private func write(_ path: String, _ text: String) throws {
        try text.write(to: scratch.directory.appending(path: path), atomically: true, encoding: .utf8)
    }

    struct Slip: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var says: String
        init(_ command: String, says: String) { (testDescription, self.says) = (command, says) }
    }

    @Test(
        "A stop or release of a name that nobody knows is refused, with the nearest, and changes nothing",
        arguments: [
            Slip("hold --rule birthday-gfit --reason x", says: "did you mean `birthday-gift`?"),
            Slip("hold --channel smss --reason x", says: "did you mean `sms`?"),
            Slip("release --rule birthday-gfit", says: "did you mean `birthday-gift`?"),
            Slip("release --channel smss", says: "did you mean `sms`?"),
            Slip("hold --rule birthday-gfit --reason x --lang zh-CN", says: "是不是 `birthday-gift`？"),
        ])
    func names(slip: Slip) throws {
        let run = try scratch.run("nudged \(slip.testDescription)")
        #expect(run.status == 64 && run.printed.contains { $0.contains(slip.says) }, "\(run.printed)")
        #expect(try scratch.run("nudged hold --list").printed == ["nothing is held"])
    }

    @Test("A known name is held and released by name; one that comes later needs --force")
    func known() throws {
        #expect(try scratch.run("nudged hold --rule birthday-gift --reason x").status == 0)
        #expect(try scratch.run("nudged hold --rule next-year --reason y --force").status == 0)
        #expect(try scratch.run("nudged hold --channel sms --reason z").status == 0)
        let listed = try scratch.run("nudged hold --list").printed
        #expect(listed.count == 3 && listed.allSatisfy { $0.contains("+08:00 by ") }, "\(listed)")
        let all = try scratch.run("nudged release --all").printed
        #expect(all.first == "nothing was held under all" && all.count == 4, "\(all)")
        let released = try scratch.run("nudged release --rule next-year --channel sms").printed
        #expect(released.count { $0.hasPrefix("released: ") } == 2)
        #expect(released.last?.hasPrefix("still held: rule:birthday-gift") == true)
    }

    @Test("An instant ahead of the clock is refused by a tick, and nothing is decided", arguments: ["en", "zh-CN"])
    func ahead(language: String) throws {
        #expect(try scratch.run("nudged tick --at '2026-03-07 09:00'").status == 0)
        let run = try scratch.run("nudged tick --at '2099-03-07 09:00' --lang \(language)")
        #expect(run.status == 64)
        #expect(run.printed.contains { $0.contains(language == "en" ? "ten minutes ahead" : "晚了十分钟以上") })
        #expect(try scratch.run("nudged tick --at '2026-03-07 09:01'").status == 0)
    }

    struct Output: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var command: String
        var file: String
        init(_ name: String, _ command: String, _ file: String) {
            (testDescription, self.command, self.file) = (name, command, file)
        }
    }

    @Test(
        "No output goes over a file that is not of its own kind",
        arguments: [
            Output("plan", "plan -o rules/lifecycle.yaml", "rules/lifecycle.yaml"),
            Output("plan over a list", "plan --output members.csv", "members.csv"),
            Output("schema", "schema --out out", "out/rules.v1.schema.json"),
            Output("rejected rows", "import members bad.csv", "bad.csv.rejected.csv"),
            Output("init", "init .", "nudged.yaml"),
        ])
    func outputs(output: Output) throws {
        let isThere = FileManager.default.fileExists(atPath: scratch.directory.appending(path: output.file).path)
        if !isThere { try write(output.file, "version: 1\n# mine\n") }
        try write("bad.csv", "id,phone,status\n,1,active\n")
        let before = try scratch.text(output.file)
        let run = try scratch.run("nudged \(output.command)")
        #expect(run.status == 2 && run.printed.contains { $0.contains("already") }, "\(run.printed)")
        #expect(try scratch.text(output.file) == before)
    }

    @Test("A file of the same kind is replaced, and an empty one")
    func ownKind() throws {
        for _ in 0..<2 { #expect(try scratch.run("nudged plan -o out/plan.json").status == 0) }
        #expect(try scratch.run("nudged plan -o out/plan.json && : > out/plan.json").status == 0)
        #expect(try scratch.run("nudged plan -o out/plan.json").status == 0)
        try write("bad.csv", "id,phone,status\n,1,active\n")
        for _ in 0..<2 { #expect(try scratch.run("nudged import members bad.csv").status == 1) }
        #expect(try scratch.text("bad.csv.rejected.csv").split(separator: "\r\n").count == 2)
    }

    @Test("What is no plan is not advised to be overwritten")
    func noAdvice() throws {
        let run = try scratch.run("nudged apply rules/lifecycle.yaml")
        #expect(run.status == 1)
        #expect(!run.printed.contains { $0.contains("-o rules/") }, "\(run.printed)")
    }

    @Test("Commands speak the language of --lang, else of nudged.yaml, else of the locale")
    func language() throws {
        func first(_ command: String) throws -> String { try scratch.run(command).printed.first ?? "" }
        #expect(try first("nudged hold --list") == "nothing is held")
        #expect(try first("LC_ALL=zh_CN.UTF-8 nudged hold --list") == "没有任何暂停")
        #expect(try first("LC_ALL= LANG=zh_CN.UTF-8 nudged check") == first("nudged check --lang zh-CN"))
        try write("nudged.yaml", try scratch.text("nudged.yaml") + "lang: zh-CN\n")
        #expect(try first("nudged hold --list") == "没有任何暂停")
        #expect(try first("nudged check") == first("nudged check --lang zh-CN"))
        #expect(try first("LC_ALL=zh_CN.UTF-8 nudged hold --list --lang en") == "nothing is held")
    }

    @Test("Cancel and retry ask, and need a choice", arguments: ["cancel", "retry"])
    func asks(command: String) throws {
        #expect(try scratch.run("nudged deliveries \(command) --yes").status == 64)
        #expect(try scratch.run("nudged deliveries \(command) --all --rule x --yes").status == 64)
        let none = try scratch.run("nudged deliveries \(command) --all --json")
        #expect(none.status == 0 && none.printed == [#"{"done":0,"left":{}}"#], "\(none.printed)")
        let slip = try scratch.run("nudged deliveries \(command) --state pendign")
        #expect(slip.status == 64 && slip.printed.contains { $0.contains("did you mean `pending`?") })
    }
}
