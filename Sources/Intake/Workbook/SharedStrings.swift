/// The texts that the cells of a workbook share, one after the other in one block of memory.
struct SharedStrings {
    private var bytes: [UInt8] = []
    private var ends: [UInt32] = []

    /// The memory that they may take.
    private static let most = 256 << 20

    init() {}

    /// - Parameter size: of the part, which the texts cannot exceed by much.
    init(reserving size: Int64) { bytes.reserveCapacity(Int(clamping: min(size, Int64(SharedStrings.most)))) }

    mutating func append(_ text: [UInt8]) throws {
        guard bytes.count + text.count <= SharedStrings.most else { throw WorkbookFault.tooLarge }
        bytes += text
        ends.append(UInt32(bytes.count))
    }

    subscript(index: Int) -> ArraySlice<UInt8>? {
        guard ends.indices.contains(index) else { return nil }
        return bytes[(index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])]
    }
}

/// Text of a workbook: `_x000D_` stands for a character that XML cannot hold.
enum WorkbookText {
    static func unescaped(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(UInt8(ascii: "_")) else { return text }
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            if let scalar = escape(text, at: index) {
                result += Array(String(Character(scalar)).utf8)
                index += 7
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    private static func escape(_ text: [UInt8], at index: Int) -> Unicode.Scalar? {
        guard index + 7 <= text.count, text[index] == UInt8(ascii: "_"), text[index + 1] == UInt8(ascii: "x"),
            text[index + 6] == UInt8(ascii: "_")
        else { return nil }
        let digits = String(decoding: text[(index + 2)..<(index + 6)], as: UTF8.self)
        guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else { return nil }
        return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
    }
}
