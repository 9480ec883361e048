import Kit

/// A `ChangePlan` for people, on a terminal (qa-tools §2.2).
package struct PlanText {
    private let wording: PlanWording

    package init(_ plan: ChangePlan, language: Language) { wording = PlanWording(plan, language: language) }

    package var text: String {
        guard !wording.isEmpty else { return wording.head + "\n\n" + wording.noChange }
        return ([wording.head, ""] + wording.blocks.flatMap(lines) + [""] + wording.endings).joined(separator: "\n")
    }

    private static let wordsColumn = 30
    private static let placeColumn = 66

    private func lines(_ block: PlanBlock) -> [String] {
        var title = "  \(block.mark) \(block.name)"
        if let place = block.place { title = Columns.padded(title, PlanText.placeColumn) + place }
        if let words = block.words { title = Columns.padded(title, PlanText.wordsColumn) + words }
        let width = max(27, (block.rows.map { Columns.width($0.key) }.max() ?? 0) + 3)
        return [title]
            + block.rows.flatMap { row in
                [row.words.isEmpty ? "      \(row.key)" : "      " + Columns.padded(row.key, width) + row.words]
                    + row.lines.map { "        \($0)" }
            }
    }
}
