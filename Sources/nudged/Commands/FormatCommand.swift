import Config
import Review
import Kit
import ArgumentParser
import Foundation
import Rules

struct FormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: .say(
            "Lay rule files out alike, and apply the safe fixes of findings.", "统一规则文件的排版，并可自动修复检查结果。"),
        discussion: .say(
            """
            Times get quotes, the keys of a rule their order, line ends lose their spaces. Comments stay. Each changed
            file is named. A file that cannot be read as a whole is left alone.

            EXAMPLES
              nudged fmt                               everything under ./rules
              nudged fmt --fix                         also applies what findings call a fix, in ./nudged.yaml too
              nudged fmt --fix rules/lifecycle.yaml    the same in one file
              nudged fmt --check                       changes nothing, names what would change
              nudged fmt --from gbk rules/old.yaml     a file saved as GBK becomes UTF-8

            EXIT 0 done, 1 with --check something would change, or a file was left alone; 2 could not run
            """,
            """
            给时刻加引号，按规定顺序排列规则的键，去掉行尾空格；注释保留。改动的文件逐个列出。读不完整的文件不动。

            示例
              nudged fmt                               ./rules 下的全部文件
              nudged fmt --fix                         并应用检查结果里可自动修复的部分，./nudged.yaml 也算在内
              nudged fmt --fix rules/lifecycle.yaml    只修这一个文件
              nudged fmt --check                       不改动，只列出会改的文件
              nudged fmt --from gbk rules/old.yaml     把以 GBK 保存的文件转成 UTF-8

            退出码  0 完成，1 有文件会改（--check）或有文件没有处理，2 未能运行
            """))

    enum Encoding: String, ExpressibleByArgument, CaseIterable { case gbk, gb18030 }

    @Argument(help: .paths)
    var paths: [String] = []
    @Flag(help: .say("Apply the safe fixes of findings, and check again.", "应用可自动修复的部分，然后再检查一遍。"))
    var fix = false
    @Flag(
        help: .say("Write nothing; exit 1 and name the files that would change.", "不写入；列出会改的文件，并以 1 退出。"))
    var check = false
    @Option(
        help: .say("gbk: what the files were saved as, where they are not UTF-8.", "gbk：文件不是 UTF-8 时，原来用的编码。"))
    var from: Encoding?
    @Option(
        help: .say(
            "The operators' file, for the rule set and the names of channels (default ./nudged.yaml).",
            "运维的配置文件，从中取规则集和渠道名（默认 ./nudged.yaml）。"))
    var config: String?
    @OptionGroup var language: LanguageOption

    func run() throws {
        // Its errors are nothing to wait for: it may be one of the files to mend.
        let own = try (config ?? StoreOptions.ownConfig).map(RuleSetLoader.read)
        let given = paths.isEmpty ? [own.map(ConfigReader.rulesDirectory) ?? "rules"] : paths
        var left: [String] = []
        var work = try given.flatMap(RuleSetLoader.yamlFiles).map { FormattedFile(try RuleSetLoader.read($0)) }
        guard !work.isEmpty else { throw RuleSetLoader.Refusal.noFiles(in: given) }
        if from != nil {
            for index in work.indices where !work[index].decode() {
                left.append(
                    .say(
                        "\(work[index].path): is neither UTF-8 nor GBK; it was left alone",
                        "\(work[index].path)：既不是 UTF-8 也不是 GBK，没有处理"))
            }
        }
        if fix {
            // What `check` finds without paths is mended without paths, in ./nudged.yaml too.
            if let own, paths.isEmpty, config == nil { work.append(FormattedFile(own)) }
            try applyFixes(&work, own)
            work.removeAll { $0.path == own?.path && paths.isEmpty && $0.fixes == 0 }
        }
        for index in work.indices where !work[index].layOut() {
            left.append(
                .say(
                    "\(work[index].path): has errors to fix first, and was left alone; `nudged check` names them",
                    "\(work[index].path)：有错误要先改，没有处理；`nudged check` 会指出来"))
        }
        try finish(work, Array(Set(left)).sorted())
    }

    private func finish(_ work: [FormattedFile], _ left: [String]) throws {
        let changed = work.filter(\.isChanged)
        for file in changed {
            if !check { try file.write() }
            let fixes = String.say(file.fixes == 1 ? "  (1 fix)" : "  (\(file.fixes) fixes)", "  （修复 \(file.fixes) 处）")
            Console.print(file.path + (file.fixes == 0 ? "" : fixes))
        }
        for line in left { Console.error(line) }
        if !left.isEmpty || (check && !changed.isEmpty) { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    /// Names in one file are declared in others, so findings about names are fixed only where the rule set is known as
    /// a whole: in the directories given, and in the rule set of the workspace.
    private func applyFixes(_ work: inout [FormattedFile], _ config: YAMLFile?) throws {
        let standard = config.map(ConfigReader.rulesDirectory) ?? "rules"
        let roots = (paths + (FileManager.default.fileExists(atPath: standard) ? [standard] : []))
            .filter { FormattedFile.isDirectory($0) }
        let known = Set(work.map(\.absolute))
        var others: [YAMLFile] = []
        var seen = known
        for path in try roots.flatMap(RuleSetLoader.yamlFiles) {
            guard seen.insert(FormattedFile.absolute(path)).inserted else { continue }
            others.append(try RuleSetLoader.read(path))
        }
        let whole = Set(work.filter { file in roots.contains { file.isUnder($0) } }.map(\.path))
        let channels = config?.root.flatMap(ConfigReader.channels) ?? ChannelDeclaration.standard
        let (files, counts) = try SafeFixes.settle(
            work.map(\.file),
            allows: { whole.contains($0.span.file) || $0.code.hasPrefix("R0") || $0.code.hasPrefix("R1") },
            { try WorkspaceCheck.run($0, context: others, channels: channels).diagnostics })
        for index in work.indices {
            work[index].file = files[index]
            work[index].fixes = counts[files[index].path] ?? 0
        }
    }
}

/// One file on its way to its new layout.
private struct FormattedFile {
    let path: String
    private let before: [UInt8]
    var file: YAMLFile
    var fixes = 0

    init(_ file: YAMLFile) {
        path = file.path
        before = file.source.bytes
        self.file = file
    }

    /// A file beyond the limit was not read whole, so it must not be written.
    private var isCut: Bool { before.count > RuleSetLoader.largestFile }
    var isChanged: Bool { file.source.bytes != before && !isCut }
    var absolute: String { FormattedFile.absolute(path) }

    /// Converts GBK to UTF-8; false for a file that is neither.
    mutating func decode() -> Bool {
        switch GBKText.read(before) {
        case .already: return true
        case .unreadable: return false
        case .converted(let bytes):
            file = YAMLReader.read(bytes: bytes, path: path)
            return true
        }
    }

    /// False when the file has to be left alone.
    mutating func layOut() -> Bool {
        guard !isCut, let bytes = Layout.formatted(file) else { return false }
        file = YAMLReader.read(bytes: bytes, path: path)
        return true
    }

    func write() throws { try RewrittenFile.write(file.source.bytes, to: path) }

    func isUnder(_ directory: String) -> Bool { absolute.hasPrefix(FormattedFile.absolute(directory) + "/") }

    static func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }

    static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
