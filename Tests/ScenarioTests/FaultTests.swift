import Foundation
import TestSupport
import Testing

/// The quick part of `make faults`: the driver in Tests/Faults puts faults to the built program, with a gateway and an
/// oracle of its own.
@Suite("Faults put to the real program", .serialized)
struct FaultTests {
    private static let driver = ShippedRules.root.appending(path: "Tests/Faults/faults.py").path

    @Test("the table names all but those of rules, and every scenario and test that it names is there")
    func table() throws {
        let run = try Scratch().run("python3 \(FaultTests.driver) --check")
        #expect(run.status == 0, "\(run.printed)")
    }

    @Test("the quick part loses nothing and doubles nothing")
    func quick() throws {
        let scratch = try Scratch()
        let run = try scratch.run(
            "TMPDIR=\(scratch.directory.path) python3 \(FaultTests.driver) "
                + "\(Scratch.binaries.path)/nudged --quick --jobs 3 --seed \(Seed.first)")
        print(run.printed.joined(separator: "\n"))
        #expect(run.status == 0, "\(run.printed.filter { !$0.hasPrefix("ok") }.joined(separator: "\n"))")
    }
}
