import Testing

@testable import Rules

@Suite("Hostile YAML")
struct HostileInputTests {
    private func codes(_ text: String) -> [String] { Sample.places(Sample.read(text)) }

    @Test("deep nesting is refused at level 33 and nothing of the file is used", arguments: ["[", "- ", "{a: ", "? "])
    func depth(opening: String) {
        let file = Sample.read(String(repeating: opening, count: 40_000 / opening.utf8.count))
        #expect(file.root == nil)
        #expect(file.diagnostics.last?.message == "blocks are nested more than 32 deep")
        #expect(file.diagnostics.count <= 2)
        #expect(Sample.read(String(repeating: "[", count: 32) + String(repeating: "]", count: 32)).diagnostics.isEmpty)
    }

    @Test("an alias bomb is refused without following one alias")
    func bomb() {
        let names = Array("abcdefghi")
        var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for (before, name) in zip(names, names.dropFirst()) {
            text += "\(name): &\(name) [" + Array(repeating: "*\(before)", count: 9).joined(separator: ", ") + "]\n"
        }
        let file = Sample.read(text + "z: 1\n")
        #expect(Set(file.diagnostics.map(\.code)) == ["R014"])
        #expect(file.root?.entries?.map(\.key) == ["z"])
    }

    @Test("size, number of values and length of a text have limits, and just below them all is well")
    func limits() {
        let tail = "\n"
        let fits = "a: 1 #" + String(repeating: " ", count: 256 * 1024 - 6 - tail.utf8.count) + tail
        #expect(codes(fits) == [])
        #expect(
            Sample.read(fits + " ").diagnostics.map(\.message) == [
                "this file is 257 KiB long, and the limit is 256 KiB"
            ])
        let values = Array(repeating: "x", count: 49_997).joined(separator: ",")
        #expect(codes("a: [" + values + "]\n") == [])
        #expect(Sample.read("a: [" + values + ",x]\n").diagnostics.map(\.code) == ["R019"])
        let text = String(repeating: "x", count: 16 * 1024)
        #expect(codes("a: " + text) == [])
        let long = Sample.read("a: \(text)x\nb: 1\n")
        #expect(long.diagnostics.map(\.message) == ["this text is longer than 16 KiB"])
        #expect(long.root?.entries?.map(\.key) == ["b"])
    }

    @Test("after two hundred findings only their number is given")
    func count() {
        let file = Sample.read(String(repeating: "k: 1\n", count: 400))
        #expect(file.diagnostics.count == 201)
        #expect(file.diagnostics.last?.message == "199 more findings in this file are not shown")
    }

    @Test("no mutation of a file brings the reader down, and every place lies in the file")
    func mutations() {
        var random = SplitMix(state: 7)
        let base = Array(Sample.rules.utf8)
        let inserts: [[UInt8]] = [
            "：", "\t", "　", "*", "&", "!", "{{", "[", "]", "{", "}", "\"", "'", "- ", "\n", "\r\n", ": ", "#", "|", ">",
            "?",
            "%", "---\n", "\u{FEFF}", "\u{2028}", "<<: x", "😀", "，",
        ].map { Array($0.utf8) }
        for _ in 0..<1_500 {
            var bytes = base
            for _ in 0...Int(random.next() % 4) {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes.removeSubrange(place..<min(bytes.count, place + 1 + Int(random.next() % 9)))
                case 1: bytes.insert(contentsOf: inserts[Int(random.next() % UInt64(inserts.count))], at: place)
                case 2: bytes[place] = UInt8(truncatingIfNeeded: random.next() % 128)
                default: bytes.removeLast(min(bytes.count - 1, Int(random.next() % 200)))
                }
            }
            let file = YAMLReader.read(bytes: bytes, path: "r.yaml")
            #expect(file.root != nil || !file.diagnostics.isEmpty)
            for finding in Suppressions(file).apply(to: file.diagnostics) {
                let range = finding.span.start.byte..<max(finding.span.start.byte, finding.span.end.byte)
                #expect(range.upperBound <= bytes.count && finding.span.start <= finding.span.end)
                #expect(finding.fix.allSatisfy { $0.start <= $0.end && $0.end <= bytes.count })
            }
            #expect(file.isWhole || file.diagnostics.contains { $0.severity == .error })
            _ = FindingsText.render(file.diagnostics, sources: ["r.yaml": file.source])
        }
    }
}

/// A seeded generator, so that a failure can be repeated.
private struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
