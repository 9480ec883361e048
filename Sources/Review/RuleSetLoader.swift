import Kit
import Foundation
import Policies
import Rules
import Store

/// Reads a directory of rules once into memory, as a whole: every file, every finding.
package struct RuleSetLoader {
    package struct Loaded: Sendable {
        /// Nil when any file has an error.
        package var set: RuleSet?
        /// All that could be read, errors or not: to be looked at, never to be run.
        package var sound: RuleSet
        /// Sorted by file and place.
        package var diagnostics: [Diagnostic]
        package var sources: [String: SourceText]
        package var files: [YAMLFile]
        package var ruleCount: Int

        package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

        /// The files as `rule_sets` keeps them: `{path: text}`, so that a start with broken files can fall back to it.
        package var filesJSON: String {
            JSONText.object(
                files.map { JSONText.Member($0.path, .text(String(decoding: $0.source.bytes, as: UTF8.self))) }
            ).rendered
        }
        package var hash: String { Chance.fingerprint(set?.fingerprintText ?? filesJSON) }
    }

    package struct Refusal: Error, CustomStringConvertible {
        package let words: Bilingual
        package var description: String { words.description }

        package init(_ words: Bilingual) { self.words = words }
        package init(_ english: String, _ chinese: String) { words = Bilingual(english, chinese) }

        package static func noFiles(in paths: [String], butMisnamed misnamed: [Diagnostic] = []) -> Refusal {
            let names = paths.joined(separator: ", ")
            let others = misnamed.map(\.span.file).joined(separator: ", ")
            guard others.isEmpty else {
                return Refusal(
                    "\(names): there are no YAML files here, for \(others) does not end with .yaml or .yml",
                    "\(names)：这里没有 YAML 文件；\(others) 不是以 .yaml 或 .yml 结尾")
            }
            return Refusal(
                "\(names): there are no YAML files here; `nudged init DIR` writes a workspace to start from",
                "\(names)：这里没有 YAML 文件；`nudged init DIR` 可以写出一个起步的工作区")
        }

        static func unreadable(folder path: String) -> Refusal {
            Refusal("\(path): cannot be read; check its permissions", "\(path)：读不了，请检查权限")
        }

        package static func unreadable(_ path: String) -> Refusal {
            Refusal(
                "\(path): cannot be read; check that it exists and its permissions",
                "\(path)：读不了；请检查文件是否存在、权限是否正确")
        }
    }

    package static let largestFile = 256 * 1024
    package static let mostFiles = 2000

    package static func load(directory: String, channels: [ChannelDeclaration]) throws -> Loaded {
        var loaded = try load(paths: daemonFiles(in: directory), channels: channels)
        loaded.diagnostics += try misnamed(under: directory)
        return loaded
    }

    /// The daemon's view: `fixtures/` and `tests/` are not loaded.
    package static func daemonFiles(in directory: String) throws -> [String] {
        let paths = try yamlFiles(under: directory).filter { path in
            let below = path.dropFirst(directory.count).split(separator: "/")
            return below.first != "fixtures" && below.first != "tests"
        }
        guard !paths.isEmpty else {
            throw Refusal(
                "\(directory): there are no rule files (*.yaml) here; `nudged init DIR` writes an example",
                "\(directory)：这里没有规则文件（*.yaml）；`nudged init 目录` 会写一套示例")
        }
        return paths
    }

    package static func load(paths: [String], channels: [ChannelDeclaration]) throws -> Loaded {
        let files = try paths.map(read)
        return check(files, channels: channels)
    }

    /// Checks files already in memory.
    package static func check(_ files: [YAMLFile], channels: [ChannelDeclaration]) -> Loaded {
        var loaded = read(files, channels: channels)
        loaded.diagnostics = suppressed(loaded.diagnostics, files)
        return loaded
    }

    /// The same before suppressions, for callers that add findings of their own.
    package static func read(
        _ files: [YAMLFile], channels: [ChannelDeclaration], onFile: OnFile = OnFile()
    ) -> Loaded {
        let reading = RuleSetReader.read(files: files, channels: channels, onFile: onFile)
        return Loaded(
            set: reading.ruleSet, sound: reading.sound, diagnostics: reading.diagnostics,
            sources: Dictionary(files.map { ($0.path, $0.source) }, uniquingKeysWith: { first, _ in first }),
            files: files, ruleCount: reading.ruleCount)
    }

    /// Checks a set that the store keeps.
    package static func check(_ kept: RuleVersion, channels: [ChannelDeclaration]) -> Loaded {
        check(
            kept.files.map { YAMLReader.read(bytes: Array($0.text.utf8), path: $0.path) }, channels: channels)
    }

    /// Applies `# nudged: allow Rxxx reason`, per file; call it once for each file, with all of its findings. `asked`
    /// are the codes that a store was asked about.
    package static func suppressed(
        _ diagnostics: [Diagnostic], _ files: [YAMLFile], asked: Set<String> = []
    ) -> [Diagnostic] {
        var all: [Diagnostic] = []
        let byFile = Dictionary(grouping: diagnostics, by: \.span.file)
        for file in files {
            let kept = Suppressions(file).apply(to: byFile[file.path] ?? [], asked: asked)
            all += FindingLimit.capped(kept, file: file.path)
        }
        let known = Set(files.map(\.path))
        return (all + diagnostics.filter { !known.contains($0.span.file) }).inFileOrder()
    }

    /// A pipe, a device or a folder with the name of a file reads as an empty file with a warning: a pipe would block.
    /// A file without permission is refused: rules that silently go missing are worse.
    package static func read(_ path: String) throws -> YAMLFile {
        let unreadable = Refusal.unreadable(path)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            // A socket cannot even be opened.
            guard errno == ENXIO, stat(path, &status) == 0 else { throw unreadable }
            return noFile(path, "a socket")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let isGiven = path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFIFO where isGiven: _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
        case S_IFIFO: return noFile(path, "a pipe")
        case S_IFDIR: return noFile(path, "a folder")
        default: return noFile(path, "a device")
        }
        // One byte more than allowed, so that the reader can call the file too large without our loading it all.
        guard let data = try? handle.read(upToCount: largestFile + 1) ?? Data() else { throw unreadable }
        return YAMLReader.read(bytes: [UInt8](data), path: path)
    }

    /// R022.
    private static func noFile(_ path: String, _ kind: String) -> YAMLFile {
        let finding = Diagnostic(
            "R022", .warning, "this is \(kind), and no rules are read from it", at: .top(of: path),
            help: ["give it another name, or put a file in its place"])
        return YAMLFile(path: path, root: nil, diagnostics: [finding], source: SourceText("", path: path))
    }

    package static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    /// Every `*.yaml` and `*.yml` below a directory, sorted; hidden files and editors' temporary files are passed over.
    package static func yamlFiles(under directory: String) throws -> [String] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) else {
            let isStandard = directory == "rules"
            throw Refusal(
                "\(directory): there is no such file or directory"
                    + (isStandard ? "; `nudged init DIR` writes a workspace to start from" : ""),
                "\(directory)：没有这个文件或目录" + (isStandard ? "；`nudged init DIR` 可以写出一个起步的工作区" : ""))
        }
        guard isDirectory.boolValue else { return [directory] }
        let found = try visible(under: directory).filter(isRuleFile)
        guard found.count <= mostFiles else {
            throw Refusal(
                "\(directory): \(found.count) YAML files; at most \(mostFiles) are read",
                "\(directory)：有 \(found.count) 个 YAML 文件，最多读取 \(mostFiles) 个")
        }
        return found.map { joined(directory, $0) }
    }

    /// The other YAML files of the folder in which a file lies, not those below it: settings.yaml first, for of several
    /// files of settings the first counts. Only settings.yaml of a folder that holds too many to be a rule set.
    static func neighbours(of path: String) throws -> [String] {
        let folder = (path as NSString).deletingLastPathComponent
        guard let all = try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder) else {
            throw Refusal.unreadable(folder: folder)
        }
        let names = all.filter {
            isRuleFile($0) && !$0.hasPrefix(".") && $0 != (path as NSString).lastPathComponent
        }
        let settings = "settings.yaml"
        let others = names.count > mostFiles ? [] : names.filter { $0 != settings }
        return (names.filter { $0 == settings } + others.sorted { $0.isBytewise(before: $1) })
            .map { folder.isEmpty ? $0 : joined(folder, $0) }
    }

    /// Warnings (R022) about files below a directory that look like rule files and are not read: `promo.yaml.txt`, which
    /// a desktop shows as `promo.yaml`, `promo.YAML`, `promo.yml~`. None for a path that is no directory.
    package static func misnamed(under directory: String) throws -> [Diagnostic] {
        guard isDirectory(directory) else { return [] }
        let misnamed = try visible(under: directory).filter { path in
            let name = path.split(separator: "/").last?.lowercased() ?? ""
            return !isRuleFile(path) && (name.contains(".yaml") || name.contains(".yml"))
                && !isDirectory(joined(directory, path))
        }
        return misnamed.map { path in
            Diagnostic(
                "R022", .warning, "this file is not read: its name does not end with .yaml or .yml",
                at: .top(of: joined(directory, path)), help: ["give it a name that does, or move it away"])
        }
    }

    private static func isRuleFile(_ path: String) -> Bool { path.hasSuffix(".yaml") || path.hasSuffix(".yml") }

    /// What lies below a directory, sorted, from there on; hidden names and folders that editors keep copies in (`old~`)
    /// are passed over. Throws a `Refusal` for a folder that cannot be read, whose rules would silently go missing.
    private static func visible(under directory: String) throws -> [String] {
        // The walk does not follow a link at its own root.
        let place = URL(filePath: directory).resolvingSymlinksInPath().path
        guard isReadable(folder: place), let walk = FileManager.default.enumerator(atPath: place) else {
            throw Refusal.unreadable(folder: directory)
        }
        var found: [String] = []
        for case let path as String in walk {
            let parts = path.split(separator: "/")
            if !parts.contains(where: { $0.hasPrefix(".") }), !parts.dropLast().contains(where: { $0.hasSuffix("~") }) {
                guard isReadable(folder: place + "/" + path) else {
                    throw Refusal.unreadable(folder: joined(directory, path))
                }
                found.append(path)
            }
        }
        return found.sorted { $0.isBytewise(before: $1) }
    }

    /// True for what is no folder, and for a link, which the walk does not follow.
    private static func isReadable(folder path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return true }
        return access(path, R_OK | X_OK) == 0
    }

    private static func joined(_ directory: String, _ path: String) -> String {
        directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
    }
}
