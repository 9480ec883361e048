import Foundation
import Testing
import TestSupport

/// The unit as shipped, by systemd's own judgement.
@Suite struct SystemdUnitTests {
    private static let unit = folder.appending(path: "nudged.service")
    private static let folder = ShippedRules.root.appending(path: "systemd")
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

    @Test(
        "The sandbox is as tight as measured: at most 1.5 of 10",
        arguments: ["nudged.service", "nudged-alert@.service"])
    func security(name: String) throws {
        let scratch = try Scratch()
        // An instance, because a template is no unit that could be judged.
        let copy = try scratch.write(
            try String(contentsOf: SystemdUnitTests.folder.appending(path: name), encoding: .utf8),
            to: name.replacing("@", with: "@x"))
        guard
            let result = try run(["security", "--offline=true", "--no-pager", "--threshold=15", copy])
        else { return }
        #expect(result.status == 0, "\(result.output.suffix(400))")
    }

    /// The programs of the unit are not installed here, so that a stand-in takes their place.
    @Test(
        "systemd understands every line of it, and the unit that tells of its end",
        arguments: ["nudged.service", "nudged-alert@x.service"])
    func verify(name: String) throws {
        let scratch = try Scratch()
        for file in ["nudged.service", "nudged-alert@.service"] {
            let text = try String(contentsOf: SystemdUnitTests.folder.appending(path: file), encoding: .utf8)
                .replacing("/usr/bin/nudged", with: "/bin/true")
            try scratch.write(text, to: file)
        }
        if name.contains("@x") {
            try FileManager.default.copyItem(
                atPath: scratch.path + "/nudged-alert@.service", toPath: scratch.path + "/" + name)
        }
        guard let result = try run(["verify", "--man=no", scratch.path + "/" + name]) else { return }
        let ours = result.output.split(separator: "\n").filter { $0.contains("nudged") }
        #expect(ours.isEmpty, "\(result.output)")
    }

    @Test("The end of the daemon is told by the other unit, in the same sandbox")
    func tells() throws {
        func lines(_ name: String) throws -> Set<Substring> {
            Set(
                try String(contentsOf: SystemdUnitTests.folder.appending(path: name), encoding: .utf8)
                    .split(separator: "\n").filter { !$0.hasPrefix("#") })
        }
        let (daemon, teller) = (try lines("nudged.service"), try lines("nudged-alert@.service"))
        #expect(daemon.contains("OnFailure=nudged-alert@%n.service"))
        #expect(teller.contains("ExecStart=/usr/bin/nudged alerts failed --config /etc/nudged/nudged.yaml %i"))
        let ofDaemon = ["Private", "Protect", "Restrict", "SystemCall", "NoNew", "Capability", "MemoryDeny", "User="]
        let sandbox = daemon.filter { line in ofDaemon.contains { line.hasPrefix($0) } && !line.hasPrefix("RestartP") }
        #expect(sandbox.count > 20 && sandbox.isSubset(of: teller), "\(sandbox.subtracting(teller))")
    }

    @Test("A refused configuration is not started again, and the watchdog outlives the drain")
    func restarts() throws {
        let lines = try String(contentsOf: SystemdUnitTests.unit, encoding: .utf8).split(separator: "\n")
        #expect(lines.contains("RestartPreventExitStatus=64 78"))
        #expect(
            lines.contains("Type=notify") && lines.contains("WatchdogSec=60") && lines.contains("TimeoutStopSec=60"))
    }
}
