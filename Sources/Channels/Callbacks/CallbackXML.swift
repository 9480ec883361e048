import Kit

/// Reads the little XML that providers post: elements, texts and CDATA sections. Everything that could name something
/// else is refused rather than passed over: declarations, document types, comments, processing instructions, attributes,
/// and every entity but the five of the standard. So nothing is fetched and nothing grows. Never traps.
struct CallbackXML {
    /// Far above what any provider nests and sends; what is above it is refused.
    private static let (mostLevels, mostElements) = (16, 2000)

    private struct Broken: Error {}

    private let bytes: [UInt8]
    private var place = 0
    private var elements = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The one element of the document; nil where the bytes are no such XML in UTF-8.
    static func read(_ bytes: [UInt8]) -> CallbackNode? {
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else { return nil }
        var reader = CallbackXML(bytes)
        return try? reader.document()
    }

    private mutating func document() throws(Broken) -> CallbackNode {
        skipSpace()
        guard take("<") else { throw Broken() }
        let root = try element(level: 1)
        skipSpace()
        guard place == bytes.count else { throw Broken() }
        return root
    }

    /// The rest of an element, from its name on.
    private mutating func element(level: Int) throws(Broken) -> CallbackNode {
        elements += 1
        guard level <= CallbackXML.mostLevels, elements <= CallbackXML.mostElements else { throw Broken() }
        var node = CallbackNode(try name())
        skipSpace()
        if take("/>") { return node }
        guard take(">") else { throw Broken() }
        var text: [UInt8] = []
        while !take("</") {
            if take("<![CDATA[") {
                text += try section()
            } else if take("<") {
                node.children.append(try element(level: level + 1))
            } else {
                text.append(try character())
            }
        }
        guard try name() == node.name else { throw Broken() }
        skipSpace()
        guard take(">") else { throw Broken() }
        node.text = String(decoding: text, as: UTF8.self)
        return node
    }

    private mutating func name() throws(Broken) -> String {
        let start = place
        while place < bytes.count, CallbackXML.isName(bytes[place], isFirst: place == start) { place += 1 }
        guard place > start, place - start <= 100 else { throw Broken() }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    /// The bytes of a CDATA section, to its end.
    private mutating func section() throws(Broken) -> ArraySlice<UInt8> {
        let start = place
        while place < bytes.count {
            if take("]]>") { return bytes[start..<place - 3] }
            place += 1
        }
        throw Broken()
    }

    private mutating func character() throws(Broken) -> UInt8 {
        guard place < bytes.count else { throw Broken() }
        guard bytes[place] == UInt8(ascii: "&") else {
            place += 1
            return bytes[place - 1]
        }
        for (entity, character) in CallbackXML.entities where take(entity) { return character }
        throw Broken()
    }

    private static let entities: [(StaticString, UInt8)] = [
        ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")), ("&amp;", UInt8(ascii: "&")),
        ("&quot;", UInt8(ascii: "\"")), ("&apos;", UInt8(ascii: "'")),
    ]

    private static func isName(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): !isFirst
        default: false
        }
    }

    private mutating func skipSpace() {
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    }

    /// Steps over the mark where it stands here.
    private mutating func take(_ mark: StaticString) -> Bool {
        let isHere = mark.withUTF8Buffer { mark in
            mark.count <= bytes.count - place && mark.indices.allSatisfy { bytes[place + $0] == mark[$0] }
        }
        if isHere { place += mark.utf8CodeUnitCount }
        return isHere
    }
}
