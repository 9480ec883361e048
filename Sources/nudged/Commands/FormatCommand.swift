import Config
import Review
import Kit
import ArgumentParser
import Foundation
import Rules

struct FormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Lay rule files out alike, and apply the safe fixes of findings.",
        discussion: """
            Times get quotes, the keys of a rule their order, line ends lose their spaces. Comments stay. Each changed
            file is named. A file that cannot be read as a whole is left alone.

            EXAMPLES
              nudged fmt                               everything under ./rules
              nudged fmt --fix rules/lifecycle.yaml    also applies what findings call a fix
              nudged fmt --check                       changes nothing, names what would change
              nudged fmt --from gbk rules/old.yaml     a file saved as GBK becomes UTF-8

            EXIT 0 done, 1 with --check something would change, or a file was left alone; 2 could not run
            """)

    enum Encoding: String, ExpressibleByArgument, CaseIterable { case gbk, gb18030 }

    @Argument(help: "Files and directories (default: rules_dir of the config, else ./rules).")
    var paths: [String] = []
    @Flag(help: "Apply the safe fixes of findings, and check again.")
    var fix = false
    @Flag(help: "Write nothing; exit 1 and name the files that would change.")
    var check = false
    @Option(help: "gbk: what the files were saved as, where they are not UTF-8.")
    var from: Encoding?
    @Option(help: "The operators' file, for the rule set and the names of channels (default ./nudged.yaml).")
    var config: String?

    func run() throws {
        let config = try StoreOptions.config(config)
        let given = paths.isEmpty ? [config?.rulesDir ?? "rules"] : paths
        var left: [String] = []
        var work: [FormattedFile]
        do {
            work = try given.flatMap(RuleSetLoader.yamlFiles).map { FormattedFile(try RuleSetLoader.read($0)) }
        } catch let refusal as RuleSetLoader.Refusal {
            throw Failure(.couldNotRun, refusal.description)
        }
        guard !work.isEmpty else {
            throw Failure(.couldNotRun, "\(given.joined(separator: ", ")): there are no YAML files here")
        }
        if from != nil {
            for index in work.indices where !work[index].decode() {
                left.append("\(work[index].path): is neither UTF-8 nor GBK; it was left alone")
            }
        }
        if fix { try applyFixes(&work, config) }
        for index in work.indices where !work[index].layOut() {
            left.append("\(work[index].path): has slips that come first, and was left alone; `nudged check` names them")
        }
        try finish(work, Array(Set(left)).sorted())
    }

    private func finish(_ work: [FormattedFile], _ left: [String]) throws {
        let changed = work.filter(\.isChanged)
        for file in changed {
            if !check { try file.write() }
            let fixes = file.fixes == 0 ? "" : "  (\(file.fixes == 1 ? "1 fix" : "\(file.fixes) fixes"))"
            Console.print(file.path + fixes)
        }
        for line in left { Console.error(line) }
        if !left.isEmpty || (check && !changed.isEmpty) { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    /// Names in one file are declared in others, so findings about names are fixed only where the rule set is known as
    /// a whole: in the directories given, and in the rule set of the workspace.
    private func applyFixes(_ work: inout [FormattedFile], _ config: Configuration?) throws {
        let standard = config?.rulesDir ?? "rules"
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
        let channels = config?.channelDeclarations ?? ChannelDeclaration.standard
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
