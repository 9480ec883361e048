/// Edits of the bytes of a file, in the order in which they were made.
package enum TextEdits {
    /// Where edits begin at one place, an insertion precedes a removal, and the earlier of two insertions comes first.
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
