import Intake
import Rules
import Store

/// Finds fixture files of which no test uses a member: most likely named by mistake.
struct UnusedFixtures {
    private let loaded: LoadedTestFile
    private let head: TestFileHead

    init(_ loaded: LoadedTestFile, _ head: TestFileHead) {
        self.loaded = loaded
        self.head = head
    }

    func report(_ findings: inout Findings) {
        guard !loaded.tests.isEmpty else { return }
        for name in head.fixtures { check(name, loaded.tests, &findings) }
        for test in loaded.tests {
            for name in test.fixtures { check(name, [test], &findings) }
        }
    }

    private func check(_ name: PlacedText, _ tests: [RuleTest], _ findings: inout Findings) {
        let paths = TestWorkspace.files(matching: name.text, beside: loaded.path)
        let files = (loaded.fixtures + loaded.moreFixtures.values.flatMap(\.self)).filter { paths.contains($0.path) }
        let members = files.flatMap { $0.root?["members"]?.entries?.map { RowID.canonical($0.key) } ?? [] }
        guard !members.isEmpty else { return }
        let isUsed = tests.contains { test in
            test.runs.contains { run in run.members.map { !$0.allSatisfy { !members.contains($0) } } ?? true }
        }
        guard !isUsed else { return }
        findings.report(
            "T025", .warning, "no test uses a member of `\(name.text)`", at: name.span,
            help: ["take it away, or name one of its members"], key: "fixtures")
    }
}

/// Finds events whose data the store cannot use, and files to reload that do not exist.
struct TimelineCheck {
    private let loaded: LoadedTestFile

    init(_ loaded: LoadedTestFile) { self.loaded = loaded }

    func report(_ findings: inout Findings) throws {
        let scratch = try MemberStore.inMemory()
        for test in loaded.tests {
            for run in test.runs {
                for entry in run.timeline {
                    switch entry.action {
                    case .event(let event):
                        do { try scratch.tell(event) } catch let rejection as Rejection {
                            findings.report(
                                "T024", "this event cannot be told: \(rejection.sentence(in: .english))", at: entry.span
                            )
                        }
                    case .reload(let name?) where loaded.reloads[name] == nil:
                        findings.report("T010", "`\(name)` matches no file", at: entry.span)
                    default: break
                    }
                }
            }
        }
    }
}
