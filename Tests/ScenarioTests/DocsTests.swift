import Foundation
import Store
import TestSupport
import Testing

/// What the documents say is tried: their commands are run, their files are looked for.
@Suite("Documents")
struct DocsTests {
    private static let readmes = ["README.md", "README.zh-CN.md"]

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: ShippedRules.root.appending(path: path), encoding: .utf8)
    }

    /// Everything that people read, by its path in the repository.
    private static let documents: [String] = {
        let decisions = try? FileManager.default.contentsOfDirectory(
            atPath: ShippedRules.root.appending(path: "docs/decisions").path)
        return readmes + ["CHANGELOG.md", "docs/delivery-states.md", "docs/adding.md"]
            + (decisions ?? []).sorted().map { "docs/decisions/\($0)" }
    }()

    @Test(
        "every command of the README prints what the README shows, in its language",
        arguments: zip(readmes, ["C.UTF-8", "zh_CN.UTF-8"]))
    func commands(page: String, locale: String) throws {
        let shop = try Scratch()
        for step in ConsoleStep.all(in: try DocsTests.text(page)) {
            let printed = try shop.run(step.command, locale: locale).printed
            #expect(step.matches(printed), "`\(step.command)` printed:\n\(printed.joined(separator: "\n"))")
        }
    }

    @Test("both READMEs show the same commands and the same rule")
    func sameInBothLanguages() throws {
        let (english, chinese) = (try DocsTests.text("README.md"), try DocsTests.text("README.zh-CN.md"))
        let commands = [english, chinese].map { ConsoleStep.all(in: $0).map(\.command) }
        #expect(!commands[0].isEmpty && commands[0] == commands[1])
        #expect(english.fenced("yaml") == chinese.fenced("yaml"))
        #expect(DocsTests.commandNames(english) == DocsTests.commandNames(chinese))
    }

    /// Pages to work through, in both languages: those of docs/ that have a twin in Chinese and commands to type.
    private static let guides: [String] = {
        let names = ["docs", "docs/cookbook", "docs/sources"].flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: ShippedRules.root.appending(path: folder).path))
                ?? [])
                .map { "\(folder)/\($0)" }
        }
        return names.filter { $0.hasSuffix(".zh-CN.md") }.map { $0.replacing(".zh-CN.md", with: ".md") }.sorted()
            .filter { (try? text($0).contains("```console")) == true }
            // These need a daemon that listens: `EventSourceTests` and `APIDaemonTests` run them.
            .filter { $0 != "docs/sources.md" && $0 != "docs/api.md" }
    }()

    private static func twin(_ page: String) -> String { page.replacing(".md", with: ".zh-CN.md") }

    /// A block with a path behind its language is a file that the reader writes; a console block is what the reader types.
    @Test("every command of a guide prints what the guide shows, in its language", arguments: guides)
    func guide(page: String) throws {
        for (page, locale) in [(page, "C.UTF-8"), (DocsTests.twin(page), "zh_CN.UTF-8")] {
            let folder = try Scratch()
            for block in try DocsTests.text(page).fences {
                if let path = block.path { try folder.write(block.lines.joined(separator: "\n") + "\n", to: path) }
                for step in ConsoleStep.all(of: block) {
                    let printed = try folder.run(step.command, locale: locale).printed
                    #expect(
                        step.matches(printed), "\(page): `\(step.command)` printed:\n\(printed.joined(separator: "\n"))"
                    )
                }
            }
        }
    }

    @Test("a guide has its reader do the same in both languages", arguments: guides)
    func guideTwins(page: String) throws {
        let twins = [try DocsTests.text(page), try DocsTests.text(DocsTests.twin(page))]
        let commands = twins.map { $0.fences.flatMap(ConsoleStep.all(of:)).map(\.command) }
        #expect(!commands[0].isEmpty)
        #expect(commands[0] == commands[1])
        #expect(twins[0].fences.compactMap(\.path) == twins[1].fences.compactMap(\.path))
    }

    @Test("every page that a guide or README links to is there", arguments: readmes + guides + guides.map(twin))
    func links(page: String) throws {
        let folder = ShippedRules.root.appending(path: page).deletingLastPathComponent()
        for match in try DocsTests.text(page).matches(of: /\]\(([^)#:]+)(?:#[^)]*)?\)/) {
            let path = folder.appending(path: String(match.1)).path
            #expect(FileManager.default.fileExists(atPath: path), "\(page) links to \(match.1)")
        }
    }

    @Test("every command in the README's table exists")
    func commandTable() throws {
        let names = DocsTests.commandNames(try DocsTests.text("README.md"))
        #expect(names.count > 5)
        let scratch = try Scratch()
        for name in names {
            let help = try scratch.run("nudged help \(name)")
            #expect(help.status == 0 && help.printed.contains { $0.contains("USAGE: nudged \(name)") }, "\(name)")
        }
    }

    @Test("every file that a document names is there", arguments: documents)
    func files(document: String) throws {
        let text = try DocsTests.text(document)
        for match in text.matches(of: /`([A-Za-z0-9_.+-]+\/[A-Za-z0-9_.+\/-]*)`/) where !match.1.hasPrefix(".build/") {
            let path = ShippedRules.root.appending(path: String(match.1)).path
            #expect(FileManager.default.fileExists(atPath: path), "\(document) names \(match.1)")
        }
    }

    @Test("the drawing of delivery states has exactly the arrows of the code")
    func deliveryStates() throws {
        let rows = try DocsTests.text("docs/delivery-states.md").matches(of: /(?m)^\| ([a-z_]+) \| ([a-z_, ]+) \|$/)
        let drawn = rows.reduce(into: [String: Set<String>]()) { table, row in
            if row.1 != "from" { table[String(row.1)] = Set(row.2.split(separator: ", ").map(String.init)) }
        }
        for state in DeliveryState.allCases {
            let next = DeliveryState.allCases.filter(state.canBecome).map(\.rawValue)
            #expect(drawn[state.rawValue, default: []] == Set(next), "\(state.rawValue)")
            #expect(state.isTerminal == next.isEmpty, "\(state.rawValue)")
        }
    }

    /// From the first column: | `nudged demo` | …
    private static func commandNames(_ text: String) -> [String] {
        text.matches(of: /(?m)^\| `nudged ([a-z-]+)/).map { String($0.1) }
    }
}

/// A `$ command` of a console block and the lines below it. A line `…` stands for any number of lines.
struct ConsoleStep: Equatable {
    var command: String
    var expected: [String] = []

    static func all(in text: String) -> [ConsoleStep] { text.fences.flatMap(all(of:)) }

    fileprivate static func all(of block: Fence) -> [ConsoleStep] {
        var steps: [ConsoleStep] = []
        for line in block.language == "console" ? block.lines : [] {
            if line.hasPrefix("$ ") {
                steps.append(ConsoleStep(command: String(line.dropFirst(2))))
            } else if !steps.isEmpty {
                steps[steps.count - 1].expected.append(line)
            }
        }
        return steps
    }

    func matches(_ printed: [String]) -> Bool { ConsoleStep.match(expected[...], printed[...]) }

    private static func match(_ expected: ArraySlice<String>, _ printed: ArraySlice<String>) -> Bool {
        guard let first = expected.first else { return printed.isEmpty }
        if first == "…" {
            return (printed.startIndex...printed.endIndex).contains { match(expected.dropFirst(), printed[$0...]) }
        }
        return first == printed.first && match(expected.dropFirst(), printed.dropFirst())
    }
}

/// A fenced block; its first line is "```language" or "```language path".
private struct Fence {
    var language: String
    var path: String?
    var lines: [String] = []
}

extension String {
    /// The fenced blocks, in order.
    fileprivate var fences: [Fence] {
        var blocks: [Fence] = []
        var isInside = false
        for line in split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if isInside {
                isInside = line != "```"
                if isInside { blocks[blocks.count - 1].lines.append(line) }
            } else if line.hasPrefix("```") {
                isInside = true
                let words = line.dropFirst(3).split(separator: " ").map(String.init)
                blocks.append(Fence(language: words.first ?? "", path: words.count > 1 ? words[1] : nil))
            }
        }
        return blocks
    }

    /// The lines of each fenced block of a language.
    fileprivate func fenced(_ language: String) -> [[String]] { fences.filter { $0.language == language }.map(\.lines) }
}
