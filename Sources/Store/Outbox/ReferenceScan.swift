/// Finds our references in a text of any form.
package enum ReferenceScan {
    /// Returns each reference once, in the order of the text.
    package static func references(in bytes: [UInt8]) -> [String] {
        var seen: Set<String> = []
        var found: [String] = []
        for word in bytes.split(whereSeparator: { !isPart($0) }) {
            let text = String(decoding: word, as: UTF8.self)
            guard References.thing(of: text) != nil, seen.insert(text).inserted else { continue }
            found.append(text)
        }
        return found
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
