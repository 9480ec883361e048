import Foundation
import Testing
import TestSupport

/// The unit as shipped, by systemd's own judgement.
@Suite struct SystemdUnitTests {
    private static let unit = ShippedRules.root.appending(path: "systemd/nudged.service")
    private static let analyze = ["/usr/bin/systemd-analyze", "/bin/systemd-analyze"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String)? {
        guard let analyze = SystemdUnitTests.analyze else {
            print("skipped: systemd-analyze is not installed here")
            return nil
        }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: analyze)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    @Test("The sandbox is as tight as measured: at most 1.5 of 10")
    func security() throws {
        guard
            let result = try run([
                "security", "--offline=true", "--no-pager", "--threshold=15", SystemdUnitTests.unit.path,
            ])
        else { return }
        #expect(result.status == 0, "\(result.output.suffix(400))")
    }

    /// The programs of the unit are not installed here, so that a stand-in takes their place.
    @Test("systemd understands every line of it")
    func verify() throws {
        let scratch = try Scratch()
        let text = try String(contentsOf: SystemdUnitTests.unit, encoding: .utf8)
            .replacing("/usr/bin/nudged", with: "/bin/true")
        let copy = try scratch.write(text, to: "nudged.service")
        guard let result = try run(["verify", "--man=no", copy]) else { return }
        let ours = result.output.split(separator: "\n").filter { $0.contains("nudged.service") }
        #expect(ours.isEmpty, "\(result.output)")
    }

    @Test("A refused configuration is not started again, and the watchdog outlives the drain")
    func restarts() throws {
        let lines = try String(contentsOf: SystemdUnitTests.unit, encoding: .utf8).split(separator: "\n")
        #expect(lines.contains("RestartPreventExitStatus=64 78"))
        #expect(
            lines.contains("Type=notify") && lines.contains("WatchdogSec=60") && lines.contains("TimeoutStopSec=60"))
    }
}
