import Foundation
import TestSupport
import Testing

/// What `make deb` and `make tarball` make of the built program.
@Suite struct PackagingTests {
    @Test("packages hold what they should, the same program makes the same bytes, pages and completions are sound")
    func packages() throws {
        let scratch = try Scratch()
        // The licence of Swift is found beside the compiler.
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let run = try scratch.run(
            "PATH='\(path)' NUDGED=\(Scratch.binaries.path)/nudged "
                + "python3 \(ShippedRules.root.path)/packaging/test_packaging.py")
        #expect(run.status == 0, "\(run.printed.joined(separator: "\n"))")
        #expect(run.printed.contains { $0.contains(/^Ran [0-9]+ tests/) })
    }
}
