@testable import Rules

/// A seeded generator, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Changes that people and broken tools make to a text, a few at a time.
struct Mutator {
    var random: SplitMix
    let seeds: [[UInt8]]
    let words: [[UInt8]]

    init(seed: UInt64, seeds: [[UInt8]], words: [String]) {
        random = SplitMix(state: seed)
        self.seeds = seeds
        self.words = words.map { Array($0.utf8) }
    }

    mutating func next() -> [UInt8] {
        var bytes = seeds.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &random) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let word = words.randomElement(using: &random) ?? []
        switch Int.random(in: 0..<8, using: &random) {
        case 0: bytes.insert(contentsOf: word, at: Int.random(in: 0...bytes.count, using: &random))
        case 1, 2: bytes.replaceSubrange(token(in: bytes), with: word)
        case 3: if let place = bytes.indices.randomElement(using: &random) { bytes[place] = random.next(upTo: 256) }
        case 4: bytes.removeSubrange(token(in: bytes))
        case 5: changeLines(&bytes) { lines, at, _ in lines.remove(at: at) }
        case 6: changeLines(&bytes) { lines, at, other in lines.insert(lines[at], at: other) }
        default: changeLines(&bytes) { lines, at, other in lines.swapAt(at, other) }
        }
    }

    /// Bytes that belong together: a word, a number, a text in Chinese.
    private mutating func token(in bytes: [UInt8]) -> Range<Int> {
        guard let place = bytes.indices.randomElement(using: &random) else { return 0..<0 }
        func isMark(_ byte: UInt8) -> Bool { byte <= 0x20 || ":,[]{}\"'-#".utf8.contains(byte) }
        let start = bytes[..<place].lastIndex(where: isMark).map { $0 + 1 } ?? 0
        let end = bytes[place...].firstIndex(where: isMark) ?? bytes.endIndex
        return start..<max(start, end)
    }

    private mutating func changeLines(
        _ bytes: inout [UInt8], _ body: (inout [[UInt8]], Int, Int) -> Void
    ) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        let (at, other) = (
            Int.random(in: lines.indices, using: &random), Int.random(in: lines.indices, using: &random)
        )
        body(&lines, at, other)
        bytes = Array(lines.joined(separator: [0x0A]))
    }
}

extension SplitMix {
    fileprivate mutating func next(upTo end: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: next() % end) }
}
