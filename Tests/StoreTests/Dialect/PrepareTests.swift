import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Review
@testable import Engine
@testable import Store

/// One SQL text, two databases: what the program says to SQLite must be something that PostgreSQL understands.
@Suite("Statements on PostgreSQL")
struct PrepareTests {
    /// Statements that PostgreSQL does not take. The list may only shrink, and so may the numbers in it.
    private struct Exception {
        let why: String
        /// PostgreSQL's codes for it, and a text that each of the statements has in it.
        let codes: Set<String>
        let text: String
        let count: Int
    }

    private static let exceptions: [Exception] = [
        Exception(
            why: "the expression of a field of fields.yaml is the shop's own, under the key `sqlite`",
            codes: ["42601", "42883", "42703", "42804"], text: "nudged_derived((", count: 15),
        Exception(
            why: "a key of event data that the row of the event has as a column, of another type than text",
            codes: ["42804"], text: "COALESCE({scalar ", count: 17),
        Exception(
            why: "a birthday without a year is its key where others are a date",
            codes: ["42804"], text: "COALESCE(nudged_birthday(", count: 2),
    ]

    private struct Answer {
        let statement: StatementCorpus.Statement
        let code: String
        let message: String
        var passes: Bool { code == "00000" }
    }

    @Test(
        "every statement of the program can be prepared, but for a list that may only shrink",
        .enabled(if: Postgres.isInstalled, Comment(rawValue: Postgres.absence)))
    func prepared() throws {
        let exceptions = PrepareTests.exceptions
        #expect(exceptions.count <= 10)
        var counts = exceptions.map { _ in 0 }
        let answers = try PrepareTests.answers()
        for answer in answers where !answer.passes {
            let fitting = exceptions.firstIndex {
                answer.statement.text.contains($0.text) && $0.codes.contains(answer.code)
            }
            if let fitting {
                counts[fitting] += 1
            } else {
                Issue.record(
                    """
                    \(answer.statement.source): PostgreSQL says \(answer.code) \(answer.message) of
                    \(answer.statement.text)
                    """)
            }
        }
        let own = answers.count { $0.passes && $0.statement.text.contains("nudged_") }
        print(
            "\(answers.count) statements, \(answers.count { $0.passes }) are prepared on PostgreSQL "
                + "(\(own) of them call functions of ours that are stand-ins there)")
        for (exception, count) in zip(exceptions, counts) {
            print("  \(count) are not: \(exception.why)")
            #expect(count == exception.count, "the list says \(exception.count) where \(exception.why)")
        }
    }

    private static func answers() throws -> [Answer] {
        let statements = try StatementCorpus.read().statements
        var script = try PostgresSchema.script() + "\n"
        for (index, statement) in statements.enumerated() {
            script += """
                PREPARE s AS \(Dialect.postgres.text(statement.text).sql)
                ;
                \\echo answer \(index) :SQLSTATE :LAST_ERROR_MESSAGE
                DEALLOCATE ALL;

                """
        }
        let printed = try Postgres.run(script: script)
        let answers = printed.split(separator: "\n").filter { $0.hasPrefix("answer ") }
            .map { $0.split(separator: " ", maxSplits: 3) }
        try #require(answers.map { String($0[1]) } == statements.indices.map(String.init), "\(printed.suffix(1000))")
        return zip(statements, answers).map { statement, answer in
            Answer(statement: statement, code: String(answer[2]), message: answer.count > 3 ? String(answer[3]) : "")
        }
    }

    @Test("what the shipped rules prepare is among the statements that were written down")
    func complete() throws {
        let recorded = Mutex<Set<StatementCorpus.Statement>>([])
        StatementRecorder.listener.withLock {
            $0 = { text, source in
                _ = recorded.withLock { $0.insert(StatementCorpus.Statement(source: source, text: text)) }
            }
        }
        defer { StatementRecorder.listener.withLock { $0 = nil } }
        let world = World(set: try ShippedRules.ruleSet(), fixtures: try ShippedRules.fixtures())
        let store = try world.store()
        let prepared = try PreparedRules(world.planned(), rulesVersion: 1, in: store)
        let simulation = Simulation(
            store: store, prepared: prepared, from: try world.instant("2026-03-01"),
            until: try world.instant("2026-03-20"))
        #expect(try !simulation.run().isEmpty)
        let statements = recorded.withLock { $0 }
        #expect(statements.count > 50)
        let corpus = try StatementCorpus.read()
        let missing = Set(corpus.missing(of: statements))
        #expect(missing.isEmpty, "`make statements` has to be run: \(missing.sorted().joined(separator: "\n"))")
    }

    @Test("`make statements` writes down what all tests made the program prepare", .enabled(if: recorded != nil))
    func written() throws {
        let corpus = try StatementCorpus(recorded: URL(filePath: PrepareTests.recorded!))
        try corpus.write()
        print("\(corpus.statements.count) statements in \(StatementCorpus.file.path)")
    }

    private static let recorded = ProcessInfo.processInfo.environment["NUDGED_RECORDED"]
}
