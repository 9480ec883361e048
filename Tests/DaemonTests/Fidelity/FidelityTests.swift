import Daemon
import Foundation
import Policies
import Rules
import TestSupport
import Testing

/// A dry-run promises what the daemon will do. Random rule sets and histories, and two ways through them: `Simulation`
/// as `nudged dry-run` runs it, and the daemon's ticks and dispatches on a store in a file under a virtual clock, with
/// restarts, reloads and small slices at random points, rows that come at their instants, outages, and dry-runs that
/// begin in the middle. What the daemon decides to send must leave at the same instant. Every key of every line is compared, not only rule,
/// member, occasion, instant, outcome and reason.
///
/// The daemon ticks whenever the dry-run looks at somebody, at every instant of a row, and at others. What may
/// differ, and why:
/// * Lines of shadow rules are dropped: a dry-run runs live rules only. What shadow rules do must change no other line.
/// * The blast guard is off: it acts in no dry-run.
///
/// `NUDGED_FIDELITY=200` for so many workspaces (default 24), `NUDGED_SEED=n` for the first of them.
@Suite("Fidelity")
struct FidelityTests {
    @Test("a dry-run says what the daemon then does, whatever happens to it")
    func sameLines() async throws {
        let scratch = try Scratch()
        let python = try Python(in: URL(filePath: scratch.path))
        guard try python.hasModules() else {
            print("Fidelity: not compared: \(Python.absence)")
            try Test.cancel("not compared: \(Python.absence)")
        }
        let environment = ProcessInfo.processInfo.environment
        let wanted = environment["NUDGED_FIDELITY"].flatMap { Int($0) } ?? 24
        let first = Int(Seed.first)
        print("Fidelity: \(wanted) workspaces from seed \(first)")
        var workspaces = Workspaces(python, from: first, in: scratch)
        var (lines, failed) = (0, 0)
        for number in 0..<wanted {
            let workspace = try workspaces.next()
            for course in FidelityTests.courses(number) {
                let difference = try await Difference.of(workspace, course, in: scratch)
                lines += difference.count
                guard let text = difference.text else { continue }
                Issue.record("seed \(workspace.seed) (\(course)):\n\(text)")
                failed += 1
            }
            if failed >= 5 { break }
        }
        print("Fidelity: \(lines) lines, \(failed) differences")
        #expect(lines > wanted)
    }

    private static func courses(_ number: Int) -> [FidelityRun.Course] {
        typealias Course = FidelityRun.Course
        return [
            Course(isArriving: number % 2 == 0),
            number % 2 == 0 ? Course(isFromMiddle: true) : Course(isArriving: number % 4 == 1, hasOutage: true),
        ]
    }
}

/// Random workspaces one after the other, without those whose conditions contradict each other.
private struct Workspaces {
    private let python: Python
    private let directory: URL
    private var seed: Int

    init(_ python: Python, from first: Int, in scratch: Scratch) {
        self.python = python
        directory = URL(filePath: scratch.path)
        seed = first
    }

    mutating func next() throws -> FidelityWorkspace {
        while true {
            defer { seed += 1 }
            if !FileManager.default.fileExists(atPath: directory.appending(path: "\(seed)").path) {
                let run = try python.run("oracle.write", ["\(seed)", "\(seed + 20)", directory.path])
                try #require(run.status == 0, "\(run.printed)")
            }
            do {
                return try FidelityWorkspace(seed: seed, under: directory)
            } catch let broken as RuleSource.Broken where broken.findings.allSatisfy({ $0.contains("R210") }) {
                continue
            }
        }
    }
}
