import Foundation
import TestSupport
import Testing

/// The contract read twice: `dry-run` against a second implementation, in Python, that was written from the
/// specification alone. Random workspaces, every line and every key. What differs is made small by hand:
/// `cd Tests/Tools && python3 -m oracle.compare …/nudged SEED SEED+1 DIRECTORY --shrink`.
@Suite("Second implementation")
struct SecondImplementationTests {
    @Test("dry-run prints what the second implementation prints, line by line")
    func sameLines() throws {
        let scratch = try Scratch()
        let python = try Python(in: scratch.directory)
        guard try python.hasModules() else {
            let reason = "not compared: Python lacks PyYAML, sxtwl or tzdata, and pip could not get them"
            print("Second implementation: \(reason)")
            try Test.cancel("\(reason)")
        }
        let tool = try #require(try scratch.run("command -v nudged").printed.first)
        let random = Int.random(in: 1_000_000..<1_000_000_000)
        for seeds in [0..<40, random..<random + 60] {
            print("Second implementation: seeds \(seeds)")
            let run = try python.compare(tool, seeds)
            #expect(run.status == 0, "\(run.printed)")
        }
    }
}

/// A Python that knows the modules of `Tests/Tools/oracle/requirements.txt`, else one made for this run.
private struct Python {
    private let directory: URL
    private let program: String
    private static let tools = ShippedRules.root.appending(path: "Tests/Tools")
    private static let imports = "import yaml, sxtwl, tzdata"

    init(in directory: URL) throws {
        self.directory = directory
        if try Python.run("python3", ["-c", Python.imports], in: directory).status == 0 {
            program = "python3"
            return
        }
        program = directory.appending(path: "venv/bin/python3").path
        let made = try Python.run("python3", ["-m", "venv", "--system-site-packages", "venv"], in: directory)
        guard made.status == 0 else { return }
        _ = try Python.run(
            program,
            [
                "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15",
                "-r", Python.tools.appending(path: "oracle/requirements.txt").path,
            ], in: directory)
    }

    func hasModules() throws -> Bool { try Python.run(program, ["-c", Python.imports], in: directory).status == 0 }

    /// Status 0: every line of these random workspaces is the same, and there were lines.
    func compare(_ tool: String, _ seeds: Range<Int>) throws -> (status: Int32, printed: String) {
        let arguments = ["-m", "oracle.compare", tool, "\(seeds.lowerBound)", "\(seeds.upperBound)", "workspaces"]
        return try Python.run(program, arguments, in: directory)
    }

    /// With the environment of the tests, because pip may need it.
    private static func run(
        _ program: String, _ arguments: [String], in directory: URL
    ) throws -> (status: Int32, printed: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.currentDirectoryURL = directory
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PYTHONPATH": tools.path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "NO_COLOR": "1"],
            uniquingKeysWith: { $1 })
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}
