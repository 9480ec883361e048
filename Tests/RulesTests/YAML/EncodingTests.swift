import Testing

@testable import Rules

@Suite("Encoding of a rules file")
struct EncodingTests {
    /// `生日礼遇` in GBK.
    private let gbk: [UInt8] = [0xC9, 0xFA, 0xC8, 0xD5, 0xC0, 0xF1, 0xD3, 0xF6]

    @Test("a GBK file is refused at its first byte that is no UTF-8, with the line as it was meant")
    func chineseCodePage() throws {
        let file = YAMLReader.read(bytes: Array("a: 1\n    name: ".utf8) + gbk + Array("\nb: 2\n".utf8), path: "r.yaml")
        #expect(file.root == nil)
        let finding = try #require(file.diagnostics.first)
        #expect(file.diagnostics.count == 1)
        #expect(finding.message == "this file is not saved as UTF-8")
        #expect(finding.span.start == Position(line: 2, column: 11, utf16: 10, byte: 15))
        #expect(finding.notes == ["the bytes C9 FA here are not UTF-8; read as GBK the line is `name: 生日礼遇`"])
        #expect(
            finding.help == ["save the file again with encoding UTF-8, or run `nudged fmt --from gbk r.yaml`"])
    }

    @Test(
        "broken UTF-8 is refused where it breaks",
        arguments: [
            ([0x61, 0x3A, 0x20, 0xC0, 0xAF], 3), ([0x61, 0x3A, 0x20, 0xED, 0xA0, 0x80], 3),
            ([0xE4, 0xBD, 0xA0, 0xF4, 0x90, 0x80, 0x80], 3), ([0x61, 0x80], 1), ([0x61, 0xE7, 0x94], 1),
        ] as [([UInt8], Int)])
    func broken(bytes: [UInt8], offset: Int) {
        let file = YAMLReader.read(bytes: bytes, path: "r.yaml")
        #expect(file.diagnostics.map(\.code) == ["R001"])
        #expect(Untranslated.sentences(of: file.diagnostics) == [])
        #expect(file.diagnostics.first?.span.start.byte == offset)
    }

    @Test(
        "UTF-16 is named as such",
        arguments: [[0xFF, 0xFE, 0x61, 0], [0xFE, 0xFF, 0, 0x61], [0x61, 0, 0x3A, 0]] as [[UInt8]])
    func wide(bytes: [UInt8]) {
        let file = YAMLReader.read(bytes: bytes, path: "r.yaml")
        #expect(file.diagnostics.map(\.message) == ["this file is saved as UTF-16, not as UTF-8"])
        #expect(Untranslated.sentences(of: file.diagnostics) == [])
    }
}
