import Foundation

/// A Python that knows the modules of `Tests/Tools/oracle/requirements.txt`, else one made for this run.
package struct Python {
    private let directory: URL
    private let program: String
    private static let tools = ShippedRules.root.appending(path: "Tests/Tools")
    /// What is the matter when it has no modules.
    package static let absence = "Python lacks PyYAML, sxtwl or tzdata, and pip could not get them"
    private static let imports = "import yaml, sxtwl, tzdata"

    package init(in directory: URL) throws {
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

    package func hasModules() throws -> Bool {
        try Python.run(program, ["-c", Python.imports], in: directory).status == 0
    }

    /// Runs a module of `Tests/Tools` in the directory.
    package func run(_ module: String, _ arguments: [String]) throws -> (status: Int32, printed: String) {
        try Python.run(program, ["-m", module] + arguments, in: directory)
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
