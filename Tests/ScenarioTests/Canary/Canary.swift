import Foundation

/// A value that must appear in no output. It is invented for the test, so that finding it anywhere proves a leak.
struct Canary: Sendable {
    /// What it is, as a failure names it: the value itself would be one more leak.
    let name: String
    let value: String

    /// Every spelling that is looked for, in lower case, by what it is called.
    fileprivate var spellings: [(name: String, bytes: [UInt8])] {
        let bytes = Array(value.utf8)
        let percent = bytes.map { String(format: "%%%02x", $0) }.joined()
        let escaped = value.utf16.map { String(format: "\\u%04x", $0) }.joined()
        let plain =
            [("in clear", value), ("as percent escapes", percent), ("as JSON escapes", escaped)]
            + [("in hex", percent.replacing("%", with: ""))]
            + (value.utf8.contains { $0 >= 0x80 } ? [("percent-encoded", encoded)] : [])
        return plain.map { ($0.0, Array($0.1.lowercased().utf8)) }
    }

    /// As it stands in a query: what is not ASCII is escaped.
    private var encoded: String {
        value.utf8.map { $0 < 0x80 ? String(UnicodeScalar($0)) : String(format: "%%%02x", $0) }.joined()
    }

    /// The letters of base64 that the value always has, wherever in a longer text it begins.
    fileprivate var base64: [[UInt8]] {
        (0..<3).map { shift in
            let text = Data(repeating: 0, count: shift) + Data(value.utf8)
            let letters = Array(text.base64EncodedString().utf8)
            // The first letters depend on what stands before the value, the last ones on what follows it.
            let first = [0, 2, 3][shift]
            let whole = text.count * 8 / 6
            return Array(letters[first..<whole])
        }
    }
}

/// Looks for canaries in bytes: in clear, encoded, and with spaces or hyphens between their digits.
struct CanarySearch: Sendable {
    let canaries: [Canary]

    /// One sentence for each spelling that is in it.
    func found(in output: Data) -> [String] {
        let lower = Data(String(decoding: output, as: UTF8.self).lowercased().utf8)
        let joined = Data(lower.filter { !" -.()\t".utf8.contains($0) })
        return canaries.flatMap { canary in
            var found = canary.spellings.filter { lower.range(of: Data($0.bytes)) != nil }.map(\.name)
            if canary.base64.contains(where: { output.range(of: Data($0)) != nil }) { found.append("in base64") }
            if found.isEmpty, canary.value.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                joined.range(of: Data(canary.value.utf8)) != nil
            {
                found.append("with something between its digits")
            }
            return found.map { "\(canary.name) \($0)" }
        }
    }
}
