import Foundation
import TestSupport
import Testing

@testable import Gateway

/// The pages on the API name each operation with its scope.
@Suite("Pages on the API")
struct APIPageTests {
    @Test(
        "each operation is a row of the table, and each row an operation",
        arguments: ["docs/api.md", "docs/api.zh-CN.md"])
    func rows(path: String) throws {
        let text = try String(contentsOf: ShippedRules.root.appending(path: path), encoding: .utf8)
        let rows = text.matches(of: /(?m)^\| `([A-Z]+ \/[^`]*)` \| (?:`([a-z]+)`)? ?\|/).map { "\($0.1) \($0.2 ?? "")" }
        let operations = APIOperation.all.map { "\($0.method.rawValue) \($0.path) \($0.scope?.rawValue ?? "")" }
        #expect(rows.count == operations.count && Set(rows) == Set(operations))
    }
}
