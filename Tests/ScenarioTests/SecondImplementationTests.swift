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
            print("Second implementation: not compared: \(Python.absence)")
            try Test.cancel("not compared: \(Python.absence)")
        }
        let tool = try #require(try scratch.run("command -v nudged").printed.first)
        let first = Int(Seed.first)
        let more = ProcessInfo.processInfo.environment["NUDGED_WORKSPACES"].flatMap { Int($0) } ?? 60
        for seeds in [0..<40, first..<first + more] {
            print("Second implementation: seeds \(seeds)")
            // Status 0: every line of these random workspaces is the same, and there were lines.
            let run = try python.run(
                "oracle.compare", [tool, "\(seeds.lowerBound)", "\(seeds.upperBound)", "workspaces"])
            #expect(run.status == 0, "\(run.printed)")
        }
    }
}
