import Config
@testable import Kit
import Foundation
import Testing

@testable import Rules

/// What `make rules` has written out of the program.
@Suite("In the repository")
struct CommittedTests {
    private func committed(_ path: String) throws -> String {
        try String(contentsOf: SchemaJudge.root.appending(path: path), encoding: .utf8)
    }

    @Test("the schemas are those of the program; `make rules` writes them", arguments: SchemaKind.allCases)
    func schemas(_ kind: SchemaKind) throws {
        #expect(try committed(".nudged/\(kind.fileName)") == kind.text())
    }

    @Test("the reference page is that of the program; `make rules` writes it")
    func reference() throws {
        #expect(try committed("docs/rule-reference.md") == RuleReference.text)
    }

    @Test("the reference page has every key, and each of its links leads somewhere")
    func complete() throws {
        let text = RuleReference.text
        let places = Set(text.matches(of: /<a id="([^"]+)">/).map { String($0.1) })
        #expect(places.count == text.matches(of: /<a id="/).count)
        for link in text.matches(of: /\]\(#([^)]+)\)/) { #expect(places.contains(String(link.1)), "\(link.1)") }
        for kind in SchemaKind.allCases {
            let keys = JSONText.parsed(kind.text()).nodes.flatMap { node in
                node.1.members("properties").filter { $0.value != .bool(false) }.map(\.key)
            }
            #expect(Set(keys).filter { !text.contains("`\($0)`") } == [], "\(kind.rawValue)")
        }
    }
}
