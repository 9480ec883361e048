import Foundation
import Testing

/// `nudged check --store`: the third stage, on a store that was filled by an import.
@Suite("check with a store")
struct StoreCheckTests {
    private func shop() throws -> Scratch {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(
            at: scratch.directory.appending(path: "rules"), withIntermediateDirectories: true)
        try write(rule(""), to: "rules/a.yaml", in: scratch)
        try write("id,region\nlin,east\nzhao,\nfeng,overseas\nleap,\n", to: "members.csv", in: scratch)
        #expect(try scratch.run("nudged import members members.csv --store sqlite:s.db").status == 0)
        return scratch
    }

    private func write(_ text: String, to path: String, in scratch: Scratch) throws {
        try text.write(to: scratch.directory.appending(path: path), atomically: true, encoding: .utf8)
    }

    private func rule(_ comment: String) -> String {
        """
        # yaml-language-server: $schema=../.nudged/rules.v1.schema.json
        version: 1
        rules:
          - id: r
            status: live
            owner: crm-team
            purpose: marketing
            when: {birthday: {}}
            if:
              member.region: {none_of: [overseas]}\(comment)
            do: [{add_tag: x}]

        """
    }

    @Test("counts whom a negative test also reaches, in every form; without a store it says nothing")
    func counted() throws {
        let scratch = try shop()
        #expect(try scratch.run("nudged check").printed == ["no findings in 1 file."])
        let run = try scratch.run("nudged check --store sqlite:s.db --format short")
        #expect(run.status == 0)
        let sentence = "`none_of` also matches the 2 members whose region is empty"
        #expect(run.printed.filter { !$0.isEmpty } == ["rules/a.yaml:10:23: warning[R211] \(sentence)"])
        #expect(try scratch.run("nudged check --store sqlite:s.db --deny warnings").status == 1)
        for form in ["json", "github", "junit", "sarif"] {
            let printed = try scratch.run("nudged check --store sqlite:s.db --format \(form)").printed
            #expect(printed.contains { $0.contains(sentence) }, "\(form)")
        }
        let chinese = try scratch.run("nudged check --store sqlite:s.db --lang zh-CN").printed
        #expect(chinese.first == "警告[R211]: `none_of` 也会选中 2 位地区为空的会员")
    }

    @Test("a comment allows it, and is unused only where a store was asked and had nothing to say")
    func allowed() throws {
        let scratch = try shop()
        try write(rule("  # nudged: allow R211 missing regions are domestic"), to: "rules/a.yaml", in: scratch)
        #expect(try scratch.run("nudged check --deny warnings").status == 0)
        #expect(try scratch.run("nudged check --store sqlite:s.db --deny warnings").status == 0)
        try write("id,region\nzhao,east\nleap,east\n", to: "more.csv", in: scratch)
        _ = try scratch.run("nudged import members more.csv --store sqlite:s.db")
        #expect(try scratch.run("nudged check").printed == ["no findings in 1 file."])
        let unused = try scratch.run("nudged check --store sqlite:s.db --format short").printed
        #expect(unused.first?.contains("[R021] this comment allows `R211`") == true)
    }

    @Test("a comment that allows what the files show is used once, not unused the second time")
    func once() throws {
        let scratch = try shop()
        try write(
            rule("").replacing(
                "when: {birthday: {}}", with: "when: {inactive: {for: 60d}}  # nudged: allow R260 new shop"),
            to: "rules/a.yaml", in: scratch)
        #expect(try scratch.run("nudged check --deny warnings").printed == ["no findings in 1 file."])
    }

    @Test("a store that is not there, or is none, is exit 2")
    func noStore() throws {
        let scratch = try shop()
        for url in ["sqlite:none.db", "sqlite:members.csv", "s.db"] {
            #expect(try scratch.run("nudged check --store \(url)").status == 2, "\(url)")
        }
        #expect(!FileManager.default.fileExists(atPath: scratch.directory.appending(path: "none.db").path))
    }
}
