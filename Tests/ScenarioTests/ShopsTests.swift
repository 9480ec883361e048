import Foundation
import Testing

/// The rules of a jeweller and of a shop for mothers and babies, written from the wishes of their marketers.
@Suite("Rules of two shops")
struct ShopsTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Shops")

    private func desk(_ shop: String) throws -> Scratch {
        let scratch = try Scratch()
        let copied = try scratch.run("cp -r '\(ShopsTests.folder.appending(path: shop).path)/.' .")
        #expect(copied.status == 0, "\(copied.printed)")
        return scratch
    }

    @Test("have no finding, warnings included", arguments: ["jeweller", "baby"])
    func check(_ shop: String) throws {
        let run = try desk(shop).run("nudged check rules --deny warnings")
        #expect(run.status == 0, "\(run.printed.joined(separator: "\n"))")
    }

    @Test("pass their tests, which reach every rule", arguments: ["jeweller", "baby"])
    func tests(_ shop: String) throws {
        let run = try desk(shop).run("nudged test rules/tests --coverage-at-least 60%")
        #expect(run.status == 0, "\(run.printed.joined(separator: "\n"))")
        let reached = try #require(
            run.printed.compactMap { $0.firstMatch(of: /rules ([0-9]+) of ([0-9]+) tested/) }.last)
        #expect(reached.1 == reached.2)
    }

    @Test("are more than forty")
    func count() throws {
        let rules = try ["jeweller", "baby"].map { shop in
            try desk(shop).run("grep -hc '^    status: live' rules/*.yaml").printed.compactMap { Int($0) }.reduce(0, +)
        }
        #expect(rules.reduce(0, +) >= 41, "\(rules)")
    }
}
