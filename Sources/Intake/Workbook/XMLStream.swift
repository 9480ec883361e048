import CExpat
import Glibc

/// Reads XML piece by piece, and calls closures for what it finds. A document type is refused, so that no entity can be
/// declared: a few of them, each made of many others, would fill the memory.
final class XMLStream {
    /// The start of an element.
    struct Tag {
        /// Without its prefix.
        let name: XMLName
        fileprivate let attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?

        /// The bytes of an attribute, named without its prefix, until the closure returns; nil when it is absent.
        func bytes(_ wanted: StaticString) -> UnsafePointer<CChar>? {
            guard let attributes else { return nil }
            var index = 0
            while let name = attributes[index] {
                if XMLName(name) == wanted { return attributes[index + 1] }
                index += 2
            }
            return nil
        }

        func text(_ wanted: StaticString) -> String? { bytes(wanted).map { String(cString: $0) } }
        func number(_ wanted: StaticString) -> Int? { bytes(wanted).flatMap { Int(String(cString: $0)) } }
    }

    var onStart: (Tag) -> Void = { _ in }
    var onEnd: (XMLName) -> Void = { _ in }
    var onText: (UnsafeBufferPointer<UInt8>) -> Void = { _ in }

    private let parser: XML_Parser
    private var hasDocumentType = false

    /// Throws a `WorkbookFault` where there is no memory for it.
    init() throws {
        guard let parser = XML_ParserCreate(nil) else { throw WorkbookFault.damaged("XML") }
        self.parser = parser
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { context, name, attributes in
                guard let name else { return }
                XMLStream.of(context)?.onStart(Tag(name: XMLName(name), attributes: attributes))
            },
            { context, name in if let name { XMLStream.of(context)?.onEnd(XMLName(name)) } })
        XML_SetCharacterDataHandler(parser) { context, text, count in
            guard let text else { return }
            text.withMemoryRebound(to: UInt8.self, capacity: Int(count)) {
                XMLStream.of(context)?.onText(UnsafeBufferPointer(start: $0, count: Int(count)))
            }
        }
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in XMLStream.of(context)?.refuse() }
    }

    deinit { XML_ParserFree(parser) }

    private static func of(_ context: UnsafeMutableRawPointer?) -> XMLStream? {
        context.map { Unmanaged<XMLStream>.fromOpaque($0).takeUnretainedValue() }
    }

    private func refuse() {
        hasDocumentType = true
        XML_StopParser(parser, XML_Bool(0))
    }

    /// Throws a `WorkbookFault` for text that is not XML, or has a document type.
    func feed(_ bytes: UnsafeRawBufferPointer, of part: String) throws {
        let status = XML_Parse(parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), 0)
        try check(status, part)
    }

    func finish(_ part: String) throws { try check(XML_Parse(parser, nil, 0, 1), part) }

    private func check(_ status: XML_Status, _ part: String) throws {
        if hasDocumentType { throw WorkbookFault.documentType }
        guard status == XML_STATUS_OK else { throw WorkbookFault.damaged(part) }
    }
}

/// The name of an element or attribute as the parser has it, compared without a copy.
struct XMLName {
    private let bytes: UnsafePointer<CChar>

    /// Leaves out a prefix such as `x:`.
    init(_ qualified: UnsafePointer<CChar>) {
        bytes = strchr(qualified, 0x3A).map { UnsafePointer($0 + 1) } ?? qualified
    }

    static func == (name: XMLName, word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            word.baseAddress.map { memcmp(name.bytes, $0, word.count) == 0 && name.bytes[word.count] == 0 } ?? false
        }
    }
}
