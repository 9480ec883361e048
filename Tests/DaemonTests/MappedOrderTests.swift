import Crypto
import Foundation
import Intake
import Kit
import Rules
import Store
import TestSupport
import Testing

@testable import Daemon

/// From a platform's push to the message that it leads to, by the mapping that docs/sources shows.
@Suite("An order by a push")
struct MappedOrderTests {
    /// The file of that name in a page of docs/sources.
    private static func file(_ name: String, in page: String) throws -> String {
        let text = try String(contentsOf: ShippedRules.root.appending(path: "docs/sources/\(page)"), encoding: .utf8)
        let start = try #require(text.range(of: " \(name)\n"))
        let end = try #require(text[start.upperBound...].range(of: "\n```"))
        return String(text[start.upperBound..<end.lowerBound]) + "\n"
    }

    @Test("an order arrives by the Youzan push, and the thanks leave an hour later, once")
    func thanks() async throws {
        let bench = try Bench(start: "2026-03-08 09:55")
        let text = try Self.file("sources/youzan.yaml", in: "youzan.md")
        let mapping = try #require(MappingReader.read(YAMLReader.read(bytes: Array(text.utf8), path: "y.yaml")).0)
        let recorded = try #require(try Self.file("youzan.ndjson", in: "youzan.md").split(separator: "\n").first)
        let push = String(recorded).replacing("yz_8f3k2m9q", with: "m1")
        let sign = Insecure.MD5.hash(data: Array("c0ffee\(push)secret".utf8)).map { Hex.text([$0]) }.joined()
        let json = try StrictJSON(parsing: push)
        let request = SourceProof.Request(
            body: Array(push.utf8), json: json, header: { $0 == "Event-Sign" ? sign : nil }, query: { _ in nil })
        #expect(mapping.proof.accepts(request, secret: "secret") && !mapping.proof.accepts(request, secret: "other"))

        let dispatcher = try await bench.dispatcher(ScriptedChannel(always: .accepted(providerID: nil)))
        _ = try await bench.evaluate("2026-03-08 09:55")
        let now = try bench.world.instant("2026-03-08 10:00:30")
        let dialect = MappingDialect(mapping, SourceTerms(zone: try #require(Zone(named: "Asia/Shanghai"))))
        for _ in 0..<2 {
            _ = try await bench.store.take([
                SourceBatch(source: "youzan", at: now, events: [dialect.read(json, at: now)])
            ])
        }
        _ = try await bench.evaluate("2026-03-08 10:59")
        #expect(try await bench.dispatch(dispatcher, "2026-03-08 10:59") == 0)
        _ = try await bench.evaluate("2026-03-08 11:00")
        #expect(try await bench.dispatch(dispatcher, "2026-03-08 11:00") == 1)
        _ = try await bench.evaluate("2026-03-08 11:30")
        #expect(try await bench.dispatch(dispatcher, "2026-03-08 11:30") == 0)
    }
}
