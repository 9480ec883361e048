import Foundation

/// An empty directory with the built `nudged` on the PATH; gone afterwards.
final class Scratch: Sendable {
    struct Run: Sendable {
        var status: Int32
        /// Standard output and standard error, as lines.
        var printed: [String]
    }

    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "nudged-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// What makes the program record its statements, when these tests are run to collect them.
    static let recording = ProcessInfo.processInfo.environment.filter { $0.key == "NUDGED_STATEMENTS" }

    /// A command for the shell, in English unless `locale` says otherwise, and without colour.
    func run(_ command: String, locale: String = "C.UTF-8") throws -> Run {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = directory
        process.environment = [
            "PATH": "\(Scratch.binaries.path):/usr/bin:/bin", "HOME": directory.path, "NO_COLOR": "1",
            "LANG": locale,
        ].merging(Scratch.recording) { own, _ in own }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        var lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return Run(status: process.terminationStatus, printed: lines)
    }

    /// Folders of the path that are not there are made.
    func write(_ text: String, to path: String) throws {
        let file = directory.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    /// The names of what is in the directory, sorted.
    func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: directory.appending(path: path), encoding: .utf8)
    }

    /// Programs are built beside the test bundle.
    static let binaries = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent()
}
