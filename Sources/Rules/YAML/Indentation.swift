/// Finds R012: the blocks that are open above a line, and the one that the line was meant for.
struct Indentation {
    let source: SourceText

    /// A block that a line could continue, seen from that line upwards.
    private struct Block {
        /// The zero-based column.
        var column: Int
        /// Its nearest line above.
        var line: LineShape
        /// The bytes to underline there.
        var name: Range<Int>
        var isList: Bool
    }

    /// Nil when the line lines up with an open block of its own kind: then something else is wrong with it.
    func finding(for line: LineShape) -> Diagnostic? {
        let blocks = openBlocks(above: line)
        let column = line.indent
        guard !line.isBlank, let nearest = nearest(to: column, in: blocks) else { return nil }
        let index = nearest
        let block = blocks[index]
        let owner = index + 1 < blocks.count ? ownerName(of: blocks[(index + 1)...]) : nil
        let isItem = !line.dashes.isEmpty
        if block.column == column {
            let hasOwnKind = blocks.contains { $0.column == column && $0.isList == isItem }
            return hasOwnKind ? nil : stranger(line, in: block, owner: owner)
        }
        let place = "the \(block.isList ? "items" : "lines") of \(owner.map { "`\($0)`" } ?? "this file")"
        let distance = abs(block.column - column)
        let move =
            "move `\(source.text(line.name))` \(CountWord.text(distance)) \(distance == 1 ? "column" : "columns") "
            + "to the \(block.column > column ? "right" : "left") so that it lines up with "
            + (block.isList && isItem ? "the dash above" : "`\(source.text(block.name))`")
        return Diagnostic(
            "R012", .error, "this line fits no open block", at: source.span(line.name),
            label: "starts in column \(column + 1)",
            related: [.init(source.span(block.name), "\(place) start in column \(block.column + 1)")], help: [move])
    }

    /// Reports a key among items, or an item among keys.
    private func stranger(_ line: LineShape, in block: Block, owner: String?) -> Diagnostic {
        let name = source.text(line.name)
        let place = owner.map { "`\($0)`" } ?? "this file"
        let label = Diagnostic.Label(
            source.span(block.name), block.isList ? "an item starts with a dash" : "a line with a key")
        return Diagnostic(
            "R012", .error,
            block.isList
                ? "`\(name)` stands among the items of \(place) and has no dash"
                : "a list item stands among the keys of \(place)",
            at: source.span(line.name), related: [label],
            help: [
                block.isList
                    ? "write  - \(name)  if it is an item, or indent it further if it belongs to the item above"
                    : "indent the item under the key it belongs to"
            ])
    }

    /// The block with the nearest column; of two the inner one, whose lines are nearer to the eye.
    private func nearest(to column: Int, in blocks: [Block]) -> Int? {
        blocks.indices.min {
            let (a, b) = (abs(blocks[$0].column - column), abs(blocks[$1].column - column))
            return a != b ? a < b : $0 < $1
        }
    }

    /// The key that holds the block, through the dashes in between.
    private func ownerName(of outer: ArraySlice<Block>) -> String? {
        outer.first { !$0.isList }.map { source.text($0.name) }
    }

    /// The open blocks, innermost first; their columns strictly fall.
    private func openBlocks(above line: LineShape) -> [Block] {
        var blocks: [Block] = []
        var limit = Int.max
        var above = source.significantLine(above: line.number)
        var steps = 0
        while let current = above, limit > 0 || blocks.last?.isList == true, steps < 2_000 {
            // A list may stand in the column of its own key.
            let holdsList = current.keyColumn == limit && blocks.last?.isList == true && current.dashes.isEmpty
            if let key = current.key, current.keyColumn < limit || holdsList {
                blocks.append(Block(column: current.keyColumn, line: current, name: key, isList: false))
                limit = current.keyColumn
            }
            for dash in current.dashes.reversed() where dash - current.range.lowerBound < limit {
                limit = dash - current.range.lowerBound
                blocks.append(Block(column: limit, line: current, name: dash..<dash + 1, isList: true))
            }
            steps += 1
            above = source.significantLine(above: current.number)
        }
        return blocks
    }
}

/// Small numbers in words, as sentences want them.
enum CountWord {
    static func text(_ number: Int) -> String {
        let words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
        return words.indices.contains(number) ? words[number] : String(number)
    }

    /// `one item`, `two items`.
    static func text(_ number: Int, _ noun: String) -> String { "\(text(number)) \(noun)\(number == 1 ? "" : "s")" }
}
