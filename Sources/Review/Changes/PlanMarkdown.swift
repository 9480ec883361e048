import Kit

/// A `ChangePlan` for a merge request: a table with a row for each change, and the edited texts below it. What looks
/// like an address of a person is masked, because a merge request is read by more people than the rules are.
package struct PlanMarkdown {
    private let wording: PlanWording
    private var say: Phrases { wording.say }

    package init(_ plan: ChangePlan, language: Language) { wording = PlanWording(plan, language: language) }

    package var text: String {
        let title = "### " + say("Plan of the rules", "规则改动计划")
        guard !wording.isEmpty else {
            return [title, "", escaped(wording.head), "", wording.noChange].joined(separator: "\n")
        }
        let blocks = wording.blocks
        let table =
            [say("| | What | Change |", "| | 对象 | 改动 |"), "|---|---|---|"] + blocks.map(row)
        let texts = blocks.flatMap { block in block.rows.filter { !$0.lines.isEmpty } }.map(fenced)
        let sections = [title, escaped(wording.head), table.joined(separator: "\n")] + texts
        return (sections + [wording.endings.map { "- " + escaped($0) }.joined(separator: "\n")]).joined(
            separator: "\n\n")
    }

    private func row(_ block: PlanBlock) -> String {
        let name = "**\(escaped(block.name))**" + (block.place.map { "<br>\(escaped($0))" } ?? "")
        let rows = block.rows.map { row in
            row.words.isEmpty
                ? escaped(row.key) + say(": see below", "：见下文")
                : "\(escaped(row.key))\(say(": ", "："))\(escaped(row.words))"
        }
        let words = (block.words.map { [escaped($0)] } ?? []) + rows
        return "| `\(block.mark)` | \(name) | \(words.joined(separator: "<br>")) |"
    }

    private func fenced(_ row: PlanBlock.Row) -> String {
        let lines = row.lines.map(Mask.text)
        // A fence longer than any run of its own sign cannot be closed by the text.
        let longest = lines.flatMap { $0.split { $0 != "`" } }.map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return (["\(escaped(row.key))", "", fence + "diff"] + lines + [fence]).joined(separator: "\n")
    }

    /// The text masked, and shown as it is: nothing in it is markup.
    private func escaped(_ text: String) -> String {
        Mask.text(text).unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "<": result += "&lt;"
            case "&": result += "&amp;"
            case "\\", "|", "*", "_", "`", "[", "]", "~", "#": result += "\\" + String(scalar)
            case "\n", "\r": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
