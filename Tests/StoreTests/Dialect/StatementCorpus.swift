import Foundation
import TestSupport

/// The distinct statements that the program prepared while all tests ran, by the source file they stand in:
/// `Tests/Stores/statements.sql`, which `make statements` writes. Statements that differ only in values written into
/// them, in numbers of parameters and in the length of lists are one.
struct StatementCorpus {
    struct Statement: Hashable {
        /// A `#fileID`.
        let source: String
        let text: String
    }

    private(set) var statements: [Statement]

    static let file = ShippedRules.root.appending(path: "Tests/Stores/statements.sql")
    private static let heading = "-- "

    /// Databases that stay SQLite whatever holds the members: the copies that simulations run on, and what a tick puts
    /// down on its way; and what is asked of an SQLite file itself.
    static let ofSQLite: Set<String> = [
        "AgendaDatabase", "LineSpool", "ScratchDatabase", "FixtureStore", "StoreSample", "MemberCopy", "Rewind",
        "StructureCheck", "MisplacedCell", "DerivedSQL", "Rekey", "StrayTables",
    ]

    static func read() throws -> StatementCorpus {
        var source = ""
        var statements: [Statement] = []
        for block in try String(contentsOf: file, encoding: .utf8).split(separator: "\n\n") {
            if block.hasPrefix(heading) {
                source = String(block.dropFirst(heading.count))
            } else {
                statements.append(Statement(source: source, text: String(block).trimmingCharacters(in: .newlines)))
            }
        }
        return StatementCorpus(statements: statements)
    }

    /// What the recorder wrote, line by line. Of the generated texts, which are put together from the same parts again
    /// and again, those are taken that have a part that no shorter one has.
    init(recorded: URL) throws {
        var shapes: [String: [String: String]] = [:]
        for line in try String(contentsOf: recorded, encoding: .utf8).split(separator: "\n") {
            let pair = try JSONDecoder().decode([String].self, from: Data(line.utf8))
            guard StatementCorpus.counts(pair[1], in: pair[0]) else { continue }
            let text = StatementCorpus.normal(pair[1])
            let shape = StatementCorpus.shape(text)
            let other = shapes[pair[0], default: [:]][shape]
            if other.map({ StatementCorpus.isFirst(text, $0) }) ?? true { shapes[pair[0], default: [:]][shape] = text }
        }
        statements = shapes.keys.sorted().flatMap { source -> [Statement] in
            var parts: Set<String> = []
            let all = shapes[source]!.values.sorted(by: StatementCorpus.isFirst)
            let taken = all.filter { text in
                let own = StatementCorpus.parts(text)
                defer { parts.formUnion(own) }
                return all.count < StatementCorpus.fewest || !own.isSubset(of: parts)
            }
            return taken.map { Statement(source: source, text: $0) }
        }
    }

    /// A source file with more texts than this generates them.
    private static let fewest = 60

    private init(statements: [Statement]) { self.statements = statements }

    func write() throws {
        var blocks = ["-- written by `make statements`"]
        var source = ""
        for statement in statements {
            if statement.source != source { blocks.append(StatementCorpus.heading + statement.source) }
            source = statement.source
            blocks.append(statement.text)
        }
        try Data((blocks.joined(separator: "\n\n") + "\n").utf8).write(to: StatementCorpus.file)
    }

    /// Parts of what the program prepared that no statement of the same source file here has.
    func missing(of prepared: Set<Statement>) -> [String] {
        var known: [String: Set<String>] = [:]
        for statement in statements {
            known[statement.source, default: []].formUnion(StatementCorpus.parts(statement.text))
        }
        return prepared.filter { StatementCorpus.counts($0.text, in: $0.source) }.flatMap { statement in
            StatementCorpus.parts(StatementCorpus.normal(statement.text)).subtracting(known[statement.source] ?? [])
                .map { "\(statement.source): \($0)" }
        }
    }

    // MARK: texts

    static func counts(_ text: String, in source: String) -> Bool {
        let name = source.split(separator: "/").last.map { $0.split(separator: ".")[0] } ?? ""
        return !ofSQLite.contains(String(name))
            && !["PRAGMA", "EXPLAIN", "ATTACH", "DETACH"].contains { text.hasPrefix($0) }
    }

    private static func isFirst(_ one: String, _ other: String) -> Bool {
        (one.utf8.count, one) < (other.utf8.count, other)
    }

    /// Without empty lines and spaces at the ends of lines.
    static func normal(_ text: String) -> String {
        text.split(separator: "\n").map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// What a generated text is put together from: conditions, columns and what they are made of.
    static func parts(_ text: String) -> Set<String> {
        let parts = shape(text).replacing(#/ (?:AND|OR|AS|WHERE|WHEN|THEN|ELSE|FROM) |,/#, with: "\n").split(
            separator: "\n")
        return Set(parts.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " ()")) })
    }

    static func shape(_ text: String) -> String {
        text.replacing(/'(?:[^']|'')*'/, with: "'…'").replacing(/\b[0-9]+\b/, with: "0")
            .replacing(/:v[0-9]+\b/, with: ":v").replacing(/\bc[0-9]+\b/, with: "c")
            .replacing(/:(?:t|ago|ahead)[0-9][0-9a-z]*\b/, with: ":t")
            .replacing(/\((?:('…'|:v|0|\?)(?:, )?)+\)/) { "(\($0.1))" }
            .replacing(/\s+/, with: " ")
    }
}
