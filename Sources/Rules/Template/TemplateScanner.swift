/// Splits a template into text, `{{ … }}` and `{% … %}`. Brackets are found before anything inside is read, as Liquid
/// does: `}}` ends an output even inside quotes.
struct TemplateScanner {
    enum Piece {
        case text(Range<Int>)
        case output(inside: Range<Int>, whole: Range<Int>)
        case tag(inside: Range<Int>, whole: Range<Int>)
    }

    private let source: [UInt8]
    private(set) var pieces: [Piece] = []
    private(set) var faults: [TemplateFault] = []

    init(_ source: [UInt8]) {
        self.source = source
        scan()
    }

    private mutating func scan() {
        var position = 0
        while position < source.count {
            guard let open = opening(from: position) else {
                pieces.append(.text(position..<source.count))
                return
            }
            if open > position { pieces.append(.text(position..<open)) }
            position = bracket(at: open)
        }
    }

    /// Reads one bracket and returns the place where reading goes on. A bracket that is not closed before the next
    /// opening is a fault, and reading goes on at that opening, so that one slip does not hide the others.
    private mutating func bracket(at open: Int) -> Int {
        let isTag = source[open + 1] == UInt8(ascii: "%")
        let closer: UInt8 = isTag ? UInt8(ascii: "%") : UInt8(ascii: "}")
        let next = opening(from: open + 2) ?? source.count
        guard let close = closing(closer, from: open + 2, to: next) else {
            let words = isTag ? ("{%", "%}") : ("{{", "}}")
            faults.append(TemplateFault(message: "`\(words.0)` is not closed by `\(words.1)`", range: open..<open + 2))
            return next
        }
        var inside = open + 2..<close
        if !inside.isEmpty, source[inside.lowerBound] == UInt8(ascii: "-") {
            refuseTrimming(at: open..<open + 3)
            inside = inside.lowerBound + 1..<inside.upperBound
        }
        if !inside.isEmpty, source[inside.upperBound - 1] == UInt8(ascii: "-") {
            refuseTrimming(at: close - 1..<close + 2)
            inside = inside.lowerBound..<inside.upperBound - 1
        }
        let whole = open..<close + 2
        pieces.append(isTag ? .tag(inside: inside, whole: whole) : .output(inside: inside, whole: whole))
        return close + 2
    }

    private mutating func refuseTrimming(at range: Range<Int>) {
        faults.append(
            TemplateFault(
                message: "white space control (`-` at a bracket) is not part of this template language", range: range))
    }

    private func opening(from start: Int) -> Int? {
        var index = start
        while index + 1 < source.count {
            if source[index] == UInt8(ascii: "{"),
                source[index + 1] == UInt8(ascii: "{") || source[index + 1] == UInt8(ascii: "%")
            {
                return index
            }
            index += 1
        }
        return nil
    }

    private func closing(_ first: UInt8, from start: Int, to end: Int) -> Int? {
        var index = start
        while index + 1 < end {
            if source[index] == first, source[index + 1] == UInt8(ascii: "}") { return index }
            index += 1
        }
        return nil
    }
}
