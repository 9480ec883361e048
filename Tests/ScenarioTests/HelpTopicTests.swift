import Foundation
import TestSupport
import Testing

@testable import nudged

/// `nudged help`, alone, with a topic, with a command, and with a slip.
@Suite("Help by topic")
struct HelpTopicTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func help(_ words: String) throws -> Scratch.Run { try scratch.run("nudged \(words)") }

    @Test("alone lists every command and every topic, in the language asked for")
    func overview() throws {
        let run = try help("help")
        #expect(run.status == 0 && run.printed.contains("COMMANDS  (nudged help COMMAND)"))
        for topic in HelpTopic.all {
            #expect(run.printed.contains { $0.hasPrefix("  \(topic.name) ") }, "\(topic.name)")
        }
        #expect(run.printed.contains { $0.hasPrefix("  dry-run ") })
        #expect(try help("--lang zh-CN help").printed.contains("主题（nudged help 主题）"))
        #expect(try help("help --lang zh-CN").printed.contains("主题（nudged help 主题）"))
    }

    @Test(
        "prints a topic by its name, by another word and in another spelling",
        arguments: ["caps", "Caps", "at_most"])
    func topic(_ word: String) throws {
        let run = try help("help \(word)")
        #expect(run.status == 0 && run.printed.first == "Caps and limits: how often")
        #expect(run.printed.last == "More: docs/how-it-decides.md")
        #expect(try help("help \(word) --lang zh-CN").printed.first == "频次上限：多久一条")
    }

    @Test(
        "knows what engineers and operators look for",
        arguments: [
            ("unsubscribe_url", "Links in messages: unsubscribing and counted clicks"),
            ("mapping", "Where events come from: posts, mappings, folders"), ("ops", "Looking after a daemon"),
        ])
    func running(_ word: String, _ title: String) throws {
        let run = try help("help \(word)")
        #expect(run.status == 0 && run.printed.first == title)
        #expect(run.printed.count <= 24, "a topic fits on a screen")
    }

    @Test("answers a slip with the nearest topic or command, and a command with its own help")
    func slips() throws {
        let slip = try help("help templats")
        #expect(slip.status == 64)
        #expect(
            slip.printed == [
                "there is no command and no topic `templats`; did you mean `templates`?",
                "`nudged help` lists them all",
            ])
        let command = try help("help check")
        let same = try help("check --help").printed
        #expect(command.status == 0 && command.printed == same)
        #expect(try help("help import members").printed == help("import --help members").printed)
    }

    @Test(
        "each topic names pages that are there, no word twice, and the same examples in both languages")
    func pages() throws {
        let docs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs")
        for topic in HelpTopic.all {
            for page in ["\(topic.page).md", "\(topic.page).zh-CN.md"] {
                #expect(
                    FileManager.default.fileExists(atPath: docs.appending(path: page).path),
                    "\(topic.name): \(page)")
            }
            // What stands in braces is an example, but for words of a template.
            for example in topic.text.english.matches(of: /\{[^{}%]*\}/).map({ String($0.0) }) {
                #expect(topic.text.chinese.contains(example), "\(topic.name): \(example)")
            }
        }
        let words = HelpTopic.all.flatMap { [$0.name] + $0.others }
        #expect(Set(words).count == words.count)
    }

    @Test("the topics and the pages of codes are those that docs/help and docs/findings hold")
    func embedded() throws {
        let run = try scratch.run("python3 \(ShippedRules.root.path)/Tests/Tools/embed_pages.py --check")
        #expect(run.status == 0, "\(run.printed.joined(separator: "\n"))")
    }
}

/// `nudged fields` in a workspace.
@Suite("Fields of a workspace")
struct FieldsCommandTests {
    @Test(
        "lists the attributes and derived fields of fields.yaml behind those of a member, and none elsewhere"
    )
    func own() throws {
        let scratch = try Scratch()
        let before = try scratch.run("nudged fields member").printed
        try scratch.write(
            """
            # yaml-language-server: $schema=../.nudged/fields.v1.schema.json
            version: 1
            fields:
              - {id: member.attr.due_date, type: date, description: 预产期}
              - {id: member.visits, type: number, description: 到店次数, can_be_missing: false, sql: {sqlite: "0", postgresql: "0"}}
            """ + "\n", to: "rules/fields.yaml")
        let run = try scratch.run("nudged fields member")
        #expect(run.status == 0 && run.printed.dropLast(2) == before[...])
        #expect(
            run.printed.suffix(2) == [
                "member.attr.due_date              date?\t预产期  [fields.yaml]",
                "member.visits                     number\t到店次数  [fields.yaml]",
            ])
        #expect(
            try scratch.run("nudged fields order").printed.allSatisfy { !$0.contains("fields.yaml") })
        #expect(
            try scratch.run("nudged fields --json").printed.last?.hasSuffix(#""own":true}"#) == true)
        // Another folder, and another error in it: what can be read is listed.
        _ = try scratch.run(
            "mv rules shop && printf 'version: 1\\nstore: {url: \"sqlite:a.db\"}\\nrules_dir: shop\\n' > nudged.yaml"
        )
        try scratch.write("version: 1\nrules: [{id: a}]\n", to: "shop/broken.yaml")
        #expect(try scratch.run("nudged fields member").printed.suffix(2) == run.printed.suffix(2))
    }
}
