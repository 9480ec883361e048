import Channels
import Foundation
import Kit
import Testing

@testable import Config
@testable import Rules

@Suite("docs/channels has a page for each adapter")
struct ChannelPagesTests {
    private func page(_ type: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        return try String(contentsOf: root.appending(path: "docs/channels/\(type).md"), encoding: .utf8)
    }

    @Test("the settings on the page are read without a finding", arguments: Adapters.all.map(\.type))
    func settings(_ type: String) throws {
        let page = try page(type)
        let start = try #require(page.range(of: "```yaml\n")).upperBound
        let end = try #require(page.range(of: "```", range: start..<page.endIndex)).lowerBound
        let text = "version: 1\nstore: {url: \"sqlite:n.db\"}\n" + page[start..<end]
        let (config, found) = ConfigReader.read(YAMLReader.read(bytes: Array(text.utf8), path: "nudged.yaml"))
        #expect(found.filter { $0.code != "R002" }.map(\.short) == [])
        #expect(config?.channels.map(\.adapter.type) == [type])
    }

    @Test("it is there in both languages, and names every key", arguments: Adapters.all)
    func complete(_ adapter: Adapter) throws {
        let page = try page(adapter.type)
        #expect(page.contains("\n## English\n") && page.contains("\n## 中文\n"))
        for key in adapter.keys where key.required { #expect(page.contains("\(key.name):"), "\(key.name)") }
    }

    @Test("each code of its table is on it, in both languages", arguments: Adapters.all)
    func codes(_ adapter: Adapter) throws {
        let halves = try page(adapter.type).components(separatedBy: "\n## 中文\n")
        try #require(halves.count == 2)
        for code in adapter.codes {
            for half in halves { #expect(half.contains("`\(code)`"), "\(code)") }
        }
    }
}

extension Adapter: CustomTestStringConvertible {
    public var testDescription: String { type }
}
