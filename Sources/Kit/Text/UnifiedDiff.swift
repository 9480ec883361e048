/// Two versions of a file, line by line, as `diff -u` shows them: three lines around each change.
package enum UnifiedDiff {
    private struct Row {
        var mark: Character
        var text: String
        /// Lines of each version before this one.
        var old: Int
        var new: Int
    }

    /// The diff; empty when nothing differs.
    package static func of(_ before: [UInt8], _ after: [UInt8], path: String) -> String {
        let rows = rows(lines(before), lines(after))
        let changed = rows.indices.filter { rows[$0].mark != " " }
        guard let first = changed.first else { return "" }
        var hunks: [Range<Int>] = []
        var start = max(0, first - context)
        var last = first
        for index in changed.dropFirst() {
            if index - last > 2 * context {
                hunks.append(start..<min(rows.count, last + context + 1))
                start = index - context
            }
            last = index
        }
        hunks.append(start..<min(rows.count, last + context + 1))
        return (["--- \(path)", "+++ \(path)"] + hunks.flatMap { hunk(rows[$0]) }).joined(separator: "\n")
    }

    private static let context = 3

    private static func hunk(_ rows: ArraySlice<Row>) -> [String] {
        guard let first = rows.first else { return [] }
        let old = rows.count { $0.mark != "+" }
        let new = rows.count { $0.mark != "-" }
        return ["@@ -\(first.old + 1),\(old) +\(first.new + 1),\(new) @@"] + rows.map { "\($0.mark)\($0.text)" }
    }

    private static func rows(_ old: [String], _ new: [String]) -> [Row] {
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var rows: [Row] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if removed.contains(i) {
                rows.append(Row(mark: "-", text: old[i], old: i, new: j))
                i += 1
            } else if inserted.contains(j) {
                rows.append(Row(mark: "+", text: new[j], old: i, new: j))
                j += 1
            } else {
                rows.append(Row(mark: " ", text: old[i], old: i, new: j))
                (i, j) = (i + 1, j + 1)
            }
        }
        return rows
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0.last == 0x0D ? $0.dropLast() : $0, as: UTF8.self)
        }
        return lines.last == "" ? Array(lines.dropLast()) : lines
    }
}
