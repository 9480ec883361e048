import Kit
import ArgumentParser
import Foundation
import Rules

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: .say(
            "Write a commented workspace: nudged.yaml, example rules, fixtures and tests.",
            "写一套带注释的工作区：nudged.yaml、示例规则、示例会员和测试。"),
        discussion: .say(
            """
            Every channel of the new workspace is a log, so nothing can reach a member by accident. Files that are \
            there already are never overwritten: then nothing at all is written. Comments of nudged.yaml are in the \
            language of --lang; those of the example rules are Chinese, as the example shop is.

            EXAMPLES
              nudged init shop          into ./shop
              nudged init .             here

            EXIT 0 done, 2 could not write, or files are in the way
            """,
            """
            新工作区的渠道全是日志，不会误发给会员。已有的文件绝不覆盖：只要有一个同名，就什么也不写。nudged.yaml \
            的注释用 --lang 的语言；示例规则的注释是中文。

            示例
              nudged init shop          写到 ./shop
              nudged init .             写到当前目录

            退出码  0 完成，2 写不了，或有同名文件
            """))

    @Argument(help: .say("Where to write; made if it is not there.", "写到哪个目录；没有会新建。"))
    var directory: String
    @OptionGroup var language: LanguageOption

    func run() throws {
        let workspace = InitWorkspace(language: Spoken.language)
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
            throw Failure(
                .couldNotRun,
                .say(
                    "\(place(file.path)): cannot be written; check the permissions and the disk",
                    "\(place(file.path))：写不了；请检查权限和磁盘"))
        }
    }

    private func inTheWay(_ taken: [String]) -> String {
        let list = taken.map { "  " + place($0) }.joined(separator: "\n")
        return .say(
            "nothing was written: these files are there already\n\(list)\n"
                + "name another directory, or move them away first",
            "这些文件已经存在，没有写入任何内容：\n\(list)\n请换一个目录，或先把它们移走")
    }

    private func farewell(count: Int) -> String {
        let program = ProgramName.asTyped
        let commands = [
            "cd \(directory)",
            "\(program) check",
            "\(program) dry-run --fixtures rules/fixtures/members.yaml --at 2026-03-07",
            "\(program) run --config nudged.yaml",
        ]
        let head = String.say("wrote \(count) files; next", "已写入 \(count) 个文件。接下来：")
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
