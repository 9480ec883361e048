import Foundation
import Kit

/// Texts that mean something to us and nothing to others: the cursors of pages and the ids of tasks.
enum APIText {
    /// - Parameter kind: what it is a place in, so that the cursor of one list is none of another.
    static func encode(_ kind: String, _ values: [JSONText]) -> String {
        let bytes = Data(JSONText.list([.text(kind)] + values).rendered.utf8)
        return bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").filter { $0 != "=" }
    }

    /// The values; nil for a text that `encode` did not make of so many values of that kind.
    static func decode(_ text: String, _ kind: String, count: Int) -> [StrictJSON]? {
        guard text.utf8.count <= 4096 else { return nil }
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base64 + padding),
            case .array(let values)? = try? StrictJSON(parsing: [UInt8](data)), values.count == count + 1,
            values[0] == .string(kind)
        else { return nil }
        return Array(values.dropFirst())
    }
}

extension StrictJSON {
    /// Nil for everything else.
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var wholeNumber: Int64? { if case .number(let digits) = self { Int64(digits) } else { nil } }
    var flag: Bool? { if case .bool(let value) = self { value } else { nil } }
}
