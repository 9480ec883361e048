/// Text for a cell that people open in a spreadsheet.
package enum SpreadsheetText {
    /// A spreadsheet takes a cell that begins with one of these for a formula, which might send what it finds elsewhere.
    private static let begins: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0",
    ]

    /// Such a text with an apostrophe before it, which spreadsheets read as the mark of a text, and an import takes away
    /// again; any other as it is.
    package static func guarded(_ text: String) -> String {
        let first = text.unicodeScalars.first { $0 != " " }
        return first.map(begins.contains) ?? false ? "'" + text : text
    }
}
