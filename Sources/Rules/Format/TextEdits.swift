/// Edits of the bytes of a file, in the order in which they were thought of.
package enum TextEdits {
    /// What is inserted before a stretch that goes comes first; of two at one place the earlier one. They do not overlap.
    package static func applied(_ edits: [Diagnostic.Edit], to bytes: [UInt8]) -> [UInt8] {
        let ordered = edits.enumerated().sorted { a, b in
            (a.element.start, a.element.end, a.offset) < (b.element.start, b.element.end, b.offset)
        }
        var result: [UInt8] = []
        var next = 0
        for (_, edit) in ordered where edit.start >= next && edit.end <= bytes.count && edit.start <= edit.end {
            result += bytes[next..<edit.start] + Array(edit.text.utf8)
            next = edit.end
        }
        return result + bytes[next...]
    }
}
