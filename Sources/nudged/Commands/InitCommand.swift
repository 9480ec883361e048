import Kit
import ArgumentParser
import Foundation
import Rules

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a commented workspace: nudged.yaml, example rules, fixtures and tests.",
        discussion: """
            Every channel of the new workspace is a log, so nothing can reach a member by accident. Files that are \
            there already are never overwritten: then nothing at all is written.

            EXAMPLES
              nudged init shop          into ./shop
              nudged init .             here

            EXIT 0 done, 2 could not write, or files are in the way
            """)

    @Argument(help: "Where to write; made if it is not there.")
    var directory: String
    @Option(
        name: .customLong("lang"),
        help: "Of comments and of what is printed: en or zh-CN (default: `lang` of nudged.yaml, else the locale's).")
    var spoken: Language?

    private var lang: Language { Spoken.language(spoken) }

    func run() throws {
        let workspace = InitWorkspace(language: lang)
        let taken = workspace.files.map(\.path).filter { Self.isTaken(place($0)) }
        guard taken.isEmpty else { throw Failure(.couldNotRun, inTheWay(taken)) }
        for file in workspace.files { try write(file) }
        Console.print(farewell(count: workspace.files.count))
    }

    private func place(_ path: String) -> String { (directory as NSString).appendingPathComponent(path) }

    /// A dangling link is in the way too.
    private static func isTaken(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
            || (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
    }

    private func write(_ file: InitWorkspace.File) throws {
        let url = URL(fileURLWithPath: place(file.path))
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.text.utf8).write(to: url, options: .withoutOverwriting)
        } catch {
            throw Failure(.couldNotRun, "\(place(file.path)): cannot be written; check the permissions and the disk")
        }
    }

    private func inTheWay(_ taken: [String]) -> String {
        let list = taken.map { "  " + place($0) }.joined(separator: "\n")
        return lang == .chinese
            ? "这些文件已经存在，没有写入任何内容：\n\(list)\n请换一个目录，或先把它们移走"
            : "nothing was written: these files are there already\n\(list)\n"
                + "name another directory, or move them away first"
    }

    private func farewell(count: Int) -> String {
        let program = ProgramName.asTyped
        let commands = [
            "cd \(directory)",
            "\(program) check",
            "\(program) dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-07",
            "\(program) run --config nudged.yaml",
        ]
        let head = lang == .chinese ? "已写入 \(count) 个文件。接下来：" : "wrote \(count) files; next"
        return ([head] + commands.map { "  " + $0 }).joined(separator: "\n")
    }
}

/// The words to type to start this program again from any directory.
enum ProgramName {
    static var asTyped: String {
        let typed = CommandLine.arguments.first ?? "nudged"
        guard typed.contains("/") else { return typed }
        let path = URL(fileURLWithPath: typed).standardizedFileURL.path
        return path.contains(" ") ? "\"\(path)\"" : path
    }
}
