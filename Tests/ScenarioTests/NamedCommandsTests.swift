import ArgumentParser
import Foundation
import Intake
import TestSupport
import Testing

@testable import nudged

/// `nudged COMMAND` wherever a text names one: documents, the example rules, and what the program itself prints.
@Suite("Named commands")
struct NamedCommandsTests {
    /// Command → its own commands; those of `import` are its kinds.
    private static let commands: [String: Set<String>] = {
        func names(_ command: any ParsableCommand.Type) -> [String: any ParsableCommand.Type] {
            command.configuration.subcommands.reduce(into: [:]) { $0[$1.configuration.commandName ?? ""] = $1 }
        }
        var all = names(Nudged.self).mapValues { Set(names($0).keys) }
        all["import"] = Set(ImportKind.allCases.map(\.rawValue))
        all["help"] = []
        return all
    }()

    /// What is wrong with a text: commands that are not there. In rules, every `nudged WORD` is a command; elsewhere those
    /// in code, at a prompt and in examples, since a sentence may go on after the name of the program.
    private static func unknown(in text: String, isOfRules: Bool) -> [String] {
        let pattern =
            isOfRules
            ? /nudged ([a-z][a-z-]*)(?: ([a-z][a-z_-]*))?/ : /(?:`|\$ |\n +)nudged ([a-z][a-z-]*)(?: ([a-z][a-z_-]*))?/
        return text.matches(of: pattern).compactMap { match in
            guard let own = commands[String(match.1)] else { return String(match.1) }
            guard let word = match.2, !own.isEmpty, !own.contains(String(word)) else { return nil }
            return "\(match.1) \(word)"
        }
    }

    @Test(
        "are there, with their own commands and kinds of import",
        arguments: ["rules", "docs", "Sources", "systemd", "README.md", "README.zh-CN.md", "CHANGELOG.md"])
    func exist(place: String) throws {
        let root = ShippedRules.root.appending(path: place)
        let below = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        let files = [root] + (below?.compactMap { $0 as? URL } ?? [])
        let kinds = ["md", "yaml", "swift", "service"]
        for file in files where kinds.contains(file.pathExtension) {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(Self.unknown(in: text, isOfRules: place == "rules") == [], "\(file.path)")
        }
    }

    @Test("a slip in one is found")
    func slips() {
        #expect(Self.unknown(in: "券码用 nudged import codes 导入", isOfRules: true) == ["import codes"])
        #expect(Self.unknown(in: "`nudged chekc`, and nudged sends", isOfRules: false) == ["chekc"])
        #expect(Self.unknown(in: "`nudged members show lin`", isOfRules: false) == [])
    }
}
