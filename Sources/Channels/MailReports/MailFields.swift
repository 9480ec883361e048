/// The fields at the beginning of a mail or of a part of one (RFC 5322 §2.2), unfolded.
struct MailFields {
    private var fields: [(name: String, value: String)] = []
    /// False where a line was no field: what was read before it stands.
    private(set) var isWhole = true
    /// What comes after the empty line; empty where there is none.
    private(set) var body: ArraySlice<UInt8>

    /// More fields than any server writes.
    private static let most = 1000

    init(_ bytes: ArraySlice<UInt8>) {
        var lines = MailLines(bytes)
        body = bytes[bytes.endIndex...]
        while let line = lines.next() {
            if line.isEmpty {
                body = lines.rest
                return
            }
            guard add(line) else {
                isWhole = false
                return
            }
        }
    }

    /// The first field of that name, which is given in lower case.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Every field of that name, in their order.
    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    private mutating func add(_ line: ArraySlice<UInt8>) -> Bool {
        if line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t") {
            guard let last = fields.indices.last else { return false }
            fields[last].value += " " + MailFields.text(line)
            return true
        }
        guard fields.count < MailFields.most, let colon = line.firstIndex(of: UInt8(ascii: ":")),
            colon > line.startIndex,
            line[..<colon].allSatisfy({ (0x21...0x7E).contains($0) })
        else { return false }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        fields.append((name, MailFields.text(line[line.index(after: colon)...])))
        return true
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// The lines of a text, without their ends, which are CRLF or LF.
struct MailLines {
    /// What comes after the last line that was given.
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func next() -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
        let line = rest[..<end]
        rest = end == rest.endIndex ? rest[end...] : rest[(end + 1)...]
        return line.last == 0x0D ? line.dropLast() : line
    }
}
