import Foundation
import Testing

@testable import Engine
@testable import Review
@testable import Rules

/// Slips in another shop, whose expectations were written and sealed before the checker was asked; where an expectation
/// was wrong, `~` says what it was (Slip.swift). What is counted here is how often a marketer reads one finding, at the
/// word that slipped, and how often it names the remedy.
@Suite("The blind corpus of slips")
struct BlindSlipTests {
    @Test("has at least two hundred and twenty, each with a name of its own, in a good shop whose tests pass")
    func corpus() throws {
        let slips = Slip.blind
        #expect(slips.count >= 220)
        #expect(Set(slips.map(\.name)).count == slips.count)
        // Of these the expectation of the code or the place was corrected; five more named another remedy at first.
        #expect(slips.filter { $0.corrected?.hasPrefix("R") == true }.count == 7)
        #expect(slips.filter { $0.corrected?.hasPrefix("?") == true }.count == 5)
        let desk = try SlipDesk(try #require(slips.first).shop)
        #expect(try desk.findings().map(\.short) == [])
        let session = try TestSession(paths: [desk.root + "/tests"])
        #expect(session.isGood && session.passed == 3, "\(TestReport(session).text)")
    }

    @Test("98 of 100 are one finding with the right code, line and column")
    func places() async throws {
        let answers = try await BlindAnswer.all.value
        let wrong = answers.filter { !$0.isPlaced }
        #expect(
            wrong.count * 50 <= answers.count,
            "\(answers.count - wrong.count) of \(answers.count):\n\(wrong.map(\.description).joined(separator: "\n"))")
    }

    @Test("9 of 10 name the remedy")
    func remedies() async throws {
        let answers = try await BlindAnswer.all.value
        let silent = answers.filter { !$0.isHelped }
        #expect(
            silent.count * 10 <= answers.count,
            "\(answers.count - silent.count) of \(answers.count):\n\(silent.map(\.description).joined(separator: "\n"))"
        )
    }

    @Test("a fix that is offered leaves no finding")
    func fixes() async throws {
        for answer in try await BlindAnswer.all.value { #expect(answer.left == [], "\(answer.slip.name)") }
    }
}

/// What the checker says of a slip.
private struct BlindAnswer: Sendable, CustomStringConvertible {
    var slip: Slip
    var isPlaced: Bool
    var isHelped: Bool
    /// The findings and their helps, as lines.
    var said: [String]
    /// What is found after the fixes, where one is offered.
    var left: [String] = []
    var description: String { "\(slip.name): \(said.joined(separator: "; "))" }

    /// Each slip is asked once, for all tests.
    static let all = Task {
        try await withThrowingTaskGroup(of: BlindAnswer.self) { group in
            for slip in Slip.blind { group.addTask { try BlindAnswer(slip) } }
            return try await group.reduce(into: [BlindAnswer]()) { $0.append($1) }.sorted {
                $0.slip.name < $1.slip.name
            }
        }
    }

    private init(_ slip: Slip) throws {
        self.slip = slip
        let (files, expected) = try slip.files()
        let desk = try SlipDesk(files)
        let found = try desk.findings()
        isPlaced = found.map(desk.placed) == expected
        let helps = found.flatMap(\.help)
        isHelped = slip.help.allSatisfy { word in helps.contains { $0.contains(word) } }
        said = found.map { desk.relative($0.short) + " \($0.help)" }
        guard found.contains(where: { !$0.fix.isEmpty }) else { return }
        try desk.applyFixes()
        left = try desk.findings().map { desk.relative($0.short) }
    }
}
